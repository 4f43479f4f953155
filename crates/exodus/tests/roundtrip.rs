//! A mesh with everything in it, written and read back, in every container and word size.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

#[path = "roundtrip/mesh.rs"]
mod model;

use exodus_rs::prelude::*;
use exodus_rs::{
    CacheConfig, ChunkConfig, CreateOptions, Data, EntityType, ExodusFile, ExodusWriter, Int64, Mesh, MeshBuilder,
};
use hyperslab::netcdf::Container;
use model::{blocks, extra, floats, integers, maps, mesh, result, seed, sets, total, variables, write, STEPS};
use ndarray::Array2;

fn flat<T: Clone>(array: Array2<T>) -> Vec<T> {
    array.into_iter().collect()
}

fn compare_blocks(file: &ExodusFile, mesh: &Mesh) {
    for kind in EntityType::BLOCKS {
        let (found, written) = (file.blocks(kind).unwrap(), blocks(mesh, kind));
        assert_eq!(found.len(), written.len());
        for (n, (found, block)) in found.iter().zip(written).enumerate() {
            let entity = file.entity(kind, n).unwrap();
            assert_eq!((entity.index, entity.id, &entity.name), (n, block.id, &block.name));
            assert_eq!((entity.len, entity.present), (block.len, block.len > 0));
            assert_eq!(file.position(kind, block.id).unwrap(), n);
            assert_eq!((found.id, &found.name, found.len), (block.id, &block.name, block.len));
            assert_eq!(file.attribute_names(kind, n).unwrap(), block.attributes);
            if block.len == 0 {
                assert_eq!((found.topology.as_str(), found.nodes_per_entry), ("NULL", 0));
                continue;
            }
            assert_eq!((&found.topology, found.nodes_per_entry), (&block.topology, block.nodes_per_entry));
            assert_eq!(found.attributes, block.attributes);
            let nodes = file.connectivity_array::<i64>(kind, n).unwrap();
            assert_eq!(nodes.ncols() as u64, block.nodes_per_entry);
            assert_eq!(flat(nodes), integers(seed(kind, n), block.len * block.nodes_per_entry));
            let values = floats(seed(kind, n), block.len * block.attributes.len() as u64);
            assert_eq!(flat(file.attributes_array(kind, n).unwrap()), values);
        }
    }
}

fn compare_sets(file: &ExodusFile, mesh: &Mesh) {
    for kind in EntityType::SETS {
        let (found, written) = (file.sets(kind).unwrap(), sets(mesh, kind));
        assert_eq!(found.len(), written.len());
        for (n, (found, set)) in found.iter().zip(written).enumerate() {
            assert_eq!((found.id, &found.name, found.len), (set.id, &set.name, set.len));
            assert_eq!(found.num_factors, set.num_factors);
            let entries = file.set_entries::<i64>(kind, n).unwrap().into_vec();
            assert_eq!(entries, integers(seed(kind, n), set.len));
            assert_eq!(file.set_extra::<i64>(kind, n).unwrap().into_vec(), extra(kind, set.len));
            let factors = file.set_factors::<f64>(kind, n).unwrap().into_vec();
            assert_eq!(factors, floats(seed(kind, n), set.num_factors));
        }
    }
}

fn compare_maps(file: &ExodusFile, mesh: &Mesh) {
    for kind in EntityType::MAPS {
        assert_eq!(file.id_map(kind).unwrap(), integers(seed(kind, 9), total(mesh, kind)));
        let (found, written) = (file.entities(kind).unwrap(), maps(mesh, kind));
        assert_eq!(found.len(), written.len());
        for (n, (found, map)) in found.iter().zip(written).enumerate() {
            assert_eq!((found.id, &found.name), (map.id, &map.name));
            assert_eq!(file.num_map(kind, n).unwrap(), integers(seed(kind, n), total(mesh, kind)));
        }
    }
}

fn compare_results(file: &ExodusFile, mesh: &Mesh) {
    assert_eq!((file.num_steps(), file.times().unwrap()), (STEPS, vec![0.0, 0.25, 0.5, 0.75]));
    for (&kind, names) in &mesh.variables {
        assert_eq!(&file.variable_names(kind).unwrap(), names, "{kind:?}");
        let table = file.truth_table(kind).unwrap();
        let mut expected = Array2::from_elem(table.dim(), false);
        for (_, variable, entity, _) in variables(mesh).into_iter().filter(|v| v.0 == kind) {
            expected[(entity, variable)] = true;
        }
        assert_eq!(table, expected, "{kind:?}");
    }
    for (kind, variable, entity, len) in variables(mesh) {
        let all: Vec<Vec<f64>> = (0..STEPS).map(|step| result(step, kind, variable, entity, len)).collect();
        for (step, expected) in (0..).zip(&all) {
            let values = file.var(step, kind, variable, entity).unwrap().into_vec();
            assert_eq!(&values, expected, "{kind:?}");
            let mut into = vec![0.0; expected.len()];
            file.read_into(Data::Variable(kind, variable, entity).step(step), &mut into).unwrap();
            assert_eq!(&into, expected);
        }
        let data = Data::Variable(kind, variable, entity);
        assert_eq!(file.view::<f64>(data.steps(0..STEPS)).unwrap().into_vec(), all.concat());
        let last: Vec<f64> = all.iter().map(|values| *values.last().unwrap()).collect();
        assert_eq!(file.var_time_series::<f64>(0..STEPS, kind, variable, entity, len - 1).unwrap(), last);
        let steps = file.steps_of::<f64>(data).unwrap();
        assert_eq!(steps.map(|step| step.unwrap().values.into_vec()).collect::<Vec<_>>(), all);
    }
    assert!(file.var(0, EntityType::ElementBlock, 1, 0).is_err());
    assert!(file.var(STEPS, EntityType::Nodal, 0, 0).is_err());
}

fn compare(file: &ExodusFile, mesh: &Mesh, options: &CreateOptions) {
    assert_eq!(file.schema().container, options.container);
    assert_eq!(file.word_size(), u64::from(options.word_size));
    let init = file.init_params();
    assert_eq!((init.title.as_str(), init.num_dim, init.num_nodes), (mesh.title.as_str(), 3, 12));
    assert_eq!((init.num_elems, init.num_edges, init.num_faces), (5, 5, 3));
    assert_eq!((init.num_elem_blocks, init.num_edge_blocks, init.num_face_blocks), (3, 1, 1));
    let sets = (init.num_node_sets, init.num_edge_sets, init.num_face_sets, init.num_side_sets, init.num_elem_sets);
    assert_eq!(sets, (3, 1, 1, 2, 1));
    let maps = (init.num_node_maps, init.num_edge_maps, init.num_face_maps, init.num_elem_maps);
    assert_eq!(maps, (2, 1, 1, 1));
    assert_eq!(file.coord_names().unwrap(), mesh.coord_names);
    assert_eq!(file.qa_records().unwrap(), mesh.qa_records);
    assert_eq!(file.info_records().unwrap(), mesh.info_records);
    for (axis, values) in file.coords::<f64>().unwrap().axes.into_iter().enumerate() {
        assert_eq!(values.into_vec(), floats(axis as u64, 12));
    }
    compare_blocks(file, mesh);
    compare_sets(file, mesh);
    compare_maps(file, mesh);
    compare_results(file, mesh);
}

fn round_trip(options: CreateOptions) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mesh.exo");
    let mesh = mesh();
    write(&path, &mesh, &options);
    compare(&ExodusFile::open(&path).unwrap(), &mesh, &options);
    let source = hyperslab::Source::from_bytes(std::fs::read(&path).unwrap());
    let memory = ExodusFile::from_netcdf(hyperslab::netcdf::File::from_source(source).unwrap()).unwrap();
    compare(&memory, &mesh, &options);
}

#[test]
fn every_container_and_word_size() {
    let classic = [Container::Cdf1, Container::Cdf2, Container::Cdf5];
    for container in classic.into_iter().chain([Container::NetCdf4, Container::NetCdf4Classic]) {
        for word_size in [4, 8] {
            round_trip(CreateOptions { container, word_size, ..CreateOptions::default() });
        }
    }
}

#[test]
fn integers_of_64_bits() {
    for container in [Container::Cdf5, Container::NetCdf4] {
        round_trip(CreateOptions { container, int64: Int64::ALL, ..CreateOptions::default() });
    }
}

#[test]
fn compressed() {
    for (deflate, shuffle, word_size) in [(Some(1), true, 8), (Some(9), false, 4), (None, true, 8)] {
        for container in [Container::NetCdf4, Container::NetCdf4Classic] {
            round_trip(CreateOptions { container, word_size, deflate, shuffle, ..CreateOptions::default() });
        }
    }
}

#[test]
fn results_in_chunks_of_several_steps() {
    for deflate in [None, Some(1)] {
        let chunks = ChunkConfig { steps: 2, entries: Some(3) };
        round_trip(CreateOptions { chunks, deflate, ..CreateOptions::default() });
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("chunks.exo");
    let options = CreateOptions { chunks: ChunkConfig { steps: 4, entries: Some(3) }, ..CreateOptions::default() };
    let mesh = MeshBuilder::new("nodes").nodes(&[[0.0]; 10]).variables(EntityType::Nodal, ["u"]);
    mesh.create(&path, &options).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(file.array("vals_nod_var1").unwrap().chunk(), Some(&[4, 3][..]));
}

#[test]
fn histories_are_the_same_with_and_without_a_cache() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cached.exo");
    let options = CreateOptions { deflate: Some(1), ..CreateOptions::default() };
    let mesh = MeshBuilder::new("nodes").nodes(&[[0.0]; 100]).variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(&path, &options).unwrap();
    for step in 0..5 {
        let values: Vec<f64> = (0..100).map(|node| f64::from(node * 10 + step)).collect();
        writer.next_step(f64::from(step)).unwrap().put(EntityType::Nodal, 0, 0, &values).unwrap();
    }
    writer.finish().unwrap();
    for bytes in [0, 1 << 20] {
        let file = ExodusFile::open_with(&path, &CacheConfig { bytes }.into()).unwrap();
        for node in 0..100 {
            let history = file.view::<f64>(Data::Variable(EntityType::Nodal, 0, 0).entry(node)).unwrap().into_vec();
            assert_eq!(history, [0, 1, 2, 3, 4].map(|step| (node * 10 + step) as f64));
        }
    }
}

#[test]
fn meshes_that_contradict_themselves_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mesh.exo");
    let refused = |mesh: &Mesh, options: CreateOptions| {
        assert!(ExodusWriter::create(&path, mesh, &options).is_err(), "{options:?}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    };
    let options = CreateOptions::default();
    refused(&Mesh::new("flat", 4, 1), options);
    refused(&mesh(), CreateOptions { word_size: 3, ..options });
    refused(&mesh(), CreateOptions { deflate: Some(1), container: Container::Cdf2, ..options });
    refused(&mesh(), CreateOptions { int64: Int64::ALL, container: Container::Cdf2, ..options });
    let mut long = mesh();
    long.blocks[EntityType::ElementBlock][0].name = "n".repeat(300);
    refused(&long, options);
    let mut factors = mesh();
    factors.sets[EntityType::NodeSet][0].num_factors = 3;
    refused(&factors, options);
}
