//! Coordinates, connectivity, attributes and properties of the joined model.

use std::cmp::Ordering;
use std::ops::Range;

use hyperslab::netcdf::Attribute;
use hyperslab::{Context, Element, Error, NumberType, Result, Values};

use super::joint::reserve;
use super::ParallelFile;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Property;
use crate::model::Model;

impl ParallelFile {
    /// One coordinate of all nodes.
    pub(super) fn coordinate<T: Element>(&self, axis: usize, nodes: Range<u64>) -> Result<Vec<T>> {
        self.whole(EntityType::NodeMap)?.join_range(1, nodes, |member, range| {
            let (file, path) = self.member(member)?;
            file.view(Data::Coordinate(axis).entries(range)).in_file(path)
        })
    }

    /// The first node that members have at different places along an axis, as far as the precision of all reaches.
    pub(super) fn torn_node(&self, axis: usize) -> Result<Option<u64>> {
        let (nodes, data) = (self.whole(EntityType::NodeMap)?, Data::Coordinate(axis));
        let is_single = self.members.iter().any(|member| member.number_type(data) == Some(NumberType::F32));
        let reached = |value: f64| if is_single { f64::from(f32::nearest(value.to_number())) } else { value };
        let mut known = reserve(nodes.len)?;
        known.resize(nodes.len, f64::NAN);
        let mut first = None;
        for (rank, places) in nodes.places.iter().enumerate().filter(|(_, places)| !places.is_empty()) {
            let (file, path) = self.member(rank)?;
            let own = file.view::<f64>(data).in_file(path)?;
            for (&place, value) in places.iter().zip(own.iter().map(reached)) {
                let Some(known) = known.get_mut(place) else { continue };
                // No number is known to be another than one that is none.
                if matches!((*known).partial_cmp(&value), Some(Ordering::Less | Ordering::Greater)) {
                    first = Some(first.map_or(place, |first: usize| first.min(place)));
                }
                *known = value;
            }
        }
        Ok(first.map(|place| place as u64))
    }

    /// The nodes of a range of entries of a block, numbered from 1 as the joined model does.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if a node is not among those of its member;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for polygons and polyhedra, whose entries
    /// differ in their nodes; otherwise when they cannot be read.
    pub(super) fn nodes_of(&self, kind: EntityType, index: usize, entries: Range<u64>) -> Result<Vec<i64>> {
        let block = self.block(kind, index)?;
        if !block.is_uniform() {
            return Err(Error::unsupported("joining polygons and polyhedra"));
        }
        let width = usize::try_from(block.nodes_per_entry).map_err(|_| Error::limit("too many nodes per element"))?;
        let nodes = self.whole(EntityType::NodeMap)?;
        self.entries(kind, index)?.join_range(width, entries, |member, range| {
            let (file, path) = self.member(member)?;
            let own = Data::Connectivity(kind, self.index(kind, index, member)?);
            let own = file.view::<i64>(own.entries(range)).in_file(path)?;
            let places = nodes.places.get(member).map(Vec::as_slice).unwrap_or_default();
            renumbered(&own, places).in_file(path).map(Values::owned)
        })
    }

    /// The attributes of a range of entries.
    pub(super) fn attributes_of(&self, kind: EntityType, index: usize, entries: Range<u64>) -> Result<Vec<f64>> {
        let width = match kind {
            EntityType::Nodal => self.mesh()?.nodal_attributes.len(),
            _ => self.attribute_names(kind, index)?.len(),
        };
        self.carriers(kind, index)?.join_range(width, entries, |member, range| {
            let (file, path) = self.member(member)?;
            let own = self.own_entity(kind, index, member).unwrap_or(index);
            file.view(Data::Attributes(kind, own).entries(range)).in_file(path)
        })
    }

    /// The names of the attributes of a block or set, or of the nodes.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if entries of `kind` have no attributes.
    pub fn attribute_names(&self, kind: EntityType, index: usize) -> Result<Vec<String>> {
        kind.must_have_attributes()?;
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
    pub fn entity_attributes(&self, kind: EntityType, index: usize) -> Vec<Attribute> {
        let Ok(shared) = self.shared(kind, index) else { return Vec::new() };
        let member = (0..self.members.len()).find(|&member| shared.len(member) > 0);
        let own = member.and_then(|member| Some((self.members.get(member)?, shared.index(member)?)));
        own.map_or_else(Vec::new, |(file, own)| file.entity_attributes(kind, own))
    }

    /// The properties of a kind: name and one value for each entity, from the first member that has it; 0 for others.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` has no properties.
    pub fn properties(&self, kind: EntityType) -> Result<Vec<Property>> {
        kind.must_have_properties()?;
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
    let mut target = reserve(numbers.len())?;
    for number in numbers.iter() {
        let outside = || Error::usage(format!("{number} is not among the {} of the member", places.len()));
        target.push(place(number).ok_or_else(outside)?);
    }
    Ok(target)
}
