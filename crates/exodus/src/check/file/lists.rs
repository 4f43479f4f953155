//! Lists that belong together: as many entries as there are entities, and the same of each.

use crate::check::{label, rules, Check};
use crate::kind::{EntityType, Names, VariableNames};
use crate::mesh::Entity;
use crate::names;
use crate::read::file::ExodusFile;
use crate::text::counted;

impl Check<'_> {
    /// The lists of a kind have one entry for each entity.
    pub(in crate::check) fn lists(&mut self, file: &ExodusFile, row: &Names) {
        let count = file.dimension(row.count);
        let properties = (1..).map(|n| format!("{}{n}", row.properties));
        let properties: Vec<String> = properties.take_while(|name| file.array(name).is_some()).collect();
        let whole = [Some(row.ids), row.status, Some(row.names)].into_iter().flatten().map(str::to_owned);
        for name in whole.chain(properties) {
            let own = file.array(&name).map(|array| array.shape().first().copied().unwrap_or(1));
            if own.is_some_and(|own| own != count) {
                let message =
                    || format!("{}, but {} is {count}", counted(own.unwrap_or(0), "entry", "entries"), row.count);
                self.report.add(&rules::SHAPE, &name, None, message);
            }
        }
        if file.array(row.ids).is_none() {
            self.report.add(&rules::SHAPE, row.ids, None, || "the identifiers are missing".to_owned());
        }
    }

    /// The status of an entity says whether it has entries.
    pub(in crate::check) fn status(&mut self, file: &ExodusFile, kind: EntityType, row: &Names, list: &[Entity]) {
        let Some(name) = row.status else { return };
        let status = file.integers(name);
        let Some(status) = self.value(name, status).flatten() else { return };
        for (entity, status) in list.iter().zip(status) {
            let message = match (status != 0, entity.len > 0) {
                (true, false) => "the status is 1, but there are no entries".to_owned(),
                (false, true) => format!("the status is 0, with {}", counted(entity.len, "entry", "entries")),
                _ => continue,
            };
            self.report.add(&rules::STATUS, &label(kind, entity), Some(entity.index as u64 + 1), || message);
        }
    }

    /// The lists of coordinate frames have entries for each of them.
    pub(in crate::check) fn frame_lists(&mut self, file: &ExodusFile) -> bool {
        let count = file.dimension(names::NUM_FRAMES);
        let lists = [
            (names::FRAME_IDS, count),
            (names::FRAME_TAGS, count),
            (names::FRAME_COORDINATES, count.saturating_mul(9)),
        ];
        for (name, expected) in lists.into_iter().filter(|_| count > 0) {
            let own = file.array(name).and_then(|array| array.len().ok());
            if own != Some(expected) {
                let message = || {
                    format!(
                        "{} for {}, not {expected}",
                        counted(own.unwrap_or(0), "entry", "entries"),
                        counted(count, "frame", "frames")
                    )
                };
                self.report.add(&rules::FRAME, name, None, message);
                return false;
            }
        }
        true
    }

    /// There is a name for each variable; returns how many have one.
    pub(in crate::check) fn variable_list(&mut self, file: &ExodusFile, row: &VariableNames) -> u64 {
        let count = file.dimension(row.count);
        let listed = file.array(row.names).map(|array| array.shape().first().copied().unwrap_or(0));
        if count > 0 && listed != Some(count) {
            let message = || format!("{}, but {} is {count}", counted(listed.unwrap_or(0), "name", "names"), row.count);
            self.report.add(&rules::SHAPE, row.names, None, message);
        }
        listed.unwrap_or(0).min(count)
    }
}
