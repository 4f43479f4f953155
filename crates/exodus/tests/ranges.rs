//! What an array does not have is told in the words of those who made the mesh, by every model.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::Path;

use exodus_rs::model::{Joined, Moved, Scaled, Subset};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::{Container, CreateOptions, Kind, MeshBuilder, Part};
use EntityType::{ElementBlock, Global, Nodal, NodeMap, NodeSet, SideSet};

/// Two triangles, a set of each kind, results in three steps.
fn file(path: &Path, large_model: bool) -> ExodusFile {
    let options = CreateOptions { container: Container::Cdf2, large_model, ..CreateOptions::default() };
    let writer = MeshBuilder::new("two triangles")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        .block(10, "TRI3", &[[1, 2, 3], [1, 3, 4]])
        .named("cube")
        .node_set(7, &[1, 2])
        .factors(&[0.5, 0.5])
        .side_set(8, &[(2, 3)])
        .ids(NodeMap, &[11, 12, 13, 14])
        .ids(EntityType::ElementMap, &[21, 22])
        .variables(Global, ["energy"])
        .variables(Nodal, ["u", "v"])
        .variables(ElementBlock, ["stress"])
        .create(path, &options)
        .unwrap();
    for n in 0..3 {
        let step = writer.next_step(f64::from(n)).unwrap();
        step.put_global("energy", 1.0).unwrap();
        ["u", "v"].into_iter().for_each(|name| step.put_nodal(name, &[1.0; 4]).unwrap());
        step.put(ElementBlock, "stress", 0, &[1.0, 2.0]).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

/// Parts that the file does not have, and how that is told.
fn outside() -> Vec<(Part, &'static str)> {
    let (u, stress) = (Data::Variable(Nodal, 0, 0), Data::Variable(ElementBlock, 0, 0));
    let nodes = Data::Connectivity(ElementBlock, 0);
    vec![
        (Data::Coordinate(0).entry(4), "coordinate 1: there is no node 5: the last is 4"),
        (Data::Coordinate(1).entries(2..9), "coordinate 2: there is no node 5: the last is 4"),
        (Data::Coordinate(1).entries(6..9), "coordinate 2: there is no node 7: the last is 4"),
        (nodes.entry(600), r#"nodes of element block 10 "cube": there is no element 601: the last is 2"#),
        (nodes.component(3), r#"nodes of element block 10 "cube": there is no node 4: the last is 3"#),
        (u.step(3), r#"nodal variable "u": there is no step 4: the last is 3"#),
        (u.entry(4), r#"nodal variable "u": there is no node 5: the last is 4"#),
        (u.step(0).entries(..5), r#"nodal variable "u": there is no node 5: the last is 4"#),
        (stress.steps(1..9), r#"variable "stress" of element block 10 "cube": there is no step 4: the last is 3"#),
        (stress.entry(2), r#"variable "stress" of element block 10 "cube": there is no element 3: the last is 2"#),
        (Data::Members(NodeSet, 0).entry(2), "members of node set 7: there is no node 3: the last is 2"),
        (Data::Factors(NodeSet, 0).entry(2), "distribution factors of node set 7: there is no factor 3: the last is 2"),
        (Data::Sides(SideSet, 0).entry(1), "sides of side set 8: there is no side 2: the last is 1"),
        (Data::Variable(Global, 0, 0).step(3), r#"global variable "energy": there is no step 4: the last is 3"#),
        (Data::Reductions(Global, 0).entry(1), "global variables: there is no variable 2: the last is 1"),
        (Data::IdMap(NodeMap).entry(4), "identifiers (node map): there is no node 5: the last is 4"),
        (Data::Times.step(3), "times: there is no step 4: the last is 3"),
    ]
}

fn told<M: Model>(model: &M) {
    for (part, wanted) in outside() {
        let error = model.view::<f64>(part.clone()).map(|_| ()).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (wanted, Kind::Usage));
        let error = model.numbers(&part).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
}

#[test]
fn what_an_array_does_not_have_is_told_in_the_words_of_the_mesh() {
    let directory = tempfile::tempdir().unwrap();
    for large_model in [true, false] {
        let file = file(&directory.path().join(format!("{large_model}.exo")), large_model);
        told(&file);
        for (part, wanted) in outside() {
            assert_eq!(file.view::<f64>(part.clone()).map(|_| ()).unwrap_err().to_string(), wanted);
            assert_eq!(file.read::<f64>(part.clone()).map(|_| ()).unwrap_err().to_string(), wanted);
            assert_eq!(file.read_into(part.clone(), &mut [0.0]).unwrap_err().to_string(), wanted);
            assert_eq!(file.share(part).map(|_| ()).unwrap_err().to_string(), wanted);
        }
    }
}

#[test]
fn adaptors_and_decomposed_models_tell_it_in_the_same_words() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory.path().join("a.exo"), true);
    told(&ParallelFile::from_members(vec![file.clone()]).unwrap());
    told(&Scaled::new(&file, 2.0));
    told(&Moved::new(&file, Transform::identity()).unwrap());
    told(&Joined::new([&file]).unwrap());
    told(&Subset::of(&file).build().unwrap());
    told(&Subset::of(&file).blocks(["cube"]).unwrap().build().unwrap());
    told(&Subset::of(&file).steps(..).every(1).blocks(["cube"]).unwrap().build().unwrap());
    let two = Subset::of(&file).every(2).build().unwrap();
    let error = two.var(2, Nodal, "u", 0).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), r#"nodal variable "u": there is no step 3: the last is 2"#);
}

#[test]
fn without_steps_there_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    let mesh = MeshBuilder::new("a node").nodes(&[[0.0]]).variables(Nodal, ["u"]);
    mesh.create(&path, &CreateOptions::default()).unwrap().finish().unwrap();
    let error = ExodusFile::open(&path).unwrap().var(0, Nodal, "u", 0).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), r#"nodal variable "u": there is no step 1: there are none"#);
}

#[test]
fn whoever_writes_is_told_in_the_same_words() {
    let directory = tempfile::tempdir().unwrap();
    let mesh = MeshBuilder::new("a node").nodes(&[[0.0]]).variables(Nodal, ["u"]);
    let writer = mesh.create(directory.path().join("a.exo"), &CreateOptions::default()).unwrap();
    let error = writer.put(Data::Variable(Nodal, 0, 0).step(7).entry(1), &[1.0]).unwrap_err();
    assert_eq!(error.to_string(), r#"nodal variable "u": there is no node 2: the last is 1"#);
    let long = "a name that has more letters than a name has room for";
    let mesh = MeshBuilder::new("a node").nodes(&[[0.0]]).declare(|mesh| {
        mesh.set_variables(Nodal, [long]);
        mesh.text.name = 33;
    });
    let error = mesh.create(directory.path().join("b.exo"), &CreateOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), format!("{long:?} is longer than the 32 bytes of name_nod_var"));
}
