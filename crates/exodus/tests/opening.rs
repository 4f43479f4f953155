//! How files are opened: what borrows from them and what does not.
#![allow(clippy::unwrap_used, unsafe_code)] // a test that fails may panic, and maps files that nobody else has

use std::path::Path;

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, ExodusFile, MeshBuilder};
use hyperslab::{BorrowError, Mmap, OpenOptions};

fn three_nodes(path: &Path) {
    let mesh = MeshBuilder::new("three nodes").nodes(&[[1.0], [2.0], [4.0]]);
    mesh.create(path, &CreateOptions::default()).unwrap().finish().unwrap();
}

#[test]
fn open_reads_and_mmap_auto_borrows_from_the_map() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    three_nodes(&path);
    // SAFETY: nobody changes the file while this test runs.
    let mapped = unsafe { OpenOptions::new().mmap(Mmap::Auto) };
    for (options, borrows) in [(None, false), (Some(OpenOptions::new()), false), (Some(mapped), true)] {
        let file = match &options {
            None => ExodusFile::open(&path).unwrap(),
            Some(options) => ExodusFile::open_with(&path, options).unwrap(),
        };
        let x = file.coord::<f64>(0, 0..3).unwrap();
        assert_eq!((x.is_borrowed(), x.iter().sum()), (borrows, 7.0), "{options:?}");
        let all = file.strided::<f64>(Data::Coordinate(0));
        assert!(matches!((&all, borrows), (Ok(_), true) | (Err(BorrowError::No(_)), false)), "{all:?}");
        // A view of its own keeps what it borrows from open.
        let view = file.share(Data::Coordinate(0).entry(2)).unwrap();
        drop(file);
        assert_eq!(view.values::<f64>().unwrap().into_vec(), [4.0]);
    }
}

#[test]
fn what_is_read_stays_what_it_was_when_the_file_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    three_nodes(&path);
    let file = ExodusFile::open(&path).unwrap();
    let mesh = MeshBuilder::new("one node").nodes(&[[8.0]]);
    let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
    mesh.create(&path, &options).unwrap().finish().unwrap();
    assert_eq!(file.coord::<f64>(0, 0..3).unwrap().into_vec(), [1.0, 2.0, 4.0]);
    assert_eq!(ExodusFile::open(&path).unwrap().coord::<f64>(0, 0..1).unwrap().into_vec(), [8.0]);
}
