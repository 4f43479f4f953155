//! Random elements, the bytes that they are stored as, and their digests.

use hyperslab::digest::Digest;
use hyperslab::hdf5::builder::{DataspaceSelection, ElementValue, ObjectAddress, RegionReference};
use hyperslab::hdf5::{Datatype, IntegerLayout, Visitor};
use hyperslab::ByteOrder;

use super::choices::Stream;

/// What references may lead to.
#[derive(Clone, Default)]
pub struct Targets {
    /// Objects with the paths that lead to them.
    pub objects: Vec<(ObjectAddress, String)>,
    /// Datasets with their paths and lengths.
    pub datasets: Vec<(ObjectAddress, String, Vec<u64>)>,
}

/// An element of a type.
pub fn value(datatype: &Datatype, stream: &mut Stream, targets: &Targets) -> ElementValue {
    let mut some =
        |count: u64, base: &Datatype| ElementValue::List((0..count).map(|_| value(base, stream, targets)).collect());
    match datatype {
        Datatype::Array { dims, base } => some(dims.iter().product(), base),
        Datatype::Complex(base) => some(2, base),
        Datatype::Sequence { base, .. } => {
            let count = stream.below(4);
            ElementValue::List((0..count).map(|_| value(base, stream, targets)).collect())
        }
        Datatype::Compound { members, .. } => {
            ElementValue::List(members.iter().map(|m| value(&m.datatype, stream, targets)).collect())
        }
        Datatype::VariableString(text) => {
            let texts: [&str; 4] = if text.utf8 { ["", "größe", "x", "a text"] } else { ["", "size", "x", "a text"] };
            ElementValue::Text((stream.below(5) > 0).then(|| texts[stream.below(4) as usize].as_bytes().to_vec()))
        }
        Datatype::Reference { kind: 0, .. } => {
            let n = stream.below(targets.objects.len() as u64 + 1) as usize;
            ElementValue::Object(targets.objects.get(n).map(|(address, _)| *address))
        }
        Datatype::Reference { .. } => {
            let n = stream.below(targets.datasets.len() as u64 + 1) as usize;
            ElementValue::Region(targets.datasets.get(n).map(|(dataset, _, shape)| {
                let start: Vec<u64> = shape.iter().map(|&length| stream.below(length)).collect();
                let count: Vec<u64> = shape.iter().zip(&start).map(|(l, s)| 1 + stream.below(l - s)).collect();
                RegionReference { dataset: *dataset, selection: DataspaceSelection::block(&start, &count) }
            }))
        }
        leaf => ElementValue::Bytes(bytes(leaf, stream)),
    }
}

fn bytes(datatype: &Datatype, stream: &mut Stream) -> Vec<u8> {
    let mut any: Vec<u8> = (0..datatype.size()).map(|_| stream.draw() as u8).collect();
    match datatype {
        Datatype::Integer(layout) | Datatype::BitField(layout) => mask(layout, &mut any),
        Datatype::Enumeration { members, .. } => any = members[stream.below(members.len() as u64) as usize].1.clone(),
        Datatype::String(text) => {
            let len = stream.below(text.size + 1) as usize;
            any.iter_mut().enumerate().for_each(|(at, byte)| *byte = if at < len { b'a' + *byte % 26 } else { 0 });
        }
        _ => {}
    }
    any
}

/// Only the bits that count: filters keep no others.
fn mask(layout: &IntegerLayout, bytes: &mut [u8]) {
    let mask = ((1u128 << layout.precision) - 1) << layout.offset;
    let len = bytes.len();
    for (at, byte) in bytes.iter_mut().enumerate() {
        let place = if layout.order == ByteOrder::Little { at } else { len - 1 - at };
        *byte &= (mask >> (8 * place)) as u8;
    }
}

/// The element of a fill value of zeros, or of null pointers.
pub fn zero(datatype: &Datatype) -> ElementValue {
    let list = |count: u64, base: &Datatype| ElementValue::List((0..count).map(|_| zero(base)).collect());
    match datatype {
        Datatype::Array { dims, base } => list(dims.iter().product(), base),
        Datatype::Complex(base) => list(2, base),
        Datatype::Sequence { .. } => ElementValue::List(Vec::new()),
        Datatype::Compound { members, .. } => ElementValue::List(members.iter().map(|m| zero(&m.datatype)).collect()),
        Datatype::VariableString(_) => ElementValue::Text(None),
        Datatype::Reference { kind: 0, .. } => ElementValue::Object(None),
        Datatype::Reference { .. } => ElementValue::Region(None),
        leaf => ElementValue::Bytes(vec![0; leaf.size() as usize]),
    }
}

/// The bytes of an element of a type without addresses.
pub fn stored(datatype: &Datatype, value: &ElementValue) -> Vec<u8> {
    match (datatype, value) {
        (Datatype::Array { base, .. } | Datatype::Complex(base), ElementValue::List(values)) => {
            values.iter().flat_map(|value| stored(base, value)).collect()
        }
        (Datatype::Compound { size, members }, ElementValue::List(values)) => {
            let mut record = vec![0; *size as usize];
            for (member, value) in members.iter().zip(values) {
                let bytes = stored(&member.datatype, value);
                record[member.offset as usize..][..bytes.len()].copy_from_slice(&bytes);
            }
            record
        }
        (_, ElementValue::Bytes(bytes)) => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

/// The digest of elements; none of references.
pub fn digest(datatype: &Datatype, values: &[ElementValue]) -> Option<String> {
    if datatype.has_references() {
        return None;
    }
    let mut digest = Digest::new();
    values.iter().for_each(|value| add(datatype, value, &mut digest));
    Some(digest.finish())
}

fn add(datatype: &Datatype, value: &ElementValue, digest: &mut Digest) {
    match (datatype, value) {
        (Datatype::Sequence { base, .. }, ElementValue::List(values)) => {
            digest.begin(datatype, values.len() as u64).unwrap();
            values.iter().for_each(|value| add(base, value, digest));
        }
        (Datatype::Array { base, .. } | Datatype::Complex(base), ElementValue::List(values)) => {
            values.iter().for_each(|value| add(base, value, digest));
        }
        (Datatype::Compound { members, .. }, ElementValue::List(values)) => {
            members.iter().zip(values).for_each(|(member, value)| add(&member.datatype, value, digest));
        }
        (_, ElementValue::Text(text)) => Digest::text(digest, text.as_deref()),
        (_, ElementValue::Bytes(bytes)) => digest.leaves(datatype, bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}
