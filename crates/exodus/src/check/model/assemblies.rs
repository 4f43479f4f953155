//! Assemblies and coordinate frames.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{label, repeated, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;

impl Check<'_> {
    pub(in crate::check) fn assemblies(&mut self) {
        let mut nested: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let mut known: BTreeMap<EntityType, BTreeSet<i64>> = BTreeMap::new();
        for entity in self.all(EntityType::Assembly) {
            let object = label(EntityType::Assembly, &entity);
            let kind = match self.declared.member_kind(entity.index) {
                Ok(kind) => kind,
                Err(told) => {
                    self.report.add(&rules::ASSEMBLY, &object, None, || format!("no kind of members: {told}"));
                    continue;
                }
            };
            let mut members = Vec::new();
            let ids = known.entry(kind).or_insert_with(|| self.all(kind).into_iter().map(|e| e.id.0).collect());
            if let Some(list) = self.list(Data::Members(EntityType::Assembly, entity.index)) {
                self.stream(&list, |report, offset, values: &[i64]| {
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
    }

    pub(in crate::check) fn frames(&mut self) {
        let is_whole = self.file().is_none_or(|file| self.frame_lists(file));
        if !is_whole {
            return;
        }
        let [ids, tags] = [names::FRAME_IDS, names::FRAME_TAGS].map(|name| self.called(name, |_| "frames".to_owned()));
        let frames = self.value(&ids, self.declared.frames()).unwrap_or_default();
        for (n, frame) in frames.iter().enumerate().filter(|(_, frame)| !"RCSrcs".contains(frame.tag)) {
            let message = || format!("the tag of frame {} is {:?}", frame.id, frame.tag);
            self.report.add(&rules::FRAME, &tags, Some(n as u64 + 1), message);
        }
        for (n, id) in repeated(frames.iter().map(|frame| frame.id)) {
            let message = || format!("the identifier {id} is there more than once");
            self.report.add(&rules::DUPLICATE_ID, &ids, Some(n as u64 + 1), message);
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
