//! Assemblies and coordinate frames.

use std::collections::{BTreeMap, BTreeSet};

use super::{label, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::text::counted;

impl Check<'_> {
    pub(super) fn groups(&mut self) {
        let mut nested: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let mut known: BTreeMap<EntityType, BTreeSet<i64>> = BTreeMap::new();
        for entity in self.list(EntityType::Assembly) {
            let object = label(EntityType::Assembly, &entity);
            let attributes = self.file.entity_attributes_all(EntityType::Assembly, entity.index);
            let code = attributes.iter().find(|a| a.name == names::MEMBER_TYPE).and_then(|a| a.value.as_i64());
            let kind = code
                .and_then(EntityType::from_code)
                .filter(|kind| *kind == EntityType::Assembly || kind.names().is_some());
            let Some(kind) = kind else {
                let told = code.map_or_else(|| "there is none".to_owned(), |code| format!("it is {code}"));
                let message = || format!("no kind of members: {told}");
                self.report.add(&rules::ASSEMBLY, &object, None, message);
                continue;
            };
            let mut members = Vec::new();
            let ids = known.entry(kind).or_insert_with(|| self.list(kind).into_iter().map(|e| e.id.0).collect());
            if let Some(array) = self.place(Data::Members(EntityType::Assembly, entity.index)) {
                self.stream(array, |report, offset, values: &[i64]| {
                    for (index, id) in (offset + 1..).zip(values).filter(|(_, id)| !ids.contains(id)) {
                        let message = || format!("there is no {} {id}", kind.label());
                        report.add(&rules::ASSEMBLY, &object, Some(index), message);
                    }
                    members.extend_from_slice(values);
                });
            }
            if kind == EntityType::Assembly {
                nested.entry(entity.id.0).or_default().append(&mut members);
            }
        }
        let limit = usize::try_from(self.options.limit).unwrap_or(usize::MAX);
        for &id in nested.keys().filter(|&&id| contains_itself(&nested, id)).take(limit) {
            self.report.add(&rules::ASSEMBLY_CYCLE, &format!("assembly {id}"), None, || "contains itself".to_owned());
        }
        self.frames();
    }

    fn frames(&mut self) {
        let count = self.file.dimension(names::NUM_FRAMES);
        let lists = [
            (names::FRAME_IDS, count),
            (names::FRAME_TAGS, count),
            (names::FRAME_COORDINATES, count.saturating_mul(9)),
        ];
        for (name, expected) in lists.into_iter().filter(|_| count > 0) {
            let own = self.file.array(name).and_then(|array| array.len().ok());
            if own != Some(expected) {
                let message = || {
                    format!(
                        "{} for {}, not {expected}",
                        counted(own.unwrap_or(0), "entry", "entries"),
                        counted(count, "frame", "frames")
                    )
                };
                self.report.add(&rules::FRAME, name, None, message);
                return;
            }
        }
        let frames = self.file.frames();
        let frames = self.value(names::FRAME_IDS, frames).unwrap_or_default();
        for (n, frame) in frames.iter().enumerate().filter(|(_, frame)| !"RCSrcs".contains(frame.tag)) {
            let message = || format!("the tag of frame {} is {:?}", frame.id, frame.tag);
            self.report.add(&rules::FRAME, names::FRAME_TAGS, Some(n as u64 + 1), message);
        }
        for (n, id) in super::repeated(frames.iter().map(|frame| frame.id)) {
            let message = || format!("the identifier {id} is there more than once");
            self.report.add(&rules::DUPLICATE_ID, names::FRAME_IDS, Some(n as u64 + 1), message);
        }
    }
}

/// Whether an assembly is among the members of its members, at any depth.
fn contains_itself(nested: &BTreeMap<i64, Vec<i64>>, id: i64) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        for &member in nested.get(&next).into_iter().flatten() {
            if member == id {
                return true;
            }
            if seen.insert(member) {
                open.push(member);
            }
        }
    }
    false
}
