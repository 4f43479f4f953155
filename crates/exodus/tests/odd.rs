//! Files that other writers left odd, written again through the model.
#![allow(clippy::unwrap_used)] // a test that fails may panic

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
