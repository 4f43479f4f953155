//! What a file does not have is in nothing that is made of it: no coordinates and times of zeros, no steps in an order that nobody
//! knows; what stands for missing values stays.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;

use exodus_rs::check::{check, Options};
use exodus_rs::model::{write, Joined, Model, Moved, Scaled, Subset, WriteOptions};
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::{
    Block, CreateOptions, Data, EntityId, EntityType, EntityType::Nodal, ExodusFile, ExodusWriter, Kind, Mesh,
    MeshBuilder, ParallelFile,
};
use hyperslab::netcdf::{Attribute, Container, Schema, Type, Value, Variable, Writer};
use hyperslab::{Element, Selection};

/// Two nodes in a plane at two steps, with the vector (u, v); the variables of these names are not there. Values of -9999 are no `u`,
/// those of -1e30 no `v`.
fn without(path: &Path, absent: &[&str]) -> ExodusFile {
    marked(path, absent, [-9999.0, -1e30])
}

/// [`without`] with these numbers for missing values.
fn marked(path: &Path, absent: &[&str], markers: [f64; 2]) -> ExodusFile {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    schema.set_attribute("file_size", Value::Int(vec![1]));
    let time = schema.add_dimension("time_step", 0, true);
    let name = schema.add_dimension("len_name", 33, false);
    schema.add_dimension("num_dim", 2, false);
    let nodes = schema.add_dimension("num_nodes", 2, false);
    let variables = schema.add_dimension("num_nod_var", 2, false);
    let mut all: Vec<(Variable, Vec<f64>)> = vec![
        (Variable::new("coordx", Type::Double, vec![nodes]), vec![1.0, 2.0]),
        (Variable::new("coordy", Type::Double, vec![nodes]), vec![3.0, 4.0]),
        (Variable::new("time_whole", Type::Double, vec![time]), vec![0.5, 1.5]),
        (Variable::new("vals_nod_var1", Type::Double, vec![time, nodes]), vec![1.0, -9999.0, 2.0, 3.0]),
        (Variable::new("vals_nod_var2", Type::Double, vec![time, nodes]), vec![4.0, 5.0, -1e30, 6.0]),
    ];
    for (variable, marker) in all.iter_mut().skip(3).zip(markers) {
        variable.0.attributes.push(Attribute::new("missing_value", Value::Double(vec![marker])));
    }
    all.retain(|(variable, _)| !absent.contains(&variable.name.as_str()));
    let names = schema.add_variable(Variable::new("name_nod_var", Type::Char, vec![variables, name]));
    let ids: Vec<_> = all.iter().map(|(variable, _)| schema.add_variable(variable.clone())).collect();
    let writer = Writer::create(path, schema, true).unwrap();
    let text: Vec<u8> = ["u", "v"].iter().flat_map(|name| format!("{name:\0<33}").into_bytes()).collect();
    writer.write_stored(names, &Selection::block(vec![0, 0], vec![2, 33]), &text).unwrap();
    for (id, (variable, values)) in ids.into_iter().zip(all) {
        let count = if variable.dimensions.len() == 2 { vec![2, 2] } else { vec![2] };
        writer.write(id, &Selection::block(vec![0; count.len()], count), &values).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

/// The file made of a model, in a container.
fn made(model: &dyn Model, path: &Path, container: Container) -> ExodusFile {
    let mut options = WriteOptions::like(model);
    (options.create.container, options.create.overwrite) = (container, true);
    write(model, path, &options).unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn coordinates_and_times_that_are_absent_are_absent_in_what_is_made_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = without(&input, &["coordy", "time_whole"]);
    let models: [Box<dyn Model>; 3] = [
        Box::new(file.clone()),
        Box::new(Scaled::new(file.clone(), 2.0)),
        Box::new(Subset::of(file.clone()).variables(Nodal, ["v"]).unwrap().build().unwrap()),
    ];
    for (model, container) in models.iter().zip([Container::Cdf5, Container::NetCdf4, Container::Cdf2]) {
        let found = made(&**model, &output, container);
        assert_eq!(found.num_steps(), 2);
        assert!(found.has(Data::Coordinate(0)) && !found.has(Data::Coordinate(1)) && !found.has(Data::Times));
        assert_eq!(found.coords::<f64>().unwrap_err().kind(), Kind::NotFound);
        assert_eq!(found.times().unwrap(), [0.0; 0]);
        assert!(found.variable(Nodal, "v").unwrap().step(1).is_ok());
    }
}

/// A model with nothing but two steps.
fn timed(path: &Path, times: [f64; 2]) -> ExodusFile {
    let mut schema = Schema::new(Container::Cdf2);
    schema.set_attribute("api_version", Value::Float(vec![4.01]));
    let time = schema.add_dimension("time_step", 0, true);
    let id = schema.add_variable(Variable::new("time_whole", Type::Double, vec![time]));
    let writer = Writer::create(path, schema, true).unwrap();
    writer.write(id, &Selection::block(vec![0], vec![2]), &times).unwrap();
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn steps_without_times_are_not_put_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["one.exo", "two.exo"].map(|name| directory.path().join(name));
    let with = without(&paths[0], &[]);
    let untimed = without(&paths[1], &["time_whole"]);
    for models in [vec![&untimed], vec![&with, &untimed]] {
        let refused = Joined::new(models).unwrap_err();
        assert_eq!(refused.kind(), Kind::Usage);
        assert!(refused.to_string().contains("steps without times"), "{refused}");
    }
    assert_eq!(Joined::new([&with]).unwrap().num_steps(), 2);
    let no_number = timed(&paths[1], [0.5, f64::NAN]);
    let refused = Joined::new([&timed(&paths[0], [0.0, 1.0]), &no_number]).unwrap_err().to_string();
    assert!(refused.contains("model 2 has steps whose time is no number, the first is step 2"), "{refused}");
}

#[test]
fn members_without_times_keep_their_steps() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["one.exo", "two.exo", "out.exo"].map(|name| directory.path().join(name));
    let untimed = without(&paths[0], &["time_whole"]);
    let whole = ParallelFile::from_members(vec![untimed.clone(), untimed.clone()]).unwrap();
    assert_eq!((whole.num_steps(), whole.times().unwrap(), whole.has(Data::Times)), (2, vec![], false));
    let only = ParallelFile::from_members(vec![untimed.clone()]).unwrap();
    assert!(check(&only, &Options::default()).findings.iter().any(|found| found.message == "2 steps, and no times"));
    let found = made(&only, &paths[2], Container::Cdf5);
    assert_eq!((found.num_steps(), found.has(Data::Times)), (2, false));
    assert_eq!(found.variable(Nodal, "v").unwrap().step(0).unwrap().into_vec(), [4.0, 5.0]);
    for members in [vec![without(&paths[1], &[]), untimed.clone()], vec![untimed, without(&paths[1], &[])]] {
        let whole = ParallelFile::from_members(members).unwrap();
        let refused = whole.check_complete().unwrap_err();
        assert_eq!(refused.kind(), Kind::Usage);
        assert!(refused.to_string().contains("the steps have no times, and those of other members have"), "{refused}");
    }
}

#[test]
fn what_stands_for_a_missing_component_is_no_number_to_be_turned() {
    let directory = tempfile::tempdir().unwrap();
    let file = without(&directory.path().join("in.exo"), &[]);
    let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2).unwrap();
    let turned = Moved::new(&file, turn).unwrap().vector(Nodal, ["u", "v"]).unwrap();
    let values = |name: &str| {
        let rounded = |value: f64| if value.abs() < 1e6 { value.round() } else { value };
        let all = turned.variable(Nodal, name).unwrap().array().unwrap();
        all.into_iter().map(rounded).collect::<Vec<_>>()
    };
    assert_eq!(values("u"), [-4.0, -9999.0, 2.0, -6.0]);
    assert_eq!(values("v"), [1.0, 5.0, -1e30, 3.0]);
}

#[test]
fn coordinates_without_names_get_none() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = without(&input, &[]);
    let copy = made(&file, &output, Container::NetCdf4);
    assert!(file.mesh().unwrap().coord_names.is_empty() && copy.array("coor_names").is_none());
}

/// The numbers that stand for missing ones in the variables of a file.
fn markers(file: &ExodusFile) -> [Vec<f64>; 2] {
    ["vals_nod_var1", "vals_nod_var2"].map(|name| {
        let marker = file.array(name).unwrap().variable().attribute("missing_value").map(Value::numbers);
        marker.unwrap_or_default().into_iter().map(f64::nearest).collect()
    })
}

#[test]
fn missing_values_stay_missing_in_what_is_made_of_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let [input, output] = ["in.exo", "out.exo"].map(|name| directory.path().join(name));
    let file = without(&input, &[]);
    let models: [Box<dyn Model>; 4] = [
        Box::new(Subset::of(file.clone()).steps(1..).build().unwrap()),
        Box::new(Joined::new([file.clone()]).unwrap()),
        Box::new(ParallelFile::from_members(vec![file.clone()]).unwrap()),
        Box::new(file.clone()),
    ];
    for model in &models {
        for word_size in [8, 4] {
            let mut options = WriteOptions::like(&**model);
            (options.create.word_size, options.create.overwrite) = (word_size, true);
            write(&**model, &output, &options).unwrap();
            let found = ExodusFile::open(&output).unwrap();
            let stored = |value: f64| if word_size == 4 { f64::from(value as f32) } else { value };
            assert_eq!(markers(&found), [vec![stored(-9999.0)], vec![stored(-1e30)]], "{model:?} {word_size}");
            assert!(found.variable(Nodal, "u").unwrap().range().unwrap().unwrap()[0] >= 1.0);
            assert!(found.variable(Nodal, "v").unwrap().range().unwrap().is_none_or(|range| range[0] >= 4.0));
        }
    }
}

#[test]
fn results_that_are_missing_in_two_ways_are_not_joined() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["one.exo", "two.exo"].map(|name| directory.path().join(name));
    let files = paths.each_ref().map(|path| without(path, &[]));
    assert_eq!(Joined::new(files.each_ref()).unwrap().num_steps(), 2);
    let other = marked(&paths[1], &[], [-8888.0, -1e30]);
    let refused = Joined::new([&files[0], &other]).unwrap_err();
    assert_eq!(refused.kind(), Kind::Unsupported);
    assert!(refused.to_string().contains("missing values"), "{refused}");
}

#[test]
fn where_nothing_is_nothing_can_be_put() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.exo");
    let mesh = MeshBuilder::new("nothing").nodes::<3>(&[]).block::<8>(10, "HEX8", &[]);
    let mesh = mesh.variables(Nodal, ["u"]).variables(EntityType::ElementBlock, ["s"]);
    let writer = mesh.create(&path, &CreateOptions::default()).unwrap();
    let step = writer.next_step(0.0).unwrap();
    step.put_nodal::<f64>("u", &[]).unwrap();
    step.put::<f64>(EntityType::ElementBlock, "s", 0, &[]).unwrap();
    assert_eq!(step.put_nodal("u", &[1.0]).unwrap_err().kind(), Kind::Usage);
    writer.finish().unwrap();
    assert_eq!(ExodusFile::open(&path).unwrap().num_steps(), 1);
}

#[test]
fn a_variable_is_one_component_of_one_vector() {
    let directory = tempfile::tempdir().unwrap();
    let file = without(&directory.path().join("in.exo"), &[]);
    let turn = Transform::rotation([0.0, 0.0, 1.0], 1.0).unwrap();
    let moved = || Moved::new(&file, turn).unwrap();
    assert_eq!(moved().vector(Nodal, ["u", "u"]).unwrap_err().kind(), Kind::Usage);
    let again = moved().vector(Nodal, ["u", "v"]).unwrap().vector(Nodal, ["v", "u"]).unwrap_err();
    assert!(again.to_string().contains("\"v\" would be two components"), "{again}");
}

#[test]
fn a_mesh_of_which_something_was_never_put_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("incomplete.exo");
    let mut mesh = Mesh::new("a triangle", 2, 3);
    mesh.blocks.push(Block::new(EntityType::ElementBlock, 10, "TRI3", 1, 3));
    for put in 0..4 {
        let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default()).unwrap();
        for axis in (0..2).take(put) {
            writer.put(Data::Coordinate(axis), &[0.0, 1.0, 2.0]).unwrap();
        }
        if put == 3 {
            writer.put_connectivity(EntityType::ElementBlock, EntityId(10), &[1, 2, 3]).unwrap();
        }
        // The same entries once more are not the others.
        if put == 0 {
            (0..2).for_each(|_| writer.put(Data::Coordinate(0).entries(0..2), &[0.0, 1.0]).unwrap());
        }
        let done = writer.finish();
        assert_eq!((done.is_ok(), path.exists()), (put == 3, put == 3));
        let missing = ["coordinate 1, and of 2 more", "coordinate 2, and of 1 more", "nodes of element block 10"];
        let said = done.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(missing.get(put).is_none_or(|missing| said.ends_with(missing)), "{said}");
    }
}

#[test]
fn steps_of_which_something_was_never_put_are_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let said = |put: &dyn Fn(&ExodusWriter)| {
        let mesh = MeshBuilder::new("two points").nodes(&[[0.0], [1.0]]).variables(Nodal, ["u", "v"]);
        let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
        let writer = mesh.create(directory.path().join("steps.exo"), &options).unwrap();
        put(&writer);
        writer.finish().map(drop).map_err(|error| error.to_string())
    };
    let var = |writer: &ExodusWriter, step: u64, name: &str| writer.put_var(step, Nodal, name, 0, &[1.0; 2]).unwrap();
    assert_eq!(
        said(&|writer| {
            for step in [1, 0] {
                writer.put_time(step, step as f64).unwrap();
                var(writer, step, "u");
                var(writer, step, "v");
            }
        }),
        Ok(())
    );
    let gap = said(&|writer| {
        writer.put_time(2, 2.0).unwrap();
        [0, 1, 2].into_iter().for_each(|step| var(writer, step, "u"));
        [0, 2].into_iter().for_each(|step| var(writer, step, "v"));
    });
    assert_eq!(gap.unwrap_err(), "step 1 is not complete: not all was put of times, and of 1 more");
    let twice = said(&|writer| {
        writer.put_time(0, 0.0).unwrap();
        var(writer, 0, "u");
        (0..2).for_each(|_| writer.put(Data::Variable(Nodal, 1, 0).step(0).entries(0..1), &[1.0]).unwrap());
    });
    assert_eq!(twice.unwrap_err(), "step 1 is not complete: not all was put of nodal variable \"v\"");
    // A step that was begun takes its values by whichever call they come.
    let begun = said(&|writer| {
        let step = writer.next_step(0.5).unwrap();
        var(writer, step.step(), "u");
        writer.put(Data::Variable(Nodal, 1, 0).step(0), &[1.0; 2]).unwrap();
    });
    assert_eq!(begun, Ok(()));
    let without = said(&|writer| [("u", 0), ("v", 0)].into_iter().for_each(|(name, step)| var(writer, step, name)));
    assert_eq!(without.unwrap_err(), "step 1 is not complete: not all was put of times");
}

/// A node with the vector (u, v), packed or missing in some way.
fn packed(path: &Path, attribute: &str, value: Value, numbers: [f64; 2]) -> ExodusFile {
    let mut schema = Schema::new(Container::NetCdf4);
    schema.set_attribute("api_version", Value::Float(vec![8.11]));
    let time = schema.add_dimension("time_step", 0, true);
    let lengths = [("num_dim", 2), ("num_nodes", 1), ("num_nod_var", 2)];
    let ids = lengths.map(|(name, n)| schema.add_dimension(name, n, false));
    let mut put = Vec::new();
    for (name, number) in [("coordx", 1.0), ("coordy", 2.0)] {
        put.push((schema.add_variable(Variable::new(name, Type::Double, vec![ids[1]])), vec![1], number));
    }
    put.push((schema.add_variable(Variable::new("time_whole", Type::Double, vec![time])), vec![1], 0.0));
    for (name, number) in ["vals_nod_var1", "vals_nod_var2"].into_iter().zip(numbers) {
        let mut variable = Variable::new(name, Type::Double, vec![time, ids[1]]);
        variable.attributes.push(Attribute::new(attribute, value.clone()));
        put.push((schema.add_variable(variable), vec![1, 1], number));
    }
    let writer = Writer::create(path, schema, true).unwrap();
    for (id, count, number) in put {
        writer.write(id, &Selection::block(vec![0; count.len()], count), &[number]).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn packed_values_are_not_computed_with_through_any_adaptor() {
    let directory = tempfile::tempdir().unwrap();
    let file = packed(&directory.path().join("packed.exo"), "add_offset", Value::Double(vec![10.0]), [1.0, 2.0]);
    let part = Subset::of(&file).steps(..).build().unwrap();
    let joined = Joined::new([&file]).unwrap();
    let whole = ParallelFile::from_members(vec![file.clone()]).unwrap();
    let u = Data::Variable(Nodal, 0, 0);
    let turn = Transform::rotation([0.0, 0.0, 1.0], 0.5).unwrap();
    for model in [&file as &dyn Model, &part, &joined, &whole] {
        let turned = Moved::new(model, turn).unwrap().vector(Nodal, [0, 1]).unwrap();
        for refused in [Scaled::new(model, 2.0).numbers(&u.into()).map(drop), turned.numbers(&u.into()).map(drop)] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), Kind::Unsupported);
            assert!(
                error.to_string().contains("nodal variable 1: ") && error.to_string().contains("packed"),
                "{error}"
            );
        }
    }
}

#[test]
fn what_is_no_number_can_stand_for_missing_values() {
    let directory = tempfile::tempdir().unwrap();
    let paths = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    let nan = || Value::Double(vec![f64::NAN]);
    let files = paths.each_ref().map(|path| packed(path, "missing_value", nan(), [f64::NAN, 2.0]));
    assert_eq!(Joined::new(files.each_ref()).unwrap().num_steps(), 1);
    let turn = Transform::rotation([0.0, 0.0, 1.0], 0.5).unwrap();
    let turned = Moved::new(&files[0], turn).unwrap().vector(Nodal, [0, 1]).unwrap();
    assert_eq!(turned.var(0, Nodal, 1, 0).unwrap().into_vec(), [2.0]);
}

#[test]
fn missing_integers_stay_missing_in_every_adaptor() {
    let directory = tempfile::tempdir().unwrap();
    let file = packed(&directory.path().join("a.exo"), "missing_value", Value::Double(vec![-999.0]), [-999.0, 2.0]);
    let integers = directory.path().join("integers.exo");
    let mut schema = file.schema().clone();
    schema.variables.iter_mut().filter(|v| v.name.starts_with("vals_")).for_each(|v| {
        let attributes = std::mem::take(&mut v.attributes);
        *v = Variable { attributes, group: v.group, ..Variable::new(&v.name, Type::Int, v.dimensions.clone()) };
    });
    let writer = Writer::create(&integers, schema, true).unwrap();
    for (n, array) in file.netcdf().arrays().iter().enumerate() {
        let values: Vec<f64> = array.read_all().unwrap();
        let id = hyperslab::netcdf::VariableId(n);
        writer.write(id, &Selection::block(vec![0; array.shape().len()], array.shape().to_vec()), &values).unwrap();
    }
    writer.finish().unwrap();
    let file = ExodusFile::open(&integers).unwrap();
    let part = Subset::of(&file).steps(..).build().unwrap();
    for model in [&file as &dyn Model, &part, &Joined::new([&file]).unwrap()] {
        let scaled = Scaled::new(model, 2.0);
        let values = [0, 1].map(|variable| scaled.view::<i64>(Data::Variable(Nodal, variable, 0)).unwrap().into_vec());
        assert_eq!(values, [[-999], [4]]);
    }
}

#[test]
fn one_identifier_names_one_block() {
    let directory = tempfile::tempdir().unwrap();
    let two = |ids: [i64; 2]| {
        let nodes = MeshBuilder::new("two bars").nodes(&[[0.0], [1.0], [2.0]]).node_set(7, &[1]).side_set(7, &[(1, 1)]);
        let mesh = nodes.block(ids[0], "BAR2", &[[1, 2]]).block(ids[1], "BAR2", &[[2, 3]]);
        mesh.create(directory.path().join("bars.exo"), &CreateOptions::default()).and_then(|writer| writer.finish())
    };
    assert_eq!(two([10, 10]).unwrap_err().to_string(), "there are two of the kind element block with the id 10");
    two([10, 11]).unwrap();
}
