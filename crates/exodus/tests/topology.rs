//! Sides of elements in files: node lists, their inverse, skins and measures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use exodus_rs::model::Scaled;
use exodus_rs::prelude::*;
use exodus_rs::topology::{Cells, SideList, SideNodes};
use exodus_rs::{Block, CreateOptions, EntityType, ExodusFile, ExodusWriter, Kind, Mesh, Set};
use hyperslab::netcdf::{Container, File, Schema, Type, Value, Variable, Writer};
use hyperslab::Selection;

fn fixture(name: &str) -> ExodusFile {
    ExodusFile::open(format!("{}/../../fixtures/exodus/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

struct Part {
    name: &'static str,
    nodes: usize,
    list: Vec<i64>,
}

fn part(name: &'static str, nodes: usize, list: &[i64]) -> Part {
    Part { name, nodes, list: list.to_vec() }
}

/// A file of blocks and one side set.
fn file(num_dim: u64, coords: &[Vec<f64>], parts: &[Part], sides: &[(i64, i64)]) -> ExodusFile {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mesh.exo");
    let mut mesh = Mesh::new("sides", num_dim, coords[0].len() as u64);
    for (id, part) in (1..).zip(parts) {
        let len = part.list.len().checked_div(part.nodes).unwrap_or(0);
        mesh.blocks.push(Block::new(EntityType::ElementBlock, id, part.name, len as u64, part.nodes as u64));
    }
    mesh.sets.push(Set::new(EntityType::SideSet, 5, sides.len() as u64));
    let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default()).unwrap();
    writer.put_coords(&coords.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    for (n, part) in parts.iter().enumerate().filter(|(_, part)| !part.list.is_empty()) {
        writer.put_connectivity(EntityType::ElementBlock, n, &part.list).unwrap();
    }
    let (elements, numbers): (Vec<i64>, Vec<i64>) = sides.iter().copied().unzip();
    writer.put_set(EntityType::SideSet, 0, &elements, &numbers).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(&path).unwrap()
}

/// Two unit cubes on top of each other, an empty block, and a shell on top.
fn tower(sides: &[(i64, i64)]) -> ExodusFile {
    let corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    let axis = |n: usize| match n {
        2 => (0..12).map(|node| f64::from(node / 4)).collect(),
        _ => (0..12).map(|node| corners[node % 4][n]).collect(),
    };
    let cubes: Vec<i64> = (1..=8).chain(5..=12).collect();
    let parts = [part("HEX", 8, &cubes), part("HEX8", 8, &[]), part("SHELL4", 4, &[9, 10, 11, 12])];
    file(3, &[axis(0), axis(1), axis(2)], &parts, sides)
}

#[test]
fn elements_are_numbered_through_blocks() {
    let tower = tower(&[(1, 1)]);
    let numbers = tower.element_numbers().unwrap();
    assert_eq!(numbers.len(), 3);
    for (number, place) in [(1, (0, 0)), (2, (0, 1)), (3, (2, 0))] {
        assert_eq!(numbers.find(number), Some(place));
        assert_eq!(numbers.number(place.0, place.1), Some(number));
    }
    assert_eq!([numbers.find(0), numbers.find(4), numbers.find(i64::MIN)], [None; 3]);
    assert_eq!([numbers.number(0, 2), numbers.number(1, 0), numbers.number(9, 0)], [None; 3]);
}

#[test]
fn nodes_of_side_sets_and_back() {
    let sides = [(2, 6), (1, 5), (3, 1), (3, 2), (3, 4), (1, 4)];
    let file = tower(&sides);
    let found = file.side_set_nodes(0).unwrap();
    assert_eq!(found.counts, [4, 4, 4, 4, 2, 4]);
    let lists: Vec<&[i64]> = found.iter().collect();
    let want: [&[i64]; 6] =
        [&[9, 10, 11, 12], &[1, 4, 3, 2], &[9, 10, 11, 12], &[9, 12, 11, 10], &[10, 11], &[1, 5, 8, 4]];
    assert_eq!(lists, want);
    let list = file.side_list(0).unwrap();
    assert_eq!(file.sides_of_nodes(&list.elements, &found).unwrap(), list);
    // Any order will do for solids.
    let turned = SideNodes { counts: vec![4], nodes: vec![8, 1, 4, 5] };
    assert_eq!(file.sides_of_nodes(&[1], &turned).unwrap().sides, [4]);
    for nodes in [vec![1, 2, 3, 8], vec![1, 5], vec![]] {
        let wrong = SideNodes { counts: vec![nodes.len()], nodes };
        assert_eq!(file.sides_of_nodes(&[1], &wrong).unwrap_err().kind(), Kind::Usage);
    }
}

#[test]
fn sides_that_do_not_exist_are_errors() {
    for wrong in [(0, 1), (4, 1), (1, 0), (1, 7), (1, -1), (3, 7), (-5, 1), (i64::from(i32::MAX), 1)] {
        let error = tower(&[(1, 1), wrong]).side_set_nodes(0).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{wrong:?}: {error}");
    }
    let uneven = SideList { elements: vec![1, 2], sides: vec![1] };
    assert_eq!(tower(&[(1, 1)]).side_nodes(&uneven).unwrap_err().kind(), Kind::Usage);
    let axis = vec![0.0; 9];
    let opaque =
        file(3, &[axis.clone(), axis.clone(), axis], &[part("SUPER", 9, &[1, 2, 3, 4, 5, 6, 7, 8, 9])], &[(1, 1)]);
    let error = opaque.side_set_nodes(0).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.to_string().contains("SUPER"), "{error}");
}

#[test]
fn faces_of_polyhedra() {
    let file = fixture("polyhedra_cdf2.exo");
    let list = SideList { elements: vec![1, 1], sides: vec![6, 1] };
    let found = file.side_nodes(&list).unwrap();
    assert_eq!((found.counts, found.nodes), (vec![4, 4], vec![5, 6, 8, 7, 1, 2, 6, 5]));
    let measure = file.block_measure(0).unwrap();
    assert!((measure.size - 1.0).abs() < 1e-14 && measure.centroid.iter().all(|x| (x - 0.5).abs() < 1e-14));
    let sides = file.side_measures(&list).unwrap();
    assert_eq!((sides[0].area, sides[0].normal), (1.0, [0.0, 0.0, 1.0]));
    assert_eq!(sides[1].normal, [0.0, -1.0, 0.0]);
    let wrong = SideList { elements: vec![1], sides: vec![7] };
    assert_eq!(file.side_nodes(&wrong).unwrap_err().kind(), Kind::Usage);
}

/// A square and a triangle on its right, as polygons.
fn polygons(counts: &[i64]) -> ExodusFile {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("polygons.exo");
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![9.0]));
    let dims: Vec<_> = [("num_dim", 2), ("num_nodes", 5), ("num_elem", 2), ("num_el_blk", 1), ("num_el_in_blk1", 2)]
        .map(|(name, len)| schema.add_dimension(name, len, false))
        .to_vec();
    let total = schema.add_dimension("num_nod_per_el1", 7, false);
    let mut put = |name: &str, ty, dim| schema.add_variable(Variable::new(name, ty, vec![dim]));
    let x = put("coordx", Type::Double, dims[1]);
    let y = put("coordy", Type::Double, dims[1]);
    let ids = put("eb_prop1", Type::Int, dims[3]);
    let connect = put("connect1", Type::Int, total);
    let per_element = put("ebepecnt1", Type::Int, dims[4]);
    schema.variables[connect.0].attributes.push(hyperslab::netcdf::Attribute::new("elem_type", Value::text("NSIDED")));
    let writer = Writer::create(&path, schema, false).unwrap();
    let all = |n| Selection::block(vec![0], vec![n]);
    writer.write(x, &all(5), &[0.0, 1.0, 1.0, 0.0, 2.0]).unwrap();
    writer.write(y, &all(5), &[0.0, 0.0, 1.0, 1.0, 0.0]).unwrap();
    writer.write(ids, &all(1), &[1]).unwrap();
    writer.write(connect, &all(7), &[1, 2, 3, 4, 2, 5, 3]).unwrap();
    writer.write(per_element, &all(2), counts).unwrap();
    writer.finish().unwrap();
    ExodusFile::from_netcdf(File::open(&path).unwrap()).unwrap()
}

#[test]
fn edges_of_polygons() {
    let file = polygons(&[4, 3]);
    let list = SideList { elements: vec![1, 2, 2], sides: vec![4, 1, 3] };
    let found = file.side_nodes(&list).unwrap();
    assert_eq!((&found.counts, &found.nodes), (&vec![2, 2, 2], &vec![4, 1, 2, 5, 3, 2]));
    assert_eq!(file.sides_of_nodes(&list.elements, &found).unwrap(), list);
    let measures = file.element_measures(0).unwrap();
    assert_eq!((measures[0].size, measures[1].size), (1.0, 0.5));
    let sides = file.side_measures(&list).unwrap();
    assert_eq!((sides[0].normal, sides[1].area), ([-1.0, 0.0, 0.0], 1.0));
    for broken in [[4, 4], [-1, 3], [4, i64::from(i32::MAX)]] {
        assert_eq!(polygons(&broken).cells(0).unwrap_err().kind(), Kind::Usage);
    }
}

#[test]
fn measures_of_blocks_and_sides() {
    let file = tower(&[(2, 6), (3, 2)]);
    assert_eq!(file.bounding_box().unwrap(), Some([[0.0; 3], [1.0, 1.0, 2.0]]));
    let cubes = file.block_measure(0).unwrap();
    assert!((cubes.size - 2.0).abs() < 1e-14);
    assert!((cubes.centroid[2] - 1.0).abs() < 1e-14);
    assert_eq!(file.element_measures(0).unwrap().len(), 2);
    assert_eq!(file.block_measure(1).unwrap().size, 0.0);
    assert!((file.block_measure(2).unwrap().size - 1.0).abs() < 1e-14);
    let sides = file.side_measures(&file.side_list(0).unwrap()).unwrap();
    for (side, z) in sides.iter().zip([1.0, -1.0]) {
        assert!((side.area - 1.0).abs() < 1e-14 && (side.normal[2] - z).abs() < 1e-14);
    }
    assert!(file.element_measures(3).is_err());
    let found = file.nearest_node([0.9, 0.9, 2.2]).unwrap().unwrap();
    assert_eq!(found.index, 10);
    assert_eq!(file.nearest_element([0.5, 0.5, 1.4]).unwrap().unwrap().index, 1);
    assert_eq!(file.nearest_element([0.5, 0.5, 1.9]).unwrap().unwrap().index, 2);
}

#[test]
fn nodes_that_do_not_exist_are_errors() {
    for wrong in [0, -1, 4, i64::MAX] {
        let cells = Cells::new("TRI3", 2, vec![1, 2, wrong], 3);
        assert_eq!(cells.measures(&[[0.0; 3]; 3], 2).unwrap_err().kind(), Kind::Usage);
    }
    assert!(Cells::new("TRI3", 2, vec![1, 2, 3], 3).measures(&[[0.0; 3]; 3], 2).is_ok());
}

/// The side sets of the fixtures have lists for all their sides, or say why not.
#[test]
fn side_sets_of_fixtures() {
    let mut seen = 0;
    for name in ["cdf1.exo", "cdf5_int64.exo", "lib_netcdf4_int64.exo", "edges_faces_netcdf4.exo", "old_style_cdf1.exo"]
    {
        let file = fixture(name);
        for set in 0..file.sets(EntityType::SideSet).unwrap().len() {
            let list = file.side_list(set).unwrap();
            let found = file.side_nodes(&list).unwrap();
            assert_eq!(found.counts.len(), list.elements.len());
            assert_eq!(found.counts.iter().sum::<usize>(), found.nodes.len());
            assert_eq!(file.sides_of_nodes(&list.elements, &found).unwrap(), list);
            seen += list.elements.len();
        }
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn skins_of_files() {
    let file = tower(&[(1, 1)]);
    let skin = file.skin().unwrap();
    assert_eq!(skin.elements, [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    assert_eq!(skin.sides, [1, 2, 3, 4, 5, 1, 2, 3, 4, 6]);
    assert_eq!(file.side_nodes(&skin).unwrap().counts, [4; 10]);
    let area: f64 = file.side_measures(&skin).unwrap().iter().map(|side| side.area).sum();
    assert!((area - 10.0).abs() < 1e-13);
    assert_eq!(fixture("polyhedra_cdf2.exo").skin().unwrap().sides, [1, 2, 3, 4, 5, 6]);
    let polygons = polygons(&[4, 3]).skin().unwrap();
    assert_eq!((polygons.elements, polygons.sides), (vec![1, 1, 1, 2, 2], vec![1, 3, 4, 1, 2]));
}

/// A file of results may leave out the nodes of a block; its elements keep their numbers.
#[test]
fn blocks_without_connectivity() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mesh.exo");
    let mut mesh = Mesh::new("blocks", 2, 3);
    mesh.blocks.push(Block::new(EntityType::ElementBlock, 1, "", 5, 0));
    mesh.blocks.push(Block::new(EntityType::ElementBlock, 2, "TRI", 1, 3));
    let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default()).unwrap();
    writer.put_coords(&[&[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]).unwrap();
    writer.put_connectivity(EntityType::ElementBlock, 1, &[1, 2, 3]).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let skin = file.skin().unwrap();
    assert_eq!((&skin.elements, &skin.sides), (&vec![6, 6, 6], &vec![1, 2, 3]));
    assert_eq!(file.side_nodes(&skin).unwrap().nodes, [1, 2, 2, 3, 3, 1]);
    let lost = SideList { elements: vec![5], sides: vec![1] };
    assert!(file.side_nodes(&lost).is_err());
    assert_eq!(file.centroids().unwrap_err().kind(), Kind::Usage);
    assert_eq!(file.block_measure(1).unwrap().size, 0.5);
}

/// Every entry of a block alone is what it is among all of them.
fn entries_are_those_of_cells<M: Model>(model: &M, kind: EntityType, block: usize) {
    let (cells, entries) = (model.cells_of(kind, block).unwrap(), model.entries_of(kind, block).unwrap());
    assert_eq!((entries.len(), entries.is_empty()), (cells.len(), cells.is_empty()));
    for n in 0..entries.len() {
        assert_eq!(entries.get(n).unwrap().into_vec(), cells.get(n).unwrap(), "{kind:?} {block}, entry {n}");
    }
    for outside in [entries.len(), usize::MAX] {
        let error = entries.get(outside).unwrap_err();
        assert!(error.kind() == Kind::Usage && error.to_string().contains(kind.label()), "{error}");
    }
}

#[test]
fn polygons_and_polyhedra_are_read_one_by_one() {
    let house = polygons(&[4, 3]);
    let one_by_one = house.entries_of(EntityType::ElementBlock, 0).unwrap();
    assert_eq!(one_by_one.get(1).unwrap().into_vec(), [2, 5, 3]);
    assert_eq!(polygons(&[4, 4]).entries_of(EntityType::ElementBlock, 0).unwrap_err().kind(), Kind::Usage);
    let polyhedra = fixture("polyhedra_cdf2.exo");
    let faces = polyhedra.entries_of(EntityType::FaceBlock, 0).unwrap();
    assert_eq!(faces.get(5).unwrap().into_vec(), [5, 6, 8, 7]);
    for file in [house, polyhedra, fixture("edges_faces_netcdf4.exo"), tower(&[(1, 1)])] {
        let mesh = file.mesh().unwrap();
        for block in mesh.blocks.iter().filter(|block| block.len > 0) {
            let index = mesh.position(block.kind, block.id).unwrap();
            entries_are_those_of_cells(&file, block.kind, index);
            entries_are_those_of_cells(&Scaled::new(&file, 2.0), block.kind, index);
        }
    }
    let error = tower(&[(1, 1)]).entries_of(EntityType::NodeSet, 0).unwrap_err();
    assert!(error.to_string().contains("node set is no kind of block"), "{error}");
}
