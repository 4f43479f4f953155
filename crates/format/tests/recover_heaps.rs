//! Torn files with elements of variable length: what a lost object of a heap costs is the element that leads to it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::fs;
use std::ops::ControlFlow;

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, DatasetSpec, ElementData, ElementValue, GroupSpec, LayoutSpec, LinkSpec,
};
use hyperslab::hdf5::{Datatype, File, IndexKind, Member, Padding, StringType, Visitor};
use hyperslab::recover::{self, Recovered};
use hyperslab::{ByteOrder, Memory, NumberType, OpenOptions, Result, Selection};

const COUNT: u64 = 100;
/// The one whose object has a size that leaves the collection.
const DAMAGED: u64 = 60;

fn text_type() -> Datatype {
    Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true })
}

fn record_type() -> Datatype {
    let number = Datatype::Number(NumberType::I32, ByteOrder::Little);
    let member = |name: &str, offset, datatype| Member { name: name.into(), offset, datatype };
    Datatype::Compound { size: 20, members: vec![member("a", 0, number), member("s", 4, text_type())] }
}

fn text_of(name: &str, number: u64) -> String {
    format!("{name} number {number} of one hundred")
}

/// Texts in one piece, in chunks, beside numbers, and of an attribute.
fn file() -> Vec<u8> {
    let place = Memory::default();
    let builder = Builder::in_memory(&place);
    let texts = |name: &str| ElementData::texts((0..COUNT).map(|number| text_of(name, number)).collect::<Vec<_>>());
    let record = |number: u64| {
        let number_bytes = u32::try_from(number).unwrap().to_le_bytes().to_vec();
        let text = text_of("record", number).into_bytes();
        ElementValue::List(vec![ElementValue::Bytes(number_bytes), ElementValue::Text(Some(text))])
    };
    let chunks = LayoutSpec::Chunked { chunk: vec![30], index: IndexKind::BTreeV1 };
    let datasets = [
        ("piece", text_type(), LayoutSpec::Contiguous, texts("piece")),
        ("chunks", text_type(), chunks, texts("chunks")),
        ("record", record_type(), LayoutSpec::Contiguous, ElementData::values((0..COUNT).map(record))),
    ];
    let mut root = GroupSpec::default();
    for (name, datatype, layout, data) in datasets {
        let dataset = builder.dataset(DatasetSpec { layout, ..DatasetSpec::new(datatype, &[COUNT]) }).unwrap();
        builder.write_elements(&dataset, &Selection::all(&[COUNT]), &data).unwrap();
        root.links.push(LinkSpec::hard(name, builder.add_dataset(dataset, &[COUNT], Vec::new()).unwrap()));
    }
    let data = texts("attribute");
    root.attributes =
        vec![AttributeSpec { name: "attribute".into(), datatype: text_type().into(), shape: Some(vec![COUNT]), data }];
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
    place.take().unwrap()
}

/// The same, with one object of a name that is longer than its collection.
fn damaged(name: &str) -> Vec<u8> {
    let (mut bytes, needle) = (file(), text_of(name, DAMAGED));
    let at = bytes.windows(needle.len()).position(|window| window == needle.as_bytes()).unwrap();
    bytes[at - 2] = 200;
    bytes
}

fn recovered(bytes: &[u8]) -> (Recovered, File) {
    let directory = tempfile::tempdir().unwrap();
    let (torn, whole) = (directory.path().join("torn"), directory.path().join("whole"));
    fs::write(&torn, bytes).unwrap();
    let done = recover::recover(&torn, &whole, false, &OpenOptions::new(), &|_| ControlFlow::Continue(())).unwrap();
    (done.continue_value().unwrap(), File::from_bytes(fs::read(&whole).unwrap()).unwrap())
}

/// All texts, and the bytes of everything else.
#[derive(Default)]
struct Found {
    texts: Vec<Option<Vec<u8>>>,
    numbers: Vec<u8>,
}

impl Visitor for Found {
    fn leaves(&mut self, _: &Datatype, stored: &[u8]) -> Result<()> {
        self.numbers.extend_from_slice(stored);
        Ok(())
    }

    fn text(&mut self, text: Option<&[u8]>) -> Result<()> {
        self.texts.push(text.map(<[u8]>::to_vec));
        Ok(())
    }
}

fn found(file: &File, name: &str) -> Found {
    let mut found = Found::default();
    match name {
        "attribute" => file.root().unwrap().attributes().unwrap()[0].visit(&mut found).unwrap(),
        _ => file.object(name).unwrap().dataset().unwrap().visit(.., &mut found).unwrap(),
    }
    found
}

#[test]
fn a_lost_object_costs_the_elements_that_lead_to_it() {
    const NAMES: [&str; 4] = ["piece", "chunks", "record", "attribute"];
    let whole = recovered(&file());
    assert_eq!(whole.0.lost, []);
    for damaged_one in NAMES {
        let (recovered, copy) = recovered(&damaged(damaged_one));
        for name in NAMES {
            let Found { texts, numbers } = found(&copy, name);
            let mut lost = 0;
            for (text, number) in texts.iter().zip(0..) {
                let is_null = text.is_none();
                lost += u64::from(is_null);
                assert!(
                    is_null || text.as_deref() == Some(text_of(name, number).as_bytes()),
                    "{name} {number} {text:?}"
                );
                assert!(!is_null || name != damaged_one || number >= DAMAGED, "{name} {number} is lost");
            }
            assert!(name != damaged_one || lost > 0, "{name}: nothing is lost");
            if name == "record" {
                let expected: Vec<u8> = (0..u32::try_from(COUNT).unwrap()).flat_map(u32::to_le_bytes).collect();
                assert_eq!(numbers, expected);
            }
            let told = match name {
                "attribute" => format!("attribute attribute: attribute: what {lost} of {COUNT} elements lead to"),
                _ => format!("what {lost} of its elements lead to, in the rows "),
            };
            let object = if name == "attribute" { "/".to_owned() } else { format!("/{name}") };
            let named: Vec<_> = recovered.lost.iter().filter(|finding| finding.object == object).collect();
            assert_eq!(named.len(), usize::from(lost > 0), "{name}: {:?}", recovered.lost);
            assert!(named.iter().all(|finding| finding.what.contains(&told)), "{told}: {named:?}");
        }
    }
}
