//! Files that plug-ins of the reference library wrote read as it reads them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::pipeline::Pipeline;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::read::open::open;
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::links::links;
use crate::shape::{self, Selection};
use crate::{ByteOrder, Kind, Limits, Result, Source};

/// The elements of a dataset by the digest rule of the fixtures: little-endian, without padding.
fn canonical(datatype: &Datatype, element: &[u8], out: &mut Vec<u8>) {
    match datatype {
        Datatype::Number(_, ByteOrder::Big) => out.extend(element.iter().rev()),
        Datatype::Compound { members, .. } => {
            for member in members {
                let (from, size) = (usize_of(member.offset), usize_of(member.datatype.size()));
                canonical(&member.datatype, &element[from..from + size], out);
            }
        }
        _ => out.extend_from_slice(element),
    }
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn digest(space: &AddressSpace, dataset: &Dataset) -> Result<String> {
    let size = dataset.datatype.size();
    let mut bytes = vec![0xaa; usize_of(shape::bytes(&dataset.shape, size)?)];
    dataset.read(space, &Selection::all(&dataset.shape), &mut bytes)?;
    let mut elements = Vec::new();
    for element in bytes.chunks_exact(usize_of(size)) {
        canonical(&dataset.datatype, element, &mut elements);
    }
    Ok(Sha256::digest(&elements).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The datasets in the root group of a file.
fn datasets(name: &str) -> (AddressSpace, BTreeMap<String, Dataset>) {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    let file = open(Source::from_bytes(bytes), 0, Limits::default()).unwrap();
    let root = ObjectHeader::read(&file, file.root).unwrap();
    let mut datasets = BTreeMap::new();
    for link in links(&file, &root).unwrap() {
        let LinkTarget::Hard(address) = link.target else { panic!("{name} has another link") };
        let header = ObjectHeader::read(&file, address.0).unwrap();
        datasets.insert(String::from_utf8(link.name).unwrap(), Dataset::from_header(&file, &header).unwrap());
    }
    (file, datasets)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/plugins")
}

/// The digests of each file. Every line of the text is one file or one dataset.
fn truth(text: &str) -> BTreeMap<&str, BTreeMap<&str, &str>> {
    let mut files = BTreeMap::new();
    let mut file = "";
    for line in text.lines() {
        match line.split('"').collect::<Vec<_>>()[..] {
            [_, name, _] => file = name,
            [_, dataset, _, digest, _] => {
                files.entry(file).or_insert_with(BTreeMap::new).insert(dataset, digest);
            }
            _ => {}
        }
    }
    files
}

#[test]
fn files_of_plug_ins_read_as_the_plug_ins_read_them() {
    let text = std::fs::read_to_string(folder().join("truth.json")).unwrap();
    let mut wrong = Vec::new();
    for (name, truth) in truth(&text) {
        let (space, datasets) = datasets(name);
        assert!(truth.len() > 20 && datasets.len() == truth.len(), "{name}");
        for (key, dataset) in &datasets {
            match digest(&space, dataset) {
                Ok(digest) if digest == truth[key.as_str()] => {}
                found => wrong.push(format!("{name} {key}: {found:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// The stored bytes of the first chunk of each dataset, its filters, and how long it is.
fn chunks(name: &str) -> Vec<(Vec<u8>, Pipeline, usize)> {
    let (space, datasets) = datasets(name);
    let mut found = Vec::new();
    for dataset in datasets.into_values() {
        let Storage::Chunked(chunked) = dataset.storage else { panic!("{name} has another layout") };
        let place = chunked.index.locate(&space, &chunked.grid, &vec![0; dataset.shape.len()]).unwrap().unwrap();
        let stored = space.load("chunk", place.address, place.size, false).unwrap();
        if place.mask == 0 {
            found.push((stored, chunked.pipeline.unwrap(), usize_of(chunked.grid.chunk_bytes().unwrap())));
        }
    }
    found
}

#[test]
fn broken_chunks_of_plug_ins_are_errors() {
    let mut state = 5u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize_of(state >> 33) % below
    };
    let (mut out, mut spare) = (Vec::new(), Vec::new());
    for (stored, pipeline, len) in ["blosc.h5", "blosc2.h5", "zfp.h5", "fcidecomp.h5"].into_iter().flat_map(chunks) {
        pipeline.decode(0, &stored, len, &mut out, &mut spare).unwrap();
        for cut in [0, 1, 15, 16, 40, stored.len() / 2, stored.len() - 1, random(stored.len())] {
            if let Some(cut) = stored.get(..cut).filter(|cut| cut.len() < stored.len()) {
                pipeline.decode(0, cut, len, &mut out, &mut spare).unwrap_err();
            }
        }
        for round in 0..60 {
            let mut broken = stored.clone();
            // Heads are short, and most is in them.
            let end = if round % 2 == 0 { stored.len() } else { stored.len().min(120) };
            for _ in 0..=random(3) {
                broken[random(end)] = [0, 1, 0x7f, 0x80, 0xff, 0x20][random(6)] ^ u8::try_from(random(3)).unwrap();
            }
            match pipeline.decode(0, &broken, len, &mut out, &mut spare) {
                Ok(()) => assert_eq!(out.len(), len),
                Err(e) => assert!(matches!(e.kind(), Kind::Malformed | Kind::Unsupported), "{e}"),
            }
            assert!(out.capacity() < 1 << 20 && spare.capacity() < 1 << 20);
        }
    }
}
