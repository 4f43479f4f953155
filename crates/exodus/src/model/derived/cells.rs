//! Reading the elements of blocks.

use std::sync::Arc;

use hyperslab::{Error, Result};

use crate::data::{describe, Data};
use crate::kind::EntityType;
use crate::model::{Model, ModelExt};
use crate::topology::{Cells, ElementType, Faces, Lists};

/// The elements of a block; the faces of polyhedra are read once for several blocks.
pub fn of_block<M: Model + ?Sized>(
    model: &M,
    kind: EntityType,
    block: usize,
    faces: &mut Option<Arc<Faces>>,
) -> Result<Cells> {
    let mesh = model.mesh()?;
    let missing = || Error::not_found(format!("there is no {} at position {block}", kind.label()));
    let declared = mesh.blocks.of(kind).get(block).ok_or_else(missing)?;
    let is_polyhedra =
        kind == EntityType::ElementBlock && matches!(declared.element_type(mesh.num_dim), Ok(ElementType::Polyhedron));
    let data = if is_polyhedra { Data::FaceConnectivity(block) } else { Data::Connectivity(kind, block) };
    let lists = lists(model, data, Data::Counts(kind, block))?;
    if lists.len() > 0 && lists.len() as u64 != declared.len {
        let detail = format!("{} for {} elements in a block of {}", describe(data), lists.len(), declared.len);
        return Err(Error::usage(detail));
    }
    let faces = match faces {
        _ if !is_polyhedra => Arc::default(),
        Some(faces) => Arc::clone(faces),
        None => Arc::clone(faces.insert(Arc::new(all_faces(model)?))),
    };
    Ok(Cells::of((&declared.topology, mesh.num_dim), lists, faces, declared.len))
}

/// The elements of all blocks.
pub fn all<M: Model + ?Sized>(model: &M) -> Result<Vec<Cells>> {
    let mut faces = None;
    let blocks = model.mesh()?.blocks.of(EntityType::ElementBlock).len();
    (0..blocks).map(|block| of_block(model, EntityType::ElementBlock, block, &mut faces)).collect()
}

/// The nodes of all faces.
fn all_faces<M: Model + ?Sized>(model: &M) -> Result<Faces> {
    let kind = EntityType::FaceBlock;
    let block = |n| lists(model, Data::Connectivity(kind, n), Data::Counts(kind, n));
    Ok(Faces::of((0..model.mesh()?.blocks.of(kind).len()).map(block).collect::<Result<_>>()?))
}

/// Lists of equal length, or, where the array has one dimension, of those that another array counts.
fn lists<M: Model + ?Sized>(model: &M, data: Data, counts: Data) -> Result<Lists> {
    let Some(shape) = model.shape(data) else { return Ok(Lists::even(Vec::new(), 0)) };
    let entries: Vec<i64> = model.view(data)?.into_vec();
    match shape.as_slice() {
        &[_, per_row] => {
            let per_row = usize::try_from(per_row).map_err(|_| Error::limit("too many nodes per element"))?;
            Ok(Lists::even(entries, per_row))
        }
        _ if model.shape(counts).is_some() => {
            let counts: Vec<i64> = model.view(counts)?.into_vec();
            Lists::uneven(entries, &counts).map_err(|e| e.in_object(describe(data)))
        }
        _ => Ok(Lists::even(entries, 1)),
    }
}
