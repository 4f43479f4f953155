//! The order of nodes, elements, edges and faces in the joined model.

use std::sync::OnceLock;

use hyperslab::{Context, Error, Result};

use super::joint::{reserve, Joint};
use super::ParallelFile;
use crate::data::Data;
use crate::kind::EntityType;
use crate::read::file::ExodusFile;

/// The map that decomposition leaves behind where it numbers nodes and elements anew.
const ORIGINAL: &str = "original_global_id_map";

/// What numbers the entries of the blocks of a kind.
fn map_of(kind: EntityType) -> Option<EntityType> {
    match kind {
        EntityType::ElementBlock => Some(EntityType::ElementMap),
        EntityType::EdgeBlock => Some(EntityType::EdgeMap),
        EntityType::FaceBlock => Some(EntityType::FaceMap),
        _ => None,
    }
}

/// What the entries of a kind of sets are, by the kind of their map.
pub(super) fn members_of(kind: EntityType) -> Option<EntityType> {
    match kind {
        EntityType::NodeSet => Some(EntityType::NodeMap),
        EntityType::EdgeSet => Some(EntityType::EdgeMap),
        EntityType::FaceSet => Some(EntityType::FaceMap),
        EntityType::SideSet | EntityType::ElementSet => Some(EntityType::ElementMap),
        _ => None,
    }
}

/// The value of a cell, computed when it is first asked for.
pub(super) fn once<T>(cell: &OnceLock<T>, compute: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(value) => Ok(value),
        None => {
            let value = compute()?;
            Ok(cell.get_or_init(|| value))
        }
    }
}

impl ParallelFile {
    /// The identifiers that people know nodes, edges, faces or elements by.
    ///
    /// Where decomposition numbered them anew and kept the identifiers of before in a map, those.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn ids(&self, kind: EntityType) -> Result<Vec<i64>> {
        let whole = self.whole(kind)?;
        let original = self.list(kind).iter().position(|map| map.name == ORIGINAL);
        match original.filter(|&map| self.everywhere(kind, map)) {
            Some(map) => self.number_map(kind, map),
            None => Ok(whole.keys.clone()),
        }
    }

    /// A number map that users gave, by its position among its kind.
    ///
    /// # Errors
    /// When there is none, a member that needs it does not have it, or it cannot be read.
    pub(super) fn number_map(&self, kind: EntityType, index: usize) -> Result<Vec<i64>> {
        self.whole(kind)?.join(1, |member| {
            let (file, path) = self.member(member)?;
            let own = self.index(kind, index, member).in_file(path)?;
            file.view(Data::NumMap(kind, own)).in_file(path)
        })
    }

    /// Whether every member has a map.
    fn everywhere(&self, kind: EntityType, map: usize) -> bool {
        self.shared(kind, map).is_ok_and(|shared| shared.members.iter().all(Option::is_some))
    }

    /// All nodes, elements, edges or faces, by the kind of their map.
    pub(super) fn whole(&self, kind: EntityType) -> Result<&Joint> {
        let cell = self.whole.get(&kind);
        let cell = cell.ok_or_else(|| Error::usage(format!("{} is no kind of map", kind.label())))?;
        once(cell, || match EntityType::BLOCKS.into_iter().find(|&blocks| map_of(blocks) == Some(kind)) {
            None => Joint::merged(&self.numbers(kind)?),
            Some(blocks) => self.whole_of_blocks(blocks),
        })
    }

    /// The numbers of every member's nodes, elements, edges or faces.
    fn numbers(&self, kind: EntityType) -> Result<Vec<Vec<i64>>> {
        let numbers = |(file, path): (&ExodusFile, &std::path::PathBuf)| self.own_numbers(kind, file).in_file(path);
        self.members.iter().zip(&self.paths).map(numbers).collect()
    }

    fn own_numbers(&self, kind: EntityType, file: &ExodusFile) -> Result<Vec<i64>> {
        let name = kind.id_map().unwrap_or_default();
        let entries = kind.names().map_or(0, |row| file.dimension(row.size));
        // Without a map the members would all number from 1, and different things would be taken for the same.
        if entries > 0 && self.members.len() > 1 && file.array(name).is_none() {
            return Err(Error::usage(format!("there is no {name}, and so nothing to join by")));
        }
        match entries {
            0 => Ok(Vec::new()),
            _ => file.id_map(kind),
        }
    }

    /// The entries of every block of a kind, ordered by their numbers.
    pub(super) fn joints(&self, kind: EntityType) -> Result<&[Joint]> {
        let (cell, map) = self
            .blocks
            .get(&kind)
            .zip(map_of(kind))
            .ok_or_else(|| Error::usage(format!("{} is no kind of block", kind.label())))?;
        let joints = once(cell, || {
            let numbers = self.numbers(map)?;
            let mut parts: Vec<Vec<Vec<i64>>> = self.list(kind).iter().map(|_| Vec::new()).collect();
            for (rank, numbers) in numbers.iter().enumerate() {
                let ranges = self.ranges(kind, rank);
                for (part, (start, len)) in parts.iter_mut().zip(ranges) {
                    let own = numbers.get(start..start.saturating_add(len));
                    let short =
                        || Error::usage("the blocks have more entries than are numbered").in_file(self.path(rank));
                    part.push(own.ok_or_else(short)?.to_vec());
                }
            }
            parts.iter().enumerate().map(|(n, part)| self.block_joint(kind, n, part)).collect()
        })?;
        Ok(joints)
    }

    fn path(&self, rank: usize) -> &std::path::Path {
        self.paths.get(rank).map(std::path::PathBuf::as_path).unwrap_or(std::path::Path::new(""))
    }

    fn block_joint(&self, kind: EntityType, index: usize, parts: &[Vec<i64>]) -> Result<Joint> {
        let joint = Joint::merged(parts)?;
        // Edges and faces may be shared, elements belong to one member.
        if kind == EntityType::ElementBlock && joint.total() > joint.len {
            let id = self.shared(kind, index)?.id;
            return Err(Error::usage(format!("element block {id} has elements of the same number more than once")));
        }
        Ok(joint)
    }

    /// Where the entries of each joined block are among all entries of a member: start and length.
    fn ranges(&self, kind: EntityType, rank: usize) -> Vec<(usize, usize)> {
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (joined, shared) in self.list(kind).iter().enumerate() {
            order.extend(shared.index(rank).map(|own| (own, joined)));
        }
        order.sort_unstable();
        let mut ranges = vec![(0, 0); self.list(kind).len()];
        let mut start = 0usize;
        for (_, joined) in order {
            let len = self.list(kind).get(joined).map_or(0, |shared| shared.len(rank));
            if let Some(range) = ranges.get_mut(joined) {
                *range = (start, len);
            }
            start = start.saturating_add(len);
        }
        ranges
    }

    /// All entries of all blocks, block after block.
    fn whole_of_blocks(&self, kind: EntityType) -> Result<Joint> {
        let joints = self.joints(kind)?;
        let len = joints.iter().map(|joint| joint.len).sum();
        let mut keys = reserve(len)?;
        joints.iter().for_each(|joint| keys.extend_from_slice(&joint.keys));
        let mut places = Vec::new();
        for rank in 0..self.members.len() {
            let parts = self.ranges(kind, rank);
            let mut offset = 0;
            let mut ordered = Vec::new();
            for ((start, _), joint) in parts.into_iter().zip(joints) {
                ordered.push((start, offset, joint.places.get(rank).map(Vec::as_slice).unwrap_or_default()));
                offset += joint.len;
            }
            ordered.sort_by_key(|(start, _, places)| (*start, places.len()));
            let mut own = reserve(ordered.iter().map(|(.., places)| places.len()).sum())?;
            for (_, offset, places) in ordered {
                own.extend(places.iter().map(|place| offset + place));
            }
            places.push(own);
        }
        Ok(Joint::new(keys, places, len))
    }

    /// The entries of a block or set.
    pub(super) fn entries(&self, kind: EntityType, index: usize) -> Result<&Joint> {
        let missing = || Error::usage(format!("there is no {} at {index}", kind.label()));
        match map_of(kind) {
            Some(_) => self.joints(kind)?.get(index).ok_or_else(missing),
            None => self.set_joint(kind, index),
        }
    }
}
