//! What a model declares, as the rules ask for it.

use hyperslab::Result;

use crate::kind::EntityType;
use crate::mesh::{Block, CoordinateFrame, Entity, InitParams, Mesh, Set};
use crate::model::Model;
use crate::names;
use crate::read::file::ExodusFile;

/// Where the lists of a model are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declared<'m> {
    /// In a file, where each is read by itself: one that cannot be read hides no other.
    File(&'m ExodusFile),
    /// In the mesh of a model that is no file.
    Mesh(&'m Mesh),
}

impl<'m> Declared<'m> {
    /// Those of a model.
    ///
    /// # Errors
    /// When it is no file, and its mesh cannot be read.
    pub fn of(model: &'m dyn Model) -> Result<Self> {
        model.as_file().map_or_else(|| model.mesh().map(Declared::Mesh), |file| Ok(Declared::File(file)))
    }

    pub fn init_params(self) -> InitParams {
        match self {
            Declared::File(file) => file.init_params(),
            Declared::Mesh(mesh) => mesh.init_params(),
        }
    }

    /// All entities of a kind.
    pub fn entities(self, kind: EntityType) -> Result<Vec<Entity>> {
        match self {
            Declared::File(file) => file.entities(kind).map(<[Entity]>::to_vec),
            Declared::Mesh(mesh) => Ok(mesh.list(kind)),
        }
    }

    pub fn blocks(self, kind: EntityType) -> Result<&'m [Block]> {
        match self {
            Declared::File(file) => file.blocks(kind),
            Declared::Mesh(mesh) => Ok(mesh.blocks.of(kind)),
        }
    }

    pub fn sets(self, kind: EntityType) -> Result<&'m [Set]> {
        match self {
            Declared::File(file) => file.sets(kind),
            Declared::Mesh(mesh) => Ok(mesh.sets.of(kind)),
        }
    }

    /// The coordinate frames.
    pub fn frames(self) -> Result<Vec<CoordinateFrame>> {
        match self {
            Declared::File(file) => file.frames(),
            Declared::Mesh(mesh) => Ok(mesh.frames.clone()),
        }
    }

    /// The attributes that each entry of a block or a set has.
    pub fn num_attributes(self, kind: EntityType, index: usize) -> u64 {
        match self {
            Declared::File(file) => {
                let counts = kind.names().and_then(|row| row.attributes);
                counts.map_or(0, |[count, ..]| file.numbered_dimension(count, kind, index))
            }
            Declared::Mesh(mesh) => {
                let block = mesh.blocks.of(kind).get(index).map(|block| &block.attributes);
                let list = block.or_else(|| mesh.sets.of(kind).get(index).map(|set| &set.attributes));
                list.map_or(0, |list| list.len() as u64)
            }
        }
    }

    /// The kind of the members of an assembly, or why they have none that members can be of.
    pub fn member_kind(self, index: usize) -> std::result::Result<EntityType, String> {
        let can_be = |kind: &EntityType| *kind == EntityType::Assembly || kind.names().is_some();
        let (kind, told) = match self {
            Declared::File(file) => {
                let attributes = file.entity_attributes_all(EntityType::Assembly, index);
                let code = attributes.iter().find(|a| a.name == names::MEMBER_TYPE).and_then(|a| a.value.as_i64());
                (code.and_then(EntityType::from_code), code.map(|code| code.to_string()))
            }
            Declared::Mesh(mesh) => {
                let kind = mesh.assemblies.get(index).map(|assembly| assembly.kind);
                (kind, kind.map(|kind| kind.label().to_owned()))
            }
        };
        kind.filter(can_be)
            .ok_or_else(|| told.map_or_else(|| "there is none".to_owned(), |told| format!("it is {told}")))
    }

    /// The names of the variables of a kind, as they are listed.
    pub fn variable_names(self, kind: EntityType) -> Result<Vec<String>> {
        match self {
            Declared::File(file) => kind.variables().map_or(Ok(Vec::new()), |row| file.names(row.names)),
            Declared::Mesh(mesh) => Ok(mesh.variables.get(&kind).cloned().unwrap_or_default()),
        }
    }

    /// The names of the reduction variables of a kind, as they are listed.
    pub fn reduction_names(self, kind: EntityType) -> Result<Vec<String>> {
        match self {
            Declared::File(file) => kind.reductions().map_or(Ok(Vec::new()), |row| file.names(row.names)),
            Declared::Mesh(mesh) => Ok(mesh.reductions.get(&kind).cloned().unwrap_or_default()),
        }
    }

    /// The number of variables of a kind.
    pub fn num_variables(self, kind: EntityType) -> u64 {
        match self {
            Declared::File(file) => kind.variables().map_or(0, |row| file.dimension(row.count)),
            Declared::Mesh(mesh) => mesh.variables.get(&kind).map_or(0, |list| list.len() as u64),
        }
    }

    /// The number of reduction variables of a kind.
    pub fn num_reductions(self, kind: EntityType) -> u64 {
        match self {
            Declared::File(file) => kind.reductions().map_or(0, |row| file.dimension(row.count)),
            Declared::Mesh(mesh) => mesh.reductions.get(&kind).map_or(0, |list| list.len() as u64),
        }
    }

    /// How many variables of a kind can be there at most. A count alone proves nothing: there are no more than netCDF
    /// variables, or columns of a common one.
    pub fn most_variables(self, kind: EntityType) -> u64 {
        match self {
            Declared::File(file) => {
                let columns = file.variable_names(kind).map_or(0, |names| names.len());
                file.schema().variables.len().max(columns) as u64
            }
            Declared::Mesh(_) => u64::MAX,
        }
    }
}
