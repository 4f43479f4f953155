//! Numbers of several files that are one array: those that mean the same, and those that do not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::{Path, PathBuf};

use exodus_rs::check::{check, Options};
use exodus_rs::model::{write, Joined, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, EntityType, ExodusFile, Kind, MeshBuilder};
use hyperslab::netcdf::{Attribute, Type, Value, Variable, VariableId, Writer};
use hyperslab::Selection;

use EntityType::{ElementBlock, ElementMap, Global, Nodal, NodeMap};

/// What is changed of a variable.
type Change<'c> = &'c dyn Fn(&mut Variable);

/// A bar with attributes and results, one after the other with its rank; a variable of the file is changed.
fn bar(path: &Path, rank: i64, name: &str, change: Change<'_>) -> ExodusFile {
    let plain = path.with_extension("plain");
    let mesh = MeshBuilder::new("bars").nodes(&[rank, rank + 1].map(|x| [x as f64])).block(1, "BAR2", &[[1, 2]]);
    let mesh = mesh.ids(NodeMap, &[rank + 1, rank + 2]).ids(ElementMap, &[rank + 1]);
    let mesh = mesh.variables(Nodal, ["u"]).variables(Global, ["energy"]);
    let mesh = mesh.declare(|mesh| mesh.blocks[ElementBlock][0].attributes = vec!["area".into()]);
    let writer = mesh.create(&plain, &CreateOptions { overwrite: true, ..CreateOptions::default() }).unwrap();
    writer.put_attributes(ElementBlock, 0, &[3.0]).unwrap();
    let step = writer.next_step(0.5).unwrap();
    step.put(Nodal, 0, 0, &[20.0, 30.0]).unwrap();
    step.put(Global, 0, 0, &[7.0]).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&plain).unwrap();
    let mut schema = file.schema().clone();
    schema.variables.iter_mut().filter(|variable| variable.name == name).for_each(change);
    let writer = Writer::create(path, schema, true).unwrap();
    for (n, array) in file.netcdf().arrays().iter().enumerate().filter(|(_, array)| array.number().is_some()) {
        let all = Selection::block(vec![0; array.shape().len()], array.shape().to_vec());
        writer.write(VariableId(n), &all, &array.read_all::<f64>().unwrap()).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

/// Gives a variable an attribute.
fn with(name: &'static str, value: f64) -> impl Fn(&mut Variable) {
    move |variable| variable.attributes.push(Attribute::new(name, Value::Double(vec![value])))
}

/// Writes the model of two bars, of which a variable differs; what is said, or the file.
fn joined(folder: &Path, name: &str, changes: [Change<'_>; 2]) -> Result<PathBuf, String> {
    let paths = [0, 1].map(|rank| folder.join(format!("bars.e.2.{rank}")));
    [0, 1].into_iter().for_each(|rank| drop(bar(&paths[rank], rank as i64, name, changes[rank])));
    let model = ParallelFile::open(folder.join("bars.e")).unwrap();
    let out = folder.join("out.e");
    let options = CreateOptions { overwrite: true, ..model.create_options() };
    write(&model, &out, &options.into()).map(|_| out).map_err(|error| {
        assert_eq!(error.kind(), Kind::Unsupported);
        error.to_string()
    })
}

/// The arrays that have attributes, by the names of their variables.
const ARRAYS: [(&str, &str); 5] = [
    ("coordx", "coordinate 1: "),
    ("time_whole", "times: "),
    ("attrib1", "attributes of element block 1"),
    ("vals_glo_var", "global variables: "),
    ("vals_nod_var1", "nodal variable 1: "),
];

#[test]
fn members_that_mean_other_things_by_their_numbers_are_not_joined() {
    let folder = tempfile::tempdir().unwrap();
    for (name, what) in ARRAYS {
        for attribute in ["scale_factor", "add_offset", "missing_value", "_FillValue"] {
            let said = joined(folder.path(), name, [&with(attribute, 2.0), &with(attribute, 3.0)]).unwrap_err();
            assert!(said.contains("bars.e.2.1: ") && said.contains(what), "{said}");
            assert!(said.contains("packed, or with missing values, in another way"), "{said}");
            for values in [false, true] {
                let model = ParallelFile::open(folder.path().join("bars.e")).unwrap();
                let report = check(&model, &Options { values, ..Options::default() });
                let found = report.findings.iter().filter(|finding| finding.message == said).count();
                assert_eq!(found, 1, "{report:?}");
            }
            let out = joined(folder.path(), name, [&with(attribute, 2.0), &with(attribute, 2.0)]).unwrap();
            let out = ExodusFile::open(out).unwrap();
            assert_eq!(out.array(name).unwrap().variable().attribute(attribute).and_then(Value::as_f64), Some(2.0));
        }
    }
}

#[test]
fn what_means_the_same_is_joined_however_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let single = |variable: &mut Variable| variable.ty = Type::Float;
    let marked = |value: f32| {
        move |variable: &mut Variable| {
            variable.ty = Type::Float;
            variable.attributes.push(Attribute::new("missing_value", Value::Float(vec![value])));
        }
    };
    let changes: [[Change<'_>; 2]; 4] = [
        [&|_| {}, &with("scale_factor", 1.0)],
        [&with("add_offset", 0.0), &with("scale_factor", 1.0)],
        [&|_| {}, &single],
        [&with("missing_value", 20.0), &marked(20.0)],
    ];
    for change in changes {
        let out = ExodusFile::open(joined(folder.path(), "vals_nod_var1", change).unwrap()).unwrap();
        assert_eq!(out.var(0, Nodal, 0, 0).unwrap().into_vec(), [20.0, 20.0, 30.0]);
    }
    let said = joined(folder.path(), "vals_nod_var1", [&with("missing_value", 20.0), &marked(30.0)]).unwrap_err();
    assert!(said.contains("in another way"), "{said}");
}

#[test]
fn runs_that_mean_other_things_by_their_numbers_are_not_joined() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.e", "b.e"].map(|name| folder.path().join(name));
    for (name, _) in ARRAYS {
        let first = bar(&paths[0], 0, name, &|_| {});
        let error = Joined::new([&first, &bar(&paths[1], 0, name, &with("scale_factor", 2.0))]).unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.to_string().contains("in another way than the first"), "{error}");
        let same = bar(&paths[1], 0, name, &with("scale_factor", 1.0));
        let run = Joined::new([&first, &same]).unwrap();
        write(&run, folder.path().join(format!("{name}.e")), &WriteOptions::like(&run)).unwrap();
    }
}
