//! Maps, and coordinates.

use hyperslab::netcdf::Array;

use super::{name_of, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;

impl Check<'_> {
    pub(super) fn maps(&mut self) {
        for kind in EntityType::MAPS {
            let count = kind.names().map_or(0, |row| self.file.dimension(row.size));
            if let Some(map) = self.place(Data::IdMap(kind)) {
                if self.has_length(map, count) {
                    self.id_map(map);
                }
            }
            for entity in self.list(kind) {
                match self.place(Data::NumMap(kind, entity.index)) {
                    Some(map) => _ = self.has_length(map, count),
                    None => {
                        let message = || "the numbers are missing".to_owned();
                        self.report.add(&rules::SHAPE, &super::label(kind, &entity), None, message);
                    }
                }
            }
        }
        self.order_map();
        self.coordinates();
    }

    fn has_length(&mut self, array: &Array, count: u64) -> bool {
        let same = array.shape() == [count];
        if !same {
            let message = || format!("of shape {:?}, not {count}", array.shape());
            self.report.add(&rules::SHAPE, &name_of(array), None, message);
        }
        same
    }

    /// Identifiers are positive and unique.
    fn id_map(&mut self, map: &Array) {
        let (name, mut ids) = (name_of(map), Vec::new());
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
        let Some(map) = self.place(Data::OrderMap) else { return };
        let count = self.init.num_elems;
        if !self.has_length(map, count) {
            return;
        }
        let mut order = Vec::new();
        if self.stream(map, |_, _, values: &[i64]| order.extend_from_slice(values)) {
            order.sort_unstable();
            if let Some((expected, found)) = (1..).zip(order).find(|(expected, found)| expected != found) {
                let message = || format!("element {expected} is missing, and {found} is there");
                self.report.add(&rules::ORDER_MAP, names::ELEM_MAP, None, message);
            }
        }
    }

    fn coordinates(&mut self) {
        let axes = usize::try_from(self.init.num_dim.min(3)).unwrap_or(3);
        for axis in 0..axes {
            let name = names::COORDS.get(axis).copied().unwrap_or_default();
            let data = Data::Coordinate(axis);
            match (self.place(data), self.file.shape(data)) {
                // Old files keep all axes in one variable, which is read once.
                (Some(array), Some(shape))
                    if shape == [self.init.num_nodes] && (axis == 0 || array.shape().len() == 1) =>
                {
                    self.finite(array);
                }
                (_, Some(shape)) if shape == [self.init.num_nodes] => {}
                (_, Some(shape)) => {
                    let message = || format!("of shape {shape:?}, not {}", self.init.num_nodes);
                    self.report.add(&rules::SHAPE, name, None, message);
                }
                _ if self.init.num_nodes > 0 => {
                    self.report.add(&rules::COORDINATES, name, None, || "there is no such variable".to_owned());
                }
                _ => {}
            }
        }
    }

    fn finite(&mut self, array: &Array) {
        let (name, nodes) = (name_of(array), self.init.num_nodes.max(1));
        self.stream(array, |report, offset, values: &[f64]| {
            for (n, value) in (offset..).zip(values).filter(|(_, value)| !value.is_finite()) {
                report.add(&rules::COORDINATES, &name, Some(n % nodes + 1), || format!("the coordinate is {value}"));
            }
        });
    }
}
