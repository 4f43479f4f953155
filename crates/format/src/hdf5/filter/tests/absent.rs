//! Filters that were left out.

use super::*;
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::setup::setup;

/// A filter whose codec is left out, its parameters, and a chunk that it makes, as far as it is looked at.
fn refuses(feature: &str, id: u16, parameters: &[u32], stored: &[u8]) {
    let filter = pipeline(&[(id, parameters)]);
    let (mut chunk, mut spare) = (vec![7; 8192], Vec::new());
    let written = filter.encode(&mut chunk, &mut spare).unwrap_err();
    let read = decode(&filter, 0, stored, 8192).unwrap_err();
    for e in [written, read] {
        assert_eq!(e.kind(), Kind::Unsupported);
        assert!(e.detail().contains(&format!("feature \"{feature}\"")), "{e}");
    }
    let datatype = Datatype::Number(NumberType::I32, ByteOrder::Little);
    let chunks = Chunks { datatype: &datatype, shape: &[8, 256], fill: None };
    let e = setup(&[Filter::new(id, parameters.to_vec())], &chunks).unwrap_err();
    assert!(e.kind() == Kind::Unsupported && e.detail().contains(feature), "{e}");
    // What did not go through it is read.
    assert_eq!(decode(&filter, 1, &[5; 16], 16).unwrap(), [5; 16]);
}

#[cfg(not(feature = "bzip2"))]
#[test]
fn bzip2_names_its_feature() {
    refuses("bzip2", 307, &[9], &[0; 40]);
}

#[cfg(not(feature = "zstd"))]
#[test]
fn zstd_names_its_feature() {
    refuses("zstd", 32015, &[3], &[0; 40]);
}

#[cfg(not(feature = "lz4"))]
#[test]
fn lz4_names_its_feature() {
    let stream = [&8192u64.to_be_bytes()[..], &8192u32.to_be_bytes(), &40u32.to_be_bytes(), &[0; 40]].concat();
    refuses("lz4", 32004, &[0], &stream);
    refuses("lz4", 32008, &[0, 4, 4, 0, 2], &stream);
}
