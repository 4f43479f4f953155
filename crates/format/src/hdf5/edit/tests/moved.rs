//! Every object of every file moves, and nothing else changes.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::Path;

use super::super::graph::Graph;
use super::super::publish::{needs_copy, publish_root};
use super::super::*;
use crate::digest::{objects, AttributeDigest, Facts, Found};
use crate::hdf5::file::File;
use crate::hdf5::read::open;
use crate::sink::{InMemory, Memory};
use crate::source::Source;

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

/// What a file holds, object by object; where it is in the file is no part of that.
pub(super) fn held(bytes: &[u8]) -> Vec<String> {
    let file = File::from_bytes(bytes).unwrap();
    let mut found = Vec::new();
    objects(&file, u64::MAX, &mut |path, object| found.push(format!("{path} {}", shown(object))));
    found
}

fn shown(object: Found) -> String {
    let object = match object {
        Found::Object(object) => *object,
        other => return format!("{other:?}"),
    };
    let elements = match &object.facts {
        Facts::Dataset(dataset, digest) => format!("{} {:?} {digest:?}", dataset.datatype(), dataset.shape()),
        Facts::Datatype(datatype) => datatype.to_string(),
        Facts::Group(_) | Facts::Nothing => String::new(),
    };
    let attribute = |one: &AttributeDigest| format!("{} {:?}", one.attribute.name(), one.digest);
    let attributes = object.attributes.map(|list| list.iter().map(attribute).collect::<Vec<_>>());
    format!("{:?} {elements} {:?} {attributes:?}", object.kind, object.error)
}

/// The file after all of its objects have moved, if they can.
fn moved(bytes: &[u8]) -> Result<Vec<u8>> {
    let source = Source::from_bytes(bytes);
    let file = File::from_source(source)?;
    let mut superblock = open::decode(&file.space().source, file.space().base)?;
    if needs_copy(&file)?.is_some() {
        return Err(Error::unsupported("a file that is copied first"));
    }
    let mut graph = Graph::read(file.space())?;
    graph.change_all();
    let sink = InMemory::of_file(&Memory::new(), bytes.to_vec());
    let kept = sink.bytes();
    let writer = FileWriter::changing(Box::new(sink), bytes.len() as u64);
    let root = graph.write(&writer)?.root;
    assert_ne!(root, file.space().root);
    publish_root(&writer, &mut superblock, root)?;
    let bytes = kept.read().unwrap().clone();
    Ok(bytes)
}

#[test]
fn what_moves_is_as_it_was() {
    let mut done = 0;
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")) {
        let bytes = std::fs::read(&path).unwrap();
        // A member of a family is no file by itself.
        if !bytes.starts_with(b"\x89HDF") || File::from_bytes(bytes.as_slice()).is_err() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let after = match moved(&bytes) {
            Ok(after) => after,
            Err(error) => {
                println!("{name}: {error}");
                assert_eq!(error.kind(), crate::Kind::Unsupported, "{name}: {error}");
                continue;
            }
        };
        let differs = |after: &[u8]| held(after).into_iter().zip(held(&bytes)).find(|(a, b)| a != b);
        assert_eq!((differs(&after), held(&after).len()), (None, held(&bytes).len()), "{name}");
        // Once more: what was written can be read to be moved.
        assert_eq!(differs(&moved(&after).unwrap()), None, "{name}");
        done += 1;
    }
    assert!(done > 40, "{done} files");
}
