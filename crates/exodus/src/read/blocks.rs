//! Element, edge and face blocks.

use hyperslab::netcdf::Value;
use hyperslab::{Element, Error, Result, Selection, Values};
use ndarray::Array2;

use crate::kind::{EntityKind, Names};
use crate::names;
use crate::read::entities::Entity;
use crate::read::file::ExodusFile;

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockInfo {
    /// Position, identifier, name and number of entries.
    pub entity: Entity,
    /// The type of the elements, as written; `NULL` for an empty block.
    pub topology: String,
    /// Nodes of one entry; for polygons the number of all nodes of the block.
    pub nodes_per_entry: u64,
    /// Edges of one element.
    pub edges_per_entry: u64,
    /// Faces of one element; for polyhedra the number of all faces of the block.
    pub faces_per_entry: u64,
    /// Attributes of one entry.
    pub num_attributes: u64,
}

impl BlockInfo {
    /// Whether every entry has the same number of nodes; polygons and polyhedra have numbers of their own.
    pub fn is_uniform(&self) -> bool {
        let start = self.topology.get(..3).unwrap_or_default();
        !start.eq_ignore_ascii_case("nsi") && !start.eq_ignore_ascii_case("nfa")
    }
}

/// The nodes of every entry of a block, one entry after the other, numbered from 1 as the file does.
#[derive(Debug, Clone)]
pub struct Connectivity<'f, T: Element> {
    /// Node numbers.
    pub nodes: Values<'f, T>,
    /// Nodes of one entry.
    pub nodes_per_entry: usize,
}

impl ExodusFile {
    /// All blocks of a kind.
    ///
    /// # Errors
    /// When their lists cannot be read.
    pub fn blocks(&self, kind: EntityKind) -> Result<Vec<BlockInfo>> {
        match kind.names().filter(|row| row.nodes_per_entry.is_some()) {
            Some(row) => Ok(self.entities(kind)?.iter().map(|entity| self.block_info(kind, row, entity)).collect()),
            None => Ok(Vec::new()),
        }
    }

    /// A block by its position among its kind.
    ///
    /// # Errors
    /// As [`ExodusFile::entity`]; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of block.
    pub fn block(&self, kind: EntityKind, index: usize) -> Result<BlockInfo> {
        let row = kind.names().filter(|row| row.nodes_per_entry.is_some());
        let row = row.ok_or_else(|| Error::usage(format!("{} is no kind of block", kind.label())))?;
        Ok(self.block_info(kind, row, self.entity(kind, index)?))
    }

    fn block_info(&self, kind: EntityKind, row: &Names, entity: &Entity) -> BlockInfo {
        let count =
            |prefix: Option<&str>| prefix.map_or(0, |prefix| self.numbered_dimension(prefix, kind, entity.index));
        let of_elements = |prefix| count(Some(prefix).filter(|_| kind == EntityKind::ElementBlock));
        BlockInfo {
            topology: self.topology(row.entries, entity),
            nodes_per_entry: count(row.nodes_per_entry),
            edges_per_entry: of_elements(names::EDGES_PER_ELEMENT),
            faces_per_entry: of_elements(names::FACES_PER_ELEMENT),
            num_attributes: count(row.attributes.map(|[count, ..]| count)),
            entity: entity.clone(),
        }
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

    /// The nodes of every entry of a block, borrowed where the bytes allow it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the block has none or a number does not fit `T` (`i64` always fits);
    /// otherwise when they cannot be read.
    pub fn connectivity<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Connectivity<'_, T>> {
        let row = kind.names().filter(|row| row.nodes_per_entry.is_some());
        let row = row.ok_or_else(|| Error::usage(format!("a {} has no connectivity", kind.label())))?;
        let array = self.required(&names::numbered(row.entries, index))?;
        let nodes_per_entry = match array.shape() {
            &[_, nodes] => usize::try_from(nodes).map_err(|_| Error::limit("too many nodes per element"))?,
            _ => 1,
        };
        Ok(Connectivity { nodes: array.view(Selection::all(array.shape()))?, nodes_per_entry })
    }

    /// The nodes of every entry of a block as an array of entries x nodes, copied.
    ///
    /// # Errors
    /// As [`ExodusFile::connectivity`].
    pub fn connectivity_array<T: Element>(&self, kind: EntityKind, index: usize) -> Result<Array2<T>> {
        let connectivity = self.connectivity(kind, index)?;
        let per_entry = connectivity.nodes_per_entry.max(1);
        let shape = (connectivity.nodes.len() / per_entry, connectivity.nodes_per_entry);
        Array2::from_shape_vec(shape, connectivity.nodes.into_vec()).map_err(|e| Error::usage(e.to_string()))
    }
}
