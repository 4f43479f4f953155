//! Sets of the joined model.

use hyperslab::{Context, Element, Error, Result, Values};

use super::joint::{typed, Joint};
use super::mesh::renumbered;
use super::numbering::{members_of, once};
use super::ParallelFile;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::Set;
use crate::read::file::ExodusFile;

impl ParallelFile {
    /// All sets of a kind.
    ///
    /// # Errors
    /// As [`ParallelFile::mesh`]; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of set.
    pub fn sets(&self, kind: EntityType) -> Result<&[Set]> {
        kind.must_be(EntityType::SETS.contains(&kind), "set")?;
        Ok(self.mesh()?.sets.of(kind))
    }

    /// A set as its members have it.
    pub(super) fn joined_set(&self, kind: EntityType, entity: Entity) -> Result<Set> {
        let (index, shared) = (entity.index, self.shared(kind, entity.index)?);
        let own = self.members.iter().enumerate().filter_map(|(rank, member)| Some((member, shared.index(rank)?)));
        let parts: Vec<&Set> = own.map(|(member, own)| member.set(kind, own)).collect::<Result<_>>()?;
        let num_factors = match kind {
            EntityType::SideSet => parts.iter().map(|set| set.num_factors).sum(),
            _ if parts.iter().any(|set| set.num_factors > 0) => entity.len,
            _ => 0,
        };
        Ok(Set {
            name: entity.name,
            num_factors,
            oriented: !self.set_extra::<i64>(kind, index)?.is_empty(),
            attributes: self.attribute_names(kind, index)?,
            entity_attributes: self.entity_attributes(kind, index),
            ..Set::new(kind, entity.id, entity.len)
        })
    }

    /// The entries of a set: nodes, edges, faces or elements, numbered from 1 as the joined model does.
    ///
    /// # Errors
    /// When they cannot be read, are not among those of their member, or a number does not fit `T`.
    pub(super) fn set_entries<T: Element>(&self, kind: EntityType, index: usize) -> Result<Values<'_, T>> {
        let joint = self.entries(kind, index)?;
        let numbers = match kind {
            EntityType::SideSet => joint.join(1, |member| Ok(Values::owned(self.renumbered(kind, index, member)?)))?,
            _ => joint.keys.clone(),
        };
        typed(numbers).map(Values::owned)
    }

    /// The sides of a side set's elements, numbered from 1, or the orientations of edges and faces; empty if there are
    /// none.
    ///
    /// # Errors
    /// As [`ParallelFile::set_entries`]; [`Kind::Usage`](crate::Kind::Usage) if only some members have them.
    pub(super) fn set_extra<T: Element>(&self, kind: EntityType, index: usize) -> Result<Values<'_, T>> {
        let joint = self.entries(kind, index)?;
        let read = |member: usize| -> Result<Values<'_, T>> {
            let (file, path) = self.member(member)?;
            own_list(file, Data::Sides(kind, self.index(kind, index, member)?)).in_file(path)
        };
        let lengths = self.lengths(joint, |member| Ok(read(member)?.len()))?;
        match lengths.iter().any(|&len| len > 0) {
            true => joint.join(1, read).map(Values::owned),
            false => Ok(Values::owned(Vec::new())),
        }
    }

    /// The distribution factors of a set; empty if there are none, which means 1.0 everywhere. Where only some members
    /// of a list of nodes have them, the others have 1.0.
    ///
    /// # Errors
    /// When they cannot be read, or do not fit `T`; [`Kind::Usage`](crate::Kind::Usage) if only some members of a side
    /// set have them.
    pub(super) fn set_factors<T: Element>(&self, kind: EntityType, index: usize) -> Result<Values<'_, T>> {
        let joint = self.entries(kind, index)?;
        let read = |member: usize| -> Result<Values<'_, T>> {
            let (file, path) = self.member(member)?;
            own_list(file, Data::Factors(kind, self.index(kind, index, member)?)).in_file(path)
        };
        let lengths = self.lengths(joint, |member| Ok(read(member)?.len()))?;
        if lengths.iter().all(|&len| len == 0) {
            return Ok(Values::owned(Vec::new()));
        }
        if kind == EntityType::SideSet {
            let some = joint.places.iter().zip(&lengths).position(|(places, &len)| !places.is_empty() && len == 0);
            return match some {
                None => Joint::chained(&lengths).join(1, read).map(Values::owned),
                Some(rank) => Err(Error::usage(format!("member {rank} has no distribution factors, others have"))),
            };
        }
        let one = T::from_number(hyperslab::Number::Signed(1)).unwrap_or_default();
        let filled = |member: usize| {
            let own = read(member)?;
            let len = joint.places.get(member).map_or(0, Vec::len);
            Ok(if own.is_empty() { Values::owned(vec![one; len]) } else { own })
        };
        joint.join(1, filled).map(Values::owned)
    }

    /// How many values every member has; 0 where it has no entries.
    fn lengths(&self, joint: &Joint, len: impl Fn(usize) -> Result<usize>) -> Result<Vec<usize>> {
        let own = |(member, places): (usize, &Vec<usize>)| if places.is_empty() { Ok(0) } else { len(member) };
        joint.places.iter().enumerate().map(own).collect()
    }

    /// The entries of a member's set, numbered from 1 as the joined model does.
    fn renumbered(&self, kind: EntityType, index: usize, member: usize) -> Result<Vec<i64>> {
        let map = members_of(kind).ok_or_else(|| Error::usage(format!("{} is no kind of set", kind.label())))?;
        let places = self.whole(map)?.places.get(member).map(Vec::as_slice).unwrap_or_default();
        renumbered(&self.own_entries(kind, index, member)?, places).in_file(self.member(member)?.1)
    }

    fn own_entries(&self, kind: EntityType, index: usize, member: usize) -> Result<Values<'_, i64>> {
        let (file, path) = self.member(member)?;
        own_list(file, Data::Members(kind, self.index(kind, index, member)?)).in_file(path)
    }

    /// The entries of a set: those that several members have are one; sides belong to one member and follow each other.
    pub(super) fn set_joint(&self, kind: EntityType, index: usize) -> Result<&Joint> {
        let shared = self.shared(kind, index)?;
        once(&shared.joint, || {
            if kind == EntityType::SideSet {
                let len = |member| match shared.len(member) {
                    0 => Ok(0),
                    _ => Ok(self.own_entries(kind, index, member)?.len()),
                };
                return Ok(Joint::chained(&(0..self.members.len()).map(len).collect::<Result<Vec<_>>>()?));
            }
            let numbers = |member| match shared.len(member) {
                0 => Ok(Vec::new()),
                _ => self.renumbered(kind, index, member),
            };
            Joint::merged(&(0..self.members.len()).map(numbers).collect::<Result<Vec<_>>>()?)
        })
    }
}

/// A list of a member; empty if it has none.
fn own_list<T: Element>(file: &ExodusFile, data: Data) -> Result<Values<'_, T>> {
    match file.has(data) {
        true => file.view(data),
        false => Ok(Values::owned(Vec::new())),
    }
}
