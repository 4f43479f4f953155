//! How a file is written.

use hyperslab::netcdf::{Container, Type};
use hyperslab::{Error, Result};

use super::chunks::ChunkConfig;
use crate::kind::EntityType;
use crate::mesh::Mesh;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateOptions {
    /// The container.
    pub container: Container,
    /// Bytes of a floating-point number: 4 or 8.
    pub word_size: u8,
    /// Which integers are 64 bits wide; needs CDF-5 or netCDF-4.
    pub int64: Int64,
    /// Whether every coordinate and every nodal variable has a variable of its own, as in all files since 2005.
    pub large_model: bool,
    /// How results are cut into chunks; only netCDF-4 has chunks.
    pub chunks: ChunkConfig,
    /// The level of deflate compression, 1 to 9; needs netCDF-4.
    pub deflate: Option<u8>,
    /// Whether bytes of equal significance are brought together before compression.
    pub shuffle: bool,
    /// Whether an existing file is replaced.
    pub overwrite: bool,
}

impl Default for CreateOptions {
    fn default() -> Self {
        CreateOptions {
            container: Container::NetCdf4Classic,
            word_size: 8,
            int64: Int64::NONE,
            large_model: true,
            chunks: ChunkConfig::default(),
            deflate: None,
            shuffle: false,
            overwrite: false,
        }
    }
}

/// Which integers are 64 bits wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Int64 {
    /// Identifiers and numbers of nodes, edges, faces and elements.
    pub maps: bool,
    /// Identifiers of entities, and properties.
    pub ids: bool,
    /// Connectivity and the members of sets.
    pub bulk: bool,
}

impl Int64 {
    /// All are 32 bits wide.
    pub const NONE: Int64 = Int64 { maps: false, ids: false, bulk: false };
    /// All are 64 bits wide.
    pub const ALL: Int64 = Int64 { maps: true, ids: true, bulk: true };

    /// What either of two has.
    pub(crate) fn or(self, other: Self) -> Self {
        let Int64 { maps, ids, bulk } = other;
        Int64 { maps: self.maps || maps, ids: self.ids || ids, bulk: self.bulk || bulk }
    }

    const BITS: [i32; 3] = [0x400, 0x800, 0x1000];

    /// What the attribute `int64_status` says.
    pub(crate) fn status(self) -> i32 {
        let set = Self::BITS.into_iter().zip([self.maps, self.ids, self.bulk]);
        set.filter(|(_, is_set)| *is_set).map(|(bit, _)| bit).sum()
    }

    pub(super) fn map_type(self) -> Type {
        int(self.maps)
    }

    pub(super) fn id_type(self) -> Type {
        int(self.ids)
    }

    pub(super) fn bulk_type(self) -> Type {
        int(self.bulk)
    }
}

fn int(wide: bool) -> Type {
    if wide {
        Type::Int64
    } else {
        Type::Int
    }
}

pub(super) fn check(mesh: &Mesh, options: &CreateOptions) -> Result<()> {
    if mesh.num_dim > 3 {
        return Err(Error::usage(format!("{} spatial dimensions", mesh.num_dim)));
    }
    if options.word_size != 4 && options.word_size != 8 {
        return Err(Error::usage(format!("floating-point numbers of {} bytes", options.word_size)));
    }
    if options.deflate.is_some_and(|level| level > 9) {
        return Err(Error::usage("deflate levels go from 0 to 9"));
    }
    if (options.deflate.is_some() || options.shuffle) && !options.container.is_hdf5() {
        return Err(Error::usage(format!("compression in the container {}", options.container.name())));
    }
    if options.chunks.steps == 0 || options.chunks.entries == Some(0) {
        return Err(Error::usage("chunks of nothing"));
    }
    if options.int64 != Int64::NONE && matches!(options.container, Container::Cdf1 | Container::Cdf2) {
        return Err(Error::usage(format!(
            "integers of 64 bits in the container {}: cdf5 and netCDF-4 have them",
            options.container.name()
        )));
    }
    // A dimension of length 0 would be one of records.
    let empty = mesh.assemblies.iter().find(|a| a.members.is_empty()).map(|a| ("assembly", a.id));
    if let Some((what, id)) = empty.or_else(|| mesh.blobs.iter().find(|b| b.len == 0).map(|b| ("blob", b.id))) {
        return Err(Error::usage(format!("{what} {id} has nothing in it")));
    }
    let carries = |kind: &EntityType| EntityType::WITH_VARIABLES.contains(kind);
    if let Some(kind) = mesh.variables.keys().chain(mesh.reductions.keys()).find(|kind| !carries(kind)) {
        return Err(Error::usage(format!("a {} has no variables", kind.label())));
    }
    let mut ids: Vec<i64> = mesh.assemblies.iter().map(|a| a.id.0).collect();
    ids.extend(mesh.blobs.iter().map(|b| b.id.0));
    if let Some(id) = ids.into_iter().find(|id| *id < 0) {
        return Err(Error::usage(format!("{id} as the identifier of an assembly or a blob")));
    }
    Ok(())
}
