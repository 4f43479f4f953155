//! Which dimensions a variable has: from the identifiers, the references, or the lengths alone.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::hdf5::read::dataset::Dataset;
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::{Dimension, Group};

/// A dimension that was met, or invented.
#[derive(Debug)]
pub(super) struct Scale {
    /// What the file calls it.
    pub id: u64,
    /// The dataset that stands for it; nothing stands for one that was invented.
    pub address: Option<u64>,
    pub dimension: Dimension,
}

/// How a variable names its dimensions, before all of them are known.
#[derive(Debug)]
pub(super) enum Axes {
    /// By `_Netcdf4Coordinates`, or because it is the scale of its one dimension.
    Ids(Vec<u64>),
    /// By `DIMENSION_LIST`: the addresses of scales, as far as there are any.
    Scales(Vec<Option<u64>>),
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

/// All dimension scales of a file, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Scales {
    scales: Vec<Scale>,
    next_id: u64,
}

/// Where dimensions are, by what variables say of them.
#[derive(Debug, Default)]
struct Known {
    /// Of several scales with one identifier the last counts.
    by_id: HashMap<u64, usize>,
    /// A scale with several links is several dimensions.
    by_address: HashMap<u64, Vec<usize>>,
    /// In the order in which they were met.
    by_length: HashMap<(GroupId, u64, bool), Vec<usize>>,
}

impl Known {
    fn add(&mut self, at: usize, scale: &Scale) {
        self.by_id.insert(scale.id, at);
        if let Some(address) = scale.address {
            self.by_address.entry(address).or_default().push(at);
        }
        let Dimension { group, length, unlimited, .. } = scale.dimension;
        self.by_length.entry((group, length, unlimited)).or_default().push(at);
    }
}

impl Scales {
    /// Adds the dimension of a scale, under the identifier that the file gives or the next free one; returns that.
    pub fn add(&mut self, address: Option<u64>, given: Option<u64>, dimension: Dimension) -> u64 {
        let id = given.unwrap_or(self.next_id);
        self.next_id = self.next_id.max(id.saturating_add(1));
        self.scales.push(Scale { id, address, dimension });
        id
    }

    /// The dimensions in the order of their identifiers, and the positions of each variable's dimensions among them.
    pub fn resolve(mut self, users: &[User], groups: &[Group]) -> (Vec<Scale>, Vec<Vec<usize>>) {
        let mut known = Known::default();
        self.scales.iter().enumerate().for_each(|(at, scale)| known.add(at, scale));
        let found: Vec<_> = users.iter().map(|user| self.find(user, &known, groups)).collect();
        let axes = self.invent(users, found, &mut known, groups);
        let mut order: Vec<usize> = (0..self.scales.len()).collect();
        order.sort_by_key(|&at| self.scales.get(at).map(|scale| scale.id));
        let mut position = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(slot) = position.get_mut(old) {
                *slot = new;
            }
        }
        let moved = |axes: Vec<usize>| axes.into_iter().filter_map(|at| position.get(at).copied()).collect();
        let axes = axes.into_iter().map(moved).collect();
        self.scales.sort_by_key(|scale| scale.id);
        (self.scales, axes)
    }

    /// The positions of a variable's dimensions, as far as the file says them and they fit.
    fn find(&self, user: &User, known: &Known, groups: &[Group]) -> Vec<Option<usize>> {
        let shape = &user.dataset.shape;
        let unknown = || vec![None; shape.len()];
        let axes: Vec<Option<usize>> = match user.axes {
            Axes::Ids(ids) => ids.iter().map(|id| known.by_id.get(id).copied()).collect(),
            // Without a scale of the first dimension, netCDF looks for no other ones.
            Axes::Scales(scales) if scales.first().is_some_and(Option::is_some) => {
                let nearest = |address: &Option<u64>| {
                    let all = known.by_address.get(&(*address)?)?;
                    all.iter().copied().min_by_key(|&at| self.distance(at, user.group, groups))
                };
                scales.iter().map(nearest).collect()
            }
            Axes::Scales(_) | Axes::Anonymous => return unknown(),
        };
        let fits = |(axis, &length): (&Option<usize>, &u64)| {
            let scale = axis.and_then(|at| self.scales.get(at));
            scale.is_none_or(|s| s.dimension.unlimited || s.dimension.length == length)
        };
        match axes.len() == shape.len() && axes.iter().zip(shape).all(fits) {
            true => axes,
            false => unknown(),
        }
    }

    /// How many groups above `group` a dimension is; dimensions elsewhere are farthest.
    fn distance(&self, at: usize, group: GroupId, groups: &[Group]) -> usize {
        let owner = self.scales.get(at).map(|scale| scale.dimension.group);
        // Parents come before children, so this ends.
        let above = std::iter::successors(Some(group), |id| groups.get(id.0)?.parent);
        above.into_iter().position(|id| Some(id) == owner).unwrap_or(usize::MAX)
    }

    /// Gives the variables the dimensions that they lack.
    fn invent(
        &mut self,
        users: &[User],
        mut found: Vec<Vec<Option<usize>>>,
        known: &mut Known,
        groups: &[Group],
    ) -> Vec<Vec<usize>> {
        let rank = below_first(groups);
        let mut lacking: Vec<_> = users.iter().zip(&mut found).filter(|(_, axes)| axes.contains(&None)).collect();
        lacking.sort_by_key(|(user, _)| rank.get(user.group.0));
        for (user, axes) in lacking {
            let extents = user.dataset.shape.iter().zip(&user.dataset.max_shape);
            for (axis, (&length, &max)) in extents.enumerate() {
                if axes.get(axis) == Some(&None) {
                    let at = self.fitting((user.group, length, max == u64::MAX), axes, known);
                    axes.iter_mut().skip(axis).take(1).for_each(|axis| *axis = Some(at));
                }
            }
        }
        found.into_iter().map(|axes| axes.into_iter().flatten().collect()).collect()
    }

    /// The first dimension of a group that fits and is not used yet, or a new one.
    fn fitting(
        &mut self,
        (group, length, unlimited): (GroupId, u64, bool),
        used: &[Option<usize>],
        known: &mut Known,
    ) -> usize {
        let same = known.by_length.get(&(group, length, unlimited));
        if let Some(&at) = same.and_then(|same| same.iter().find(|&&at| !used.contains(&Some(at)))) {
            return at;
        }
        let name = format!("phony_dim_{}", self.next_id);
        // To netCDF, no length but 0 is that of an unlimited dimension.
        self.add(None, None, Dimension { name, length, unlimited: unlimited || length == 0, group });
        let at = self.scales.len() - 1;
        self.scales.iter().skip(at).for_each(|scale| known.add(at, scale));
        at
    }
}

/// The rank of each group where groups come after those below them, and siblings in their order.
fn below_first(groups: &[Group]) -> Vec<(usize, Reverse<usize>)> {
    // Parents come before children, and what is below a group directly behind it.
    let mut last: Vec<usize> = (0..groups.len()).collect();
    for (id, group) in groups.iter().enumerate().rev() {
        let own = last.get(id).copied().unwrap_or(id);
        if let Some(above) = group.parent.and_then(|parent| last.get_mut(parent.0)) {
            *above = own.max(*above);
        }
    }
    last.into_iter().enumerate().map(|(id, last)| (last, Reverse(id))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_below_come_first() {
        // 0 (1 (2 3) 4 (5))
        let parents = [None, Some(0), Some(1), Some(1), Some(0), Some(4)];
        let groups: Vec<Group> =
            parents.iter().map(|parent| Group { parent: parent.map(GroupId), ..Group::default() }).collect();
        let rank = below_first(&groups);
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&id| rank[id]);
        assert_eq!(order, [2, 3, 1, 5, 4, 0]);
    }
}
