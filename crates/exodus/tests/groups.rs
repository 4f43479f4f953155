//! Models in groups of a netCDF-4 file: change sets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use exodus_rs::model::{self, WriteOptions};
use exodus_rs::{
    Block, Container, CreateOptions, Data, EntityType, ExodusFile, ExodusWriter, Int64, Kind, Mesh, ModelWriter, Set,
};
use hyperslab::netcdf::Type;

/// A line of so many nodes, with a variable.
fn line(title: &str, nodes: u64) -> Mesh {
    let mut mesh = Mesh::new(title, 1, nodes);
    mesh.blocks.push(Block::new(EntityType::ElementBlock, 10, "BAR2", nodes - 1, 2));
    mesh.sets.push(Set::new(EntityType::NodeSet, 1, 1));
    mesh.set_variables(EntityType::Nodal, ["u"]);
    mesh
}

fn fill(writer: &ModelWriter, nodes: u64, steps: u64) {
    let along: Vec<f64> = (0..nodes).map(|n| n as f64).collect();
    writer.put_coords(&[&along]).unwrap();
    let bars: Vec<i64> = (1..nodes as i64).flat_map(|n| [n, n + 1]).collect();
    writer.put_connectivity(EntityType::ElementBlock, 0, &bars).unwrap();
    writer.put(Data::Members(EntityType::NodeSet, 0), &[nodes as i64]).unwrap();
    for step in 0..steps {
        let step = writer.next_step(step as f64 / 2.0).unwrap();
        let values: Vec<f64> = along.iter().map(|x| x + 100.0 * step.step() as f64).collect();
        step.put(EntityType::Nodal, 0, 0, &values).unwrap();
    }
}

fn write(path: &std::path::Path) -> exodus_rs::Result<u64> {
    let mut mesh = line("the whole", 3);
    mesh.groups = vec![("set1".to_owned(), line("before", 4)), ("set2".to_owned(), line("after", 6))];
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(path, &mesh, &options)?;
    fill(&writer, 3, 1);
    fill(writer.group("set1")?, 4, 2);
    fill(writer.group("set2")?, 6, 3);
    writer.finish()
}

fn check(file: &ExodusFile) {
    assert_eq!(file.groups(), ["set1", "set2"]);
    let models = [file.group("set1").unwrap(), file.group("set2").unwrap()];
    for (model, nodes, steps) in [(file, 3, 1), (&models[0], 4, 2), (&models[1], 6, 3)] {
        assert_eq!((model.init_params().num_nodes, model.num_steps()), (nodes, steps));
        assert_eq!(model.entities(EntityType::ElementBlock).unwrap()[0].len, nodes - 1);
        let last = model.view::<f64>(Data::Variable(EntityType::Nodal, 0, 0).step(steps - 1)).unwrap().into_vec();
        assert_eq!(last.last().copied().unwrap(), (nodes - 1) as f64 + 100.0 * (steps - 1) as f64);
        let members = model.view::<i64>(Data::Members(EntityType::NodeSet, 0)).unwrap().into_vec();
        assert_eq!(members, [nodes as i64]);
        assert!(model.groups().is_empty() || nodes == 3);
    }
}

#[test]
fn each_group_holds_a_model() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    write(&path).unwrap();
    let file = ExodusFile::open(&path).unwrap();
    check(&file);
    assert_eq!(file.group("set3").unwrap_err().kind(), Kind::NotFound);
    // The version belongs to the file as a whole.
    assert_eq!(file.group("set1").unwrap().version(), file.version());
    let mesh = file.mesh().unwrap();
    assert_eq!((mesh.title.as_str(), mesh.groups[0].1.title.as_str()), ("the whole", "before"));
    assert_eq!(
        mesh.groups.iter().map(|(name, mesh)| (name.as_str(), mesh.num_nodes)).collect::<Vec<_>>(),
        [("set1", 4), ("set2", 6)]
    );
}

#[test]
fn a_model_in_a_group_tells_of_itself() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    let size = write(&path).unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let (whole, part) = (file.info().unwrap(), file.group("set2").unwrap().info().unwrap());
    assert_eq!((part.size, part.container, part.counts.num_nodes), (size, Container::NetCdf4, 6));
    assert_eq!((part.times, part.num_steps, part.whole_steps), (vec![0.0, 0.5, 1.0], 3, 3));
    assert_eq!((part.blocks[0].1[0].len, part.groups.len(), whole.groups.len()), (5, 0, 2));
    for (info, nodes) in [(&whole.variables, 3), (&part.variables, 6)] {
        let coordinates: Vec<_> = info.iter().filter(|variable| variable.name == "coordx").collect();
        assert_eq!((coordinates.len(), coordinates[0].shape.as_slice()), (1, [nodes].as_slice()));
    }
    for (info, nodes) in [(&whole.dimensions, 3), (&part.dimensions, 6)] {
        let lengths: Vec<u64> = info.iter().filter(|d| d.name == "num_nodes").map(|d| d.length).collect();
        assert_eq!(lengths, [nodes]);
    }
}

#[test]
fn a_group_has_no_variables_of_the_file_around_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    let mut mesh = line("the whole", 3);
    mesh.set_variables(EntityType::NodeSet, ["force", "moment"]);
    mesh.groups = vec![("part".to_owned(), line("a part", 4))];
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    fill(&writer, 3, 0);
    fill(writer.group("part").unwrap(), 4, 0);
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(file.variable_names(EntityType::NodeSet).unwrap(), ["force", "moment"]);
    let part = file.group("part").unwrap();
    assert_eq!(part.variable_names(EntityType::NodeSet).unwrap(), [""; 0]);
    assert_eq!(part.variable_names(EntityType::Nodal).unwrap(), ["u"]);
}

#[test]
fn a_group_that_counts_nothing_is_not_the_model_around_it() {
    let directory = tempfile::tempdir().unwrap();
    let [path, target] = ["notes.exo", "copy.exo"].map(|name| directory.path().join(name));
    let mut mesh = line("the whole", 3);
    mesh.groups = vec![("notes".to_owned(), Mesh::new("notes", 0, 0))];
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let mut schema = ExodusFile::from_bytes({
        let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
        fill(&writer, 3, 1);
        writer.finish().unwrap();
        std::fs::read(&path).unwrap()
    })
    .unwrap()
    .schema()
    .clone();
    schema.dimensions.retain(|dimension| dimension.group == hyperslab::netcdf::GroupId::ROOT);
    schema.variables.retain(|variable| variable.group == hyperslab::netcdf::GroupId::ROOT);
    let whole = ExodusFile::open(&path).unwrap();
    let writer = hyperslab::netcdf::Writer::create(&target, schema, false).unwrap();
    let mut transfer = hyperslab::netcdf::Transfer::new(&writer);
    for (n, variable) in writer.schema().variables.iter().enumerate() {
        let array = whole.array(&variable.name).unwrap();
        transfer = transfer.job(hyperslab::netcdf::Job::new(array, hyperslab::netcdf::VariableId(n)));
    }
    let _ = transfer.run(&|_| std::ops::ControlFlow::Continue(())).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&target).unwrap();
    let notes = file.group("notes").unwrap();
    assert_eq!((notes.init_params().num_nodes, notes.num_steps()), (0, 0));
    assert_eq!(notes.mesh().unwrap().blocks.len(), 0);
    let report =
        exodus_rs::diff::compare(&file, &file, &Default::default(), &mut |_| std::ops::ControlFlow::Continue(()));
    assert!(report.unwrap().verdict.is_same());
    model::write(
        &file,
        &path,
        &WriteOptions { create: CreateOptions { overwrite: true, ..options }, ..WriteOptions::like(&file) },
    )
    .unwrap();
    assert_eq!(ExodusFile::open(&path).unwrap().groups(), ["notes"]);
}

#[test]
fn an_error_names_few_of_many_groups() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("many.exo");
    let mut mesh = Mesh::new("many", 0, 0);
    mesh.groups = (0..20).map(|n| (format!("set{n}"), Mesh::new("empty", 0, 0))).collect();
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    ExodusWriter::create(&path, &mesh, &options).unwrap().finish().unwrap();
    let error = ExodusFile::open(&path).unwrap().group("other").unwrap_err().to_string();
    assert!(
        error.contains("there is no group other: there are set0, set1") && error.contains("set11 and 8 more"),
        "{error}"
    );
}

#[test]
fn groups_are_copied() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (directory.path().join("groups.exo"), directory.path().join("copy.exo"));
    write(&path).unwrap();
    let file = ExodusFile::open(&path).unwrap();
    model::write(&file, &target, &WriteOptions::like(&file)).unwrap();
    check(&ExodusFile::open(&target).unwrap());
}

#[test]
fn integers_of_groups_stay_as_wide_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (directory.path().join("groups.exo"), directory.path().join("copy.exo"));
    let mut mesh = Mesh::new("nothing but groups", 0, 0);
    mesh.groups = vec![("set1".to_owned(), line("wide", 4))];
    let options = CreateOptions { container: Container::NetCdf4, int64: Int64::ALL, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    fill(writer.group("set1").unwrap(), 4, 1);
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let options = WriteOptions::like(&file);
    // There are no maps.
    assert_eq!(options.create.int64, Int64 { maps: false, ..Int64::ALL });
    model::write(&file, &target, &options).unwrap();
    let [before, after] = [path, target].map(|path| ExodusFile::open(path).unwrap());
    for variable in ["connect1", "node_ns1", "eb_prop1"] {
        let ty = |file: &ExodusFile| file.group("set1").unwrap().array(variable).unwrap().variable().ty.clone();
        assert_eq!((ty(&before), ty(&after)), (Type::Int64, Type::Int64), "{variable}");
    }
}

#[test]
fn groups_that_cannot_be_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    let mut mesh = line("the whole", 3);
    mesh.groups = vec![("set1".to_owned(), line("part", 4))];
    for container in [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4Classic] {
        let options = CreateOptions { container, ..CreateOptions::default() };
        assert!(ExodusWriter::create(&path, &mesh, &options).is_err(), "{container:?}");
    }
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    mesh.groups[0].1.groups.push(("deeper".to_owned(), line("part", 2)));
    let nested = ExodusWriter::create(&path, &mesh, &options).unwrap_err();
    assert_eq!(nested.kind(), Kind::Unsupported);
    assert!(nested.to_string().starts_with("/set1/deeper: "), "{nested}");
    mesh.groups[0].1.groups.clear();
    mesh.groups[0].1.nemesis = Some(exodus_rs::nemesis::Nemesis::default());
    assert_eq!(ExodusWriter::create(&path, &mesh, &options).unwrap_err().kind(), Kind::Unsupported);
    mesh.groups[0].1.nemesis = None;
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    assert_eq!(writer.group("set2").unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn each_group_counts_its_steps() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    let mut mesh = line("the whole", 3);
    mesh.groups = vec![("set1".to_owned(), line("part", 4))];
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    fill(&writer, 3, 0);
    fill(writer.group("set1").unwrap(), 4, 0);
    for time in 0..3 {
        let step = writer.group("set1").unwrap().next_step(f64::from(time)).unwrap();
        step.put(EntityType::Nodal, 0, 0, &[f64::from(time); 4]).unwrap();
    }
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!((file.num_steps(), file.group("set1").unwrap().times().unwrap()), (0, vec![0.0, 1.0, 2.0]));
}

#[test]
fn a_step_exists_once_its_values_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("steps.exo");
    let mut mesh = line("steps", 3);
    mesh.set_variables(EntityType::Nodal, ["u", "v"]);
    mesh.set_variables(EntityType::Global, ["energy", "work"]);
    let create =
        |word_size| ExodusWriter::create(&path, &mesh, &CreateOptions { word_size, ..CreateOptions::default() });
    for word_size in [4, 8] {
        let writer = create(word_size).unwrap();
        let step = writer.next_step(0.1).unwrap();
        step.put(EntityType::Nodal, 0, 0, &[0.1; 3]).unwrap();
        step.put(EntityType::Global, 0, 0, &[0.1]).unwrap();
        let unfinished = writer.next_step(1.0).unwrap_err();
        assert!(unfinished.to_string().contains("step 1 is not complete"), "{unfinished}");
        assert!(step.put(EntityType::Nodal, 1, 0, &[0.1; 4]).is_err());
        let refused = writer.finish().unwrap_err();
        assert_eq!(refused.kind(), Kind::Usage);
        assert!(!path.exists());

        let writer = create(word_size).unwrap();
        let step = writer.next_step(0.1).unwrap();
        (0..2).for_each(|n| step.put(EntityType::Nodal, n, 0, &[0.1; 3]).unwrap());
        (0..2).for_each(|n| step.put(EntityType::Global, n, 0, &[0.1]).unwrap());
        assert_eq!(writer.next_step(0.2).unwrap().step(), 1);
        assert!(writer.finish().is_err());
    }
}

#[test]
fn numbers_are_rounded_to_the_precision_of_the_file_unless_nothing_may_be_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("single.exo");
    let options = CreateOptions { word_size: 4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &line("single", 3), &options).unwrap();
    fill(&writer, 3, 0);
    let x = Data::Coordinate(0);
    writer.put(x, &[0.1, 0.2, 0.3]).unwrap();
    assert_eq!(writer.put_exact(x, &[0.1, 0.2, 0.3]).unwrap_err().kind(), Kind::Usage);
    writer.put_exact(x, &[0.5, 0.25, 0.125]).unwrap();
    writer.put(x, &[0.1, f64::INFINITY, f64::NAN]).unwrap();
    for too_large in [1e39, -1e300] {
        assert_eq!(writer.put(x, &[0.0, 0.0, too_large]).unwrap_err().kind(), Kind::Usage);
    }
    let bars = Data::Connectivity(EntityType::ElementBlock, 0);
    assert_eq!(writer.put(bars, &[1.0, 2.0, 2.5, 3.0]).unwrap_err().kind(), Kind::Usage);
    writer.put(bars, &[1.0, 2.0, 2.0, 3.0]).unwrap();
    writer.finish().unwrap();
    let values: Vec<f32> = ExodusFile::open(&path).unwrap().view(x).unwrap().into_vec();
    assert_eq!(values[..2], [0.1, f32::INFINITY]);
}
