//! Whatever a crash leaves of a change is the file before it or after it.

mod deleted;
#[cfg(feature = "digest")]
mod moved;
#[cfg(feature = "digest")]
mod transactions;

use binrw::Endian;

use super::publish::end;
use super::*;
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::builder::{Describe, GroupSpec};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::file::File;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::header::ObjectKind;
use crate::hdf5::read::open;
use crate::hdf5::record::message::MessageType;
use crate::sink::replay::{contents, survivors, Event, Random, Record, Recorder};
use crate::sink::{InMemory, Memory, Sink};
use crate::source::Source;
use crate::wire;

fn attribute(name: &str, len: u8) -> AttributeSpec {
    let datatype = Datatype::Number(NumberType::U16, ByteOrder::Little).into();
    let data: Vec<u8> = [len, 7].repeat(len.into());
    AttributeSpec { name: name.to_owned(), datatype, shape: Some(vec![len.into()]), data: data.into() }
}

/// An attribute with its bytes.
type Stored = (String, Vec<u8>);

/// The attributes of the root, when all of its header is part of the file.
fn state(bytes: Vec<u8>) -> Result<Vec<Stored>> {
    let source = Source::from_bytes(bytes);
    let end = end(&open::decode(&source, 0)?);
    let file = File::from_source(source)?;
    let header = ObjectHeader::read(file.space(), file.root()?.address())?;
    let beyond = header.blocks.iter().find(|block| block.address + block.len > end);
    assert!(beyond.is_none(), "{beyond:?} beyond {end}");
    let attributes = file.root()?.attributes()?;
    Ok(attributes.iter().map(|a| (a.name().to_owned(), a.bytes().to_vec())).collect())
}

/// A file whose root group has a header of this version, which is longer than a sector and begins at `start`.
fn file(version: u8, start: u64) -> (Vec<u8>, u64) {
    let memory = Memory::new();
    let file = FileWriter::new(Box::new(InMemory::new(&memory)));
    file.allocate(start - file.end(), 1).unwrap();
    let attributes = vec![attribute("a", 150), attribute("b", 150)];
    let mut header = GroupSpec { attributes, ..GroupSpec::default() }.header((&file).into()).unwrap();
    if version == 1 {
        (header.version, header.flags) = (1, 0);
        header.messages.retain(|message| message.kind != MessageType::ATTRIBUTE_INFO);
        header.messages.iter_mut().for_each(|message| message.creation_index = None);
    }
    let root = file.place_header(ObjectKind::Group, &header).unwrap();
    assert!(root.offset() == start && header.size().unwrap() > 512);
    file.write_header(start, &header).unwrap();
    file.finish(root).unwrap();
    (memory.take().unwrap(), start)
}

/// The record of changes, and how long it is before the first one and after each.
struct Changes {
    events: Vec<Event>,
    ends: Vec<usize>,
}

/// Changes that fit the first block, that need another one, that move to a third one, and that need it no more.
fn changes((bytes, root): (Vec<u8>, u64)) -> Changes {
    let record = Record::default();
    let sink = Recorder::new(&record);
    sink.write_at(0, &bytes).unwrap();
    sink.barrier().unwrap();
    let file = FileWriter::changing(Box::new(sink), bytes.len() as u64);
    let mut ends = vec![record.events().len()];
    for (name, len) in [("a", 100), ("cc", 255), ("ddd", 250), ("a", 125), ("cc", 10), ("b", 1), ("ddd", 2), ("a", 3)] {
        let mut session = Session::open(Source::from_bytes(contents(&record.events()))).unwrap();
        let body = attribute(name, len).encode((&file).into()).unwrap();
        let (message, _) = wire::decode("attribute message", 0, &body, Endian::Little, ()).unwrap();
        let Node { header, attributes, .. } = session.node(root).unwrap();
        attributes.set(header, &message, None).unwrap();
        assert!(session.publish_in_place(&file).unwrap());
        ends.push(record.events().len());
    }
    Changes { events: record.events(), ends }
}

/// Headers of both versions: in the middle of a sector, and as close to its end as they are changed.
fn files() -> impl Iterator<Item = (Vec<u8>, u64)> {
    [1, 2].into_iter().flat_map(|version| [64, 256, 960, 4096].map(|start| file(version, start)))
}

#[test]
fn every_prefix_of_the_writes_is_the_file_before_or_after_a_change() {
    for Changes { events, ends } in files().map(changes) {
        let mut last = Vec::new();
        for change in ends.windows(2) {
            let (before, after) =
                (state(contents(&events[..change[0]])).unwrap(), state(contents(&events[..change[1]])).unwrap());
            assert_ne!(before, after);
            for end in change[0]..=change[1] {
                let found = state(contents(&events[..end])).unwrap();
                assert!(found == before || found == after, "{found:?} after {end} events");
            }
            last = after;
        }
        last.sort();
        let expected = [("a", 3u8), ("b", 1), ("cc", 10), ("ddd", 2)];
        let expected = expected.map(|(name, len)| (name.to_owned(), [len, 7].repeat(len.into())));
        assert_eq!(last, expected);
    }
}

#[test]
fn any_part_of_the_writes_cut_at_sectors_is_the_file_before_or_after_a_change() {
    let mut random = Random::new(9);
    for Changes { events, ends } in files().map(changes) {
        let states: Vec<_> = ends.iter().map(|&end| state(contents(&events[..end])).unwrap()).collect();
        for end in ends[0]..=events.len() {
            let done = ends.iter().rposition(|&known| known <= end).unwrap();
            for _ in 0..100 {
                let found = state(survivors(&events[..end], &mut random)).unwrap();
                assert!(states[done..].iter().take(2).any(|state| *state == found), "{found:?} at {end}");
            }
        }
    }
}
