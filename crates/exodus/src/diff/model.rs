//! One of the two files: what is asked of it again and again.

use hyperslab::{Result, Values};

use super::options::Options;
use super::subject::Subject;
use crate::kind::EntityKind;
use crate::read::blocks::BlockInfo;
use crate::read::file::{Entity, ExodusFile};
use crate::read::init::InitParams;

/// A file with its lists of entities.
#[derive(Debug)]
pub(super) struct Model<'f> {
    pub file: &'f ExodusFile,
    pub counts: InitParams,
    pub times: Vec<f64>,
    pub blocks: Vec<BlockInfo>,
    node_sets: Vec<Entity>,
    side_sets: Vec<Entity>,
    edge_blocks: Vec<Entity>,
    face_blocks: Vec<Entity>,
    element_blocks: Vec<Entity>,
}

impl<'f> Model<'f> {
    pub fn new(file: &'f ExodusFile) -> Result<Self> {
        let blocks = file.blocks(EntityKind::ElementBlock)?;
        Ok(Model {
            counts: file.init_params(),
            times: file.times()?,
            node_sets: file.entities(EntityKind::NodeSet)?,
            side_sets: file.entities(EntityKind::SideSet)?,
            edge_blocks: file.entities(EntityKind::EdgeBlock)?,
            face_blocks: file.entities(EntityKind::FaceBlock)?,
            element_blocks: blocks.iter().map(|block| block.entity.clone()).collect(),
            blocks,
            file,
        })
    }

    /// The entities of a kind that is compared.
    pub fn entities(&self, kind: EntityKind) -> &[Entity] {
        match kind {
            EntityKind::ElementBlock => &self.element_blocks,
            EntityKind::NodeSet => &self.node_sets,
            EntityKind::SideSet => &self.side_sets,
            EntityKind::EdgeBlock => &self.edge_blocks,
            EntityKind::FaceBlock => &self.face_blocks,
            _ => &[],
        }
    }

    /// The entity that is the same as one of another file.
    pub fn partner(&self, kind: EntityKind, of: &Entity, options: &Options) -> Option<&Entity> {
        let named = |entity: &&Entity| title(kind, entity) == title(kind, of);
        match options.by_name {
            true => self.entities(kind).iter().find(named),
            false => self.entities(kind).iter().find(|entity| entity.id == of.id),
        }
    }

    /// The names of a subject's variables; of attributes, those of all blocks together.
    pub fn names(&self, subject: Subject) -> Result<Vec<String>> {
        if subject != Subject::ElementAttribute {
            return self.file.variable_names(subject.kind());
        }
        let mut names = Vec::new();
        for block in 0..self.blocks.len() {
            for name in self.attributes(block)? {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    /// The names of a block's attributes, in lower case; those without a name are numbered.
    pub fn attributes(&self, block: usize) -> Result<Vec<String>> {
        let count = self.blocks.get(block).map_or(0, |block| block.num_attributes);
        let names = self.file.attribute_names(EntityKind::ElementBlock, block)?;
        let name = |n: usize| match names.get(n).filter(|name| !name.is_empty()) {
            Some(name) => name.to_ascii_lowercase(),
            None => format!("attribute_{}", n + 1),
        };
        // Names, where there are any, bound what a hostile count may ask for.
        Ok((0..usize::try_from(count.min(1 << 16)).unwrap_or(0)).map(name).collect())
    }

    /// How many elements there are before a block.
    pub fn elements_before(&self, block: usize) -> u64 {
        self.blocks.iter().take(block).fold(0, |sum, block| sum.saturating_add(block.entity.len))
    }

    /// Block and position in it of an element, counted from 0 through all blocks.
    pub fn locate(&self, element: u64) -> Option<(usize, u64)> {
        let mut rest = element;
        for (n, block) in self.blocks.iter().enumerate() {
            if rest < block.entity.len {
                return Some((n, rest));
            }
            rest -= block.entity.len;
        }
        None
    }

    /// The nodes of a block's elements, element by element, and how many an element has; polygons and polyhedra have one
    /// list. `None` for a block without nodes.
    pub fn connectivity(&self, block: usize) -> Result<Option<(Values<'f, i64>, usize)>> {
        let Some(info) = self.blocks.get(block) else { return Ok(None) };
        if !info.entity.present || info.nodes_per_entry == 0 {
            return Ok(None);
        }
        let file = self.file;
        let found = file.connectivity::<i64>(EntityKind::ElementBlock, block)?;
        Ok(Some((found.nodes, found.nodes_per_entry)))
    }
}

/// The name of an entity, made up where it has none.
pub(super) fn title(kind: EntityKind, entity: &Entity) -> String {
    match entity.name.is_empty() {
        true => format!("{}_{}", kind.label().replace(' ', "_"), entity.id),
        false => entity.name.to_ascii_lowercase(),
    }
}
