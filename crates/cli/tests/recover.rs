//! `exo recover`: what it says, and how it ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{exo, fixture, text};

#[test]
fn a_lost_index_is_a_loss_and_a_whole_file_has_none() {
    let directory = tempfile::tempdir().unwrap();
    let [torn, out] = ["torn.h5", "out.h5"].map(|name| directory.path().join(name).to_str().unwrap().to_owned());
    let mut bytes = std::fs::read(fixture("../hdf5/links_dense.h5")).unwrap();
    let recover = |bytes: &[u8]| {
        std::fs::write(&torn, bytes).unwrap();
        let done = exo(&["recover", "--force", &torn, &out]);
        (done.status.code(), text(&done.stdout).to_owned())
    };
    let (code, said) = recover(&bytes);
    assert!(code == Some(0) && said.contains("nothing was lost"), "{said}");
    let index = bytes.windows(6).position(|window| window == b"BTHD\x00\x05").unwrap();
    bytes[index] = 0;
    let (code, said) = recover(&bytes);
    assert!(code == Some(1) && said.contains("the index of the names of its links"), "{said}");
    assert!(!said.contains("nothing was lost"), "{said}");
}

#[test]
fn a_torn_file_comes_from_standard_input() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out.h5").to_str().unwrap().to_owned();
    let input = std::fs::File::open(fixture("../hdf5/links_dense.h5")).unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_exo")).args(["recover", "-", &out]).stdin(input).output();
    let done = done.unwrap();
    let said = text(&done.stdout);
    assert!(done.status.success() && said.contains("nothing was lost"), "{said}{}", text(&done.stderr));
    assert!(std::fs::metadata(out).unwrap().len() > 1000);
}

#[test]
fn a_file_that_was_streamed_counts_nothing() {
    use exodus_rs::{Container, CreateOptions, MeshBuilder};
    let directory = tempfile::tempdir().unwrap();
    let [streamed, out] = ["a.exo", "b.exo"].map(|name| directory.path().join(name).to_str().unwrap().to_owned());
    for (container, numrecs) in [(Container::Cdf1, 4..8), (Container::Cdf5, 4..12)] {
        let options = CreateOptions { container, overwrite: true, ..CreateOptions::default() };
        let writer = MeshBuilder::new("a point").nodes(&[[1.0]]).create(&streamed, &options).unwrap();
        (1..6).for_each(|n| writer.next_step(f64::from(n)).map(drop).unwrap());
        writer.finish().unwrap();
        let mut bytes = std::fs::read(&streamed).unwrap();
        bytes[numrecs].fill(0xff);
        std::fs::write(&streamed, bytes).unwrap();
        let done = exo(&["recover", "--force", &streamed, &out]);
        let said = text(&done.stdout);
        assert!(done.status.success() && said.contains(", 5 records where 0 were counted\n"), "{said}");
        assert!(said.contains("found: /: records 0 to 4, which are not counted: the file was streamed\n"), "{said}");
    }
}
