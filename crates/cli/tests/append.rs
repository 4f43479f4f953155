//! `exo append`: what it leaves, and how it ends.
#![allow(clippy::unwrap_used)] // a test that fails may panic

mod common;

use std::path::Path;

use exodus_rs::{Container, CreateOptions, EntityType, ExodusFile, MeshBuilder};

use common::{exo, text};

fn file(path: &Path, nodes: &[[f64; 2]], times: &[f64]) -> String {
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let mesh = MeshBuilder::new("points").nodes(nodes).variables(EntityType::Nodal, ["u"]);
    let writer = mesh.create(path, &options).unwrap();
    for &time in times {
        writer.next_step(time).unwrap().put_nodal("u", &vec![time; nodes.len()]).unwrap();
    }
    writer.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn steps_are_appended_or_the_file_is_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let nodes = [[0.0, 0.0], [1.0, 0.0]];
    let first = file(&path("a.exo"), &nodes, &[0.0, 1.0]);
    let second = file(&path("b.exo"), &nodes, &[2.0, 3.0, 4.0]);
    let done = exo(&["append", &first, &second]);
    assert_eq!(text(&done.stdout), format!("{first}: 3 steps appended, 5 steps\n"), "{}", text(&done.stderr));
    let done = exo(&["append", "--sync", "2", "--quiet", &first, &second]);
    assert_eq!((text(&done.stdout), done.status.code()), (String::new(), Some(0)));
    let times = || ExodusFile::open(&first).unwrap().times().unwrap();
    assert_eq!(times(), [0.0, 1.0, 2.0, 3.0, 4.0, 2.0, 3.0, 4.0]);
    let bytes = std::fs::read(&first).unwrap();
    let other = file(&path("c.exo"), &[[0.0, 0.0]], &[1.0]);
    for (arguments, said) in [
        (vec!["append", &first, &other], "c.exo: the first model and model 2 differ in their nodes and elements"),
        (vec!["append", &first, &first], "is the input and the output"),
        (vec!["append", &first, "no-such-file"], "no-such-file"),
    ] {
        let done = exo(&arguments);
        let told = text(&done.stderr);
        assert!(done.status.code() == Some(2) && told.contains(said), "{arguments:?}: {told}");
        assert_eq!(std::fs::read(&first).unwrap(), bytes);
    }
}
