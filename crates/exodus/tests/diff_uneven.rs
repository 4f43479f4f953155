//! Polygons and polyhedra, found by their places and by their ids.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::ops::ControlFlow;
use std::path::Path;

use exodus_rs::diff::{compare, Finding, Matching, Options, Place, Report};
use exodus_rs::{Block, CreateOptions, Data, EntityType, ExodusFile, MeshBuilder};
use EntityType::{ElementBlock, ElementMap, FaceBlock, Nodal, NodeMap};

/// A mesh of lists of any length, with one variable of the nodes and one of the elements.
#[derive(Clone)]
struct Uneven {
    nodes: Vec<[f64; 3]>,
    /// The nodes of polygons, or of the faces of polyhedra.
    polygons: Vec<Vec<i64>>,
    /// The faces of polyhedra.
    polyhedra: Vec<Vec<i64>>,
    ids: Option<[Vec<i64>; 2]>,
    values: [Vec<f64>; 2],
}

impl Uneven {
    fn elements(&self) -> usize {
        self.values[1].len()
    }

    fn write(&self, path: &Path) -> ExodusFile {
        let (solid, len) = (!self.polyhedra.is_empty(), self.polygons.len() as u64);
        let kind = if solid { FaceBlock } else { ElementBlock };
        let flat = self.polygons.concat();
        let mut mesh = MeshBuilder::new("uneven")
            .nodes(&self.nodes)
            .any_block(Block::polygons(kind, 1, len, flat.len() as u64), &flat)
            .variables(Nodal, ["u"])
            .variables(ElementBlock, ["s"]);
        let faces = self.polyhedra.concat();
        if solid {
            let block = Block::polyhedra(2, self.polyhedra.len() as u64, faces.len() as u64);
            mesh = mesh.declare(|mesh| mesh.blocks.push(block));
        }
        if let Some([nodes, elements]) = &self.ids {
            mesh = mesh.ids(NodeMap, nodes).ids(ElementMap, elements);
        }
        let writer = mesh.create(path, &CreateOptions::default()).unwrap();
        let counts = |lists: &[Vec<i64>]| lists.iter().map(|list| list.len() as i64).collect::<Vec<_>>();
        writer.put(Data::Counts(kind, 0), &counts(&self.polygons)).unwrap();
        if solid {
            writer.put(Data::FaceConnectivity(0), &faces).unwrap();
            writer.put(Data::Counts(ElementBlock, 0), &counts(&self.polyhedra)).unwrap();
        }
        let step = writer.next_step(0.0).unwrap();
        let [nodal, elements] = &self.values;
        step.put(Nodal, 0, 0, nodal).unwrap();
        step.put(ElementBlock, 0, 0, elements).unwrap();
        writer.finish().unwrap();
        ExodusFile::open(path).unwrap()
    }

    /// The same mesh with its nodes, faces and elements numbered backwards.
    fn backwards(&self) -> Uneven {
        let mut other = self.clone();
        let (nodes, faces) = (self.nodes.len() as i64 + 1, self.polygons.len() as i64 + 1);
        other.nodes.reverse();
        other.polygons.iter_mut().flatten().for_each(|node| *node = nodes - *node);
        other.polygons.reverse();
        other.polyhedra.iter_mut().flatten().for_each(|face| *face = faces - *face);
        other.polyhedra.reverse();
        other.values.iter_mut().for_each(|values| values.reverse());
        other.ids.iter_mut().flatten().for_each(|ids| ids.reverse());
        other
    }
}

fn numbered(nodes: Vec<[f64; 3]>, polygons: Vec<Vec<i64>>, polyhedra: Vec<Vec<i64>>) -> Uneven {
    let elements = if polyhedra.is_empty() { polygons.len() } else { polyhedra.len() };
    let values = [nodes.len(), elements].map(|len| (1..=len).map(|n| n as f64).collect());
    Uneven { nodes, polygons, polyhedra, ids: None, values }
}

/// A triangle, a square and a pentagon.
fn polygons() -> Uneven {
    let nodes = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [1.5, 2.0], [0.5, 2.0]];
    let nodes = nodes.map(|[x, y]| [x, y, 0.0]).to_vec();
    numbered(nodes, vec![vec![1, 2, 5, 4], vec![2, 3, 6], vec![4, 5, 6, 7, 8]], Vec::new())
}

/// A cube with a pyramid on top of it.
fn polyhedra() -> Uneven {
    let cube = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    let mut nodes: Vec<_> = cube.iter().map(|[x, y]| [*x, *y, 0.0]).collect();
    nodes.extend(cube.iter().map(|[x, y]| [*x, *y, 1.0]));
    nodes.push([0.5, 0.5, 2.0]);
    let mut faces = vec![vec![1, 2, 3, 4], vec![5, 6, 7, 8]];
    faces.extend([[1, 2, 6, 5], [2, 3, 7, 6], [3, 4, 8, 7], [4, 1, 5, 8]].map(|face| face.to_vec()));
    faces.extend([[5, 6, 9], [6, 7, 9], [7, 8, 9], [8, 5, 9]].map(|face| face.to_vec()));
    numbered(nodes, faces, vec![vec![1, 2, 3, 4, 5, 6], vec![2, 7, 8, 9, 10]])
}

fn compared(first: &Uneven, second: &Uneven, options: &Options) -> (Report, Vec<Finding>) {
    let directory = tempfile::tempdir().unwrap();
    let [one, two] = ["first.exo", "second.exo"].map(|name| directory.path().join(name));
    let (mut found, first, second) = (Vec::new(), first.write(&one), second.write(&two));
    let report = compare(&first, &second, options, &mut |finding| {
        found.extend(Some(finding.clone()).filter(Finding::is_difference));
        ControlFlow::Continue(())
    });
    (report.unwrap(), found)
}

fn by(matching: Matching) -> Options {
    Options { matching, ..Options::default() }
}

#[test]
fn renumbered_elements_of_any_length_are_found_by_their_places() {
    for mesh in [polygons(), polyhedra()] {
        let mut other = mesh.backwards();
        for matching in [Matching::Places, Matching::Partial] {
            let (report, found) = compared(&mesh, &other, &by(matching));
            assert!(report.verdict.is_same() && report.variables == 2, "{found:?}");
        }
        assert!(!compared(&mesh, &other, &Options::default()).0.verdict.is_same());
        let last = other.elements() - 1;
        other.values[1][last] = 7.0;
        other.values[0][0] = 9.5;
        let (_, found) = compared(&mesh, &other, &by(Matching::Places));
        let places = found.iter().filter_map(|finding| match finding {
            Finding::Values(difference) => Some((difference.place, difference.values)),
            _ => None,
        });
        let block = if mesh.polyhedra.is_empty() { 1 } else { 2 };
        let nodes = mesh.nodes.len() as i64;
        let expected = [(Place::Node(nodes), [nodes as f64, 9.5]), (Place::Element { block, element: 1 }, [1.0, 7.0])];
        assert_eq!(places.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn elements_of_other_nodes_at_one_place_are_different() {
    let mesh = polygons();
    let mut other = mesh.backwards();
    // The square's midpoint stays where it is when it becomes a line there and back.
    other.polygons[2] = vec![8, 7, 4];
    other.nodes[5] = [1.0, 0.5, 0.0];
    let (report, found) = compared(&mesh, &other, &by(Matching::Places));
    assert!(!report.verdict.is_same(), "{found:?}");
    let mut moved = polyhedra().backwards();
    moved.nodes[0] = [0.5, 0.5, 2.5];
    let (report, found) = compared(&polyhedra(), &moved, &by(Matching::Places));
    assert!(!report.verdict.is_same(), "{found:?}");
    let text = format!("{found:?}");
    assert!(text.contains("no element at the place of element 2 of block 2"), "{text}");
}

#[test]
fn renumbered_elements_of_any_length_are_found_by_their_ids() {
    for mut mesh in [polygons(), polyhedra()] {
        let ids = [mesh.nodes.len(), mesh.elements()].map(|len| (0..len as i64).map(|n| 100 + n).collect());
        mesh.ids = Some(ids);
        let other = mesh.backwards();
        let (report, found) = compared(&mesh, &other, &Options::default());
        assert!(report.verdict.is_same(), "{found:?}");
        let mut turned = other.clone();
        turned.polygons[0].rotate_left(1);
        let (report, found) = compared(&mesh, &turned, &Options::default());
        assert!(!report.verdict.is_same());
        assert!(format!("{found:?}").contains("connectivities are not the same"), "{found:?}");
        let permuted = Options { permuted_connectivity: true, ..Options::default() };
        assert!(compared(&mesh, &turned, &permuted).0.verdict.is_same());
    }
}

#[test]
fn the_faces_of_polyhedra_are_compared_in_the_order_of_the_file() {
    let mut other = polyhedra();
    assert!(compared(&polyhedra(), &other, &Options::default()).0.verdict.is_same());
    other.polyhedra[1].swap(1, 2);
    let (report, found) = compared(&polyhedra(), &other, &Options::default());
    assert!(!report.verdict.is_same());
    assert!(format!("{found:?}").contains("node 5 of local element 2"), "{found:?}");
}
