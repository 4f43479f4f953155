//! Looking a name up where the structures that hold the names are broken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;

use common::fixture;
use hyperslab::hdf5::{File, Target};
use hyperslab::Kind;

/// The paths of what a group has, and the addresses that they lead to.
fn links(bytes: &[u8], group: &str) -> Vec<(String, u64)> {
    let links = File::from_bytes(bytes.to_vec()).unwrap().object(group).unwrap().links().unwrap();
    let hard = links.into_iter().filter_map(|link| match link.target {
        Target::Hard(address) => Some((format!("{group}/{}", link.name), address)),
        _ => None,
    });
    hard.collect()
}

/// Every place where a structure with this signature starts.
fn places(bytes: &[u8], signature: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at..].starts_with(signature)).collect()
}

/// Breaks structures one by one; every name must be found, or be an error, and some are errors.
fn search((name, group): (&str, &str), signature: &[u8], offset: usize) {
    let whole = fixture(name);
    let links = links(&whole, group);
    assert!(links.len() > 8, "{name}");
    let mut errors = 0;
    for place in places(&whole, signature) {
        let mut bytes = whole.clone();
        bytes[place + offset] ^= 0x10;
        let Ok(file) = File::from_bytes(bytes) else { continue };
        for (link, address) in &links {
            match file.find(link) {
                Ok(Some(found)) => assert_eq!(found.address(), *address, "{name}: {link}"),
                Ok(None) => panic!("{name}: {link} is not found where a structure at {place} is broken"),
                Err(error) => {
                    assert_eq!(error.kind(), Kind::Malformed, "{name}: {link}: {error}");
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > 0, "{name}: no error where {} is broken", String::from_utf8_lossy(signature));
}

const DENSE: (&str, &str) = ("hdf5/links_dense.h5", "");
const SYMBOLS: (&str, &str) = ("hdf5/byte_order.h5", "/big");

#[test]
fn a_broken_heap_is_an_error_of_a_search() {
    // The signature of a fractal heap, what its checksum protects, and blocks of it.
    search(DENSE, b"FRHP", 0);
    search(DENSE, b"FRHP", 20);
    search(DENSE, b"FHDB", 0);
    search(DENSE, b"FHDB", 40);
    search(SYMBOLS, b"HEAP", 0);
}

#[test]
fn a_broken_index_is_an_error_of_a_search() {
    search(DENSE, b"BTHD", 0);
    search(DENSE, b"BTLF", 12);
    search(SYMBOLS, b"TREE", 0);
    search(SYMBOLS, b"SNOD", 0);
}
