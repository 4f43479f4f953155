//! Files that other writers left odd, written again through the model.
#![allow(clippy::unwrap_used)] // a test that fails may panic

mod common;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use exodus_rs::model::{write, WriteOptions};
use exodus_rs::prelude::*;
use exodus_rs::process::{Options, Plan};
use exodus_rs::{Container, Data, EntityType, ExodusFile};
use hyperslab::hdf5::{Filter, ScaleOffset};
use hyperslab::netcdf::{File, Job, Layout, Schema, Transfer, Type, Value, Variable, VariableId, Writer};
use hyperslab::Selection;

/// A block whose name fills its row; coordinates of single, times of double precision.
fn odd(path: &Path) {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.set_attribute("floating_point_word_size", Value::Int(vec![4]));
    schema.set_attribute("file_size", Value::Int(vec![1]));
    let time = schema.add_dimension("time_step", 0, true);
    let name = schema.add_dimension("len_name", 5, false);
    schema.add_dimension("num_dim", 1, false);
    let nodes = schema.add_dimension("num_nodes", 2, false);
    let blocks = schema.add_dimension("num_el_blk", 1, false);
    let times = Variable::new("time_whole", Type::Double, vec![time]);
    let coordinates = Variable::new("coordx", Type::Float, vec![nodes]);
    let ids = Variable::new("eb_prop1", Type::Int, vec![blocks]);
    let names = Variable::new("eb_names", Type::Char, vec![blocks, name]);
    let [times, coordinates, ids, names] = [times, coordinates, ids, names].map(|mut variable| {
        variable.order = hyperslab::ByteOrder::Big;
        schema.add_variable(variable)
    });
    let writer = Writer::create(path, schema, false).unwrap();
    let all = |id: VariableId| Selection::all(&writer.schema().shape(id).unwrap());
    writer.write(coordinates, &all(coordinates), &[0.5f32, 1.5]).unwrap();
    writer.write(ids, &all(ids), &[7]).unwrap();
    writer.write_stored(names, &all(names), b"plate").unwrap();
    writer.write(times, &Selection::block(vec![0], vec![1]), &[0.1f64]).unwrap();
    writer.finish().unwrap();
}

/// The file, and its copy through the model.
fn copied(directory: &Path) -> [ExodusFile; 2] {
    let paths: [PathBuf; 2] = ["odd.exo", "copy.exo"].map(|name| directory.join(name));
    let [input, output] = &paths;
    odd(input);
    let file = ExodusFile::open(input).unwrap();
    write(&file, output, &WriteOptions::like(&file)).unwrap();
    [file, ExodusFile::open(output).unwrap()]
}

#[test]
fn names_that_fill_their_rows_are_not_cut() {
    let directory = tempfile::tempdir().unwrap();
    for file in copied(directory.path()) {
        assert_eq!(file.entities(EntityType::ElementBlock).unwrap().first().unwrap().name, "plate");
    }
}

#[test]
fn numbers_of_mixed_precision_are_not_rounded() {
    let directory = tempfile::tempdir().unwrap();
    for file in copied(directory.path()) {
        assert_eq!(file.times().unwrap(), [0.1]);
        assert_eq!(file.read::<f64>(Data::Coordinate(0)).unwrap().as_slice(), Some(&[0.5, 1.5][..]));
    }
}

#[test]
fn a_count_alone_makes_no_entities() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.exo");
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.add_dimension("num_el_blk", 268_435_456, false);
    schema.add_dimension("num_nodes", 8, false);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert!(file.entities(EntityType::ElementBlock).unwrap().len() <= 2);
    assert!(file.mesh().unwrap().blocks.len() <= 2);
}

#[test]
fn lists_of_absurd_length_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.exo");
    let mut schema = Schema::new(Container::NetCdf4);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    let count = schema.add_dimension("num_nod_var", 1 << 40, false);
    let name = schema.add_dimension("len_name", 33, false);
    let mut names = Variable::new("name_nod_var", Type::Char, vec![count, name]);
    // No chunk is ever written, so the file is small.
    names.storage.layout = Layout::Chunked(vec![1024, 33]);
    names.storage.filters = vec![Filter::deflate(1)];
    schema.add_variable(names);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(file.variable_names(EntityType::Nodal).unwrap_err().kind(), exodus_rs::Kind::Limit);
    assert!(file.mesh().is_err());
}

/// A fixture whose first nodal result was rounded to whole numbers.
fn rounded(path: &Path) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus/netcdf4_deflate.exo");
    let file = File::open(fixture).unwrap();
    let mut schema = file.schema().clone();
    let rounded = schema.find_variable("vals_nod_var1").unwrap();
    schema.variables.get_mut(rounded.0).unwrap().storage.filters = vec![Filter::scaleoffset(ScaleOffset::Decimal(0))];
    let writer = Writer::create(path, schema, false).unwrap();
    let job = |id| Job::new(file.array(id).unwrap(), id);
    let all = (0..file.schema().variables.len()).map(|n| job(VariableId(n)));
    let done = all.fold(Transfer::new(&writer), Transfer::job).run(&|_| ControlFlow::Continue(())).unwrap();
    assert!(done.is_continue());
    writer.finish().unwrap();
}

#[test]
fn results_that_were_rounded_are_not_rounded_again() {
    let directory = tempfile::tempdir().unwrap();
    let [input, processed, copied] = ["in.exo", "processed.exo", "copied.exo"].map(|name| directory.path().join(name));
    rounded(&input);
    let file = ExodusFile::open(&input).unwrap();
    let plan = Plan::new(&file, &Options::default()).unwrap();
    assert_eq!(plan.summary().unrounded, ["/vals_nod_var1"]);
    plan.start(&processed).unwrap().run(&|_| ControlFlow::Continue(())).unwrap();
    write(&file, &copied, &WriteOptions::like(&file)).unwrap();
    for path in [&processed, &copied] {
        let output = ExodusFile::open(path).unwrap();
        let variable =
            &output.schema().variables.get(output.schema().find_variable("vals_nod_var1").unwrap().0).unwrap();
        assert_eq!(variable.storage.filters, [Filter::deflate(4)]);
        for step in 0..file.num_steps() {
            let values = |file: &ExodusFile| file.var(step, EntityType::Nodal, 0, 0).unwrap().into_vec();
            assert_eq!(values(&output), values(&file));
        }
    }
    // Whatever takes its place.
    let options = Options { deflate: Some(1), ..Options::default() };
    assert_eq!(Plan::new(&file, &options).unwrap().summary().unrounded, ["/vals_nod_var1"]);
}

/// A file of two nodes and two steps that names so many nodal variables and has those with these numbers.
fn promising(path: &Path, names: Option<&[&str]>, count: u64, have: &[usize]) -> ExodusFile {
    let mut schema = Schema::new(Container::NetCdf4Classic);
    schema.set_attribute("api_version", Value::Float(vec![8.0]));
    schema.set_attribute("version", Value::Float(vec![8.0]));
    schema.set_attribute("floating_point_word_size", Value::Int(vec![8]));
    let time = schema.add_dimension("time_step", 0, true);
    let [width, nodes, variables] = [("len_name", 9), ("num_nodes", 2), ("num_nod_var", count)]
        .map(|(name, n)| schema.add_dimension(name, n, false));
    let times = schema.add_variable(Variable::new("time_whole", Type::Double, vec![time]));
    let list = names.map(|_| schema.add_variable(Variable::new("name_nod_var", Type::Char, vec![variables, width])));
    let values: Vec<VariableId> = have
        .iter()
        .map(|n| schema.add_variable(Variable::new(format!("vals_nod_var{n}"), Type::Double, vec![time, nodes])))
        .collect();
    let writer = Writer::create(path, schema, true).unwrap();
    writer.write(times, &Selection::block(vec![0], vec![2]), &[0.0, 1.0]).unwrap();
    if let (Some(list), Some(names)) = (list, names) {
        let rows: Vec<u8> = names.iter().flat_map(|name| format!("{name:\0<9}").into_bytes()).collect();
        writer.write_stored(list, &Selection::all(&[count, 9]), &rows).unwrap();
    }
    for id in values {
        writer.write(id, &Selection::block(vec![0, 0], vec![2, 2]), &[1.0, 2.0, 3.0, 4.0]).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn results_that_are_only_named_are_not_invented() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = promising(&input, Some(&["u", "v", "w"]), 3, &[1, 3]);
    let mut options = WriteOptions::like(&file);
    options.create.overwrite = true;
    for container in [Container::Cdf1, Container::NetCdf4] {
        options.create.container = container;
        write(&file, &output, &options).unwrap();
        let copied = ExodusFile::open(&output).unwrap();
        assert_eq!(copied.variable_names(EntityType::Nodal).unwrap(), ["u", "v", "w"]);
        let there = [0, 1, 2].map(|n| copied.has(Data::Variable(EntityType::Nodal, n, 0)));
        assert_eq!(there, [true, false, true]);
        assert_eq!(copied.var(1, EntityType::Nodal, 2, 0).unwrap().into_vec(), [3.0, 4.0]);
    }
}

#[test]
fn results_without_names_are_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = promising(&input, None, 2, &[1, 2]);
    write(&file, &output, &WriteOptions::like(&file)).unwrap();
    for file in [file, ExodusFile::open(&output).unwrap()] {
        assert_eq!(file.variable_names(EntityType::Nodal).unwrap(), ["", ""]);
        assert_eq!(file.var(1, EntityType::Nodal, 1, 0).unwrap().into_vec(), [3.0, 4.0]);
    }
    // A count alone makes no names.
    let boasting = promising(&input, None, 1 << 30, &[1]);
    assert_eq!(boasting.variable_names(EntityType::Nodal).unwrap(), [""]);
}

#[test]
fn what_a_table_promises_and_nobody_wrote_is_promised_again_and_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let mut mesh = exodus_rs::Mesh::new("two blocks", 1, 3);
    for id in [1, 2] {
        mesh.blocks.push(exodus_rs::Block::new(EntityType::ElementBlock, id, "BAR2", 1, 2));
    }
    mesh.set_variables(EntityType::ElementBlock, ["s"]);
    mesh.absent.insert(Data::Variable(EntityType::ElementBlock, 0, 1));
    let writer = exodus_rs::ExodusWriter::create(&input, &mesh, &exodus_rs::CreateOptions::default()).unwrap();
    common::put_ones(&writer);
    writer.next_step(0.0).unwrap().put(EntityType::ElementBlock, 0, 0, &[5.0]).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    write(&file, &output, &WriteOptions::like(&file)).unwrap();
    for file in [file, ExodusFile::open(&output).unwrap()] {
        assert_eq!(file.array("elem_var_tab").unwrap().read_all::<i32>().unwrap(), [1, 1]);
        let there = [0, 1].map(|block| file.has(Data::Variable(EntityType::ElementBlock, 0, block)));
        assert_eq!(there, [true, false]);
        assert_eq!(file.mesh().unwrap().absent.len(), 1);
    }
}

/// Two steps of a scalar and of a vector with so many components in a third axis, as a mesh library writes them.
fn vectors(path: &Path, components: u64, change: f64) -> ExodusFile {
    let mut schema = Schema::new(Container::NetCdf4Classic);
    schema.set_attribute("api_version", Value::Float(vec![5.1]));
    let time = schema.add_dimension("time_step", 0, true);
    let [width, nodes, variables, axis] =
        [("len_string", 9), ("num_nodes", 4), ("num_nod_var", 2), ("axis11", components)]
            .map(|(name, n)| schema.add_dimension(name, n, false));
    let axes = schema.add_dimension("num_dim", 3, false);
    let map = schema.add_variable(Variable::new("node_num_map", Type::Int, vec![nodes]));
    let places = schema.add_variable(Variable::new("coord", Type::Double, vec![axes, nodes]));
    let times = schema.add_variable(Variable::new("time_whole", Type::Double, vec![time]));
    let list = schema.add_variable(Variable::new("name_nod_var", Type::Char, vec![variables, width]));
    let scalar = schema.add_variable(Variable::new("vals_nod_var1", Type::Double, vec![time, nodes]));
    let vector = schema.add_variable(Variable::new("vals_nod_var2", Type::Double, vec![time, nodes, axis]));
    let writer = Writer::create(path, schema, true).unwrap();
    writer.write(times, &Selection::block(vec![0], vec![2]), &[0.0, 1.0]).unwrap();
    writer.write(map, &Selection::all(&[4]), &[1, 2, 3, 4]).unwrap();
    writer.write(places, &Selection::all(&[3, 4]), &[0.0, 1.0, 2.0, 3.0].repeat(3)).unwrap();
    writer.write_stored(list, &Selection::all(&[2, 9]), b"u\0\0\0\0\0\0\0\0velocity\0").unwrap();
    writer.write(scalar, &Selection::block(vec![0, 0], vec![2, 4]), &[7.0; 8]).unwrap();
    let mut values: Vec<f64> = (0..24).take_while(|&n| n < 8 * components).map(|n| n as f64).collect();
    *values.iter_mut().rev().nth(1).unwrap() += change;
    writer.write(vector, &Selection::block(vec![0, 0, 0], vec![2, 4, components]), &values).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

const VELOCITY: Data = Data::Variable(EntityType::Nodal, 1, 0);

#[test]
fn the_components_of_a_vector_are_read_one_by_one() {
    let directory = tempfile::tempdir().unwrap();
    let file = vectors(&directory.path().join("in.exo"), 3, 0.0);
    assert_eq!(file.shape(VELOCITY), Some(vec![2, 4, 3]));
    assert_eq!(file.view::<f64>(VELOCITY.component(1).step(1)).unwrap().into_vec(), [13.0, 16.0, 19.0, 22.0]);
    let history = file.view::<f64>(VELOCITY.entry(3).component(2)).unwrap();
    assert_eq!(history.into_vec(), [11.0, 23.0]);
}

#[test]
fn vectors_of_one_variable_are_written_again_and_scaled() {
    use exodus_rs::model::{Joined, Scaled, Subset};
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = vectors(&input, 3, 0.0);
    let scaled = Scaled::new(&file, 2.0);
    let late = Subset::of(&file).steps(1..).build().unwrap();
    let twice = Joined::new([&file, &file]).unwrap();
    let all: Vec<f64> = (0..24).map(f64::from).collect();
    let doubled: Vec<f64> = all.iter().map(|value| 2.0 * value).collect();
    let cases: [(&dyn Model, &[f64]); 4] = [(&file, &all), (&scaled, &doubled), (&late, &all[12..]), (&twice, &all)];
    for (model, expected) in cases {
        for container in [Container::Cdf5, Container::NetCdf4] {
            let mut options = WriteOptions::like(model);
            (options.create.overwrite, options.create.container) = (true, container);
            options.create.deflate = (container == Container::NetCdf4).then_some(1);
            write(model, &output, &options).unwrap();
            let copied = ExodusFile::open(&output).unwrap();
            assert_eq!(copied.shape(VELOCITY), Some(vec![expected.len() as u64 / 12, 4, 3]));
            assert_eq!(copied.view::<f64>(VELOCITY).unwrap().into_vec(), expected);
        }
    }
    let options = Options { scale: 2.0, overwrite: true, ..Options::default() };
    Plan::new(&file, &options).unwrap().start(&output).unwrap().run(&|_| ControlFlow::Continue(())).unwrap();
    let processed = ExodusFile::open(&output).unwrap();
    assert_eq!(processed.view::<f64>(VELOCITY).unwrap().into_vec(), doubled);
}

#[test]
fn vectors_are_compared_by_component() {
    use exodus_rs::diff::{compare, summarize, write_differences, Finding, Place, Verdict};
    let directory = tempfile::tempdir().unwrap();
    let [first, second, output] = ["a.exo", "b.exo", "out.exo"].map(|name| directory.path().join(name));
    let (file, other) = (vectors(&first, 3, 0.0), vectors(&second, 3, 5.0));
    let options = exodus_rs::diff::Options::default();
    let mut found = Vec::new();
    let mut visit = |finding: &Finding| {
        if let Finding::Values(difference) = finding {
            found.push((difference.name.clone(), difference.place, difference.step, difference.values));
        }
        ControlFlow::Continue(())
    };
    assert_eq!(compare(&file, &file, &options, &mut visit).unwrap().verdict, Verdict::Same);
    assert_eq!(compare(&file, &other, &options, &mut visit).unwrap().verdict, Verdict::Different);
    assert_eq!(found, [("velocity[2]".to_owned(), Place::Node(4), Some(1), [22.0, 27.0])]);
    write_differences(&file, &other, &output, &options, &mut |_| ControlFlow::Continue(())).unwrap();
    let written = ExodusFile::open(&output).unwrap();
    let names = ["u", "velocity[1]", "velocity[2]", "velocity[3]"];
    assert_eq!(written.variable_names(EntityType::Nodal).unwrap(), names);
    assert_eq!(written.var(1, EntityType::Nodal, 2, 0).unwrap().into_vec(), [0.0, 0.0, 0.0, -5.0]);
    let summary = summarize(&file, &options, false).unwrap();
    let [_, high] = summary.variables.last().unwrap().extremes.unwrap();
    assert_eq!((high.value, high.place), (23.0, Place::Node(4)));
}

#[test]
fn vectors_of_two_and_of_three_components_are_not_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    let files = [vectors(&first, 3, 0.0), vectors(&second, 2, 0.0)];
    let mut told = String::new();
    let options = exodus_rs::diff::Options::default();
    let report = exodus_rs::diff::compare(&files[0], &files[1], &options, &mut |finding| {
        told += &format!("{finding:?}");
        ControlFlow::Continue(())
    });
    assert_eq!(report.unwrap().verdict, exodus_rs::diff::Verdict::Different);
    assert!(told.contains("has not as many components in both files"), "{told}");
}

/// The error says what is wrong without asking for the mesh, which the assembly is part of.
#[test]
fn members_of_assemblies_that_are_no_integers_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("in.exo");
    let mut schema = Schema::new(Container::Cdf5);
    schema.set_attribute("api_version", Value::Float(vec![9.06]));
    schema.add_dimension("num_assembly", 1, false);
    let members = schema.add_dimension("num_entity_assembly7", 1, false);
    let mut list = Variable::new("assembly_entity7", Type::Double, vec![members]);
    let attributes = [("_id", Value::Int(vec![7])), ("_type", Value::Int(vec![1])), ("_name", Value::text("parts"))];
    list.attributes.extend(attributes.map(|(name, value)| hyperslab::netcdf::Attribute::new(name, value)));
    let list = schema.add_variable(list);
    let writer = Writer::create(&path, schema, false).unwrap();
    writer.write(list, &Selection::all(&[1]), &[0.5]).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let error = file.mesh().unwrap_err().to_string();
    assert!(error.contains("assembly_entity7") && error.contains("0.5"), "{error}");
}

#[test]
fn a_count_alone_is_not_counted_up_to_by_adaptors() {
    use exodus_rs::model::{Joined, Moved, Scaled, Subset};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hostile.exo");
    let mut schema = Schema::new(Container::Cdf5);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.add_dimension("num_nodes", 1 << 34, false);
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let moved = Moved::new(&file, exodus_rs::transform::Transform::translation([1.0, 0.0, 0.0])).unwrap();
    let (scaled, joined) = (Scaled::new(&file, 2.0), Joined::new([&file]).unwrap());
    let part = Subset::of(&file).build().unwrap();
    let models: [&dyn Model; 5] = [&file, &moved, &scaled, &joined, &part];
    for model in models {
        assert_eq!(model.id_map(EntityType::NodeMap).unwrap_err().kind(), exodus_rs::Kind::Limit);
    }
}

#[test]
fn vectors_of_decomposed_models_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = vectors(&directory.path().join("in.exo"), 3, 0.0);
    let whole = exodus_rs::ParallelFile::from_members(vec![file.clone(), file]).unwrap();
    assert_eq!(whole.view::<f64>(Data::Variable(EntityType::Nodal, 0, 0)).unwrap().into_vec(), [7.0; 8]);
    for part in [VELOCITY.step(0), VELOCITY.entry(1)] {
        assert_eq!(whole.view::<f64>(part).unwrap_err().kind(), exodus_rs::Kind::Unsupported);
    }
}

#[test]
fn a_vector_of_one_variable_turns() {
    use exodus_rs::model::Moved;
    use exodus_rs::transform::Transform;
    let directory = tempfile::tempdir().unwrap();
    let file = vectors(&directory.path().join("in.exo"), 3, 0.0);
    let turn = || Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2).unwrap();
    let turned = Moved::new(&file, turn()).unwrap().vector(EntityType::Nodal, ["velocity"]).unwrap();
    let first = turned.view::<f64>(VELOCITY.step(0).entries(1..2)).unwrap().into_vec();
    assert_eq!(first, [-4.0, 3.0, 5.0]);
    let alone = turned.view::<f64>(VELOCITY.step(1).component(0)).unwrap().into_vec();
    assert_eq!(alone, [-13.0, -16.0, -19.0, -22.0]);
    let output = directory.path().join("out.exo");
    write(&turned, &output, &WriteOptions::like(&turned)).unwrap();
    let written = ExodusFile::open(&output).unwrap();
    assert_eq!(written.view::<f64>(VELOCITY.step(0).entries(1..2)).unwrap().into_vec(), first);
    let two = vectors(&directory.path().join("two.exo"), 2, 0.0);
    let refused = Moved::new(&two, turn()).unwrap().vector(EntityType::Nodal, ["velocity"]).unwrap_err();
    assert!(refused.to_string().contains("2 components in 3 dimensions"), "{refused}");
}

/// Two nodes, two steps; the second variable is a list without steps, and global variables have three columns and two names.
fn without_steps(path: &Path, shape: &[&str], columns: u64) -> ExodusFile {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![5.1]));
    let lengths = [("time_step", 0), ("num_nodes", 2), ("num_nod_var", 2), ("num_glo_var", 2), ("columns", columns)];
    let dimensions = lengths.map(|(name, n)| (name, schema.add_dimension(name, n, name == "time_step")));
    let id = |wanted: &str| dimensions.iter().find(|(name, _)| *name == wanted).unwrap().1;
    let mut add = |name: &str, shape: &[&str]| {
        let shape = shape.iter().map(|name| id(name)).collect();
        schema.add_variable(Variable::new(name, Type::Double, shape))
    };
    let times = add("time_whole", &["time_step"]);
    let first = add("vals_nod_var1", &["time_step", "num_nodes"]);
    let second = add("vals_nod_var2", shape);
    let globals = add("vals_glo_var", &["time_step", "columns"]);
    let writer = Writer::create(path, schema, true).unwrap();
    writer.write(times, &Selection::block(vec![0], vec![2]), &[0.0, 1.0]).unwrap();
    writer.write(first, &Selection::block(vec![0, 0], vec![2, 2]), &[1.0; 4]).unwrap();
    let count = if shape.len() == 1 { vec![2] } else { vec![2, 2] };
    let values = vec![3.0; if shape.len() == 1 { 2 } else { 4 }];
    writer.write(second, &Selection::block(vec![0; shape.len()], count), &values).unwrap();
    let all: Vec<f64> = (0..2 * columns).map(|n| n as f64).collect();
    writer.write(globals, &Selection::block(vec![0, 0], vec![2, columns]), &all).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn results_without_steps_are_refused_and_never_taken_for_steps() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = without_steps(&input, &["num_nodes"], 2);
    let data = Data::Variable(EntityType::Nodal, 1, 0);
    let compared = exodus_rs::diff::compare(&file, &file, &Default::default(), &mut |_| ControlFlow::Continue(()));
    let refused = [
        file.view::<f64>(data.step(1)).map(drop).unwrap_err(),
        write(&file, &output, &WriteOptions::like(&file)).map(drop).unwrap_err(),
        compared.map(drop).unwrap_err(),
    ];
    for error in refused {
        assert!(error.to_string().contains("time steps"), "{error}");
    }
    assert!(!output.exists());
}

#[test]
fn columns_beyond_the_names_are_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = without_steps(&input, &["time_step", "num_nodes"], 3);
    write(&file, &output, &WriteOptions::like(&file)).unwrap();
    let data = Data::Reductions(EntityType::Global, 0);
    for file in [&file, &ExodusFile::open(&output).unwrap()] {
        assert_eq!(file.variable_names(EntityType::Global).unwrap().len(), 3);
        assert_eq!(file.view::<f64>(data).unwrap().into_vec(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }
    let other = without_steps(&directory.path().join("other.exo"), &["time_step", "num_nodes"], 2);
    let report = exodus_rs::diff::compare(&file, &other, &Default::default(), &mut |_| ControlFlow::Continue(()));
    assert!(!report.unwrap().verdict.is_same());
}
