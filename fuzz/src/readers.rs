//! Everything that can be read from a model, and derived from it.

use exodus_rs::prelude::*;
use exodus_rs::EntityType;

/// Reads all that a model has; what cannot be read may be refused.
pub fn read<M: Model + ?Sized>(model: &M) {
    let Ok(mesh) = model.mesh() else { return };
    for data in mesh.static_data().into_iter().chain(mesh.stepwise_data()) {
        let _ = (model.shape(data), model.number_type(data), model.missing(data), mesh.describe(data));
        let _ = (model.view::<f64>(data), model.view::<i32>(data.entries(..1)), model.view::<f32>(data.component(0)));
    }
    let _ = (model.coords::<f64>(), model.partial_coords::<f32>(0..1), model.coords_array::<f64>(), model.times());
    let blocks = EntityType::BLOCKS.into_iter().flat_map(|kind| (0..mesh.count(kind)).map(move |n| (kind, n)));
    for (kind, n) in blocks {
        let _ = (model.connectivity::<i64>(kind, n), model.connectivity_array::<i32>(kind, n));
        let _ = (model.attributes_array(kind, n), mesh.entity_attributes(kind, n), mesh.fields(kind, n));
    }
    sets(model);
    variables(model);
    derived(model);
}

fn sets<M: Model + ?Sized>(model: &M) {
    let Ok(mesh) = model.mesh() else { return };
    for (kind, n) in EntityType::SETS.into_iter().flat_map(|kind| (0..mesh.count(kind)).map(move |n| (kind, n))) {
        let _ = (model.set_entries::<i64>(kind, n), model.set_extra::<i64>(kind, n));
        let _ = (model.set_factors::<f64>(kind, n), model.node_set(n), model.side_set(n));
    }
    for kind in EntityType::MAPS {
        let _ = model.id_map(kind);
        (0..mesh.count(kind)).for_each(|n| drop(model.num_map(kind, n)));
    }
    let _ = (model.node(NodeId(1)), model.element(ElementId(1)));
}

fn variables<M: Model + ?Sized>(model: &M) {
    let Ok(mesh) = model.mesh() else { return };
    for (kind, n) in mesh.variables.iter().flat_map(|(&kind, names)| (0..names.len()).map(move |n| (kind, n))).take(64)
    {
        let Ok(variable) = model.variable(kind, n) else { continue };
        let _ = (variable.name(), variable.range(), variable.array(), variable.history(0), variable.step(0));
        let _ = variable.on(0usize).map(|variable| variable.steps().map(|steps| steps.take(4).count()));
        let _ = model.pieces::<f64>(Data::Variable(kind, n, 0).step(0), 3).map(|pieces| pieces.take(4).count());
    }
}

fn derived<M: Model + ?Sized>(model: &M) {
    let Ok(mesh) = model.mesh() else { return };
    if let Ok(skin) = model.skin() {
        let _ = (model.side_nodes(&skin), model.side_measures(&skin));
    }
    for set in 0..mesh.count(EntityType::SideSet) {
        let _ = model.side_list(set).map(|list| model.side_measures(&list));
        let nodes = model.side_set_nodes(set);
        let members = model.set_entries::<i64>(EntityType::SideSet, set);
        let _ = nodes.and_then(|nodes| model.sides_of_nodes(&members?.into_vec(), &nodes));
    }
    for block in 0..mesh.count(EntityType::ElementBlock) {
        let _ = (model.cells(block), model.element_measures(block), model.block_measure(block));
    }
    let _ = (model.all_cells(), model.element_numbers(), model.points(), model.bounding_box(), model.centroids());
    let _ = (model.nearest_node([0.5; 3]), model.nearest_element([0.5; 3]));
}
