//! What becomes of values that are more than numbers: missing, packed, whole, and those of other models in the file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use exodus_rs::prelude::*;
use exodus_rs::process::{Options, Plan, StepRange, Summary, TimeRange};
use exodus_rs::{
    Block, Container, CoordinateFrame, CreateOptions, EntityType, Error, ExodusFile, ExodusWriter, Kind, Mesh,
    MeshBuilder, ModelWriter,
};
use hyperslab::netcdf::{self, Attribute, Schema, Type, Value, Variable, Writer};
use hyperslab::Selection;

fn process(input: &ExodusFile, options: &Options, output: &Path) -> Result<(Summary, ExodusFile), Error> {
    let plan = Plan::new(input, options)?;
    let summary = plan.summary().clone();
    plan.start(output)?.run(&|_| ControlFlow::Continue(()))?.unwrap();
    Ok((summary, ExodusFile::open(output)?))
}

/// A model of so many nodes and steps; the values of `u` are 100 * step + node + 1.
fn line(title: &str, nodes: u64, variables: &[&str]) -> Mesh {
    let mut mesh = Mesh::new(title, 1, nodes);
    mesh.blocks.push(Block::new(EntityType::ElementBlock, 10, "BAR2", nodes - 1, 2));
    mesh.set_variables(EntityType::Nodal, variables.iter().copied());
    mesh
}

fn fill(writer: &ModelWriter, nodes: u64, steps: u64) {
    let along: Vec<f64> = (1..=nodes).map(|n| n as f64).collect();
    common::put_ones(writer);
    writer.put_coords(&[&along]).unwrap();
    for step in 0..steps {
        let step = writer.next_step(step as f64).unwrap();
        let values: Vec<f64> = along.iter().map(|x| x + 100.0 * step.step() as f64).collect();
        step.put(EntityType::Nodal, 0, 0, &values).unwrap();
    }
}

/// A file whose root has so many steps, and whose groups have two and three of them; only the second group has a
/// variable that is not called `u`.
fn change_sets(directory: &Path, root: u64) -> PathBuf {
    let path = directory.join(format!("change_sets{root}.exo"));
    let mut mesh = line("the whole", 3, &["u"]);
    mesh.groups =
        vec![("set1".to_owned(), line("before", 4, &["u"])), ("set2".to_owned(), line("after", 6, &["pressure"]))];
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    fill(&writer, 3, root);
    fill(writer.group("set1").unwrap(), 4, 2);
    fill(writer.group("set2").unwrap(), 6, 3);
    writer.finish().unwrap();
    path
}

/// The last value of each model, root first.
fn last_values(file: &ExodusFile) -> Vec<Option<f64>> {
    let groups = file.groups().into_iter().map(|name| file.group(&name).unwrap());
    let last = |model: &ExodusFile| {
        let step = model.num_steps().checked_sub(1)?;
        model.var(step, EntityType::Nodal, 0, 0).unwrap().into_vec().last().copied()
    };
    [last(file)].into_iter().chain(groups.map(|group| last(&group))).collect()
}

#[test]
fn every_model_keeps_its_own_steps() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    for root in [0, 1, 2, 5] {
        let file = ExodusFile::open(change_sets(directory.path(), root)).unwrap();
        let options = Options { scale: 2.0, translate: [1.0, 0.0, 0.0], overwrite: true, ..Options::default() };
        let (summary, scaled) = process(&file, &options, &output).unwrap();
        assert_eq!(summary.steps, root + 5);
        let root_value = root.checked_sub(1).map(|step| 2.0 * (3.0 + 100.0 * step as f64));
        assert_eq!(last_values(&scaled), [root_value, Some(208.0), Some(412.0)]);
        for (group, nodes) in [("set1", 4), ("set2", 6)] {
            let x = scaled.group(group).unwrap().coord::<f64>(0, 0..nodes).unwrap().into_vec();
            assert_eq!((x.len() as u64, x[0]), (nodes, 2.0));
        }
    }
}

#[test]
fn steps_are_chosen_of_each_model() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let choose = |steps: &str| Options {
        steps: steps.parse::<StepRange>().unwrap().into(),
        overwrite: true,
        ..Options::default()
    };
    let file = ExodusFile::open(change_sets(directory.path(), 0)).unwrap();
    let (summary, last) = process(&file, &choose("-1"), &output).unwrap();
    assert_eq!((summary.steps, last_values(&last)), (2, vec![None, Some(104.0), Some(206.0)]));
    let refused = process(&file, &choose("3"), &output).unwrap_err();
    assert!(refused.to_string().contains("/set1") && refused.to_string().contains("no step 3"), "{refused}");
}

#[test]
fn times_are_those_of_each_model() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let choose = |times: &str| Options {
        steps: times.parse::<TimeRange>().unwrap().into(),
        overwrite: true,
        ..Options::default()
    };
    // The root has the times 0 to 4, the groups 0 to 1 and 0 to 2.
    let file = ExodusFile::open(change_sets(directory.path(), 5)).unwrap();
    let (summary, some) = process(&file, &choose("1:3"), &output).unwrap();
    assert_eq!((summary.steps, summary.input_steps), (3 + 1 + 2, 10));
    assert_eq!(last_values(&some), vec![Some(303.0), Some(104.0), Some(206.0)]);
    assert_eq!(some.group("set2").unwrap().times().unwrap(), [1.0, 2.0]);
    // A model that has no such steps gives none.
    let (summary, late) = process(&file, &choose("2:"), &output).unwrap();
    assert_eq!((summary.steps, last_values(&late)), (4, vec![Some(403.0), None, Some(206.0)]));
    let (_, nearest) = process(&file, &choose("1.4"), &output).unwrap();
    assert_eq!(last_values(&nearest), vec![Some(103.0), None, Some(106.0)]);
    let refused = process(&file, &choose("4.5:9"), &output).unwrap_err();
    assert_eq!(refused.kind(), Kind::Usage);
    assert!(refused.to_string().contains("the times go from 0 to 4"), "{refused}");
}

#[test]
fn times_are_chosen_as_they_are_stored_and_without_times_there_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let choose = |times: &str| Options {
        steps: times.parse::<TimeRange>().unwrap().into(),
        overwrite: true,
        ..Options::default()
    };
    for word_size in [4, 8] {
        let options = CreateOptions { word_size, overwrite: true, ..CreateOptions::default() };
        let writer = ExodusWriter::create(&input, &line("", 2, &["u"]), &options).unwrap();
        common::put_ones(&writer);
        for step in 0..8 {
            writer.next_step(0.1 * f64::from(step)).unwrap().put(EntityType::Nodal, 0, 0, &[0.0; 2]).unwrap();
        }
        writer.finish().unwrap();
        let file = ExodusFile::open(&input).unwrap();
        let (summary, some) = process(&file, &choose("0.1:0.7:2"), &output).unwrap();
        assert_eq!((summary.steps, some.num_steps()), (4, 4), "{word_size}");
        let refused = process(&file, &choose("8"), &output).unwrap_err().to_string();
        let last = if word_size == 4 { "0 to 0.7" } else { "0 to 0.7000000000000001" };
        assert!(refused.ends_with(last), "{refused}");
    }
    let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&input, &line("", 2, &["u"]), &options).unwrap();
    common::put_ones(&writer);
    writer.finish().unwrap();
    let refused = process(&ExodusFile::open(&input).unwrap(), &choose(":"), &output).unwrap_err().to_string();
    assert!(refused.contains("there are no times"), "{refused}");
}

#[test]
fn what_stays_uncompressed_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&input, &line("", 1000, &["u"]), &options).unwrap();
    fill(&writer, 1000, 1);
    writer.finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let plan = |deflate| {
        let options = Options { deflate, overwrite: true, ..Options::default() };
        let (summary, done) = process(&file, &options, &output).unwrap();
        let plain = |variable: &&Variable| !variable.storage.has_filter(hyperslab::hdf5::Filter::DEFLATE);
        (summary.plain, done.schema().variables.iter().filter(plain).count(), done.schema().variables.len())
    };
    let (told, plain, all) = plan(Some(4));
    // Coordinates, connectivity and values.
    assert_eq!((told, plain), (plain, all - 3));
    assert_eq!(plan(None).0, 0);
    assert_eq!(plan(Some(0)).0, 0);
}

#[test]
fn errors_speak_of_the_model_and_not_of_a_command_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = ExodusFile::open(change_sets(directory.path(), 1)).unwrap();
    for (options, what) in [
        (Options { scale: f64::NAN, ..Options::default() }, "the factor of the results is NaN"),
        (Options { translate: [0.0, f64::INFINITY, 0.0], ..Options::default() }, "an offset of the coordinates is inf"),
        (Options { fields: vec![("u".to_owned(), f64::NAN)], ..Options::default() }, "the factor of \"u\" is NaN"),
        (
            Options { deflate: Some(1), container: Some(Container::Cdf5), ..Options::default() },
            "compression in the container",
        ),
    ] {
        // The groups do not fit into a classic file: there the model in one of them is asked for.
        let group = file.group("set1").unwrap();
        let refused = Plan::new(if options.container.is_some() { &group } else { &file }, &options).unwrap_err();
        assert_eq!(refused.kind(), Kind::Usage, "{refused}");
        assert!(refused.to_string().contains(what) && !refused.to_string().contains("--"), "{refused}");
    }
}

#[test]
fn a_field_is_found_in_the_model_that_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let file = ExodusFile::open(change_sets(directory.path(), 1)).unwrap();
    let field = |name: &str| Options { fields: vec![(name.to_owned(), 2.0)], overwrite: true, ..Options::default() };
    let (summary, done) = process(&file, &field("u"), &output).unwrap();
    assert_eq!((summary.changed, last_values(&done)), (2, vec![Some(6.0), Some(208.0), Some(206.0)]));
    let (summary, done) = process(&file, &field("pressure"), &output).unwrap();
    assert_eq!((summary.changed, last_values(&done)), (1, vec![Some(3.0), Some(104.0), Some(412.0)]));
    assert_eq!(process(&file, &field("v"), &output).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn a_model_in_a_group_is_processed_alone() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let file = ExodusFile::open(change_sets(directory.path(), 1)).unwrap();
    let group = file.group("set2").unwrap();
    let (summary, alone) = process(&group, &Options { scale: 2.0, ..Options::default() }, &output).unwrap();
    assert_eq!((summary.steps, alone.title().as_str(), alone.groups().len()), (3, "after", 0));
    assert_eq!((alone.version(), alone.word_size()), (file.version(), 8));
    assert_eq!(last_values(&alone), [Some(412.0)]);
}

#[test]
fn of_several_variables_of_a_name_each_has_its_own_factor() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let writer = ExodusWriter::create(&input, &line("", 3, &["u", "v", "u"]), &CreateOptions::default()).unwrap();
    common::put_ones(&writer);
    let step = writer.next_step(0.0).unwrap();
    (0..3).for_each(|n| step.put(EntityType::Nodal, n, 0, &[1.0; 3]).unwrap());
    writer.finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let run = |fields: &[(&str, f64)]| {
        let fields = fields.iter().map(|(name, factor)| ((*name).to_owned(), *factor)).collect();
        let (_, done) = process(&file, &Options { fields, overwrite: true, ..Options::default() }, &output)?;
        Ok::<_, Error>([0, 1, 2].map(|n| done.var(0, EntityType::Nodal, n, 0).unwrap().into_vec()[0]))
    };
    assert_eq!(run(&[("u", 2.0)]).unwrap(), [2.0, 1.0, 2.0]);
    assert_eq!(run(&[("u", 2.0), ("u", 3.0)]).unwrap(), [2.0, 1.0, 3.0]);
    let refused = run(&[("u", 2.0), ("u", 3.0), ("u", 4.0)]).unwrap_err();
    assert!(refused.to_string().contains("3 times"), "{refused}");
    assert!(run(&[("U", 2.0)]).unwrap_err().to_string().contains("\"u\""));
}

/// A file of two nodes with one step of results as other programs write them.
fn written(path: &Path, container: Container, variables: Vec<(Variable, Value)>) -> ExodusFile {
    let mut schema = Schema::new(container);
    schema.set_attribute("api_version", Value::Float(vec![8.0]));
    schema.set_attribute("version", Value::Float(vec![8.0]));
    schema.set_attribute("floating_point_word_size", Value::Int(vec![8]));
    let [time, nodes] =
        [("time_step", 1, true), ("num_nodes", 4, false)].map(|(n, l, u)| schema.add_dimension(n, l, u));
    let names = schema.add_dimension("num_nod_var", variables.len() as u64, false);
    let width = schema.add_dimension("len_name", 33, false);
    schema.add_variable(Variable::new("name_nod_var", Type::Char, vec![names, width]));
    let ids: Vec<_> = variables
        .into_iter()
        .enumerate()
        .map(|(n, (mut variable, values))| {
            variable.dimensions = vec![time, nodes];
            variable.name = format!("vals_nod_var{}", n + 1);
            (schema.add_variable(variable), values)
        })
        .collect();
    let writer = Writer::create(path, schema, true).unwrap();
    for (id, values) in ids {
        writer.write_values(id, &Selection::all(&[1, 4]), &values).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

fn variable(ty: Type, attributes: &[(&str, Value)]) -> Variable {
    let attributes = attributes.iter().map(|(name, value)| Attribute::new(*name, value.clone())).collect();
    Variable { attributes, ..Variable::new("", ty, Vec::new()) }
}

const CONTAINERS: [Container; 3] = [Container::Cdf2, Container::Cdf5, Container::NetCdf4];

fn values(file: &ExodusFile, n: usize) -> Vec<f64> {
    file.netcdf().find(&format!("/vals_nod_var{}", n + 1)).unwrap().read_all().unwrap()
}

fn attribute(file: &ExodusFile, n: usize, name: &str) -> Option<Value> {
    let array: &netcdf::Array = file.netcdf().find(&format!("/vals_nod_var{}", n + 1)).unwrap();
    array.variable().attribute(name).cloned()
}

#[test]
fn missing_values_stay_missing() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    for container in CONTAINERS {
        let variables = vec![
            (
                variable(Type::Double, &[("_FillValue", Value::Double(vec![-9999.0]))]),
                Value::Double(vec![1.0, -9999.0, 3.0, 4.0]),
            ),
            (
                variable(Type::Float, &[("missing_value", Value::Double(vec![-1e30]))]),
                Value::Float(vec![1.0, -1e30, 3.0, 9.969_21e36]),
            ),
            (variable(Type::Double, &[]), Value::Double(vec![1.0, 9.969_209_968_386_869e36, f64::NAN, f64::INFINITY])),
        ];
        let file = written(&input, container, variables);
        let (_, done) =
            process(&file, &Options { scale: 2.0, overwrite: true, ..Options::default() }, &output).unwrap();
        assert_eq!(values(&done, 0), [2.0, -9999.0, 6.0, 8.0]);
        assert_eq!(values(&done, 1), [2.0, f64::from(-1e30_f32), 6.0, f64::from(9.969_21e36_f32)]);
        assert_eq!(values(&done, 2)[..2], [2.0, 9.969_209_968_386_869e36]);
        assert!(values(&done, 2)[2].is_nan() && values(&done, 2)[3] == f64::INFINITY);
        assert_eq!(attribute(&done, 0, "_FillValue"), Some(Value::Double(vec![-9999.0])));
        assert_eq!(attribute(&done, 1, "missing_value"), Some(Value::Double(vec![-1e30])));
    }
}

#[test]
fn integers_are_scaled_exactly_or_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    for container in CONTAINERS {
        let integers = || Value::Int(vec![2, -2_147_483_647, 1 << 29, -4]);
        let file = written(&input, container, vec![(variable(Type::Int, &[]), integers())]);
        let scale = |scale| Options { scale, overwrite: true, ..Options::default() };
        let (summary, done) = process(&file, &scale(1.5), &output).unwrap();
        assert_eq!((summary.changed, values(&done, 0)), (1, vec![3.0, -2_147_483_647.0, 805_306_368.0, -6.0]));
        for refused in [1.25, 4.0] {
            let error = process(&file, &scale(refused), &output).unwrap_err();
            assert!(error.to_string().starts_with("nodal variable 1 (/vals_nod_var1): "), "{error}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_variable_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let options = CreateOptions { word_size: 4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&input, &line("", 4, &["u"]), &options).unwrap();
    fill(&writer, 4, 1);
    writer.finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let refused = |options: Options, said: &str| {
        let error = Plan::new(&file, &options).unwrap_err();
        assert!(error.kind() == Kind::Usage && error.to_string().contains(said), "{error}");
    };
    let all = Options::default;
    let u = "nodal variable \"u\" (/vals_nod_var1): the factor";
    refused(Options { scale: 1e60, ..all() }, &format!("{u} 1e60 is beyond the single precision"));
    refused(Options { fields: vec![("u".into(), -1e-60)], ..all() }, &format!("{u} -1e-60 is beyond"));
    for scale in [1e60, 1e-60] {
        refused(Options { coord_scale: [scale, 1.0, 1.0], ..all() }, "coordinate 1 (/coordx): the factor 1e");
    }
    refused(Options { translate: [1e60, 0.0, 0.0], ..all() }, "(/coordx): the offset 1e60 is beyond");
    // No result is meant to be left, too small an offset moves nothing, and values that overflow are infinite.
    let fine = Options { scale: 0.0, translate: [1e-60, 0.0, 0.0], ..all() };
    assert_eq!(values(&process(&file, &fine, &output).unwrap().1, 0), [0.0; 4]);
    let large = Options { scale: 2e38, overwrite: true, ..all() };
    assert_eq!(values(&process(&file, &large, &output).unwrap().1, 0)[1..], [f64::INFINITY; 3]);
}

#[test]
fn packed_values_are_scaled_by_their_attributes() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    for container in CONTAINERS {
        let packing = [("scale_factor", Value::Float(vec![0.25])), ("add_offset", Value::Double(vec![273.0]))];
        let mut both = variable(Type::Short, &packing);
        both.attributes.push(Attribute::new("valid_max", Value::Short(vec![500])));
        both.attributes.push(Attribute::new("actual_range", Value::Double(vec![273.0, 373.0])));
        let offset = variable(Type::Short, &packing[1..]);
        let stored = || Value::Short(vec![0, 100, -32767, 400]);
        let file = written(&input, container, vec![(both, stored()), (offset, stored())]);
        let (summary, done) =
            process(&file, &Options { scale: -2.0, overwrite: true, ..Options::default() }, &output).unwrap();
        assert_eq!((summary.changed, summary.packed), (2, 2));
        assert_eq!(values(&done, 0), [0.0, 100.0, -32767.0, 400.0]);
        assert_eq!(attribute(&done, 0, "scale_factor"), Some(Value::Float(vec![-0.5])));
        assert_eq!(attribute(&done, 0, "add_offset"), Some(Value::Double(vec![-546.0])));
        assert_eq!(attribute(&done, 0, "valid_max"), Some(Value::Short(vec![500])));
        assert_eq!(attribute(&done, 0, "actual_range"), Some(Value::Double(vec![-746.0, -546.0])));
        assert_eq!(attribute(&done, 1, "scale_factor"), Some(Value::Double(vec![-2.0])));
    }
}

#[test]
fn packing_that_its_attributes_cannot_say_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let scaled = |factor: Value, scale: f64| {
        let packed = variable(Type::Short, &[("scale_factor", factor)]);
        let file = written(&input, Container::NetCdf4, vec![(packed, Value::Short(vec![0, 1, 2, 3]))]);
        let done = process(&file, &Options { scale, overwrite: true, ..Options::default() }, &output);
        done.map(|(_, done)| attribute(&done, 0, "scale_factor").unwrap()).map_err(|error| error.to_string())
    };
    // What single precision cannot hold is held in double precision.
    let half = || Value::Float(vec![0.5]);
    assert_eq!(scaled(half(), 1e300), Ok(Value::Double(vec![0.5e300])));
    assert_eq!(scaled(half(), 1e-60), Ok(Value::Double(vec![0.5e-60])));
    assert_eq!(scaled(half(), 2.0), Ok(Value::Float(vec![1.0])));
    for factor in [Value::text("abc"), Value::Double(vec![1.0, 2.0]), Value::Double(vec![f64::NAN])] {
        let error = scaled(factor, 2.0).unwrap_err();
        assert!(error.contains("scale_factor is not one number") && error.contains("vals_nod_var1"), "{error}");
    }
    let error = scaled(Value::Double(vec![1e300]), 1e300).unwrap_err();
    assert!(error.contains("scale_factor would be inf"), "{error}");
}

#[test]
fn bounds_of_values_follow_them() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let bounds = [
        ("valid_min", Value::Double(vec![1.0])),
        ("valid_range", Value::Float(vec![1.0, 10.0])),
        ("units", Value::text("K")),
    ];
    let file = written(
        &input,
        Container::NetCdf4,
        vec![(variable(Type::Double, &bounds), Value::Double(vec![1.0, 2.0, 3.0, 10.0]))],
    );
    let (_, done) = process(&file, &Options { scale: -2.0, ..Options::default() }, &output).unwrap();
    assert_eq!(attribute(&done, 0, "valid_max"), Some(Value::Double(vec![-2.0])));
    assert_eq!(attribute(&done, 0, "valid_min"), None);
    assert_eq!(attribute(&done, 0, "valid_range"), Some(Value::Float(vec![-20.0, -2.0])));
    assert_eq!(attribute(&done, 0, "units"), Some(Value::text("K")));
    assert_eq!(done.netcdf().find("/vals_nod_var1").unwrap().read_all::<f64>().unwrap(), [-2.0, -4.0, -6.0, -20.0]);
}

/// Frames are part of the model's description, not of its mesh.
#[test]
fn the_plan_says_that_coordinate_frames_stay() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let frame = CoordinateFrame {
        id: exodus_rs::EntityId(4),
        tag: 'R',
        points: [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
    };
    let mesh = MeshBuilder::new("frames").nodes(&[[0.0, 1.0, 2.0]]).declare(|mesh| mesh.frames = vec![frame; 2]);
    mesh.create(&input, &CreateOptions::default()).unwrap().finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    assert_eq!(Plan::new(&file, &Options::default()).unwrap().summary().unmoved_frames, 0);
    let plan = Plan::new(&file, &Options { translate: [1.0, 0.0, 5.0], ..Options::default() }).unwrap();
    assert_eq!(plan.summary().unmoved_frames, 2);
    plan.start(&output).unwrap().run(&|_| ControlFlow::Continue(())).unwrap();
    assert_eq!(ExodusFile::open(&output).unwrap().frames().unwrap(), file.frames().unwrap());
}

#[test]
fn a_plan_speaks_of_the_models_in_groups_where_the_root_has_none() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let mut framed = line("framed", 4, &[]);
    framed.num_dim = 2;
    framed.frames = vec![CoordinateFrame { id: exodus_rs::EntityId(1), tag: 'R', points: [[0.0; 3]; 3] }];
    let mesh = Mesh { groups: vec![("flat".to_owned(), framed)], ..Mesh::default() };
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&input, &mesh, &options).unwrap();
    common::put_ones(writer.group("flat").unwrap());
    writer.finish().unwrap();
    let file = ExodusFile::open(&input).unwrap();
    let scaled = |coord_scale| Options { coord_scale, overwrite: true, ..Options::default() };
    let (summary, _) = process(&file, &scaled([1.0, 1.0, -1.0]), &output).unwrap();
    assert_eq!((summary.num_dim, summary.mirrored, summary.unmoved_frames), (2, false, 1));
    let (summary, _) = process(&file, &scaled([1.0, -1.0, 1.0]), &output).unwrap();
    assert!(summary.mirrored);
}

#[test]
fn models_without_the_times_asked_for_are_named_and_steps_without_times_refused() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.nc", "out.exo"].map(|name| directory.path().join(name));
    let late = Options { steps: "2:".parse::<TimeRange>().unwrap().into(), overwrite: true, ..Options::default() };
    let file = ExodusFile::open(change_sets(directory.path(), 5)).unwrap();
    assert_eq!(process(&file, &late, &output).unwrap().0.without_steps, ["/set1"]);
    let mut schema = file.schema().clone();
    let of_set1 = |v: &Variable| v.name == "time_whole" && schema.group_path(v.group) == "/set1";
    let times = schema.variables.iter().position(of_set1).unwrap();
    schema.variables[times].name = "not_time".to_owned();
    let writer = Writer::create(&input, schema, true).unwrap();
    writer.write(netcdf::VariableId(times), &Selection::block(vec![0], vec![2]), &[0.0, 1.0]).unwrap();
    writer.finish().unwrap();
    let refused = Plan::new(&ExodusFile::open(&input).unwrap(), &late).unwrap_err();
    assert!(refused.to_string().contains("/set1: the steps have no times"), "{refused}");
}

#[test]
fn what_a_model_in_a_group_lacks_is_told_with_the_group() {
    let directory = tempfile::tempdir().unwrap();
    let file = ExodusFile::open(change_sets(directory.path(), 1)).unwrap();
    let lacks = |model: &ExodusFile| model.coord::<f64>(2, 0..1).unwrap_err().to_string();
    assert_eq!(lacks(&file.group("set1").unwrap()), "/set1: the model has no coordinate 3");
    assert_eq!(lacks(&file), "the model has no coordinate 3");
}

#[test]
fn steps_that_are_not_there_are_told_in_plain_words() {
    let directory = tempfile::tempdir().unwrap();
    let file = ExodusFile::open(change_sets(directory.path(), 3)).unwrap();
    let refused = |first, end, every| {
        exodus_rs::model::Subset::of(&file).steps(first..end).every(every).build().unwrap_err().to_string()
    };
    assert_eq!(refused(5, 2, 1), "steps 5..2, counted from 0: the model has 3");
    assert_eq!(refused(0, 9, 2), "every 2 of the steps 0..9, counted from 0: the model has 3");
    assert_eq!(refused(0, 2, 0), "a stride of no steps");
    let refused = |steps: u64, chosen: &str| {
        let path = directory.path().join("line.exo");
        let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
        let writer = ExodusWriter::create(&path, &line("", 2, &["u"]), &options).unwrap();
        fill(&writer, 2, steps);
        writer.finish().unwrap();
        let steps = chosen.parse::<StepRange>().unwrap().into();
        let options = Options { steps, ..Options::default() };
        Plan::new(&ExodusFile::open(&path).unwrap(), &options).unwrap_err().detail().to_owned()
    };
    assert_eq!(refused(0, "last"), "the file has no steps");
    assert_eq!(refused(1, "2"), "there is no step 2: there is 1 step");
    assert_eq!(refused(3, "-4"), "there is no step -4: there are 3 steps");
}
