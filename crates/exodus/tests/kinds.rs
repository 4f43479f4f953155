//! Kinds of entities that make no sense where they are given: every call refuses them, and ignores none.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::Path;

use exodus_rs::model::{Moved, Scaled, Subset};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::{Block, CreateOptions, ExodusFile, ExodusWriter, Kind, Map, Mesh, MeshBuilder, Result, Set};
use EntityType::{Assembly, Blob, ElementBlock, Global, Nodal, NodeMap};

/// All kinds.
fn all() -> impl Iterator<Item = EntityType> {
    EntityType::WITH_VARIABLES.into_iter().chain(EntityType::MAPS)
}

/// All kinds but some.
fn but(kinds: &[EntityType]) -> Vec<EntityType> {
    all().filter(|kind| !kinds.contains(kind)).collect()
}

fn not_blocks() -> Vec<EntityType> {
    but(&EntityType::BLOCKS)
}

fn not_sets() -> Vec<EntityType> {
    but(&EntityType::SETS)
}

fn not_maps() -> Vec<EntityType> {
    but(&EntityType::MAPS)
}

fn with_attributes() -> Vec<EntityType> {
    [EntityType::BLOCKS.as_slice(), &EntityType::SETS, &[Nodal]].concat()
}

/// A triangle with one of everything that a position 0 may mean.
fn triangle() -> MeshBuilder {
    MeshBuilder::new("a triangle")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        .block(1, "TRI3", &[[1, 2, 3]])
        .node_set(1, &[1])
        .side_set(1, &[(1, 1)])
        .ids(NodeMap, &[7, 8, 9])
        .variables(Nodal, ["u"])
        .variables(ElementBlock, ["s"])
}

fn written(path: &Path) -> ExodusFile {
    triangle().create(path, &CreateOptions::default()).unwrap().finish().unwrap();
    ExodusFile::open(path).unwrap()
}

/// A call refuses all of these kinds, with an error of the caller.
fn refuses<T>(what: &str, kinds: &[EntityType], call: impl Fn(EntityType) -> Result<T>) {
    for &kind in kinds {
        let Err(error) = call(kind) else { panic!("{what}({kind:?}) is ignored") };
        assert!(matches!(error.kind(), Kind::Usage | Kind::NotFound), "{what}({kind:?}): {error}");
        assert!(error.to_string().contains(kind.label()), "{what}({kind:?}): {error}");
    }
}

/// What every model has.
fn models_refuse<M: Model>(model: &M) {
    refuses("block", &not_blocks(), |kind| model.block(kind, 0).map(|_| ()));
    refuses("connectivity", &not_blocks(), |kind| model.connectivity::<i64>(kind, 0).map(|_| ()));
    refuses("connectivity_array", &not_blocks(), |kind| model.connectivity_array::<i64>(kind, 0));
    refuses("cells_of", &not_blocks(), |kind| model.cells_of(kind, 0));
    refuses("set", &not_sets(), |kind| model.set(kind, 0).map(|_| ()));
    refuses("set_entries", &not_sets(), |kind| model.set_entries::<i64>(kind, 0).map(|_| ()));
    refuses("set_extra", &not_sets(), |kind| model.set_extra::<i64>(kind, 0).map(|_| ()));
    refuses("set_factors", &not_sets(), |kind| model.set_factors::<f64>(kind, 0).map(|_| ()));
    refuses("num_map", &not_maps(), |kind| model.num_map(kind, 0));
    refuses("id_map", &not_maps(), |kind| Model::id_map(model, kind));
    refuses("attributes_array", &but(&with_attributes()), |kind| model.attributes_array(kind, 0));
    refuses("variable", &EntityType::MAPS, |kind| model.variable(kind, 0).map(|_| ()));
    refuses("var", &EntityType::MAPS, |kind| model.var(0, kind, 0, 0).map(|_| ()));
    refuses("var_time_series", &EntityType::MAPS, |kind| model.var_time_series::<f64>(0..1, kind, 0, 0, 0));
}

#[test]
fn readers_refuse_kinds_that_do_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(&directory.path().join("a.exo"));
    refuses("blocks", &not_blocks(), |kind| file.blocks(kind).map(<[Block]>::to_vec));
    refuses("block", &not_blocks(), |kind| file.block(kind, 0).cloned());
    refuses("sets", &not_sets(), |kind| file.sets(kind).map(<[Set]>::to_vec));
    refuses("set", &not_sets(), |kind| file.set(kind, 0).cloned());
    refuses("id_map", &not_maps(), |kind| file.id_map(kind));
    refuses("entity", &[Nodal, Global], |kind| file.entity(kind, 0).cloned());
    refuses("position", &[Nodal, Global], |kind| file.position(kind, 0));
    refuses("properties", &[Nodal, Global, Assembly, Blob], |kind| file.properties(kind));
    refuses("attribute_names", &but(&with_attributes()), |kind| file.attribute_names(kind, 0));
    refuses("variable_names", &EntityType::MAPS, |kind| file.variable_names(kind));
    refuses("reduction_names", &EntityType::MAPS, |kind| file.reduction_names(kind));
    refuses("truth_table", &EntityType::MAPS, |kind| file.truth_table(kind));
    models_refuse(&file);
}

#[test]
fn decomposed_models_refuse_kinds_that_do_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let model = ParallelFile::from_members(vec![written(&directory.path().join("a.exo"))]).unwrap();
    refuses("blocks", &not_blocks(), |kind| model.blocks(kind).map(<[Block]>::to_vec));
    refuses("block", &not_blocks(), |kind| model.block(kind, 0).cloned());
    refuses("sets", &not_sets(), |kind| model.sets(kind).map(<[Set]>::to_vec));
    refuses("properties", &[Nodal, Global, Assembly, Blob], |kind| model.properties(kind));
    refuses("attribute_names", &but(&with_attributes()), |kind| model.attribute_names(kind, 0));
    refuses("variable_names", &EntityType::MAPS, |kind| model.variable_names(kind));
    refuses("truth_table", &EntityType::MAPS, |kind| model.truth_table(kind));
    models_refuse(&model);
}

#[test]
fn adaptors_refuse_kinds_that_do_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(&directory.path().join("a.exo"));
    refuses("Keep::entities", &[Nodal, Global], |kind| Subset::of(&file).entities(kind, [0]));
    refuses("Keep::variables", &EntityType::MAPS, |kind| Subset::of(&file).variables(kind, [0]));
    refuses("Scaled::variable", &EntityType::MAPS, |kind| Scaled::new(&file, 1.0).variable(kind, 0, 2.0));
    refuses("Moved::vector", &EntityType::MAPS, |kind| {
        Moved::new(&file, Transform::identity())?.vector(kind, ["u", "v"])
    });
    models_refuse(&Scaled::new(&file, 2.0));
    models_refuse(&Subset::of(&file).blocks([0]).unwrap().build().unwrap());
}

#[test]
fn writers_refuse_kinds_that_do_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let writer = triangle().create(directory.path().join("a.exo"), &CreateOptions::default()).unwrap();
    refuses("put_connectivity", &not_blocks(), |kind| writer.put_connectivity(kind, 0, &[1, 2, 3]));
    refuses("put_attributes", &but(&with_attributes()), |kind| writer.put_attributes(kind, 0, &[1.0]));
    refuses("put_set", &not_sets(), |kind| writer.put_set(kind, 0, &[1], &[]));
    refuses("put_set_factors", &not_sets(), |kind| writer.put_set_factors(kind, 0, &[1.0]));
    refuses("put_id_map", &not_maps(), |kind| writer.put_id_map(kind, &[1, 2, 3]));
    refuses("put_num_map", &not_maps(), |kind| writer.put_num_map(kind, 0, &[1]));
    refuses("put_var", &EntityType::MAPS, |kind| writer.put_var(0, kind, 0, 0, &[1.0]));
    let step = writer.next_step(0.0).unwrap();
    refuses("step put", &EntityType::MAPS, |kind| step.put(kind, 0, 0, &[1.0]));
}

/// A mesh of three nodes with something of a kind that does not fit cannot be written.
fn no_mesh(what: &str, kinds: &[EntityType], declare: impl Fn(&mut Mesh, EntityType)) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    refuses(what, kinds, |kind| {
        let mut mesh = Mesh::new("three nodes", 1, 3);
        declare(&mut mesh, kind);
        ExodusWriter::create(&path, &mesh, &CreateOptions::default()).map(|_| ())
    });
    assert!(!path.exists());
}

#[test]
fn meshes_with_kinds_that_do_not_fit_are_not_written() {
    no_mesh("a block", &not_blocks(), |mesh, kind| mesh.blocks.push(Block::new(kind, 1, "TRI3", 1, 3)));
    no_mesh("a set", &not_sets(), |mesh, kind| mesh.sets.push(Set::new(kind, 1, 1)));
    no_mesh("a map", &not_maps(), |mesh, kind| {
        mesh.maps.push(Map { kind, id: EntityId(1), name: String::new() });
    });
    no_mesh("identifiers", &not_maps(), |mesh, kind| mesh.id_maps.push(kind));
    no_mesh("variables", &EntityType::MAPS, |mesh, kind| mesh.set_variables(kind, ["b"]));
    no_mesh("reduction variables", &EntityType::MAPS, |mesh, kind| {
        mesh.reductions.insert(kind, vec!["b".into()]);
    });
    no_mesh("a property", &[Nodal, Global, Assembly, Blob], |mesh, kind| {
        mesh.properties.insert(kind, vec![exodus_rs::Property { name: "b".into(), values: vec![1] }]);
    });
}

#[test]
fn names_and_factors_of_nothing_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    let block = || MeshBuilder::new("a").nodes(&[[0.0], [1.0]]).block(1, "BAR2", &[[1, 2]]);
    for mesh in [MeshBuilder::new("a").named("b"), MeshBuilder::new("a").factors(&[1.0]), block().factors(&[1.0])] {
        let refused = mesh.create(&path, &CreateOptions::default()).map(|_| ());
        assert_eq!(refused.unwrap_err().kind(), Kind::Usage);
    }
    assert!(!path.exists());
}
