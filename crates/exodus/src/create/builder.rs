//! Meshes in a few lines.

use std::path::Path;

use hyperslab::{Error, Result};

use crate::create::{CreateOptions, ExodusWriter};
use crate::data::Data;
use crate::ids::EntityId;
use crate::kind::EntityType;
use crate::mesh::{Block, Mesh, Set};

/// A mesh with its numbers, for meshes that fit into memory. Nodes, elements and sides are numbered from 1, as in files.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::{CreateOptions, EntityId, EntityType, ExodusFile, MeshBuilder, ModelExt};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("two_squares.exo");
/// // Two squares side by side; the temperature of their nodes in three steps.
/// let writer = MeshBuilder::new("two squares")
///     .nodes(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
///     .block(10, "QUAD4", &[[1, 2, 5, 4], [2, 3, 6, 5]])
///     .named("plate")
///     .node_set(1, &[1, 4])
///     .named("left")
///     .side_set(2, &[(2, 2)])
///     .variables(EntityType::Nodal, ["temperature"])
///     .create(&path, &CreateOptions::default())?;
/// for time in [0.0, 0.5, 1.0] {
///     writer.next_step(time)?.put_nodal("temperature", &[time; 6])?;
/// }
/// writer.finish()?;
///
/// let file = ExodusFile::open(&path)?;
/// assert_eq!(file.block(EntityType::ElementBlock, EntityId(10))?.name, "plate");
/// assert_eq!(file.variable(EntityType::Nodal, "temperature")?.step(2)?.into_vec(), [1.0; 6]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct MeshBuilder {
    mesh: Mesh,
    floats: Vec<(Data, Vec<f64>)>,
    integers: Vec<(Data, Vec<i64>)>,
    last: Option<Last>,
    /// What was asked for and could not be done: it is told when the file is created.
    problem: Option<&'static str>,
}

/// What [`MeshBuilder::named`] names: the last block or the last set.
#[derive(Debug, Clone, Copy)]
enum Last {
    Block(EntityType),
    Set(EntityType),
}

impl MeshBuilder {
    /// A mesh of nothing.
    pub fn new(title: &str) -> Self {
        MeshBuilder { mesh: Mesh::new(title, 0, 0), ..MeshBuilder::default() }
    }

    /// The coordinates of all nodes: one to three each, which makes the dimension of the mesh.
    pub fn nodes<const D: usize>(mut self, nodes: &[[f64; D]]) -> Self {
        (self.mesh.num_dim, self.mesh.num_nodes) = (D as u64, nodes.len() as u64);
        for axis in 0..D {
            let values = nodes.iter().filter_map(|node| node.get(axis).copied()).collect();
            self.floats.push((Data::Coordinate(axis), values));
        }
        self
    }

    /// A block of elements of one type, with the nodes of each.
    pub fn block<const N: usize>(self, id: impl Into<EntityId>, topology: &str, connectivity: &[[i64; N]]) -> Self {
        let block = Block::new(EntityType::ElementBlock, id, topology, connectivity.len() as u64, N as u64);
        self.any_block(block, connectivity.as_flattened())
    }

    /// A block of any kind, with the nodes of all its entries one after the other. Of polygons, [`Data::Counts`] says how many each
    /// has, and is put into the writer.
    pub fn any_block(mut self, block: Block, connectivity: &[i64]) -> Self {
        let index = self.mesh.blocks.of(block.kind).len();
        self.integers.push((Data::Connectivity(block.kind, index), connectivity.to_vec()));
        self.last = Some(Last::Block(block.kind));
        self.mesh.blocks.push(block);
        self
    }

    /// A set of nodes.
    pub fn node_set(self, id: impl Into<EntityId>, nodes: &[i64]) -> Self {
        self.set(EntityType::NodeSet, id, nodes, Vec::new())
    }

    /// A set of sides: an element and the number of its side each.
    pub fn side_set(self, id: impl Into<EntityId>, sides: &[(i64, i64)]) -> Self {
        let (elements, sides): (Vec<i64>, Vec<i64>) = sides.iter().copied().unzip();
        self.set(EntityType::SideSet, id, &elements, sides)
    }

    /// A set of elements.
    pub fn element_set(self, id: impl Into<EntityId>, elements: &[i64]) -> Self {
        self.set(EntityType::ElementSet, id, elements, Vec::new())
    }

    fn set(mut self, kind: EntityType, id: impl Into<EntityId>, members: &[i64], sides: Vec<i64>) -> Self {
        let index = self.mesh.sets.of(kind).len();
        self.integers.push((Data::Members(kind, index), members.to_vec()));
        if !sides.is_empty() {
            self.integers.push((Data::Sides(kind, index), sides));
        }
        self.mesh.sets.push(Set::new(kind, id, members.len() as u64));
        self.last = Some(Last::Set(kind));
        self
    }

    /// Names the block or the set that was added last.
    pub fn named(mut self, name: &str) -> Self {
        let named = match self.last {
            Some(Last::Block(kind)) => self.mesh.blocks.of_mut(kind).last_mut().map(|block| &mut block.name),
            Some(Last::Set(kind)) => self.mesh.sets.of_mut(kind).last_mut().map(|set| &mut set.name),
            None => None,
        };
        match named {
            Some(place) => name.clone_into(place),
            None => self.problem = Some("there is no block and no set to name"),
        }
        self
    }

    /// Distribution factors of the set that was added last: one an entry, or one a node of every side.
    pub fn factors(mut self, factors: &[f64]) -> Self {
        if let Some(Last::Set(kind)) = self.last {
            let sets = self.mesh.sets.of_mut(kind);
            sets.last_mut().into_iter().for_each(|set| set.num_factors = factors.len() as u64);
            self.floats.push((Data::Factors(kind, sets.len().saturating_sub(1)), factors.to_vec()));
        } else {
            self.problem = Some("there is no set that the distribution factors are of");
        }
        self
    }

    /// The identifiers by which people know nodes or elements ([`EntityType::NodeMap`], [`EntityType::ElementMap`]).
    pub fn ids(mut self, kind: EntityType, ids: &[i64]) -> Self {
        self.mesh.id_maps.push(kind);
        self.integers.push((Data::IdMap(kind), ids.to_vec()));
        self
    }

    /// The variables of a kind.
    pub fn variables<S: Into<String>>(mut self, kind: EntityType, names: impl IntoIterator<Item = S>) -> Self {
        self.mesh.set_variables(kind, names);
        self
    }

    /// Everything else that a file can declare.
    pub fn declare(mut self, change: impl FnOnce(&mut Mesh)) -> Self {
        change(&mut self.mesh);
        self
    }

    /// Writes the mesh; the steps are next.
    ///
    /// # Errors
    /// As [`ExodusWriter::create`] and [`ModelWriter::put`](crate::ModelWriter::put).
    pub fn create(self, path: impl AsRef<Path>, options: &CreateOptions) -> Result<ExodusWriter> {
        if let Some(problem) = self.problem {
            return Err(Error::usage(problem));
        }
        let writer = ExodusWriter::create(path, &self.mesh, options)?;
        // Nothing is declared for what has no entries.
        for (data, values) in self.floats.iter().filter(|(_, values)| !values.is_empty()) {
            writer.put(*data, values)?;
        }
        for (data, values) in self.integers.iter().filter(|(_, values)| !values.is_empty()) {
            writer.put(*data, values)?;
        }
        Ok(writer)
    }
}
