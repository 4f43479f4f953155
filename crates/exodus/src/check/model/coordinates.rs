//! Coordinates.

use crate::check::list::List;
use crate::check::{rules, Check};
use crate::data::Data;
use crate::names;

impl Check<'_> {
    pub(in crate::check) fn coordinates(&mut self) {
        let axes = usize::try_from(self.init.num_dim.min(3)).unwrap_or(3);
        for axis in 0..axes {
            let data = Data::Coordinate(axis);
            let stored = names::COORDS.get(axis).copied().unwrap_or_default();
            let name = self.called(stored, |mesh| mesh.describe(data));
            match (self.list(data), self.model.shape(data)) {
                // Old files keep all axes in one variable, which is read once.
                (Some(list), Some(shape))
                    if shape == [self.init.num_nodes] && (axis == 0 || list.shape().len() == 1) =>
                {
                    self.axis(data, &name, &list);
                }
                (_, Some(shape)) if shape == [self.init.num_nodes] => {}
                (_, Some(shape)) => {
                    let message = || format!("of shape {shape:?}, not {}", self.init.num_nodes);
                    self.report.add(&rules::SHAPE, &name, None, message);
                }
                _ if self.init.num_nodes > 0 => {
                    self.report.add(&rules::COORDINATES, &name, None, || "there is no such variable".to_owned());
                }
                _ => {}
            }
        }
    }

    /// One coordinate of all nodes.
    fn axis(&mut self, data: Data, name: &str, list: &List) {
        if !self.finite(list) {
            return;
        }
        if let Some(node) = self.value(name, self.model.disagreement(data)).flatten() {
            let message =
                || "the members that share the node have it at different places; the last one tells".to_owned();
            self.report.add(&rules::SHARED_NODES, name, Some(node + 1), message);
        }
    }

    /// Returns whether all could be read.
    fn finite(&mut self, list: &List) -> bool {
        let (name, nodes) = (list.name(), self.init.num_nodes.max(1));
        self.stream(list, |report, offset, values: &[f64]| {
            for (n, value) in (offset..).zip(values).filter(|(_, value)| !value.is_finite()) {
                report.add(&rules::COORDINATES, &name, Some(n % nodes + 1), || format!("the coordinate is {value}"));
            }
        })
    }
}
