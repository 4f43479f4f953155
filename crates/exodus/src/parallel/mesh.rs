//! Coordinates, connectivity, attributes and properties of the joined model.

use std::ops::Range;

use hyperslab::netcdf::Attribute;
use hyperslab::{Context, Element, Error, Result, Values};
use ndarray::Array2;

use super::joint::typed;
use super::ParallelFile;
use crate::kind::EntityKind;
use crate::mesh::Property;
use crate::names;
use crate::read::blocks::Connectivity;
use crate::read::coords::Coords;

impl ParallelFile {
    /// The coordinates of all nodes.
    ///
    /// # Errors
    /// When they cannot be read, or a coordinate does not fit `T` exactly (`f64` always fits).
    pub fn coords<T: Element>(&self) -> Result<Coords<'_, T>> {
        let nodes = 0..self.whole(EntityKind::NodeMap)?.len as u64;
        Ok(Coords { axes: (0..self.num_dim()).map(|axis| self.coord(axis, nodes.clone())).collect::<Result<_>>()? })
    }

    /// One coordinate of a range of nodes.
    ///
    /// # Errors
    /// As [`ParallelFile::coords`]; [`Kind::Usage`](crate::Kind::Usage) for a range outside of the model.
    pub fn coord<T: Element>(&self, axis: usize, nodes: Range<u64>) -> Result<Values<'_, T>> {
        let joined = self.whole(EntityKind::NodeMap)?.join(1, |member| {
            let (file, path) = self.member(member)?;
            file.coord(axis, 0..file.dimension(names::NUM_NODES)).in_file(path)
        })?;
        cut(joined, nodes).map(Values::owned)
    }

    /// The coordinates as one array of nodes x dimensions.
    ///
    /// # Errors
    /// As [`ParallelFile::coords`].
    pub fn coords_array<T: Element>(&self) -> Result<Array2<T>> {
        let coords = self.coords::<T>()?;
        let nodes = coords.axes.first().map_or(0, Values::len);
        let mut array = Array2::from_elem((nodes, coords.axes.len()), T::default());
        for (mut column, axis) in array.columns_mut().into_iter().zip(&coords.axes) {
            column.iter_mut().zip(axis.iter()).for_each(|(place, value)| *place = value);
        }
        Ok(array)
    }

    fn num_dim(&self) -> usize {
        usize::try_from(self.first().map_or(0, |first| first.dimension(names::NUM_DIM)).min(3)).unwrap_or(3)
    }

    /// The nodes of every entry of a block, numbered from 1 as the joined model does.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the block has none, a node is not among those of its member, or a number
    /// does not fit `T`; [`Kind::Unsupported`](crate::Kind::Unsupported) for polygons and polyhedra, whose entries
    /// differ in their nodes; otherwise when they cannot be read.
    pub fn connectivity<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Connectivity<'_, T>> {
        let joint = self.entries(kind, index)?;
        let nodes = self.whole(EntityKind::NodeMap)?;
        let width = self.width(kind, index)?;
        let joined = joint.join(width, |member| {
            let (file, path) = self.member(member)?;
            let own = file.connectivity::<i64>(kind, self.index(kind, index, member)?).in_file(path)?;
            if own.nodes.len() != own.nodes_per_entry.saturating_mul(joint.places.get(member).map_or(0, Vec::len)) {
                return Err(Error::unsupported("joining polygons and polyhedra").in_file(path));
            }
            let places = nodes.places.get(member).map(Vec::as_slice).unwrap_or_default();
            renumbered(&own.nodes, places).in_file(path).map(Values::owned)
        })?;
        Ok(Connectivity { nodes: Values::owned(typed(joined)?), nodes_per_entry: width })
    }

    /// The nodes of every entry of a block as an array of entries x nodes.
    ///
    /// # Errors
    /// As [`ParallelFile::connectivity`].
    pub fn connectivity_array<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Array2<T>> {
        let connectivity = self.connectivity(kind, index)?;
        let shape = (self.entries(kind, index)?.len, connectivity.nodes_per_entry);
        Array2::from_shape_vec(shape, connectivity.nodes.into_vec()).map_err(|e| Error::usage(e.to_string()))
    }

    fn width(&self, kind: EntityKind, index: usize) -> Result<usize> {
        usize::try_from(self.block(kind, index)?.nodes_per_entry)
            .map_err(|_| Error::limit("too many nodes per element"))
    }

    /// The attributes of every entry of a block or set, as an array of entries x attributes; with
    /// [`EntityKind::Nodal`] those of the nodes.
    ///
    /// # Errors
    /// When they cannot be read, or the members disagree about their number.
    pub fn attributes_array(&self, kind: EntityKind, index: usize) -> Result<Array2<f64>> {
        let joint = self.carriers(kind, index)?;
        let own = |member| {
            let (file, path) = self.member(member)?;
            file.attributes_array(kind, self.own_entity(kind, index, member).unwrap_or(index)).in_file(path)
        };
        let first = joint.places.iter().position(|places| !places.is_empty());
        let width = first.map(|member| own(member).map(|list| list.ncols())).transpose()?.unwrap_or(0);
        let values = joint.join(width, |member| Ok(Values::owned(own(member)?.into_iter().collect())))?;
        let shape = (if width > 0 { joint.len } else { 0 }, width);
        Array2::from_shape_vec(shape, values).map_err(|e| Error::usage(e.to_string()))
    }

    /// The names of the attributes of a block or set, or of the nodes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn attribute_names(&self, kind: EntityKind, index: usize) -> Result<Vec<String>> {
        let joint = self.carriers(kind, index)?;
        match joint.places.iter().position(|places| !places.is_empty()) {
            Some(member) => {
                let own = self.own_entity(kind, index, member).unwrap_or(index);
                self.member(member)?.0.attribute_names(kind, own)
            }
            None => Ok(Vec::new()),
        }
    }

    /// The attributes of a block or set as a whole, from the first member that has entries of it.
    pub fn entity_attributes(&self, kind: EntityKind, index: usize) -> Vec<Attribute> {
        let Ok(shared) = self.shared(kind, index) else { return Vec::new() };
        let member = (0..self.members.len()).find(|&member| shared.len(member) > 0);
        let own = member.and_then(|member| Some((self.members.get(member)?, shared.index(member)?)));
        own.map_or_else(Vec::new, |(file, own)| file.entity_attributes(kind, own))
    }

    /// The properties of a kind: name and one value for each entity, from the first member that has it; 0 for others.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn properties(&self, kind: EntityKind) -> Result<Vec<Property>> {
        let mut joined: Vec<(String, Vec<Option<i64>>)> = Vec::new();
        for (rank, (file, path)) in self.members.iter().zip(&self.paths).enumerate() {
            for Property { name, values } in file.properties(kind).in_file(path)? {
                if !joined.iter().any(|(known, _)| *known == name) {
                    joined.push((name.clone(), vec![None; self.list(kind).len()]));
                }
                let places = joined.iter_mut().filter(|(known, _)| *known == name).flat_map(|(_, list)| list);
                for (shared, place) in self.list(kind).iter().zip(places) {
                    *place = place.or_else(|| values.get(shared.index(rank)?).copied());
                }
            }
        }
        let or_zero = |list: Vec<Option<i64>>| list.into_iter().map(Option::unwrap_or_default).collect();
        Ok(joined.into_iter().map(|(name, list)| Property { name, values: or_zero(list) }).collect())
    }
}

/// A range of a list.
pub(super) fn cut<T: Element>(mut values: Vec<T>, range: Range<u64>) -> Result<Vec<T>> {
    let len = values.len();
    let outside = || Error::usage(format!("a range of {}..{} of {len} entries", range.start, range.end));
    let end = usize::try_from(range.end).ok().filter(|&end| end <= len).ok_or_else(outside)?;
    let start = usize::try_from(range.start).ok().filter(|&start| start <= end).ok_or_else(outside)?;
    values.truncate(end);
    match start {
        0 => Ok(values),
        _ => Ok(values.split_off(start)),
    }
}

/// Numbers of a member as the joined model has them; both count from 1.
pub(super) fn renumbered(numbers: &Values<'_, i64>, places: &[usize]) -> Result<Vec<i64>> {
    let place = |number: i64| {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        i64::try_from(places.get(index)? + 1).ok()
    };
    let mut target = super::joint::reserve(numbers.len())?;
    for number in numbers.iter() {
        let outside = || Error::usage(format!("{number} is not among the {} of the member", places.len()));
        target.push(place(number).ok_or_else(outside)?);
    }
    Ok(target)
}
