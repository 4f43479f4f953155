//! Whatever a crash leaves of a change is the file before it or after it.

use super::*;
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::builder::{Builder, GroupSpec};
use crate::hdf5::datatype::Datatype;
use crate::sink::replay::{contents, survivors, Event, Random, Record, Recorder};
use crate::sink::{Memory, Sink};
use crate::Kind;

fn attribute(name: &str, len: usize) -> AttributeSpec {
    let datatype = Datatype::Number(NumberType::U8, ByteOrder::Little).into();
    AttributeSpec { name: name.to_owned(), datatype, shape: Some(vec![len as u64]), data: vec![7; len] }
}

/// The names and lengths of the attributes of the root.
fn state(bytes: Vec<u8>) -> Result<Vec<(String, usize)>> {
    let file = File::from_source(Source::from_bytes(bytes))?;
    let root = file.root()?;
    Ok(root.attributes()?.iter().map(|a| (a.name().to_owned(), a.bytes().len())).collect())
}

/// Changes that fit the first block, that need another one, that move to a third one, and that need it no more. Returns the
/// record, and how long it is before the first change and after each.
fn record() -> (Record, Vec<usize>) {
    let memory = Memory::new();
    let builder = Builder::in_memory(&memory);
    let attributes = vec![attribute("a", 300), attribute("b", 300)];
    let root = builder.add_group(&GroupSpec { attributes, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let bytes = memory.take().unwrap();
    let record = Record::default();
    let sink = Recorder::new(&record);
    sink.write_at(0, &bytes).unwrap();
    sink.barrier().unwrap();
    let file = FileWriter::changing(Box::new(sink), bytes.len() as u64);
    let mut superblock = open::decode(&Source::from_bytes(bytes), 0).unwrap();
    let mut ends = vec![record.events().len()];
    for (name, len) in [("a", 200), ("c", 600), ("d", 900), ("a", 250), ("c", 20), ("e", 5000)] {
        let now = File::from_source(Source::from_bytes(contents(&record.events()))).unwrap();
        let mut header = ObjectHeader::read(now.space(), root).unwrap();
        assert!(set(&mut header, Widths::WIDE, &attribute(name, len)).unwrap());
        publish(&file, &mut superblock, &header, Widths::WIDE).unwrap();
        ends.push(record.events().len());
    }
    (record, ends)
}

#[test]
fn every_prefix_of_the_writes_is_the_file_before_or_after_a_change() {
    let (record, ends) = record();
    let events = record.events();
    let mut seen = Vec::new();
    for change in ends.windows(2) {
        let (before, after) =
            (state(contents(&events[..change[0]])).unwrap(), state(contents(&events[..change[1]])).unwrap());
        assert_ne!(before, after);
        for end in change[0]..=change[1] {
            let found = state(contents(&events[..end])).unwrap();
            assert!(found == before || found == after, "{found:?} after {end} events");
        }
        seen.push(after);
    }
    let last: Vec<_> =
        [("a", 250), ("b", 300), ("c", 20), ("d", 900), ("e", 5000)].map(|(n, l)| (n.to_owned(), l)).into();
    assert_eq!(seen.pop().unwrap(), last);
}

#[test]
fn any_part_of_the_writes_is_the_file_before_or_after_or_one_torn_block() {
    let (record, ends) = record();
    let events = record.events();
    let mut random = Random::new(9);
    let states: Vec<_> = ends.iter().map(|&end| state(contents(&events[..end])).unwrap()).collect();
    for end in ends[0]..=events.len() {
        let done = ends.iter().rposition(|&known| known <= end).unwrap();
        for _ in 0..300 {
            match state(survivors(&events[..end], &mut random)) {
                Ok(found) => assert!(states[done..].iter().take(2).any(|state| *state == found), "{found:?} at {end}"),
                // A block of several sectors may be torn; its checksum tells.
                Err(e) => assert_eq!(e.kind(), Kind::Malformed),
            }
        }
    }
    assert_eq!(events.iter().filter(|event| **event == Event::Barrier).count(), 1 + 2 * (ends.len() - 1));
}
