//! What is renamed and taken away, by its name.

use exodus_rs::{EntityId, EntityType, Error, Result, Which};
use hyperslab::netcdf::Editor;

use super::opened::Opened;
use crate::args::edit::{Deleted, Named};

/// Gives something another name.
pub fn rename(file: &mut Opened, what: Named, old: &str, new: &str) -> Result<()> {
    if let Some(kind) = entity(what) {
        return file.model()?.rename_entity(kind, which(old), new);
    }
    let Some(kind) = carrier(what) else { return rename_netcdf(file.editor(), what, old, new) };
    let model = file.model()?;
    let is_reduction = model.mesh().variable_position(kind, old).is_err()
        && model.mesh().reductions.get(&kind).is_some_and(|names| names.iter().any(|name| name == old));
    match is_reduction {
        true => model.rename_reduction(kind, old, new),
        false => model.rename_variable(kind, old, new),
    }
}

/// The kind of what is an entity.
fn entity(what: Named) -> Option<EntityType> {
    Some(match what {
        Named::Block => EntityType::ElementBlock,
        Named::EdgeBlock => EntityType::EdgeBlock,
        Named::FaceBlock => EntityType::FaceBlock,
        Named::NodeSet => EntityType::NodeSet,
        Named::EdgeSet => EntityType::EdgeSet,
        Named::FaceSet => EntityType::FaceSet,
        Named::SideSet => EntityType::SideSet,
        Named::ElementSet => EntityType::ElementSet,
        Named::NodeMap => EntityType::NodeMap,
        Named::EdgeMap => EntityType::EdgeMap,
        Named::FaceMap => EntityType::FaceMap,
        Named::ElementMap => EntityType::ElementMap,
        Named::Assembly => EntityType::Assembly,
        Named::Blob => EntityType::Blob,
        _ => return None,
    })
}

/// The kind that carries a variable, or a reduction variable.
fn carrier(what: Named) -> Option<EntityType> {
    Some(match what {
        Named::Nodal => EntityType::Nodal,
        Named::Global => EntityType::Global,
        Named::OnBlocks => EntityType::ElementBlock,
        Named::OnEdgeBlocks => EntityType::EdgeBlock,
        Named::OnFaceBlocks => EntityType::FaceBlock,
        Named::OnNodeSets => EntityType::NodeSet,
        Named::OnEdgeSets => EntityType::EdgeSet,
        Named::OnFaceSets => EntityType::FaceSet,
        Named::OnSideSets => EntityType::SideSet,
        Named::OnElementSets => EntityType::ElementSet,
        Named::OnAssemblies => EntityType::Assembly,
        Named::OnBlobs => EntityType::Blob,
        _ => return None,
    })
}

/// Takes something away.
pub fn delete(editor: &mut Editor, what: Deleted, path: &str) -> Result<()> {
    let schema = editor.schema();
    let missing = |what| Error::not_found(format!("there is no {what} {path}"));
    match what {
        Deleted::Variable => editor.delete_variable(schema.variable_at(path).ok_or_else(|| missing("variable"))?),
        Deleted::Dimension => editor.delete_dimension(schema.dimension_at(path).ok_or_else(|| missing("dimension"))?),
        Deleted::Group => editor.delete_group(schema.group_at(path).ok_or_else(|| missing("group"))?),
        Deleted::Type => {
            let user = schema.type_at(path).ok_or_else(|| missing("type"))?.clone();
            editor.delete_type(&user)
        }
    }
}

/// An entity by its identifier, if that is a number, or else by its name.
fn which(word: &str) -> Which<'_> {
    word.parse().map_or(Which::Name(word), |id| Which::Id(EntityId(id)))
}

fn rename_netcdf(editor: &mut Editor, what: Named, old: &str, new: &str) -> Result<()> {
    let missing = |what| Error::not_found(format!("there is no {what} {old}"));
    match what {
        Named::Variable => {
            let id = editor.schema().variable_at(old).ok_or_else(|| missing("variable"))?;
            editor.rename_variable(id, new)
        }
        Named::Dimension => {
            let id = editor.schema().dimension_at(old).ok_or_else(|| missing("dimension"))?;
            editor.rename_dimension(id, new)
        }
        Named::Type => {
            let user = editor.schema().type_at(old).ok_or_else(|| missing("type"))?.clone();
            editor.rename_type(&user, new).map(drop)
        }
        _ => {
            let id = editor.schema().group_at(old).ok_or_else(|| missing("group"))?;
            editor.rename_group(id, new)
        }
    }
}
