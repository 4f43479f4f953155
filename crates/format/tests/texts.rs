//! Texts of a fixed size: what fills them up is no part of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use hyperslab::hdf5::builder::{AttributeSpec, Builder, DatasetSpec, GroupSpec, LinkSpec};
use hyperslab::hdf5::{Datatype, File, Padding, StringType};
use hyperslab::Selection;

/// Elements of six bytes, and the texts that they are by each padding: ended by NUL, filled up with NULs, with spaces.
const ELEMENTS: [(&[u8; 6], [&str; 3]); 7] = [
    (b"whole!", ["whole!", "whole!", "whole!"]),
    (b"ab\0\0\0\0", ["ab", "ab", "ab\0\0\0\0"]),
    (b"ab    ", ["ab    ", "ab    ", "ab"]),
    (b"a\0b\0\0\0", ["a", "a\0b", "a\0b\0\0\0"]),
    (b" a b  ", [" a b  ", " a b  ", " a b"]),
    (b"\0\0\0\0\0\0", ["", "", "\0\0\0\0\0\0"]),
    ("größ".as_bytes().first_chunk::<6>().unwrap(), ["größ", "größ", "größ"]),
];

#[test]
fn texts_of_a_fixed_size_come_without_their_padding() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let stored: Vec<u8> = ELEMENTS.iter().flat_map(|(element, _)| **element).collect();
    let all = [ELEMENTS.len() as u64];
    let builder = Builder::create(&path, false).unwrap();
    let mut root = GroupSpec::default();
    let paddings = [Padding::NullTerminated, Padding::NullPadded, Padding::SpacePadded];
    for (n, padding) in paddings.into_iter().enumerate() {
        let text = Datatype::String(StringType { size: 6, padding, utf8: true });
        let dataset = builder.dataset(DatasetSpec::new(text.clone(), &all)).unwrap();
        builder.write(&dataset, &Selection::all(&all), &stored).unwrap();
        let name = format!("a{n}");
        let (shape, data) = (Some(all.to_vec()), stored.clone());
        let attribute = AttributeSpec { name: name.clone(), datatype: text.into(), shape, data: data.into() };
        let address = builder.add_dataset(dataset, &all, vec![attribute]).unwrap();
        root.links.push(LinkSpec::hard(name, address));
    }
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();

    let file = File::open(&path).unwrap();
    for (n, padding) in paddings.into_iter().enumerate() {
        let object = file.object(&format!("a{n}")).unwrap();
        let texts: Vec<&str> = ELEMENTS.iter().map(|(_, texts)| texts[n]).collect();
        let dataset = object.dataset().unwrap();
        assert_eq!(dataset.read_strings(..).unwrap(), texts, "{padding:?}");
        assert_eq!(dataset.read_string_bytes(1..3).unwrap(), [texts[1].as_bytes(), texts[2].as_bytes()], "{padding:?}");
        let attribute = object.attribute(&format!("a{n}")).unwrap().unwrap();
        assert_eq!(attribute.read_strings().unwrap(), texts, "{padding:?}");
    }
}
