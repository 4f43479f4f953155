//! Maps.

use crate::check::list::List;
use crate::check::{label, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;

impl Check<'_> {
    pub(in crate::check) fn maps(&mut self) {
        for kind in EntityType::MAPS {
            let count = match kind {
                EntityType::NodeMap => self.init.num_nodes,
                EntityType::EdgeMap => self.init.num_edges,
                EntityType::FaceMap => self.init.num_faces,
                _ => self.init.num_elems,
            };
            if let Some(map) = self.list(Data::IdMap(kind)) {
                if self.has_length(&map, count) {
                    self.id_map(&map);
                }
            }
            for entity in self.all(kind) {
                match self.list(Data::NumMap(kind, entity.index)) {
                    Some(map) => _ = self.has_length(&map, count),
                    // A file has a variable for the numbers of nothing, too; other models have no array then.
                    None if count == 0 && self.file().is_none() => {}
                    None => {
                        let message = || "the numbers are missing".to_owned();
                        self.report.add(&rules::SHAPE, &label(kind, &entity), None, message);
                    }
                }
            }
        }
        self.order_map();
    }

    fn has_length(&mut self, list: &List, count: u64) -> bool {
        let same = list.shape() == [count];
        if !same {
            let message = || format!("of shape {:?}, not {count}", list.shape());
            self.report.add(&rules::SHAPE, &list.name(), None, message);
        }
        same
    }

    /// Identifiers are positive and unique.
    fn id_map(&mut self, map: &List) {
        let (name, mut ids) = (map.name(), Vec::new());
        let read = self.stream(map, |report, offset, values: &[i64]| {
            for (index, value) in (offset + 1..).zip(values).filter(|(_, value)| **value <= 0) {
                report.add(&rules::MAP_POSITIVE, &name, Some(index), || format!("the identifier {value}"));
            }
            ids.extend_from_slice(values);
        });
        if read && !ids.is_sorted_by(|a, b| a < b) {
            self.unique(&name, &ids);
        }
    }

    fn unique(&mut self, name: &str, ids: &[i64]) {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let mut twice: Vec<i64> = sorted
            .windows(2)
            .filter(|pair| pair.first() == pair.last())
            .filter_map(|pair| pair.first().copied())
            .collect();
        twice.dedup();
        let limit = usize::try_from(self.options.limit).unwrap_or(usize::MAX);
        for (n, id) in twice.into_iter().enumerate() {
            // The place is looked for where it is told.
            let place = if n < limit { ids.iter().rposition(|&other| other == id) } else { None };
            let index = place.map(|place| place as u64 + 1);
            self.report.add(&rules::MAP_UNIQUE, name, index, || format!("the identifier {id} is there more than once"));
        }
    }

    /// Every element has its turn once.
    fn order_map(&mut self) {
        let Some(map) = self.list(Data::OrderMap) else { return };
        let count = self.init.num_elems;
        if !self.has_length(&map, count) {
            return;
        }
        let mut order = Vec::new();
        if self.stream(&map, |_, _, values: &[i64]| order.extend_from_slice(values)) {
            order.sort_unstable();
            if let Some((expected, found)) = (1..).zip(order).find(|(expected, found)| expected != found) {
                let message = || format!("element {expected} is missing, and {found} is there");
                self.report.add(&rules::ORDER_MAP, &map.name(), None, message);
            }
        }
    }
}
