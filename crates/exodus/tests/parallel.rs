//! A model, cut into the files of several processors, read as the model again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use std::path::{Path, PathBuf};

use exodus_rs::model::{self, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::{
    Block, CreateOptions, Data, EntityId, EntityType, ExodusFile, ExodusWriter, Map, Mesh, MeshBuilder, QaRecord, Set,
};
use ndarray::arr2;

use EntityType::{ElementBlock, ElementMap, ElementSet, Global, Nodal, NodeMap, NodeSet, SideSet};

/// Squares of a grid of 4 x 3, numbered along x, and the identifiers of their blocks.
const BLOCKS: [(i64, std::ops::Range<i64>); 2] = [(10, 0..7), (5, 7..12)];
const NODE_SETS: [(i64, &[i64]); 2] = [(7, &[0, 5, 10, 15]), (8, &[6, 7, 8])];
/// Elements and sides.
const SIDES: [(i64, i64); 4] = [(1, 1), (2, 1), (8, 3), (11, 3)];
const ELEMENTS: [i64; 3] = [3, 7, 9];
const STEPS: u64 = 3;

/// Gaps between the identifiers, so that they are no positions.
fn node_id(node: i64) -> i64 {
    3 * node + 5
}

fn element_id(element: i64) -> i64 {
    2 * element + 100
}

fn corners(element: i64) -> [i64; 4] {
    let first = element / 4 * 5 + element % 4;
    [first, first + 1, first + 6, first + 5]
}

fn value(step: u64, variable: usize, id: i64) -> f64 {
    step as f64 * 1000.0 + variable as f64 * 100.0 + id as f64
}

/// What a file has of the model: the elements and nodes in the order of the file.
struct Part {
    elements: Vec<i64>,
    nodes: Vec<i64>,
}

impl Part {
    fn new(elements: impl IntoIterator<Item = i64>, reversed: bool) -> Self {
        let mut elements: Vec<i64> = elements.into_iter().collect();
        if reversed {
            // Blocks stay together.
            elements.sort_by_key(|&e| (e >= 7, -e));
        }
        let mut nodes = Vec::new();
        for node in elements.iter().flat_map(|&e| corners(e)) {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        if !reversed {
            nodes.sort_unstable();
        }
        Part { elements, nodes }
    }

    fn block(&self, block: usize) -> Vec<i64> {
        self.elements.iter().copied().filter(|e| BLOCKS[block].1.contains(e)).collect()
    }

    fn set(&self, set: usize) -> Vec<i64> {
        self.nodes.iter().copied().filter(|n| NODE_SETS[set].1.contains(n)).collect()
    }

    fn sides(&self) -> Vec<(i64, i64)> {
        SIDES.into_iter().filter(|(e, _)| self.elements.contains(e)).collect()
    }

    fn element_set(&self) -> Vec<i64> {
        self.elements.iter().copied().filter(|e| ELEMENTS.contains(e)).collect()
    }

    fn node(&self, node: i64) -> i64 {
        self.nodes.iter().position(|&n| n == node).unwrap() as i64 + 1
    }

    fn element(&self, element: i64) -> i64 {
        self.elements.iter().position(|&e| e == element).unwrap() as i64 + 1
    }
}

fn mesh(part: &Part) -> Mesh {
    let mut mesh = Mesh::new("a grid", 2, part.nodes.len() as u64);
    for (n, (id, _)) in BLOCKS.iter().enumerate() {
        let mut block = Block::new(ElementBlock, *id, "QUAD4", part.block(n).len() as u64, 4);
        block.attributes = vec!["thickness".into(), "density".into()];
        block.name = format!("block {id}");
        mesh.blocks.push(block);
    }
    for (n, (id, _)) in NODE_SETS.iter().enumerate() {
        let mut set = Set::new(NodeSet, *id, part.set(n).len() as u64);
        set.num_factors = if n == 0 { set.len } else { 0 };
        mesh.sets.push(set);
    }
    let sides = part.sides().len() as u64;
    mesh.sets.push(Set { num_factors: 2 * sides, ..Set::new(SideSet, 4, sides) });
    mesh.sets.push(Set::new(ElementSet, 6, part.element_set().len() as u64));
    if !part.nodes.is_empty() {
        mesh.id_maps = vec![NodeMap, ElementMap];
        mesh.maps.push(Map { kind: NodeMap, id: EntityId(1), name: "twice".into() });
    }
    mesh.set_variables(Global, ["energy", "mass"]);
    mesh.set_variables(Nodal, ["temperature", "u"]);
    mesh.set_variables(ElementBlock, ["stress", "strain"]);
    mesh.truth_tables.insert(ElementBlock, arr2(&[[true, true], [false, true]]));
    mesh.set_variables(NodeSet, ["load"]);
    mesh.set_variables(SideSet, ["pressure"]);
    mesh.qa_records.push(QaRecord { code: "cut".into(), ..QaRecord::default() });
    mesh
}

fn write(path: &Path, part: &Part) {
    let mesh = mesh(part);
    let writer = ExodusWriter::create(path, &mesh, &CreateOptions::default()).unwrap();
    if !part.nodes.is_empty() {
        let axis = |f: fn(i64) -> i64| part.nodes.iter().map(|&n| f(n) as f64).collect::<Vec<_>>();
        writer.put_coords(&[&axis(|n| n % 5), &axis(|n| n / 5)]).unwrap();
        writer.put_id_map(NodeMap, &part.nodes.iter().map(|&n| node_id(n)).collect::<Vec<_>>()).unwrap();
        writer.put_id_map(ElementMap, &part.elements.iter().map(|&e| element_id(e)).collect::<Vec<_>>()).unwrap();
        writer.put_num_map(NodeMap, 0, &part.nodes.iter().map(|&n| 2 * n).collect::<Vec<_>>()).unwrap();
    }
    for block in 0..BLOCKS.len() {
        let elements = part.block(block);
        if !elements.is_empty() {
            let nodes: Vec<i64> = elements.iter().flat_map(|&e| corners(e)).map(|n| part.node(n)).collect();
            writer.put_connectivity(ElementBlock, block, &nodes).unwrap();
            let attributes: Vec<f64> = elements.iter().flat_map(|&e| [e as f64, 0.5]).collect();
            writer.put_attributes(ElementBlock, block, &attributes).unwrap();
        }
    }
    for set in 0..NODE_SETS.len() {
        let nodes = part.set(set);
        if !nodes.is_empty() {
            writer.put_set(NodeSet, set, &nodes.iter().map(|&n| part.node(n)).collect::<Vec<_>>(), &[]).unwrap();
            if set == 0 {
                let factors: Vec<f64> = nodes.iter().map(|&n| n as f64).collect();
                writer.put_set_factors(NodeSet, set, &factors).unwrap();
            }
        }
    }
    let (elements, sides): (Vec<i64>, Vec<i64>) = part.sides().into_iter().map(|(e, s)| (part.element(e), s)).unzip();
    if !elements.is_empty() {
        writer.put_set(SideSet, 0, &elements, &sides).unwrap();
        let factors: Vec<f64> = part.sides().iter().flat_map(|&(e, s)| [e as f64, s as f64]).collect();
        writer.put_set_factors(SideSet, 0, &factors).unwrap();
    }
    let members: Vec<i64> = part.element_set().iter().map(|&e| part.element(e)).collect();
    if !members.is_empty() {
        writer.put_set(ElementSet, 0, &members, &[]).unwrap();
    }
    for step in 0..STEPS {
        write_step(&writer, part, step);
    }
    writer.finish().unwrap();
}

fn write_step(writer: &ExodusWriter, part: &Part, step: u64) {
    writer.put_time(step, step as f64 / 4.0).unwrap();
    let put = |kind, variable: usize, entity, ids: &[i64]| {
        if !ids.is_empty() {
            let values: Vec<f64> = ids.iter().map(|&id| value(step, variable, id)).collect();
            writer.put_var(step, kind, variable, entity, &values).unwrap();
        }
    };
    put(Global, 0, 0, &[50]);
    put(Global, 1, 0, &[60]);
    put(Nodal, 0, 0, &part.nodes);
    put(Nodal, 1, 0, &part.nodes);
    put(ElementBlock, 0, 0, &part.block(0));
    put(ElementBlock, 1, 0, &part.block(0));
    put(ElementBlock, 1, 1, &part.block(1));
    put(NodeSet, 0, 0, &part.set(0));
    put(NodeSet, 0, 1, &part.set(1));
    put(SideSet, 0, 0, &part.sides().iter().map(|&(e, s)| 10 * e + s).collect::<Vec<_>>());
}

/// Three processors with a share each, and one with nothing.
fn parts() -> [Part; 4] {
    [
        Part::new([2, 3, 6, 7, 10, 11], true),
        Part::new([0, 1, 4], false),
        Part::new([], false),
        Part::new([5, 8, 9], true),
    ]
}

fn decomposed(directory: &Path) -> PathBuf {
    for (rank, part) in parts().iter().enumerate() {
        write(&directory.join(format!("grid.e.4.{rank}")), part);
    }
    directory.join("grid.e")
}

fn compare(model: &ParallelFile, whole: &ExodusFile) {
    let mut expected = whole.init_params();
    expected.title = model.title();
    assert_eq!(model.init_params().unwrap(), expected);
    assert_eq!((model.times().unwrap(), model.num_steps()), (whole.times().unwrap(), STEPS));
    assert_eq!(model.coords_array::<f64>().unwrap(), whole.coords_array::<f64>().unwrap());
    assert_eq!(model.coord::<f64>(0, 3..6).unwrap().into_vec(), whole.coord::<f64>(0, 3..6).unwrap().into_vec());
    assert_eq!(model.coord_names().unwrap(), whole.coord_names().unwrap());
    assert_eq!(model.qa_records().unwrap(), whole.qa_records().unwrap());
    for kind in [NodeMap, ElementMap] {
        assert_eq!(model.id_map(kind).unwrap(), whole.id_map(kind).unwrap());
    }
    assert_eq!(model.num_map(NodeMap, 0).unwrap(), whole.num_map(NodeMap, 0).unwrap());
    assert_eq!(model.blocks(ElementBlock).unwrap(), whole.blocks(ElementBlock).unwrap());
    for block in 0..BLOCKS.len() {
        let own = model.connectivity_array::<i32>(ElementBlock, block).unwrap();
        assert_eq!(own, whole.connectivity_array::<i32>(ElementBlock, block).unwrap());
        let own = model.attributes_array(ElementBlock, block).unwrap();
        assert_eq!(own, whole.attributes_array(ElementBlock, block).unwrap());
        assert_eq!(model.attribute_names(ElementBlock, block).unwrap(), ["thickness", "density"]);
    }
    for kind in [NodeSet, ElementSet] {
        assert_eq!(model.sets(kind).unwrap(), whole.sets(kind).unwrap());
        for set in 0..model.sets(kind).unwrap().len() {
            let own = model.set_entries::<i64>(kind, set).unwrap().into_vec();
            assert_eq!(own, whole.set_entries::<i64>(kind, set).unwrap().into_vec());
            let own = model.set_factors::<f64>(kind, set).unwrap().into_vec();
            assert_eq!(own, whole.set_factors::<f64>(kind, set).unwrap().into_vec());
        }
    }
    for (kind, index) in [(ElementBlock, 1), (NodeSet, 0), (SideSet, 0)] {
        let id = model.entities(kind).unwrap()[index].id;
        assert_eq!(
            (model.mesh().unwrap().position(kind, id).unwrap(), id),
            (index, whole.entities(kind).unwrap()[index].id)
        );
    }
    assert!(model.block(ElementBlock, EntityId(11)).is_err());
}

fn compare_results(model: &ParallelFile, whole: &ExodusFile) {
    for (kind, variable, entity) in [
        (Global, 1, 0),
        (Nodal, 0, 0),
        (Nodal, 1, 0),
        (ElementBlock, 0, 0),
        (ElementBlock, 1, 1),
        (NodeSet, 0, 0),
        (NodeSet, 0, 1),
    ] {
        assert_eq!(model.variable_names(kind).unwrap(), whole.variable_names(kind).unwrap());
        assert_eq!(model.truth_table(kind).unwrap(), whole.truth_table(kind).unwrap(), "{kind:?}");
        for step in 0..STEPS {
            let expected = whole.var(step, kind, variable, entity).unwrap().into_vec();
            assert_eq!(model.var(step, kind, variable, entity).unwrap().into_vec(), expected, "{kind:?}");
            let mut into = vec![0.0; expected.len()];
            model.read_into(Data::Variable(kind, variable, entity).step(step), &mut into).unwrap();
            assert_eq!(into, expected);
            let last = expected.len() as u64 - 1..expected.len() as u64;
            let part = Data::Variable(kind, variable, entity).step(step);
            let part = if kind == Global { part } else { part.entries(last) };
            assert_eq!(model.view::<f64>(part).unwrap().into_vec(), expected[expected.len() - 1..]);
        }
        let part = Data::Variable(kind, variable, entity).steps(1..3);
        let steps = model.view::<f64>(part.clone()).unwrap().into_vec();
        assert_eq!(steps, whole.view::<f64>(part).unwrap().into_vec());
        for entry in 0..steps.len() as u64 / 2 {
            let series: Vec<f64> = model.var_time_series(0..STEPS, kind, variable, entity, entry).unwrap();
            let expected: Vec<f64> = if kind == Global {
                (0..STEPS).map(|step| whole.var(step, kind, variable, 0).unwrap().get(0).unwrap()).collect()
            } else {
                whole.var_time_series(0..STEPS, kind, variable, entity, entry).unwrap()
            };
            assert_eq!(series, expected);
        }
    }
    for (step, kind, variable, entity) in
        [(3, Nodal, 0, 0), (0, Nodal, 2, 0), (0, ElementBlock, 0, 1), (0, NodeSet, 0, 2), (0, Nodal, 0, 1)]
    {
        assert!(model.var(step, kind, variable, entity).is_err(), "{step} {kind:?} {variable} {entity}");
    }
    assert!(model.read_into(Data::Variable(Nodal, 0, 0).step(0), &mut [0.0; 19]).is_err());
    assert!(model.var_time_series::<f64>(0..1, Nodal, 0, 0, 20).is_err());
}

/// Sides follow each other as the members do.
fn compare_sides(model: &ParallelFile) {
    let sides: Vec<(i64, i64)> = parts().iter().flat_map(Part::sides).collect();
    let numbers: Vec<i64> = sides.iter().map(|(e, _)| e + 1).collect();
    assert_eq!(model.set_entries::<i64>(SideSet, 0).unwrap().into_vec(), numbers);
    let own: Vec<i64> = sides.iter().map(|(_, s)| *s).collect();
    assert_eq!(model.set_extra::<i64>(SideSet, 0).unwrap().into_vec(), own);
    let factors: Vec<f64> = sides.iter().flat_map(|&(e, s)| [e as f64, s as f64]).collect();
    assert_eq!(model.set_factors::<f64>(SideSet, 0).unwrap().into_vec(), factors);
    assert_eq!(model.sets(SideSet).unwrap()[0].num_factors, factors.len() as u64);
    let values: Vec<f64> = sides.iter().map(|&(e, s)| value(1, 0, 10 * e + s)).collect();
    assert_eq!(model.var(1, SideSet, 0, 0).unwrap().into_vec(), values);
}

#[test]
fn the_parts_are_the_whole() {
    let directory = tempfile::tempdir().unwrap();
    let base = decomposed(directory.path());
    let path = directory.path().join("whole.e");
    write(&path, &Part::new(0..12, false));
    let whole = ExodusFile::open(&path).unwrap();
    for name in [base.clone(), directory.path().join("grid.e.4.2")] {
        let model = ParallelFile::open(name).unwrap();
        assert_eq!((model.members().len(), model.paths().len()), (4, 4));
        compare(&model, &whole);
        compare_results(&model, &whole);
        compare_sides(&model);
    }
}

#[test]
fn a_whole_model_is_its_only_part() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("whole.e");
    write(&path, &Part::new(0..12, false));
    let model = ParallelFile::from_members(vec![ExodusFile::open(&path).unwrap()]).unwrap();
    let whole = ExodusFile::open(&path).unwrap();
    compare(&model, &whole);
    compare_results(&model, &whole);
}

#[test]
fn the_joined_file_is_the_model() {
    let directory = tempfile::tempdir().unwrap();
    let model = ParallelFile::open(decomposed(directory.path())).unwrap();
    let path = directory.path().join("joined.e");
    model::write(&model, &path, &WriteOptions::like(&model)).unwrap();
    let joined = ExodusFile::open(&path).unwrap();
    compare(&model, &joined);
    compare_results(&model, &joined);
    assert_eq!(model.sets(SideSet).unwrap(), joined.sets(SideSet).unwrap());
    assert_eq!(joined.nemesis().unwrap(), None);
    assert!(model::write(&model, &path, &CreateOptions::default().into()).is_err(), "nothing is replaced");
}

#[test]
fn parts_have_the_addresses_of_files() {
    let directory = tempfile::tempdir().unwrap();
    let model = ParallelFile::open(decomposed(directory.path())).unwrap();
    let path = directory.path().join("joined.e");
    model::write(&model, &path, &CreateOptions::default().into()).unwrap();
    let joined = ExodusFile::open(&path).unwrap();
    let parts = [
        Data::Coordinate(1).entries(3..7),
        Data::Connectivity(ElementBlock, 1).entries(1..=2),
        Data::Attributes(ElementBlock, 0).entry(4),
        Data::Members(NodeSet, 1).entries(1..),
        Data::Members(SideSet, 0).into(),
        Data::Sides(SideSet, 0).into(),
        Data::Factors(SideSet, 0).entries(2..5),
        Data::IdMap(ElementMap).entries(..3),
        Data::NumMap(NodeMap, 0).entries(..0),
        Data::Times.steps(1..),
        Data::Variable(Nodal, 1, 0).steps(1..).entries(4..9),
        Data::Variable(ElementBlock, 1, 1).entry(0),
        Data::Variable(Global, 1, 0).steps(..2),
        Data::Reductions(Global, 0).step(1),
    ];
    for part in parts {
        let expected = joined.view::<f64>(part.clone()).unwrap().into_vec();
        assert_eq!(model.view::<f64>(part.clone()).unwrap().into_vec(), expected, "{part:?}");
    }
    for part in [
        Data::OrderMap.into(),
        Data::Coordinate(0).entries(3..21),
        Data::Times.step(3),
        Data::Variable(Nodal, 0, 0).entry(20),
        Data::Reductions(NodeSet, 0).step(0),
        Data::EdgeConnectivity(0).into(),
    ] {
        assert!(model.view::<f64>(part.clone()).is_err(), "{part:?}");
    }
}

/// Opens two members that `change` makes different.
fn pair(change: impl Fn(usize, &mut Mesh)) -> exodus_rs::Result<ParallelFile> {
    let directory = tempfile::tempdir().unwrap();
    for rank in 0..2 {
        let mut mesh = Mesh::new("one square", 2, 4);
        mesh.blocks.push(Block::new(ElementBlock, 1, "QUAD4", 1, 4));
        mesh.id_maps = vec![NodeMap, ElementMap];
        mesh.set_variables(Nodal, ["u"]);
        change(rank, &mut mesh);
        let writer =
            ExodusWriter::create(directory.path().join(format!("p.e.2.{rank}")), &mesh, &CreateOptions::default());
        let writer = writer.unwrap();
        common::put_ones(&writer);
        writer.put_time(0, if mesh.title.is_empty() { rank as f64 } else { 0.0 }).unwrap();
        for variable in 0..mesh.variables[&Nodal].len() {
            writer.put_var(0, Nodal, variable, 0, &[1.0; 4]).unwrap();
        }
        writer
            .put_connectivity(
                ElementBlock,
                0,
                &[1; 4][..if mesh.blocks[ElementBlock][0].nodes_per_entry == 4 { 4 } else { 3 }],
            )
            .unwrap();
        if mesh.id_maps.contains(&NodeMap) {
            writer.put_id_map(NodeMap, &[1, 2, 3, 4]).unwrap();
        }
        writer.put_id_map(ElementMap, &[1 + rank as i64 * mesh.maps.len() as i64]).unwrap();
        writer.finish().unwrap();
    }
    ParallelFile::open(directory.path().join("p.e"))
}

#[test]
fn members_that_do_not_belong_together_are_refused() {
    let refused = |change: &dyn Fn(usize, &mut Mesh), reason: &str| {
        let error = pair(change).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("p.e.2.1"), "{error}");
    };
    refused(&|rank, mesh| mesh.num_dim = 2 + rank as u64, "3 spatial dimensions");
    refused(&|_, mesh| mesh.title.clear(), "at another time");
}

#[test]
fn what_cannot_be_joined_is_told() {
    let model = pair(|_, mesh| mesh.id_maps = vec![ElementMap]).unwrap();
    assert!(model.coords::<f64>().unwrap_err().to_string().contains("no node_num_map"));
    let model = pair(|_, _| {}).unwrap();
    let error = model.connectivity::<i64>(ElementBlock, 0).unwrap_err().to_string();
    assert!(error.contains("the same number more than once"), "{error}");
    let model = pair(|rank, mesh| {
        mesh.maps.push(Map { kind: NodeMap, id: EntityId(1), name: String::new() });
        mesh.blocks[ElementBlock][0].nodes_per_entry = 4 - rank as u64;
    });
    let error = model.unwrap().connectivity::<i64>(ElementBlock, 0).unwrap_err().to_string();
    assert!(error.contains("disagree about element block 1"), "{error}");
}

/// Members of two elements each, which differ in what variables they have.
#[test]
fn members_may_differ_in_their_variables() {
    let directory = tempfile::tempdir().unwrap();
    let options = CreateOptions::default();
    for rank in 0..3i64 {
        let place = rank as f64;
        let names: &[&str] = if rank == 2 { &["t"] } else { &["s", "t"] };
        let mesh = MeshBuilder::new("three bars")
            .nodes(&[[place], [place + 1.0]])
            .block(1, "BAR2", &[[1, 2]])
            .ids(NodeMap, &[rank + 1, rank + 2])
            .ids(ElementMap, &[rank + 1])
            .variables(ElementBlock, names.iter().copied())
            .variables(Global, ["energy"]);
        // The second member has s in its list, and not on its block.
        let mesh = mesh.declare(|mesh| {
            if rank == 1 {
                mesh.truth_tables.insert(ElementBlock, ndarray::arr2(&[[false, true]]));
            }
        });
        let writer = mesh.create(directory.path().join(format!("bars.e.3.{rank}")), &options).unwrap();
        let step = writer.next_step(0.5).unwrap();
        step.put(Global, 0, 0, &[7.0]).unwrap();
        if rank == 0 {
            step.put(ElementBlock, 0, 0, &[10.0]).unwrap();
        }
        step.put(ElementBlock, names.len() - 1, 0, &[place]).unwrap();
        writer.finish().unwrap();
    }
    let model = ParallelFile::open(directory.path().join("bars.e")).unwrap();
    assert_eq!(model.variable_names(ElementBlock).unwrap(), ["s", "t"]);
    let missing = 9.969_209_968_386_869e36;
    let joined = directory.path().join("joined.e");
    model::write(&model, &joined, &options.into()).unwrap();
    let joined = ExodusFile::open(&joined).unwrap();
    for (variable, values) in [[10.0, missing, missing], [0.0, 1.0, 2.0]].into_iter().enumerate() {
        assert_eq!(model.var(0, ElementBlock, variable, 0).unwrap().into_vec(), values);
        assert_eq!(joined.var(0, ElementBlock, variable, 0).unwrap().into_vec(), values);
        for (element, value) in values.into_iter().enumerate() {
            let history = model.var_time_series::<f64>(0..1, ElementBlock, variable, 0, element as u64);
            assert_eq!(history.unwrap(), [value]);
        }
    }
    assert_eq!(joined.var(0, Global, 0, 0).unwrap().into_vec(), [7.0]);
}
