//! Element, edge and face blocks.

use hyperslab::netcdf::Value;
use hyperslab::{Error, Result};

use crate::ids::Which;
use crate::kind::{EntityType, Names};
use crate::mesh::Block;
use crate::mesh::Entity;
use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// All blocks of a kind. They are read once.
    ///
    /// # Errors
    /// When their lists cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of block.
    pub fn blocks(&self, kind: EntityType) -> Result<&[Block]> {
        let row = kind.names().filter(|row| row.nodes_per_entry.is_some());
        let row = row.ok_or_else(|| Error::usage(format!("{} is no kind of block", kind.label())))?;
        let read = || self.entities(kind)?.iter().map(|entity| self.read_block(kind, row, entity)).collect();
        self.caches().blocks.of(kind, read)
    }

    /// A block by its position, identifier or name.
    ///
    /// # Errors
    /// As [`ExodusFile::blocks`]; [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn block<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Block> {
        let blocks = self.blocks(kind)?;
        let index = self.position(kind, which)?;
        blocks.get(index).ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    fn read_block(&self, kind: EntityType, row: &Names, entity: &Entity) -> Result<Block> {
        let count =
            |prefix: Option<&str>| prefix.map_or(0, |prefix| self.numbered_dimension(prefix, kind, entity.index));
        let of_elements = |prefix| count(Some(prefix).filter(|_| kind == EntityType::ElementBlock));
        Ok(Block {
            kind,
            id: entity.id,
            name: entity.name.clone(),
            topology: self.topology(row.entries, entity),
            len: entity.len,
            inactive: entity.len > 0 && !entity.present,
            nodes_per_entry: count(row.nodes_per_entry),
            edges_per_entry: of_elements(names::EDGES_PER_ELEMENT),
            faces_per_entry: of_elements(names::FACES_PER_ELEMENT),
            attributes: self.attribute_names(kind, entity.index)?,
            entity_attributes: self.entity_attributes(kind, entity.index),
        })
    }

    /// The element type, from whichever connectivity carries it.
    fn topology(&self, entries: &str, entity: &Entity) -> String {
        let carriers =
            [names::numbered(entries, entity.index), names::numbered(names::FACE_CONNECTIVITY, entity.index)];
        let found = carriers
            .iter()
            .find_map(|name| self.array(name)?.variable().attribute(names::ELEM_TYPE).and_then(Value::as_text));
        found.map(|t| t.trim_end().to_owned()).unwrap_or_else(|| "NULL".to_owned())
    }
}
