//! Files by the library and the plug-ins of others.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::read::open;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk;
use crate::source::Source;
use crate::{Limits, Selection};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/filters")
}

/// The SHA-256 of all elements as they are stored.
fn digest(space: &AddressSpace, link: &Link) -> crate::Result<String> {
    let LinkTarget::Hard(address) = &link.target else { panic!("{link:?}") };
    let dataset = Dataset::from_header(space, &ObjectHeader::read(space, address.0)?)?;
    let mut bytes = crate::limits::buffer(crate::bytes(&dataset.shape, dataset.datatype.size())?)?;
    dataset.read(space, &Selection::all(&dataset.shape), &mut bytes)?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[test]
fn packed_chunks_read_as_the_library_reads_them() {
    let truth: Value = serde_json::from_slice(&std::fs::read(folder().join("truth.json")).unwrap()).unwrap();
    let mut failed = Vec::new();
    for (file, datasets) in truth.as_object().unwrap() {
        let bytes = std::fs::read(folder().join(file)).unwrap();
        let opened = open::open(Source::from_bytes(bytes), 0, Limits::default()).unwrap();
        let root = ObjectHeader::read(&opened, opened.root).unwrap();
        let links = walk::links::links(&opened, &root).unwrap();
        assert_eq!(links.len(), datasets.as_object().unwrap().len());
        for link in links {
            let name = String::from_utf8_lossy(&link.name).into_owned();
            match digest(&opened, &link) {
                Ok(digest) if digest == datasets[&name]["stored"] => {}
                Ok(_) => failed.push(format!("{file}/{name}: other values")),
                Err(e) => failed.push(format!("{file}/{name}: {e}")),
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
