//! Everything that the C library can do, done through this one: docs/exodus.md names the test of each function.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

#[path = "../examples/features/grid.rs"]
mod grid;
#[path = "../examples/features/mesh.rs"]
mod mesh;
#[path = "../examples/features/nemesis.rs"]
mod nemesis;
#[path = "../examples/features/numbers.rs"]
mod numbers;

mod common;

use exodus_rs::prelude::*;
use exodus_rs::{Container, CreateOptions, Data, EntityId, EntityType, Error, ExodusFile, ExodusWriter, Kind, Mesh};
use hyperslab::netcdf::{Attribute, Value};
use tempfile::TempDir;
use EntityType::{
    Assembly, Blob, EdgeBlock, EdgeSet, ElementBlock, ElementMap, ElementSet, FaceBlock, FaceSet, Global, Nodal,
    NodeMap, NodeSet, SideSet,
};

/// A file with everything in it.
struct Written {
    directory: TempDir,
    mesh: Mesh,
    file: ExodusFile,
}

fn with(change: impl FnOnce(&mut Mesh), options: CreateOptions) -> Written {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("features.exo");
    let mut mesh = mesh::mesh();
    change(&mut mesh);
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    numbers::put(&writer, &mesh).unwrap();
    writer.finish().unwrap();
    Written { mesh, file: ExodusFile::open(path).unwrap(), directory }
}

fn written() -> Written {
    with(|_| (), CreateOptions::default())
}

fn integers(file: &ExodusFile, part: impl Into<exodus_rs::Part>) -> Vec<i64> {
    file.view(part).unwrap().into_vec()
}

fn floats(file: &ExodusFile, part: impl Into<exodus_rs::Part>) -> Vec<f64> {
    file.view(part).unwrap().into_vec()
}

/// The values at one place of an axis.
fn line(all: &ndarray::ArrayD<f64>, axis: usize, n: usize) -> Vec<f64> {
    all.index_axis(ndarray::Axis(axis), n).iter().copied().collect()
}

/// Writes parts of a file by `put`, and opens it.
fn by_parts(mesh: &Mesh, put: impl FnOnce(&ExodusWriter)) -> (TempDir, ExodusFile) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("parts.exo");
    let writer = ExodusWriter::create(&path, mesh, &CreateOptions::default()).unwrap();
    common::put_ones(&writer);
    put(&writer);
    writer.finish().unwrap();
    let file = ExodusFile::open(path).unwrap();
    (directory, file)
}

#[test]
fn files_are_created_and_opened() {
    let Written { directory, mesh, file } = written();
    let path = directory.path().join("features.exo");
    assert_eq!(file.schema().container, Container::NetCdf4Classic);
    let refused = ExodusWriter::create(&path, &mesh, &CreateOptions::default()).unwrap_err();
    assert_eq!(refused.kind(), Kind::Usage);
    let replace = CreateOptions { overwrite: true, container: Container::Cdf5, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &replace).unwrap();
    common::put_ones(&writer);
    writer.finish().unwrap();
    let replaced = ExodusFile::open(&path).unwrap();
    assert_eq!((replaced.schema().container, replaced.num_steps()), (Container::Cdf5, 0));
    assert!(ExodusFile::open(directory.path().join("none.exo")).is_err());
}

#[test]
fn errors_say_what_where_and_of_which_kind() {
    let Written { file, .. } = written();
    let error: Error = file.view::<f64>(Data::Variable(Nodal, 99, 0)).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.to_string().contains("variable 100"), "{error}");
    let error = file.block(ElementBlock, EntityId(4711)).unwrap_err();
    assert!(error.to_string().contains("element block 4711"), "{error}");
}

#[test]
fn every_count_is_told() {
    let Written { file, mesh, .. } = with(|mesh| mesh.nemesis = Some(nemesis::nemesis()), CreateOptions::default());
    let counts = file.init_params();
    assert_eq!((counts.title, counts.num_dim, counts.num_nodes), (mesh.title.clone(), 3, 17));
    assert_eq!((counts.num_edges, counts.num_faces, counts.num_elems), (20, 18, 6));
    assert_eq!((counts.num_elem_blocks, counts.num_edge_blocks, counts.num_face_blocks), (5, 1, 2));
    let sets = [counts.num_node_sets, counts.num_edge_sets, counts.num_face_sets, counts.num_side_sets];
    assert_eq!((sets, counts.num_elem_sets), ([3, 1, 1, 2], 2));
    let maps = [counts.num_node_maps, counts.num_edge_maps, counts.num_face_maps, counts.num_elem_maps];
    assert_eq!(maps, [2, 1, 1, 1]);
    assert_eq!((file.entities(Assembly).unwrap().len(), file.entities(Blob).unwrap().len()), (3, 2));
    assert_eq!(
        (file.num_steps(), file.version(), file.api_version()),
        (3, Some(9.06_f32.into()), Some(9.06_f32.into()))
    );
    // The lengths of all lists together, as ex_inquire has them.
    let sum = |kind| file.sets(kind).unwrap().iter().fold((0, 0), |sum, s| (sum.0 + s.len, sum.1 + s.num_factors));
    assert_eq!([NodeSet, EdgeSet, FaceSet, SideSet, ElementSet].map(sum), [(6, 4), (2, 2), (3, 3), (4, 11), (4, 3)]);
    assert_eq!((file.qa_records().unwrap().len(), file.info_records().unwrap().len()), (2, 4));
    assert_eq!((file.frames().unwrap().len(), file.properties(ElementBlock).unwrap().len()), (2, 2));
    assert_eq!(file.variable_names(Nodal).unwrap().len(), 8);
}

#[test]
fn options_say_how_numbers_are_kept() {
    let wide = CreateOptions {
        container: Container::NetCdf4,
        int64: exodus_rs::Int64::ALL,
        word_size: 4,
        ..CreateOptions::default()
    };
    let Written { file, .. } = with(|_| (), wide);
    assert_eq!(file.create_options(), wide);
    assert_eq!(file.attribute("int64_status").and_then(Value::as_i64), Some(0x1C00));
    let old = CreateOptions { large_model: false, container: Container::Cdf1, ..CreateOptions::default() };
    let Written { file, .. } = with(|_| (), old);
    assert_eq!(file.create_options(), old);
    assert_eq!(file.attribute("file_size").and_then(Value::as_i64), Some(0));
}

#[test]
fn names_may_be_as_long_as_the_mesh_says() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.dimension("len_name"), 256);
    assert_eq!(file.attribute("maximum_name_length").and_then(Value::as_i64), Some(255));
    assert_eq!(file.variable_names(Nodal).unwrap(), mesh.variables[&Nodal]);
    let mut short = Mesh::new("short names", 1, 1);
    short.text.name = 33;
    short.set_variables(Nodal, ["n".repeat(32)]);
    let (_directory, file) = by_parts(&short, |_| ());
    assert_eq!((file.dimension("len_name"), file.variable_names(Nodal).unwrap()[0].len()), (33, 32));
    short.set_variables(Nodal, ["n".repeat(33)]);
    let directory = tempfile::tempdir().unwrap();
    assert!(ExodusWriter::create(directory.path().join("long.exo"), &short, &CreateOptions::default()).is_err());
}

#[test]
fn coordinates_in_whole_and_in_part() {
    let Written { file, .. } = written();
    for (axis, values) in file.coords::<f64>().unwrap().axes.iter().enumerate() {
        assert_eq!(values.iter().collect::<Vec<_>>(), grid::coordinate(axis));
        assert_eq!(file.coord::<f64>(axis, 3..7).unwrap().into_vec(), grid::coordinate(axis)[3..7]);
    }
    let part = file.partial_coords::<f64>(16..17).unwrap();
    assert_eq!(part.axes.into_iter().map(|axis| axis.into_vec()).collect::<Vec<_>>(), [[4.5], [0.25], [0.25]]);
    assert_eq!(file.coord_names().unwrap(), ["east", "north", "up"]);
    let (_directory, file) = by_parts(&Mesh::new("four nodes", 2, 4), |writer| {
        writer.put_coords(&[&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0]]).unwrap();
        writer.put(Data::Coordinate(1).entries(1..3), &[-6.0, -7.0]).unwrap();
    });
    assert_eq!(floats(&file, Data::Coordinate(0)), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(floats(&file, Data::Coordinate(1)), [5.0, -6.0, -7.0, 8.0]);
    assert_eq!(file.coord_names().unwrap(), ["x", "y"]);
}

#[test]
fn frames_and_records_come_back() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.frames().unwrap(), mesh.frames);
    assert_eq!(file.qa_records().unwrap(), mesh.qa_records);
    assert_eq!(file.info_records().unwrap(), mesh.info_records);
}

#[test]
fn blocks_are_what_was_declared() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.mesh().unwrap().blocks.len(), 8);
    for kind in EntityType::BLOCKS {
        assert_eq!(file.blocks(kind).unwrap(), mesh.blocks.of(kind));
        for (n, block) in mesh.blocks.of(kind).iter().enumerate() {
            assert_eq!(file.position(kind, block.id).unwrap(), n);
            let by_name = file.block(kind, &block.name).unwrap();
            assert_eq!((by_name, by_name.name.is_empty()), (block, false));
        }
    }
    assert!(!file.entity(ElementBlock, 4).unwrap().present);
}

#[test]
fn connectivity_in_whole_and_in_part() {
    let Written { file, mesh, .. } = written();
    let bricks = [grid::cell(0), grid::cell(1)].concat();
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 0)), bricks);
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 0).entry(1)), bricks[8..]);
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 0).component(2)), [bricks[2], bricks[10]]);
    assert_eq!(integers(&file, Data::Connectivity(EdgeBlock, 0).entries(4..6)), grid::edges()[4..6].concat());
    assert_eq!(integers(&file, Data::EdgeConnectivity(0).entry(1)), grid::edge_numbers()[12..]);
    assert_eq!(integers(&file, Data::FaceConnectivity(0).entry(1)), grid::face_numbers()[6..]);
    let (_directory, file) = by_parts(&mesh, |writer| {
        writer.put(Data::Connectivity(ElementBlock, 0).entry(1), &grid::cell(1)).unwrap();
        writer.put(Data::Connectivity(ElementBlock, 0).entry(0), &grid::cell(0)).unwrap();
    });
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 0)), bricks);
}

#[test]
fn polygons_and_polyhedra_have_counts() {
    let Written { file, .. } = written();
    assert_eq!(integers(&file, Data::Counts(ElementBlock, 2)), [4, 3]);
    assert_eq!(integers(&file, Data::Counts(FaceBlock, 1)), [4, 4, 4, 4, 4, 3, 3]);
    assert_eq!(integers(&file, Data::Counts(ElementBlock, 1)), [7]);
    assert_eq!(integers(&file, Data::FaceConnectivity(1)), [12, 13, 14, 15, 16, 17, 18]);
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 2)), grid::flat().concat());
    let polygons = file.cells_of(ElementBlock, "polygons").unwrap();
    assert_eq!((polygons.len(), polygons.get(1).unwrap()), (2, grid::flat()[1].as_slice()));
    assert_eq!(file.cells_of(FaceBlock, 1).unwrap().get(6).unwrap().len(), 3);
    assert_eq!(file.connectivity_array::<i64>(ElementBlock, "polygons").unwrap_err().kind(), Kind::Usage);
    // The nodes of the second polygon.
    assert_eq!(integers(&file, Data::Connectivity(ElementBlock, 2).entries(4..)), grid::flat()[1]);
}

#[test]
fn attributes_by_row_and_column() {
    let Written { file, mesh, .. } = written();
    for (kind, n, list) in [
        (ElementBlock, 0, &mesh.blocks[ElementBlock][0].attributes),
        (Nodal, 0, &mesh.nodal_attributes),
        (SideSet, 0, &mesh.sets[SideSet][0].attributes),
    ] {
        let all = file.attributes_array(kind, n).unwrap();
        assert_eq!((&file.attribute_names(kind, n).unwrap(), all.ncols()), (list, list.len()));
        let data = Data::Attributes(kind, n);
        assert_eq!(floats(&file, data.component(1)), all.column(1).to_vec());
        assert_eq!(floats(&file, data.entry(1)), all.row(1).to_vec());
        assert_eq!(floats(&file, data.entries(1..).components(1..)), all.column(1).to_vec()[1..]);
    }
    let (_directory, file) = by_parts(&mesh, |writer| {
        let data = Data::Attributes(ElementBlock, 0);
        writer.put(data.component(1), &[1.5, 2.5]).unwrap();
        writer.put(data.component(0), &[3.5, 4.5]).unwrap();
        writer.put(data.entry(0).component(0), &[5.5]).unwrap();
    });
    assert_eq!(floats(&file, Data::Attributes(ElementBlock, 0)), [5.5, 1.5, 4.5, 2.5]);
}

#[test]
fn parts_along_an_axis_that_is_not_there_are_refused() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.view::<f64>(Data::Coordinate(0).component(1)).unwrap_err().kind(), Kind::Usage);
    assert_eq!(file.view::<f64>(Data::Coordinate(0).steps(0..2)).unwrap_err().kind(), Kind::Usage);
    assert_eq!(file.view::<f64>(Data::Variable(Global, 0, 0).step(0).entry(1)).unwrap_err().kind(), Kind::Usage);
    assert_eq!(file.view::<f64>(Data::Coordinate(0).entries(16..18)).unwrap_err().kind(), Kind::Usage);
    assert_eq!(floats(&file, Data::Variable(Global, 1, 0).entry(0)).len(), 3);
    by_parts(&mesh, |writer| {
        assert!(writer.put(Data::Coordinate(0).component(1), &[0.0; 17]).is_err());
    });
}

#[test]
fn sets_in_whole_and_in_part() {
    let Written { file, mesh, .. } = written();
    for kind in EntityType::SETS {
        for (n, set) in mesh.sets.of(kind).iter().enumerate() {
            let found = file.set(kind, set.id).unwrap();
            assert_eq!((found.id, &found.name, found.len), (set.id, &set.name, set.len));
            assert_eq!((found.num_factors, &found.attributes), (set.num_factors, &set.attributes));
            assert_eq!(file.set_entries::<i64>(kind, n).unwrap().len() as u64, set.len);
            assert_eq!(file.set_factors::<f64>(kind, n).unwrap().len() as u64, set.num_factors);
        }
    }
    assert_eq!(integers(&file, Data::Members(NodeSet, 0)), [1, 5, 9, 13]);
    assert_eq!(integers(&file, Data::Members(NodeSet, 0).entries(1..3)), [5, 9]);
    assert_eq!(integers(&file, Data::Sides(SideSet, 0).entry(2)), [3]);
    assert_eq!(integers(&file, Data::Sides(FaceSet, 0)), [1, -1, 1]);
    let factors = floats(&file, Data::Factors(SideSet, 0));
    assert_eq!(floats(&file, Data::Factors(SideSet, 0).entries(4..8)), factors[4..8]);
    let (_directory, file) = by_parts(&mesh, |writer| {
        writer.put(Data::Members(NodeSet, 0).entries(2..), &[3, 4]).unwrap();
        writer.put(Data::Members(NodeSet, 0).entries(..2), &[1, 2]).unwrap();
        writer.put(Data::Factors(NodeSet, 0).entries(1..4), &[0.25, 0.5, 0.75]).unwrap();
        writer.put(Data::Factors(NodeSet, 0).entry(0), &[0.0]).unwrap();
    });
    assert_eq!(integers(&file, Data::Members(NodeSet, 0)), [1, 2, 3, 4]);
    assert_eq!(floats(&file, Data::Factors(NodeSet, 0)), [0.0, 0.25, 0.5, 0.75]);
}

#[test]
fn libexodus_finds_the_factors_of_every_kind_of_set() {
    let Written { file, .. } = written();
    for (dimension, variable, count) in [
        ("num_df_es1", "dist_fact_es1", 2),
        ("num_df_fs1", "dist_fact_fs1", 3),
        ("num_df_els1", "dist_fact_els1", 3),
        ("num_df_ss1", "dist_fact_ss1", 11),
    ] {
        assert_eq!((file.dimension(dimension), file.array(variable).unwrap().shape()), (count, [count].as_slice()));
    }
}

#[test]
fn sides_are_nodes_and_nodes_are_sides() {
    let Written { file, .. } = written();
    let nodes = file.side_set_nodes(0).unwrap();
    assert_eq!(nodes.counts, [4, 4, 3]);
    assert_eq!(nodes.nodes, [1, 9, 13, 5, 10, 11, 15, 14, 4, 17, 12]);
    let list = file.side_list(0).unwrap();
    assert_eq!(file.sides_of_nodes(&list.elements, &nodes).unwrap(), list);
}

#[test]
fn entities_are_found_by_identifier_and_name() {
    let Written { file, mesh, .. } = written();
    let ids = |kind| file.entities(kind).unwrap().iter().map(|entity| entity.id.0).collect::<Vec<_>>();
    assert_eq!(
        (ids(ElementBlock), ids(NodeSet), ids(NodeMap)),
        (vec![100, 20, 7, 30, 3], vec![11, 10, 9], vec![61, 60])
    );
    assert_eq!((ids(Assembly), ids(Blob)), (vec![100, 200, 222], vec![1, 3]));
    let names = |kind| file.entities(kind).unwrap().iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(ElementBlock), ["bricks", "polyhedron", "polygons", "tet", "nothing"]);
    assert_eq!(
        (names(ElementSet), names(ElementMap)),
        (vec!["set 51".to_owned(), String::new()], vec!["map 65".to_owned()])
    );
    assert_eq!(file.position(SideSet, EntityId(40)).unwrap(), 1);
    assert_eq!(mesh.blocks[ElementBlock][0].kind.label(), "element block");
    assert_eq!(EntityType::from_code(i64::from(SideSet.code())), Some(SideSet));
}

#[test]
fn properties_of_every_kind_come_back() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.mesh().unwrap().properties, mesh.properties);
    let material = file.properties(ElementBlock).unwrap().into_iter().find(|p| p.name == "MATERIAL").unwrap();
    assert_eq!(material.values[file.position(ElementBlock, EntityId(7)).unwrap()], 3);
}

#[test]
fn maps_in_whole_and_in_part() {
    let Written { file, mesh, .. } = written();
    let ids = file.id_map(NodeMap).unwrap();
    assert_eq!((ids.len(), ids[0]), (17, 5000));
    assert_eq!(integers(&file, Data::IdMap(NodeMap).entries(3..5)), ids[3..5]);
    assert_eq!(integers(&file, Data::NumMap(NodeMap, 1)), file.num_map(NodeMap, 1).unwrap());
    assert_eq!(integers(&file, Data::NumMap(ElementMap, 0).entries(2..4)), [402, 403]);
    assert_eq!(file.element_order_map().unwrap().unwrap(), [6, 5, 4, 3, 2, 1]);
    assert_eq!(file.entities(NodeMap).unwrap().len(), 2);
    let (_directory, file) = by_parts(&mesh, |writer| {
        writer.put(Data::IdMap(ElementMap).entries(2..), &[30, 40, 50, 60]).unwrap();
        writer.put(Data::IdMap(ElementMap).entries(..2), &[10, 20]).unwrap();
        writer.put(Data::NumMap(ElementMap, 0).entries(..), &[1, 2, 3, 4, 5, 6]).unwrap();
        writer.put(Data::NumMap(ElementMap, 0).entry(3), &[-4]).unwrap();
    });
    assert_eq!(file.id_map(ElementMap).unwrap(), [10, 20, 30, 40, 50, 60]);
    assert_eq!(file.num_map(ElementMap, 0).unwrap(), [1, 2, 3, -4, 5, 6]);
    let (_directory, file) = by_parts(&Mesh::new("no map", 1, 3), |_| ());
    assert_eq!(file.id_map(NodeMap).unwrap(), [1, 2, 3]);
}

#[test]
fn the_identifiers_of_the_elements_of_a_block() {
    let Written { file, .. } = written();
    let numbers = file.element_numbers().unwrap();
    let block = file.position(ElementBlock, EntityId(7)).unwrap();
    let first = u64::try_from(numbers.number(block, 0).unwrap() - 1).unwrap();
    let len = file.entities(ElementBlock).unwrap()[block].len;
    assert_eq!(integers(&file, Data::IdMap(ElementMap).entries(first..first + len)), [4003, 4004]);
}

#[test]
fn assemblies_and_blobs_come_back() {
    let Written { file, mesh, .. } = written();
    assert_eq!((file.assemblies().unwrap(), file.blobs().unwrap()), (mesh.assemblies.clone(), mesh.blobs.clone()));
    assert_eq!(integers(&file, Data::Members(Assembly, 1)), [100, 30]);
    let blob = floats(&file, Data::Variable(Blob, 1, 1).step(2));
    assert_eq!(blob.len(), 4);
    assert_eq!(floats(&file, Data::Variable(Assembly, 0, 2).step(0)).len(), 2);
}

#[test]
fn entities_without_members_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |mesh: &Mesh| {
        for container in [Container::Cdf2, Container::NetCdf4] {
            let options = CreateOptions { container, ..CreateOptions::default() };
            let created = ExodusWriter::create(directory.path().join("a.exo"), mesh, &options);
            assert_eq!(created.unwrap_err().kind(), Kind::Usage);
        }
    };
    let mut empty = mesh::mesh();
    empty.assemblies[1].members.clear();
    refused(&empty);
    let mut empty = mesh::mesh();
    empty.blobs[0].len = 0;
    refused(&empty);
}

#[test]
fn attributes_of_entities_come_back() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.entity_attributes(ElementBlock, 0), mesh.blocks[ElementBlock][0].entity_attributes);
    assert_eq!(file.entity_attributes(SideSet, 0), mesh.sets[SideSet][0].entity_attributes);
    assert_eq!(file.entity_attributes(Assembly, 0), mesh.assemblies[0].entity_attributes);
    assert_eq!(file.entity_attributes(Blob, 0), mesh.blobs[0].entity_attributes);
    assert_eq!(file.entity_attributes(Nodal, 0), mesh.nodal_entity_attributes);
    assert_eq!(file.entity_attributes(Global, 0), mesh.global_attributes);
    let serial = file.entity_attributes(SideSet, 0).into_iter().find(|a| a.name == "serial").unwrap();
    assert_eq!(serial.value, Value::Int(vec![41, -41]));
    assert_eq!(file.entity_attributes(EdgeBlock, 0), []);
}

#[test]
fn fields_bases_and_quadratures_come_back() {
    let Written { file, mesh, .. } = written();
    let read = file.mesh().unwrap();
    let fields = read.fields(ElementBlock, 0).unwrap();
    assert_eq!(fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["velocity", "species", "gradient"]);
    let variables = &mesh.variables[&ElementBlock];
    assert_eq!([fields[0].component_names(), fields[1].component_names()].concat(), variables[1..]);
    assert_eq!(fields[1].suffixes, ["h2o", "gas"]);
    // The basis says how many components the innermost type has.
    assert_eq!((fields[2].nesting[1].cardinality, fields[2].cardinality()), (2, 6));
    assert_eq!((read.bases()[0].cardinality, read.quadratures()[0].weight.len()), (2, 2));
    assert!(read.fields(EdgeBlock, 0).unwrap().is_empty());
}

#[test]
fn variables_in_whole_and_in_part() {
    let Written { file, .. } = written();
    assert_eq!(file.times().unwrap(), [0.0, 0.25, 0.5]);
    assert_eq!(floats(&file, Data::Times.step(1)), [0.25]);
    for (kind, entity) in [(Nodal, 0), (ElementBlock, 0), (SideSet, 1), (EdgeSet, 0), (FaceBlock, 1)] {
        let data = Data::Variable(kind, 0, entity);
        let all = file.read::<f64>(data).unwrap();
        let (steps, entries) = (all.shape()[0] as u64, all.shape()[1] as u64);
        for step in 0..steps {
            let row = line(&all, 0, usize::try_from(step).unwrap());
            assert_eq!(floats(&file, data.step(step)), row, "{kind:?}");
            assert_eq!(floats(&file, data.step(step).entries(entries - 1..)), row[row.len() - 1..]);
        }
        let history = line(&all, 1, 0);
        assert_eq!(floats(&file, data.entry(0)), history);
        assert_eq!(file.var_time_series::<f64>(0..steps, kind, 0, entity, 0).unwrap(), history);
        let array = file.variable(kind, 0).unwrap().on(entity).unwrap().array().unwrap();
        assert_eq!(array.into_raw_vec_and_offset().0, floats(&file, data));
    }
    let globals = file.read::<f64>(Data::Reductions(Global, 0)).unwrap();
    assert_eq!(globals.shape(), [3, 3]);
    assert_eq!(floats(&file, Data::Variable(Global, 2, 0)), line(&globals, 1, 2));
}

#[test]
fn variables_are_written_in_any_parts() {
    let mut mesh = Mesh::new("four nodes", 1, 4);
    mesh.set_variables(Nodal, ["u", "v"]);
    mesh.set_variables(Global, ["a", "b"]);
    let (_directory, file) = by_parts(&mesh, |writer| {
        let u = Data::Variable(Nodal, 0, 0);
        writer.put(Data::Times.steps(0..2), &[0.0, 1.0]).unwrap();
        writer.put(u.steps(0..2), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).unwrap();
        writer.put(u.step(1).entries(1..3), &[-6.0, -7.0]).unwrap();
        writer.put(u.entry(3).steps(0..2), &[0.5, 1.5]).unwrap();
        writer.put_var(0, Nodal, 1, 0, &[9.0; 4]).unwrap();
        writer.put_var(1, Nodal, 1, 0, &[8.0; 4]).unwrap();
        writer.put(Data::Reductions(Global, 0).step(0), &[10.0, 20.0]).unwrap();
        writer.put(Data::Variable(Global, 1, 0).step(1), &[30.0]).unwrap();
        writer.put(Data::Variable(Global, 0, 0).step(1), &[40.0]).unwrap();
        let step = writer.next_step(2.0).unwrap();
        step.put(Nodal, 0, 0, &[0.0; 4]).unwrap();
        step.put(Nodal, 1, 0, &[0.0; 4]).unwrap();
        step.put_reductions(Global, 0, &[50.0, 60.0]).unwrap();
    });
    assert_eq!(file.times().unwrap(), [0.0, 1.0, 2.0]);
    assert_eq!(floats(&file, Data::Variable(Nodal, 0, 0).steps(..2)), [1.0, 2.0, 3.0, 0.5, 5.0, -6.0, -7.0, 1.5]);
    assert_eq!(floats(&file, Data::Variable(Nodal, 1, 0).step(0)), [9.0; 4]);
    assert_eq!(floats(&file, Data::Reductions(Global, 0)), [10.0, 20.0, 40.0, 30.0, 50.0, 60.0]);
}

#[test]
fn truth_tables_say_which_entity_has_which_variable() {
    let Written { file, mesh, .. } = written();
    assert_eq!(file.mesh().unwrap().truth_tables[&NodeSet], mesh.truth_tables[&NodeSet]);
    let table = file.truth_table(ElementBlock).unwrap();
    assert_eq!(table, mesh.truth_tables[&ElementBlock]);
    assert_eq!(table.row(3).to_vec(), [true, false, true, true, true, false]);
    assert!(!file.has(Data::Variable(ElementBlock, 1, 3)) && file.has(Data::Variable(ElementBlock, 0, 3)));
    for kind in EntityType::WITH_VARIABLES {
        assert_eq!(file.variable_names(kind).unwrap(), mesh.variables[&kind], "{kind:?}");
    }
}

#[test]
fn reduction_variables_come_back() {
    let Written { file, mesh, .. } = written();
    for kind in EntityType::WITH_VARIABLES.into_iter().skip(2) {
        assert_eq!(file.reduction_names(kind).unwrap(), mesh.reductions[&kind]);
        let all = file.read::<f64>(Data::Reductions(kind, 0)).unwrap();
        assert_eq!(all.shape(), [3, 3], "{kind:?}");
        assert_eq!(floats(&file, Data::Reductions(kind, 0).step(1)), line(&all, 0, 1));
        assert_eq!(floats(&file, Data::Reductions(kind, 0).entry(2)), line(&all, 1, 2));
    }
    // Entities without entries have none.
    assert!(!file.has(Data::Reductions(ElementBlock, 4)) && !file.has(Data::Reductions(NodeSet, 2)));
    assert_eq!(file.mesh().unwrap().with_reductions[&NodeSet], [true, true, false]);
}

#[test]
fn parts_of_a_decomposed_model_come_back() {
    for container in [Container::Cdf1, Container::Cdf5, Container::NetCdf4] {
        let options = CreateOptions { container, ..CreateOptions::default() };
        let Written { file, .. } = with(|mesh| mesh.nemesis = Some(nemesis::nemesis()), options);
        let mut found = file.nemesis().unwrap().unwrap();
        (found.file_version, found.api_version) = (None, None);
        assert_eq!(found, nemesis::nemesis());
    }
}

#[test]
fn whole_meshes_are_copied_with_and_without_results() {
    let Written { file, mesh, directory } = written();
    for results in [true, false] {
        let path = directory.path().join("copy.exo");
        let mut options = exodus_rs::model::WriteOptions::like(&file);
        (options.create.overwrite, options.create.container, options.results) = (true, Container::Cdf5, results);
        exodus_rs::model::write(&file, &path, &options).unwrap();
        let copied = ExodusFile::open(&path).unwrap();
        assert_eq!(copied.mesh().unwrap().assemblies, mesh.assemblies);
        assert_eq!(integers(&copied, Data::Members(SideSet, 0)), [1, 2, 6]);
        assert_eq!(copied.num_steps(), if results { 3 } else { 0 });
        let values = Data::Variable(ElementBlock, 0, 0);
        assert_eq!(copied.has(values), results);
        if results {
            assert_eq!(floats(&copied, values), floats(&file, values));
        }
    }
}

#[test]
fn a_file_is_written_again_with_more_declared() {
    let Written { file, .. } = written();
    let mut mesh = file.mesh().unwrap().clone();
    let tet = mesh.blocks.iter_mut().find(|block| block.topology == "TET4").unwrap();
    tet.attributes.push("mass".to_owned());
    let (_directory, more) = by_parts(&mesh, |writer| {
        for data in mesh.static_data().into_iter().filter(|&data| file.has(data)) {
            let part = if data == Data::Attributes(ElementBlock, 3) { data.component(0) } else { data.into() };
            writer.put(part, &file.view::<f64>(data).unwrap().into_vec()).unwrap();
        }
        writer.put(Data::Attributes(ElementBlock, 3).component(1), &[0.5]).unwrap();
    });
    assert_eq!(more.attribute_names(ElementBlock, 3).unwrap(), ["volume", "mass"]);
    let before = floats(&file, Data::Attributes(ElementBlock, 3))[0];
    assert_eq!(floats(&more, Data::Attributes(ElementBlock, 3)), [before, 0.5]);
    assert_eq!(integers(&more, Data::Members(SideSet, 0)), [1, 2, 6]);
}

#[test]
fn titles_that_are_not_utf8_keep_their_length() {
    let title = Attribute::new("title", Value::Char(b"caf\xe9 \0junk".to_vec()));
    let Written { file, .. } = with(|mesh| mesh.global_attributes.push(title), CreateOptions::default());
    assert_eq!(file.title(), "caf?");
}

#[test]
fn everything_comes_back_from_every_container() {
    let reference = written();
    let declared = reference.file.mesh().unwrap();
    let data = || declared.static_data().into_iter().chain(declared.stepwise_data());
    assert_eq!(data().filter(|&data| reference.file.has(data)).count(), 121);
    let narrow = [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4Classic, Container::NetCdf4];
    let wide = [Container::Cdf5, Container::NetCdf4];
    let none = exodus_rs::Int64::NONE;
    let all = narrow.map(|c| (c, none)).into_iter().chain(wide.map(|c| (c, exodus_rs::Int64::ALL)));
    for (container, int64) in all {
        for (word_size, large_model) in [(4, true), (8, false)] {
            let options = CreateOptions { container, int64, word_size, large_model, ..CreateOptions::default() };
            let Written { file, .. } = with(|_| (), options);
            assert_eq!(file.mesh().unwrap(), declared, "{options:?}");
            for data in data() {
                assert_eq!(file.shape(data), reference.file.shape(data), "{data:?} {options:?}");
                if file.has(data) {
                    assert_eq!(floats(&file, data), floats(&reference.file, data), "{data:?} {options:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_read_is_what_was_declared() {
    let Written { file, mesh, .. } = written();
    assert_eq!(*file.mesh().unwrap(), mesh.normalized());
}
