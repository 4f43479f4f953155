//! Which dimensions a variable has: from the identifiers, the references, or the lengths alone.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::hdf5::read::dataset::Dataset;
use crate::netcdf::schema::{Dimension, GroupId};

/// A dimension scale that was met.
#[derive(Debug)]
struct Scale {
    id: u64,
    address: u64,
    dimension: Dimension,
}

/// How a variable names its dimensions, before all of them are known.
#[derive(Debug)]
pub(super) enum Axes {
    /// By `_Netcdf4Coordinates`, or because it is the scale of its one dimension.
    Ids(Vec<u64>),
    /// By `DIMENSION_LIST`: the addresses of scales.
    Scales(Vec<u64>),
    /// Not at all.
    Anonymous,
}

/// A variable that needs dimensions.
#[derive(Debug)]
pub(super) struct User<'u> {
    pub axes: &'u Axes,
    pub dataset: &'u Dataset,
    pub group: GroupId,
}

/// All dimension scales of a file.
#[derive(Debug, Default)]
pub(super) struct Scales {
    scales: Vec<Scale>,
    next_id: u64,
}

impl Scales {
    /// Adds the dimension of a scale, under the identifier that the file gives or the next free one; returns that.
    pub fn add(&mut self, address: u64, given: Option<u64>, dimension: Dimension) -> u64 {
        let id = given.unwrap_or(self.next_id);
        self.next_id = self.next_id.max(id.saturating_add(1));
        self.scales.push(Scale { id, address, dimension });
        id
    }

    /// The dimensions in the order of their identifiers, and the positions of each variable's dimensions among them.
    pub fn resolve(mut self, users: &[User]) -> (Vec<Dimension>, Vec<Vec<usize>>) {
        self.scales.sort_by_key(|scale| scale.id);
        // Of several scales with one identifier the last counts.
        let by_id = self.scales.iter().zip(0..).map(|(scale, at)| (scale.id, at)).collect();
        let by_address = self.scales.iter().zip(0..).map(|(scale, at)| (scale.address, at)).collect();
        let mut found: Vec<_> = users.iter().map(|user| self.find(user, &by_id, &by_address)).collect();
        self.invent(users, &mut found);
        let dimensions = self.scales.into_iter().map(|scale| scale.dimension).collect();
        (dimensions, found.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The positions of a variable's dimensions, if the file says and they fit.
    fn find(&self, user: &User, by_id: &HashMap<u64, usize>, by_address: &HashMap<u64, usize>) -> Option<Vec<usize>> {
        let axes: Option<Vec<usize>> = match user.axes {
            Axes::Ids(ids) => ids.iter().map(|id| by_id.get(id).copied()).collect(),
            Axes::Scales(scales) => scales.iter().map(|at| by_address.get(at).copied()).collect(),
            Axes::Anonymous => None,
        };
        axes.filter(|axes| {
            let fits = |(&axis, &length): (&usize, &u64)| {
                self.scales.get(axis).is_some_and(|s| s.dimension.unlimited || s.dimension.length == length)
            };
            axes.iter().zip(&user.dataset.shape).all(fits)
        })
    }

    /// Gives the variables without dimensions some.
    fn invent(&mut self, users: &[User], found: &mut [Option<Vec<usize>>]) {
        let mut without: Vec<_> = users.iter().zip(found).filter(|(_, found)| found.is_none()).collect();
        // Groups below come first: their phony dimensions have the lower numbers.
        without.sort_by_key(|(user, _)| Reverse(user.group));
        for (user, found) in without {
            let dataset = user.dataset;
            let mut axes = Vec::with_capacity(dataset.shape.len());
            for (&length, &max) in dataset.shape.iter().zip(&dataset.max_shape) {
                let unlimited = max == u64::MAX || length == 0;
                axes.push(self.fitting(length, unlimited, user.group, &axes));
            }
            *found = Some(axes);
        }
    }

    /// The first dimension of a group that fits and is not used yet, or a new one.
    fn fitting(&mut self, length: u64, unlimited: bool, group: GroupId, used: &[usize]) -> usize {
        let fits = |(at, scale): (usize, &Scale)| {
            let d = &scale.dimension;
            (d.group == group && d.length == length && d.unlimited == unlimited && !used.contains(&at)).then_some(at)
        };
        if let Some(at) = self.scales.iter().enumerate().find_map(fits) {
            return at;
        }
        let name = format!("phony_dim_{}", self.next_id);
        self.add(u64::MAX, None, Dimension { name, length, unlimited, group });
        self.scales.len() - 1
    }
}
