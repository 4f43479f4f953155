//! Whatever a crash leaves of several changes that are published together is the file before all of them, or after.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use super::super::Editor;
use super::moved::held;
use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::hdf5::builder::{AttributeSpec, Builder, DatasetSpec, GroupSpec, LayoutSpec, LinkSpec};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::{Filter, IndexKind};
use crate::shape::Selection;
use crate::sink::replay::{contents, survivors, Random, Record, Recorder};
use crate::sink::Memory;

/// Crashes at each point.
const CRASHES: usize = 40;

fn short() -> Datatype {
    Datatype::Number(NumberType::I16, ByteOrder::Little)
}

/// A file of a dataset in one piece, one in chunks that pass through filters, and a group.
fn before() -> Vec<u8> {
    let memory = Memory::new();
    let builder = Builder::in_memory(&memory);
    let plain = builder.dataset(DatasetSpec::new(short(), &[300])).unwrap();
    builder.write(&plain, &Selection::all(&[300]), &[7; 600]).unwrap();
    let packed = builder
        .dataset(DatasetSpec {
            max_shape: vec![u64::MAX, 40],
            layout: LayoutSpec::Chunked { chunk: vec![2, 20], index: IndexKind::BTreeV1 },
            filters: vec![Filter::shuffle(), Filter::deflate(4)],
            ..DatasetSpec::new(short(), &[4, 40])
        })
        .unwrap();
    for at in [[0, 0], [0, 1], [1, 0], [1, 1]] {
        builder.write_chunk(&packed, &at, (0..80).collect()).unwrap();
    }
    let note = |name: &str| AttributeSpec::text(name, "as it was");
    let links = vec![
        LinkSpec::hard("plain", builder.add_dataset(plain, &[300], vec![note("a")]).unwrap()),
        LinkSpec::hard("packed", builder.add_dataset(packed, &[4, 40], vec![note("a")]).unwrap()),
        LinkSpec::hard("group", builder.add_group(&GroupSpec::default()).unwrap()),
    ];
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    memory.take().unwrap()
}

type Change = fn(&mut Editor) -> Result<()>;

/// Transactions one after the other.
const CHANGES: [Change; 6] = [
    |editor| {
        editor.set_attribute("plain", &AttributeSpec::text("a", "changed"))?;
        editor.rename_attribute("packed", "a", "b")?;
        editor.rename_link("group", "/renamed")
    },
    |editor| editor.write("plain", &Selection::block(vec![100], vec![3]), &vec![1, 2, 3, 4, 5, 6].into()),
    |editor| {
        editor.write("packed", &Selection::block(vec![1, 19], vec![5, 2]), &vec![9; 20].into())?;
        editor.extend("packed", &[7, 40])
    },
    |editor| {
        let mut new = editor.dataset(DatasetSpec::new(short(), &[2]))?;
        editor.write_new(&mut new, &Selection::all(&[2]), &[4, 0, 5, 0])?;
        editor.add_dataset("renamed/new", &new, &[2], &[AttributeSpec::text("c", "new")])?;
        editor.add_group("renamed/inner", &[])
    },
    |editor| {
        editor.add_link("renamed/inner/again", "/plain")?;
        editor.delete_link("plain")?;
        editor.rename_link("packed", "renamed/packed")
    },
    |editor| editor.delete_link("renamed"),
];

#[test]
fn a_crash_leaves_all_of_a_transaction_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let (mut bytes, mut random) = (before(), Random::new(3));
    for (n, change) in CHANGES.into_iter().enumerate() {
        std::fs::write(&path, &bytes).unwrap();
        let record = Record::default();
        let recorder = Recorder::of_file(&record, &bytes);
        let begun = record.events().len();
        let mut editor = Editor::on(&path, Box::new(recorder)).unwrap();
        change(&mut editor).unwrap();
        editor.close().unwrap();
        let events = record.events();
        let (old, after) = (held(&bytes), contents(&events));
        let new = held(&after);
        assert_ne!(old, new, "transaction {n}");
        for end in begun..=events.len() {
            for _ in 0..CRASHES {
                let found = held(&survivors(&events[..end], &mut random));
                assert!(found == old || found == new, "transaction {n}, {end} of {} events: {found:#?}", events.len());
            }
        }
        bytes = after;
    }
}

#[test]
fn an_editor_that_is_dropped_leaves_the_file_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    std::fs::write(&path, before()).unwrap();
    for change in [CHANGES[0], CHANGES[1], CHANGES[2]] {
        let mut editor = Editor::open(&path).unwrap();
        change(&mut editor).unwrap();
        drop(editor);
        assert_eq!(held(&std::fs::read(&path).unwrap()), held(&before()));
    }
}
