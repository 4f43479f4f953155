//! One model of many makings: adaptors, and writing them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::{Path, PathBuf};

use exodus_rs::model::{write, write_with, Joined, Moved, Scaled, Subset, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::EntityType::{ElementBlock, ElementMap, ElementSet, Global, Nodal, NodeMap, NodeSet, SideSet};
use exodus_rs::{Assembly, Block, Container, CoordinateFrame, CreateOptions, Kind, MeshBuilder};

/// Two hexahedra in a row and a tetrahedron beside them, with everything that lies on them.
fn builder() -> MeshBuilder {
    let corners = |x: f64| [[x, 0.0, 0.0], [x, 1.0, 0.0], [x, 1.0, 1.0], [x, 0.0, 1.0]];
    let nodes: Vec<[f64; 3]> = [0.0, 1.0, 2.0].into_iter().flat_map(corners).chain([[3.0, 0.0, 0.0]]).collect();
    let hex = |n: i64| [1, 5, 6, 2, 4, 8, 7, 3].map(|node| node + 4 * n);
    MeshBuilder::new("a row")
        .nodes(&nodes)
        .block(10, "HEX8", &[hex(0)])
        .named("left")
        .block(20, "HEX8", &[hex(1)])
        .named("right")
        .block(30, "TET4", &[[9, 13, 10, 12]])
        .node_set(1, &[1, 9, 13])
        .factors(&[0.1, 0.9, 1.3])
        .side_set(5, &[(1, 4), (2, 2), (3, 1)])
        .factors(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0])
        .element_set(6, &[1, 3])
        .ids(ElementMap, &[100, 200, 300])
        .variables(Global, ["energy", "mass"])
        .variables(Nodal, ["v_x", "v_y", "v_z"])
        .variables(ElementBlock, ["stress"])
        .variables(NodeSet, ["force"])
}

fn written(path: &Path, options: &CreateOptions) -> ExodusFile {
    let writer = builder().create(path, options).unwrap();
    for n in 0..4 {
        let (time, step) = (f64::from(n), writer.next_step(f64::from(n)).unwrap());
        step.put_global("energy", 0.5 * time).unwrap();
        step.put_global("mass", 7.0).unwrap();
        for (axis, name) in ["v_x", "v_y", "v_z"].into_iter().enumerate() {
            let values: Vec<f64> = (0..13).map(|node| f64::from(node) + 100.0 * axis as f64 + 0.25 * time).collect();
            step.put_nodal(name, &values).unwrap();
        }
        for (id, stress) in [(10, 1.0), (20, 2.0), (30, 3.0)] {
            step.put(ElementBlock, "stress", EntityId(id), &[stress + time]).unwrap();
        }
        step.put(NodeSet, "force", 0, &[1.0, 9.0, 13.0].map(|force| force + time)).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

fn all_numbers(model: &dyn Model) -> Vec<(Data, Vec<u64>, Vec<f64>)> {
    let mesh = model.mesh().unwrap();
    let data = mesh.static_data().into_iter().chain(mesh.stepwise_data());
    let there = data.filter(|&data| model.number_type(data).is_some());
    there.map(|d| (d, model.shape(d).unwrap(), model.numbers(&d.into()).unwrap().to_f64().unwrap())).collect()
}

/// Writes a model, and finds in the file what it gives itself: whole and in parts.
fn check(model: &dyn Model, path: &Path, options: &CreateOptions) -> ExodusFile {
    write(model, path, &CreateOptions { overwrite: true, ..*options }.into()).unwrap();
    let file = ExodusFile::open(path).unwrap();
    assert_eq!(file.mesh().unwrap(), &model.mesh().unwrap().clone().normalized());
    assert_eq!(all_numbers(&file), all_numbers(model));
    for (data, shape, _) in all_numbers(&file) {
        let axis = usize::from(data.is_stepwise());
        let steps = if data.is_stepwise() { 1.min(shape[0])..shape[0] } else { 0..1 };
        let entries = shape.get(axis).map_or(0..1, |&len| len / 3..len);
        let part = if data.is_stepwise() { data.steps(steps) } else { data.entries(..) };
        let part = if shape.len() > axis { part.entries(entries) } else { part };
        let [own, written] = [model.numbers(&part), Model::numbers(&file, &part)].map(|n| n.unwrap().to_f64().unwrap());
        assert_eq!(own, written, "{data:?}");
    }
    file
}

fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
    (directory, input, output)
}

fn layouts() -> [CreateOptions; 4] {
    let plain = CreateOptions::default();
    [
        plain,
        CreateOptions { deflate: Some(1), shuffle: true, word_size: 4, ..plain },
        CreateOptions { container: Container::Cdf2, large_model: false, ..plain },
        CreateOptions { container: Container::Cdf5, int64: exodus_rs::Int64::ALL, ..plain },
    ]
}

#[test]
fn a_file_is_written_as_it_is_into_every_layout() {
    let (_directory, input, output) = folder();
    for options in layouts() {
        let file = written(&input, &CreateOptions { overwrite: true, ..options });
        for target in layouts().into_iter().filter(|target| target.word_size >= options.word_size) {
            check(&file, &output, &target);
        }
    }
}

#[test]
fn single_precision_stays_and_double_precision_is_rounded_once() {
    let (_directory, input, output) = folder();
    let file = written(&input, &CreateOptions { word_size: 4, ..CreateOptions::default() });
    let scaled = Scaled::new(&file, 0.1);
    assert_eq!(WriteOptions::like(&scaled).create.word_size, 4);
    let numbers = scaled.numbers(&Data::Variable(Nodal, 1, 0).step(1)).unwrap();
    assert_eq!(numbers.number_type(), exodus_rs::hyperslab::NumberType::F32);
    write(&scaled, &output, &WriteOptions::like(&scaled)).unwrap();
    let found = ExodusFile::open(&output).unwrap().view::<f32>(Data::Variable(Nodal, 1, 0).step(1)).unwrap().into_vec();
    #[allow(clippy::cast_possible_truncation)] // the rounding in question
    let expected: Vec<f32> = (0..13).map(|node| ((f64::from(node) + 100.25) * 0.1) as f32).collect();
    assert_eq!((numbers.to::<f32>().unwrap(), found), (expected.clone(), expected));
}

#[test]
fn factors_of_variables_and_of_columns() {
    let (_directory, input, output) = folder();
    for options in layouts() {
        let file = written(&input, &CreateOptions { overwrite: true, ..options });
        let scaled = Scaled::new(&file, 2.0).variable(Global, "mass", 10.0).unwrap().variable(Nodal, 1, -1.0).unwrap();
        let found = check(&scaled, &output, &options);
        let last = |kind, name, entity: usize| found.var(3, kind, name, entity).unwrap().into_vec();
        assert_eq!([last(Global, "energy", 0), last(Global, "mass", 0)], [[3.0], [70.0]]);
        assert_eq!(last(Nodal, "v_x", 0)[..2], [1.5, 3.5]);
        assert_eq!(last(Nodal, "v_y", 0)[..2], [-100.75, -101.75]);
        assert_eq!([0, 1, 2].map(|block| last(ElementBlock, "stress", block)[0]), [8.0, 10.0, 12.0]);
        assert_eq!(found.coord::<f64>(0, 4..5).unwrap().into_vec(), [1.0]);
    }
    let file = ExodusFile::open(&input).unwrap();
    assert_eq!(Scaled::new(&file, 1.0).variable(Nodal, "nothing", 1.0).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn missing_values_stay_missing_whichever_way_they_go() {
    let (_directory, input, output) = folder();
    let missing = 9.969_209_968_386_869e36;
    for large_model in [true, false] {
        let options = CreateOptions { large_model, overwrite: true, ..CreateOptions::default() };
        let mesh = MeshBuilder::new("nodes").nodes(&[[0.0, 0.0], [1.0, 0.0]]).variables(Nodal, ["a", "b"]);
        let writer = mesh.create(&input, &options).unwrap();
        let step = writer.next_step(0.0).unwrap();
        step.put_nodal("a", &[1.0, missing]).unwrap();
        step.put_nodal("b", &[2.0, 5.0]).unwrap();
        writer.finish().unwrap();
        let file = ExodusFile::open(&input).unwrap();
        let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2).unwrap();
        let turned = Moved::new(Scaled::new(&file, 3.0), turn).unwrap().vector(Nodal, ["a", "b"]).unwrap();
        let found = check(&turned, &output, &options);
        assert_eq!(found.var(0, Nodal, "a", 0).unwrap().into_vec(), [-6.0, missing]);
        assert_eq!(found.var(0, Nodal, "b", 0).unwrap().into_vec(), [3.0, 15.0]);
    }
}

#[test]
fn what_is_moved_takes_its_vectors_and_frames_along() {
    let (_directory, input, output) = folder();
    let file = written(&input, &CreateOptions::default());
    let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2).unwrap();
    let moved = turn.then(&Transform::translation([0.0, 0.0, 5.0]));
    let moved = Moved::new(&file, moved).unwrap().vector(Nodal, ["v_x", "v_y", "v_z"]).unwrap();
    let found = check(&moved, &output, &CreateOptions::default());
    assert_eq!(found.points().unwrap()[4..6], [[0.0, 1.0, 5.0], [-1.0, 1.0, 5.0]]);
    let component = |name: &str| found.var(0, Nodal, name, 0).unwrap().into_vec()[2];
    assert_eq!(["v_x", "v_y", "v_z"].map(component), [-102.0, 2.0, 202.0]);
    // A translation alone needs no numbers to be read: the arrays go from file to file.
    let lifted = Moved::new(&file, Transform::translation([0.0, 0.0, 5.0])).unwrap();
    assert!((0..3).all(|axis| lifted.stored(Data::Coordinate(axis)).is_some()));
    check(&lifted, &output, &CreateOptions::default());
    let flat = MeshBuilder::new("flat")
        .nodes(&[[0.0, 0.0]])
        .create(&input, &CreateOptions { overwrite: true, ..CreateOptions::default() });
    flat.unwrap().finish().unwrap();
    let flat = ExodusFile::open(&input).unwrap();
    assert_eq!(Moved::new(&flat, Transform::translation([0.0, 0.0, 1.0])).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn coordinate_frames_move_with_the_nodes() {
    let (_directory, input, output) = folder();
    let frame =
        CoordinateFrame { id: EntityId(3), tag: 'R', points: [[1.0, 0.0, 0.0], [1.0, 0.0, 1.0], [2.0, 0.0, 0.0]] };
    let writer = builder().declare(|mesh| mesh.frames.push(frame)).create(&input, &CreateOptions::default());
    writer.unwrap().finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let moved = Moved::new(&file, Transform::scaling([2.0, 3.0, 4.0])).unwrap();
    let found = check(&moved, &output, &CreateOptions::default());
    assert_eq!(found.frames().unwrap()[0].points, [[2.0, 0.0, 0.0], [2.0, 0.0, 4.0], [4.0, 0.0, 0.0]]);
}

#[test]
fn mirrored_elements_are_not_inside_out_and_keep_their_sides_and_factors() {
    let (_directory, input, output) = folder();
    let file = written(&input, &CreateOptions::default());
    let mirrored = Moved::new(&file, Transform::mirror([1.0, 0.0, 0.0]).unwrap()).unwrap();
    let found = check(&mirrored, &output, &CreateOptions::default());
    for block in 0..3 {
        let sizes = [&file, &found].map(|file| file.block_measure(block).unwrap().size);
        assert!(sizes[1] > 0.0 && (sizes[0] - sizes[1]).abs() < 1e-12, "{sizes:?}");
    }
    // Each side has the nodes that it had, and each node its factor.
    let sides = |file: &ExodusFile| {
        let nodes = file.side_set_nodes(0).unwrap();
        let mut factors = file.side_set(0).unwrap().dist_factors.into_vec().into_iter();
        let sides: Vec<Vec<(i64, u64)>> = nodes
            .iter()
            .map(|side| {
                let mut side: Vec<_> = side.iter().map(|&node| (node, factors.next().unwrap().to_bits())).collect();
                side.sort_unstable();
                side
            })
            .collect();
        sides
    };
    assert_eq!(sides(&file), sides(&found));
    let outward = |file: &ExodusFile| file.side_measures(&file.side_list(0).unwrap()).unwrap();
    for (before, after) in outward(&file).iter().zip(outward(&found)) {
        assert!((before.normal[0] + after.normal[0]).abs() < 1e-12 && (before.area - after.area).abs() < 1e-12);
    }
    // Twice is as if nothing had been done.
    let again = Moved::new(&mirrored, Transform::mirror([1.0, 0.0, 0.0]).unwrap()).unwrap();
    assert_eq!(all_numbers(&again), all_numbers(&file));
    let odd = MeshBuilder::new("odd").nodes(&[[0.0; 3]]).block(1, "WHATEVER", &[[1]]);
    odd.create(&input, &CreateOptions { overwrite: true, ..CreateOptions::default() }).unwrap().finish().unwrap();
    let odd = ExodusFile::open(&input).unwrap();
    let error = Moved::new(&odd, Transform::mirror([1.0, 0.0, 0.0]).unwrap()).unwrap_err();
    assert!(error.kind() == Kind::Unsupported && error.to_string().contains("element block 1"), "{error}");
}

/// A square and a triangle on its right, the nodes of which are given, and three sides of them.
fn polygons(path: &Path, nodes: &[i64]) -> ExodusFile {
    let block = Block { name: "odd".into(), ..Block::polygons(ElementBlock, 10, 2, 7) };
    let mesh = MeshBuilder::new("polygons")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 0.0]])
        .any_block(block, nodes)
        .side_set(1, &[(1, 4), (2, 1), (2, 3)])
        .factors(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
    let writer = mesh.create(path, &options).unwrap();
    writer.put(Data::Counts(ElementBlock, 0), &[4, 3]).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn mirrored_polygons_keep_their_sides_and_factors() {
    let (_directory, input, output) = folder();
    let file = polygons(&input, &[1, 2, 3, 4, 2, 5, 3]);
    let mirror = Transform::mirror([1.0, 0.0, 0.0]).unwrap();
    let mirrored = Moved::new(&file, mirror).unwrap();
    let found = check(&mirrored, &output, &CreateOptions::default());
    let numbers = |data: Data| found.view::<i64>(data).unwrap().into_vec();
    assert_eq!(numbers(Data::Connectivity(ElementBlock, 0)), [1, 4, 3, 2, 2, 3, 5]);
    assert_eq!(numbers(Data::Sides(SideSet, 0)), [1, 3, 1]);
    assert_eq!(file.side_set_nodes(0).unwrap().nodes, [4, 1, 2, 5, 3, 2]);
    assert_eq!(found.side_set_nodes(0).unwrap().nodes, [1, 4, 5, 2, 2, 3]);
    assert_eq!(found.side_set(0).unwrap().dist_factors.into_vec(), [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]);
    let some = mirrored.numbers(&Data::Connectivity(ElementBlock, 0).entries(2..6)).unwrap();
    assert_eq!(some.to::<i64>().unwrap(), [3, 2, 2, 3]);
    assert_eq!(all_numbers(&Moved::new(&mirrored, mirror).unwrap()), all_numbers(&file));
}

#[test]
fn a_node_that_is_not_there_is_told_with_the_block() {
    let (_directory, input, _) = folder();
    let file = polygons(&input, &[1, 2, 3, 4, 2, 5, 9]);
    let error = file.block_measure(0).unwrap_err().to_string();
    assert_eq!(error, r#"element block 10 "odd": there is no node 9"#);
    assert_eq!(file.centroids().unwrap_err().to_string(), error);
    let error = Subset::of(&file).blocks([EntityId(10)]).unwrap().build().unwrap_err();
    assert_eq!(error.to_string(), r#"nodes of element block 10 "odd": there is no node 9: there are 5"#);
}

#[test]
fn a_part_has_its_nodes_and_what_lies_on_them() {
    let (_directory, input, output) = folder();
    for options in layouts() {
        let file = written(&input, &CreateOptions { overwrite: true, ..options });
        let part = Subset::of(&file).blocks([EntityId(20), EntityId(30)]).unwrap().build().unwrap();
        let found = check(&part, &output, &options);
        let counts = found.init_params();
        assert_eq!((counts.num_nodes, counts.num_elems, counts.num_elem_blocks), (9, 2, 2));
        assert_eq!(found.id_map(NodeMap).unwrap(), (5..=13).collect::<Vec<i64>>());
        assert_eq!(found.id_map(ElementMap).unwrap(), [200, 300]);
        let hex = found.connectivity::<i64>(ElementBlock, "right").unwrap().nodes.into_vec();
        assert_eq!(hex, [1, 5, 6, 2, 4, 8, 7, 3]);
        let nodes = found.node_set(EntityId(1)).unwrap();
        assert_eq!((nodes.nodes.into_vec(), nodes.dist_factors.len()), (vec![5, 9], 2));
        let sides = found.side_set(EntityId(5)).unwrap();
        assert_eq!((sides.elements.into_vec(), sides.sides.into_vec()), (vec![1, 2], vec![2, 1]));
        assert_eq!(sides.dist_factors.into_vec(), [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert_eq!(found.set_entries::<i64>(ElementSet, 0).unwrap().into_vec(), [2]);
        assert_eq!(found.var(1, NodeSet, "force", 0).unwrap().into_vec(), [10.0, 14.0]);
        assert_eq!(found.var(2, Nodal, "v_x", 0).unwrap().into_vec()[..2], [4.5, 5.5]);
        assert_eq!(found.var(2, ElementBlock, "stress", EntityId(30)).unwrap().into_vec(), [5.0]);
        assert_eq!(found.element(ElementId(300)).unwrap(), (1, 0));
    }
}

#[test]
fn a_part_of_the_steps_and_variables_goes_from_file_to_file() {
    let (_directory, input, output) = folder();
    let file = written(&input, &CreateOptions::default());
    let keep = Subset::of(&file).steps(1..).every(2).variables(Nodal, ["v_z", "v_x"]).unwrap();
    let part = keep.variables(Global, ["mass"]).unwrap().entities(SideSet, [0; 0]).unwrap().build().unwrap();
    assert!(part.stored(Data::Variable(Nodal, 1, 0)).is_some());
    let found = check(&part, &output, &CreateOptions::default());
    assert_eq!(found.times().unwrap(), [1.0, 3.0]);
    assert_eq!(found.variable_names(Nodal).unwrap(), ["v_x", "v_z"]);
    assert_eq!(found.variable(Global, "mass").unwrap().history(0).unwrap(), [7.0, 7.0]);
    assert_eq!(found.var(1, Nodal, "v_z", 0).unwrap().into_vec()[0], 200.75);
    assert_eq!((found.sets(SideSet).unwrap().len(), found.sets(NodeSet).unwrap().len()), (0, 1));
    // A part of a part.
    let last = Subset::of(&part).steps(1..).build().unwrap();
    assert_eq!(check(&last, &output, &CreateOptions::default()).times().unwrap(), [3.0]);
    for keep in [Subset::of(&file).steps(3..6), Subset::of(&file).every(0)] {
        assert_eq!(keep.build().unwrap_err().kind(), Kind::Usage);
    }
    assert_eq!(Subset::of(&file).blocks([EntityId(40)]).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn assemblies_lose_what_is_gone_and_are_not_left_empty() {
    let (_directory, input, output) = folder();
    let assembly = |id: i64, members: &[i64]| Assembly {
        id: EntityId(id),
        name: format!("assembly {id}"),
        kind: ElementBlock,
        members: members.iter().map(|&id| EntityId(id)).collect(),
        entity_attributes: Vec::new(),
    };
    let declare = |mesh: &mut exodus_rs::Mesh| mesh.assemblies = vec![assembly(7, &[10, 20]), assembly(8, &[10])];
    builder().declare(declare).create(&input, &CreateOptions::default()).unwrap().finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let keep = || Subset::of(&file).blocks([EntityId(20)]).unwrap();
    assert!(keep().build().unwrap_err().to_string().contains("assembly 8"));
    let part = keep().entities(EntityType::Assembly, ["assembly 7"]).unwrap().build().unwrap();
    let found = check(&part, &output, &CreateOptions::default());
    assert_eq!(found.assemblies().unwrap()[0].members, [EntityId(20)]);
}

#[test]
fn parts_keep_the_filters_of_what_they_are_parts_of() {
    let (_directory, input, output) = folder();
    let file = written(&input, &CreateOptions { deflate: Some(3), shuffle: true, ..CreateOptions::default() });
    let part = Subset::of(&file).blocks([EntityId(20)]).unwrap().build().unwrap();
    let level = |model: &dyn Model, options: &WriteOptions| {
        let create = CreateOptions { overwrite: true, ..options.create };
        write(model, &output, &WriteOptions { create, ..*options }).unwrap();
        let found = ExodusFile::open(&output).unwrap();
        let storage = &found.array("vals_nod_var1").unwrap().variable().storage;
        (storage.deflate_level(), storage.has_filter(exodus_rs::hyperslab::hdf5::Filter::SHUFFLE))
    };
    assert_eq!(level(&part, &WriteOptions::like(&part)), (Some(3), true));
    let own = CreateOptions { deflate: Some(1), ..CreateOptions::default() };
    assert_eq!(level(&part, &own.into()), (Some(1), false));
    let classic = CreateOptions { container: Container::Cdf5, ..CreateOptions::default() };
    assert_eq!(level(&part, &classic.into()), (None, false));
}

#[test]
fn a_run_that_was_restarted_is_one() {
    let (directory, input, output) = folder();
    let first = written(&input, &CreateOptions::default());
    let second = directory.path().join("second.exo");
    let later = Subset::of(&first).steps(2..).build().unwrap();
    write(&Scaled::new(&later, 10.0), &second, &CreateOptions::default().into()).unwrap();
    let run = Joined::new([ExodusFile::open(&input).unwrap(), ExodusFile::open(&second).unwrap()]).unwrap();
    let found = check(&run, &output, &CreateOptions::default());
    assert_eq!(found.times().unwrap(), [0.0, 1.0, 2.0, 3.0]);
    let history = found.variable(ElementBlock, "stress").unwrap().on("left").unwrap().history(0).unwrap();
    assert_eq!(history, [1.0, 2.0, 30.0, 40.0]);
    let part = Subset::of(&first).blocks([EntityId(10)]).unwrap().build().unwrap();
    let models: [&dyn Model; 2] = [&first, &part];
    assert!(Joined::new(models).unwrap_err().to_string().contains("nodes and elements"));
    assert_eq!(Joined::new(Vec::<ExodusFile>::new()).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn a_decomposed_model_goes_through_the_same_adaptors() {
    let (directory, input, output) = folder();
    let whole = written(&input, &CreateOptions::default());
    let members = [10, 20].map(|id| {
        let path = directory.path().join(format!("member{id}.exo"));
        let ids = if id == 10 { vec![EntityId(10)] } else { vec![EntityId(20), EntityId(30)] };
        let part = Subset::of(&whole).blocks(ids).unwrap().build().unwrap();
        write(&part, &path, &CreateOptions::default().into()).unwrap();
        ExodusFile::open(path).unwrap()
    });
    let model = ParallelFile::from_members(members.into()).unwrap();
    check(&model, &output, &CreateOptions::default());
    // Side sets follow each other as the members do, which is their order in the whole.
    let numbers = |model: &dyn Model| {
        let all = all_numbers(model).into_iter();
        all.filter(|(data, ..)| !matches!(data, Data::IdMap(NodeMap))).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&model), numbers(&whole));
    let part = Subset::of(Scaled::new(&model, 2.0)).blocks(["right"]).unwrap().build().unwrap();
    let found = check(&part, &output, &CreateOptions::default());
    assert_eq!(found.variable(ElementBlock, "stress").unwrap().history(0).unwrap(), [4.0, 6.0, 8.0, 10.0]);
    assert_eq!(model.skin().unwrap().elements.len(), whole.skin().unwrap().elements.len());
    assert_eq!(model.bounding_box().unwrap(), whole.bounding_box().unwrap());
}

#[test]
fn whoever_breaks_off_leaves_nothing_behind() {
    let (directory, input, output) = folder();
    let file = written(&input, &CreateOptions::default());
    let stop = |_| std::ops::ControlFlow::Break(());
    let options = WriteOptions { threads: Some(2), ..WriteOptions::like(&file) };
    assert_eq!(write_with(&file, &output, &options, &stop).unwrap(), None);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    let mesh_only = WriteOptions { results: false, ..options };
    write(&file, &output, &mesh_only).unwrap();
    let found = ExodusFile::open(&output).unwrap();
    assert_eq!((found.num_steps(), found.variable_names(Nodal).unwrap().len()), (0, 0));
}

#[test]
fn handles_are_cheap_go_to_threads_and_outlive_what_they_came_through() {
    let (_directory, input, _) = folder();
    let group = {
        let file = written(&input, &CreateOptions::default());
        file.clone()
    };
    let threads: Vec<_> = (0..4)
        .map(|step| {
            let file = group.clone();
            std::thread::spawn(move || file.var(step, Nodal, "v_x", 0).unwrap().into_vec()[0])
        })
        .collect();
    let values: Vec<f64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(values, [0.0, 0.25, 0.5, 0.75]);
}

#[test]
fn only_models_of_one_mesh_are_joined() {
    let (_directory, first, second) = folder();
    let bar = |path: &Path, end: f64, nodes: [i64; 2]| {
        let mesh = MeshBuilder::new("a bar").nodes(&[[0.0], [end]]).block(10, "BAR2", &[nodes]);
        let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
        mesh.create(path, &options).unwrap().finish().unwrap();
        ExodusFile::open(path).unwrap()
    };
    let one = bar(&first, 1.0, [1, 2]);
    assert!(Joined::new([&one, &bar(&second, 1.0, [1, 2])]).is_ok());
    for (end, nodes, said) in [(1.5, [1, 2], "coordinate 1"), (1.0, [2, 1], "nodes of element block 10")] {
        let refused = Joined::new([&one, &bar(&second, end, nodes)]).unwrap_err();
        assert!(refused.to_string().ends_with(&format!("model 2 differ in their {said}")), "{refused}");
    }
    let single = CreateOptions { word_size: 4, overwrite: true, ..CreateOptions::default() };
    write(&one, &second, &single.into()).unwrap();
    assert!(Joined::new([&one, &ExodusFile::open(&second).unwrap()]).is_ok());
}

#[test]
fn no_mesh_is_made_flat() {
    let (_directory, path, _) = folder();
    MeshBuilder::new("a point")
        .nodes(&[[1.0, 2.0]])
        .create(&path, &CreateOptions::default())
        .unwrap()
        .finish()
        .unwrap();
    let file = ExodusFile::open(&path).unwrap();
    for (factor, said) in [(0.0, "flat"), (f64::NAN, "no finite number")] {
        let refused = Moved::new(&file, Transform::scaling([1.0, factor, 1.0])).unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
}
