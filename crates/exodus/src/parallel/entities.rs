//! Blocks, sets and maps of the joined model.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::OnceLock;

use hyperslab::{Context, Error, Result};

use super::joint::Joint;
use super::ParallelFile;
use crate::ids::{EntityId, Which};
use crate::kind::EntityType;
use crate::mesh::Block;
use crate::mesh::Entity;
use crate::mesh::InitParams;
use crate::nemesis;
use crate::read::file::ExodusFile;

/// A block, set or map that members have parts of.
#[derive(Debug)]
pub(super) struct Shared {
    pub id: EntityId,
    pub name: String,
    /// The entity of each member.
    pub members: Vec<Option<Entity>>,
    /// The entries of a set.
    pub joint: OnceLock<Joint>,
}

impl Shared {
    /// All entities of a kind: in the order that the members give for the whole model, then in that of their
    /// appearance.
    pub fn list(kind: EntityType, members: &[ExodusFile], paths: &[PathBuf]) -> Result<Vec<Shared>> {
        // What has the same identifier twice in one member is two things.
        let mut found: HashMap<(i64, usize), Shared> = HashMap::new();
        let mut order = Vec::new();
        for (rank, (file, path)) in members.iter().zip(paths).enumerate() {
            let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
            if rank == 0 {
                order.extend(nemesis::global_ids(file, kind).in_file(path)?.into_iter().map(|id| (id, 0)));
            }
            for entity in file.entities(kind).in_file(path)? {
                let count = seen.entry(entity.id.0).or_default();
                let key = (entity.id.0, *count);
                *count += 1;
                let shared = found.entry(key).or_insert_with(|| {
                    order.push(key);
                    let members = vec![None; members.len()];
                    Shared { id: entity.id, name: String::new(), members, joint: OnceLock::new() }
                });
                if shared.name.is_empty() {
                    shared.name.clone_from(&entity.name);
                }
                if let Some(own) = shared.members.get_mut(rank) {
                    *own = Some(entity.clone());
                }
            }
        }
        Ok(order.into_iter().filter_map(|key| found.remove(&key)).collect())
    }

    /// The position of the entity in a member.
    pub fn index(&self, member: usize) -> Option<usize> {
        self.members.get(member)?.as_ref().map(|entity| entity.index)
    }

    /// The entries in a member.
    pub fn len(&self, member: usize) -> usize {
        let own = self.members.get(member).and_then(Option::as_ref).filter(|entity| entity.present);
        own.map_or(0, |entity| usize::try_from(entity.len).unwrap_or(usize::MAX))
    }
}

impl ParallelFile {
    /// All entities of a kind: blocks, sets or maps; none of other kinds.
    ///
    /// # Errors
    /// When the numbers by which the members are joined cannot be read.
    pub fn entities(&self, kind: EntityType) -> Result<Vec<Entity>> {
        self.list(kind).iter().enumerate().map(|(index, shared)| self.entity(kind, index, shared)).collect()
    }

    fn entity(&self, kind: EntityType, index: usize, shared: &Shared) -> Result<Entity> {
        let len = match kind.is_map() {
            true => self.whole(kind)?.len,
            false => self.entries(kind, index)?.len,
        } as u64;
        Ok(Entity { index, id: shared.id, name: shared.name.clone(), present: len > 0, len })
    }

    /// The counts of the joined model.
    ///
    /// # Errors
    /// When the numbers by which the members are joined cannot be read.
    pub fn init_params(&self) -> Result<InitParams> {
        let first = self.first().map(ExodusFile::init_params).unwrap_or_default();
        let count = |kind| self.list(kind).len() as u64;
        let whole = |map, declared: fn(&InitParams) -> u64| -> Result<u64> {
            // Edges and faces are counted only where they are declared and can be joined.
            let some = self.members.iter().any(|member| declared(&member.init_params()) > 0);
            if some {
                Ok(self.whole(map)?.len as u64)
            } else {
                Ok(0)
            }
        };
        Ok(InitParams {
            num_nodes: whole(EntityType::NodeMap, |init| init.num_nodes)?,
            num_elems: whole(EntityType::ElementMap, |init| init.num_elems)?,
            num_edges: if count(EntityType::EdgeBlock) > 0 {
                whole(EntityType::EdgeMap, |init| init.num_edges)?
            } else {
                0
            },
            num_faces: if count(EntityType::FaceBlock) > 0 {
                whole(EntityType::FaceMap, |init| init.num_faces)?
            } else {
                0
            },
            title: first.title,
            num_dim: first.num_dim,
            ..InitParams::counted(count)
        })
    }

    /// All blocks of a kind.
    ///
    /// # Errors
    /// As [`ParallelFile::mesh`]; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of block.
    pub fn blocks(&self, kind: EntityType) -> Result<&[Block]> {
        kind.must_be(EntityType::BLOCKS.contains(&kind), "block")?;
        Ok(self.mesh()?.blocks.of(kind))
    }

    /// A block by its position, identifier or name.
    ///
    /// # Errors
    /// As [`ParallelFile::blocks`]; [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn block<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Block> {
        let blocks = self.blocks(kind)?;
        let index = self.mesh()?.position(kind, which)?;
        blocks.get(index).ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    /// A block as its members have it: they must be of one type.
    pub(super) fn joined_block(&self, kind: EntityType, entity: Entity) -> Result<Block> {
        let shared = self.shared(kind, entity.index)?;
        let mut joined: Option<Block> = None;
        for (rank, member) in self.members.iter().enumerate().filter(|(rank, _)| shared.len(*rank) > 0) {
            let Some(own) = shared.index(rank) else { continue };
            let part = member.block(kind, own)?;
            let widths = |b: &Block| (b.nodes_per_entry, b.edges_per_entry, b.faces_per_entry, b.attributes.len());
            if joined.as_ref().is_some_and(|joined| widths(joined) != widths(part)) {
                return Err(Error::usage(format!("the members disagree about {} {}", kind.label(), entity.id)));
            }
            joined.get_or_insert_with(|| part.clone());
        }
        let block = joined.unwrap_or_else(|| Block::new(kind, entity.id, "NULL", 0, 0));
        Ok(Block { id: entity.id, name: entity.name, len: entity.len, ..block })
    }

    pub(super) fn list(&self, kind: EntityType) -> &[Shared] {
        self.entities.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn shared(&self, kind: EntityType, index: usize) -> Result<&Shared> {
        let found = self.list(kind).get(index);
        found.ok_or_else(|| Error::usage(format!("there is no {} at {index}", kind.label())))
    }

    /// The position in a member of an entity that has entries there.
    pub(super) fn index(&self, kind: EntityType, index: usize, member: usize) -> Result<usize> {
        let own = self.shared(kind, index)?.index(member);
        own.ok_or_else(|| Error::usage(format!("member {member} has no such {}", kind.label())))
    }
}
