//! What is deleted is gone with all below it, but for what something else needs, and its bytes are used again.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use crate::element::{ByteOrder, NumberType};
use crate::error::Kind;
use crate::hdf5::builder::{Builder, DatasetSpec, LayoutSpec};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::{Editor, File, Filter, IndexKind};
use crate::shape::Selection;

const SIZE: u64 = 1 << 20;

fn byte() -> Datatype {
    Datatype::Number(NumberType::U8, ByteOrder::Little)
}

/// Adds a dataset of so many bytes, each of them 7.
fn add(editor: &mut Editor, path: &str, spec: DatasetSpec, len: u64) {
    let mut dataset = editor.dataset(spec).unwrap();
    editor.write_new(&mut dataset, &Selection::all(&[len]), &vec![7; usize::try_from(len).unwrap()]).unwrap();
    editor.add_dataset(path, &dataset, &[len], &[]).unwrap();
}

fn chunked(chunk: u64) -> DatasetSpec {
    let layout = LayoutSpec::Chunked { chunk: vec![chunk], index: IndexKind::FixedArray };
    DatasetSpec { layout, filters: vec![Filter::fletcher32()], ..DatasetSpec::new(byte(), &[SIZE]) }
}

#[test]
fn a_group_goes_with_all_that_nothing_else_needs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let builder = Builder::create(&path, false).unwrap();
    let root = builder.add_group(&crate::hdf5::builder::GroupSpec::default()).unwrap();
    builder.finish(root).unwrap();

    let mut editor = Editor::open(&path).unwrap();
    editor.add_group("g", &[]).unwrap();
    let datatype = editor.add_datatype("g/type", Datatype::Opaque { size: 1, tag: String::new() }).unwrap();
    add(&mut editor, "g/plain", DatasetSpec::new(byte(), &[SIZE]), SIZE);
    add(&mut editor, "g/packed", chunked(SIZE / 4), SIZE);
    let mut typed = editor.dataset(DatasetSpec::new(datatype, &[3])).unwrap();
    editor.write_new(&mut typed, &Selection::all(&[3]), &[1, 2, 3]).unwrap();
    editor.add_dataset("typed", &typed, &[3], &[]).unwrap();
    // Its type is as new as it is.
    editor.write("typed", &Selection::block(vec![1], vec![1]), &vec![9].into()).unwrap();
    editor.close().unwrap();

    let mut editor = Editor::open(&path).unwrap();
    let error = editor.delete("g").unwrap_err();
    assert!(error.kind() == Kind::Usage && error.to_string().contains("/typed needs it"), "{error}");
    assert_eq!(editor.delete("h").unwrap_err().kind(), Kind::NotFound);
    // A type that has no name any more is still there for the dataset.
    editor.delete_link("g/type").unwrap();
    editor.publish().unwrap();
    let small = editor.unused();
    assert!(small < 4096, "{small}");
    editor.delete("g").unwrap();
    editor.publish().unwrap();
    let freed = editor.unused();
    assert!((2 * SIZE..2 * SIZE + 8192).contains(&freed), "{freed}");

    // What comes next goes where the old elements were.
    let len = std::fs::metadata(&path).unwrap().len();
    add(&mut editor, "again", chunked(SIZE / 8), SIZE);
    editor.publish().unwrap();
    assert!(editor.unused() < freed - SIZE + 4096, "{}", editor.unused());
    editor.close().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < len + 8192);
    let file = File::open(&path).unwrap();
    assert_eq!(file.object("typed").unwrap().dataset().unwrap().read_bytes(..).unwrap(), [1, 9, 3]);
    assert!(file.object("again").unwrap().dataset().unwrap().read::<u8>(..).unwrap().iter().all(|&byte| byte == 7));
    assert!(file.object("g").is_err());
}
