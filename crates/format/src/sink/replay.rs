//! What a crash can leave: a sink that records, and the states that its record allows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::{InMemory, Memory, Sink, SECTOR};
use crate::error::Result;

/// A write into the memory of the system is cut at pages, if at all.
const PAGE: u64 = 4096;

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Write { offset: u64, bytes: Vec<u8> },
    SetLen(u64),
    Barrier,
    Publish,
}

/// The record of a file, from its first byte to its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Record {
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    fn add(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }
}

/// A sink into memory that records.
#[derive(Debug)]
pub(crate) struct Recorder {
    inner: InMemory,
    record: Record,
}

impl Recorder {
    pub fn new(record: &Record) -> Self {
        Recorder { inner: InMemory::new(&Memory::new()), record: record.clone() }
    }

    /// The record of a file that was there before, durable.
    pub fn of_file(record: &Record, bytes: &[u8]) -> Self {
        let recorder = Recorder::new(record);
        recorder.write_at(0, bytes).unwrap();
        recorder.barrier().unwrap();
        recorder
    }
}

impl Sink for Recorder {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.inner.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.record.add(Event::Write { offset, bytes: bytes.to_vec() });
        self.inner.write_at(offset, bytes)
    }

    fn len(&self) -> Result<u64> {
        self.inner.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.record.add(Event::SetLen(len));
        self.inner.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.inner.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        self.record.add(Event::Barrier);
        self.inner.barrier()
    }

    fn publish(self: Box<Self>) -> Result<()> {
        self.record.add(Event::Publish);
        Ok(())
    }
}

/// Numbers without a pattern, the same in every run (xorshift).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end.max(1)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 1
    }
}

/// The file after all of `events`, or after those of them that reached the disk.
pub(crate) fn contents(events: &[Event]) -> Vec<u8> {
    let mut file = Vec::new();
    events.iter().for_each(|event| apply(&mut file, event));
    file
}

fn apply(file: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Write { offset, bytes } => {
            let start = usize::try_from(*offset).unwrap();
            let end = start + bytes.len();
            file.resize(file.len().max(end), 0);
            file[start..end].copy_from_slice(bytes);
        }
        Event::SetLen(len) => file.resize(usize::try_from(*len).unwrap(), 0),
        Event::Barrier | Event::Publish => {}
    }
}

/// How a program, or a machine, ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// The program is killed: all that it wrote is there, of the last write perhaps no more than some pages.
    Process,
    /// The power fails: what was written since the last barrier is there up to a moment, in order.
    Power,
    /// The power fails while the disk writes back: of what was written since the last barrier there is any part in any
    /// order, cut at sectors.
    Torn,
}

/// A moment at which something may crash.
#[derive(Debug)]
pub(crate) struct Moment {
    /// What is durable.
    durable: Vec<u8>,
    /// What was done since.
    since: Vec<Event>,
}

impl Moment {
    /// The moment after these events.
    pub fn after(events: &[Event]) -> Self {
        let durable = events.iter().rposition(|event| *event == Event::Barrier).map_or(0, |at| at + 1);
        let (before, since) = events.split_at(durable);
        Moment { durable: contents(before), since: since.to_vec() }
    }

    /// What the file may hold after a crash.
    pub fn image(&self, crash: Crash, random: &mut Random) -> Vec<u8> {
        let survive = match crash {
            Crash::Process => cut_last(&self.since, random),
            Crash::Power => self.since[..random.below(self.since.len() + 1)].to_vec(),
            Crash::Torn => torn(&self.since, random),
        };
        let mut file = self.durable.clone();
        survive.iter().for_each(|event| apply(&mut file, event));
        file
    }
}

/// All events, but of the last write only the first pages.
fn cut_last(events: &[Event], random: &mut Random) -> Vec<Event> {
    let mut events = events.to_vec();
    if let Some(Event::Write { offset, bytes }) = events.last_mut() {
        let first = usize::try_from(PAGE - *offset % PAGE).unwrap();
        let pages = random.below(bytes.len().saturating_sub(first) / usize::try_from(PAGE).unwrap() + 2);
        bytes.truncate(first + pages * usize::try_from(PAGE).unwrap());
    }
    events
}

/// Any of the sectors, in any order.
fn torn(events: &[Event], random: &mut Random) -> Vec<Event> {
    let mut rest: Vec<Event> = events.iter().flat_map(sectors).filter(|_| random.coin()).collect();
    for at in (1..rest.len()).rev() {
        rest.swap(at, random.below(at + 1));
    }
    rest
}

/// What a file may hold when the power fails after `events` and the disk writes back: see [`Crash::Torn`].
pub(crate) fn survivors(events: &[Event], random: &mut Random) -> Vec<u8> {
    Moment::after(events).image(Crash::Torn, random)
}

/// An event as the disk sees it.
fn sectors(event: &Event) -> Vec<Event> {
    let Event::Write { offset, bytes } = event else { return vec![event.clone()] };
    let mut parts = Vec::new();
    let (mut at, mut left) = (*offset, bytes.as_slice());
    while !left.is_empty() {
        let room = usize::try_from(SECTOR - at % SECTOR).unwrap().min(left.len());
        let (part, more) = left.split_at(room);
        parts.push(Event::Write { offset: at, bytes: part.to_vec() });
        (at, left) = (at + room as u64, more);
    }
    parts
}

/// What the name of a new file may lead to when the power fails after `events`: `None` is what was there before.
pub(crate) fn named(events: &[Event], random: &mut Random) -> Option<Vec<u8>> {
    // A name that was not synchronised yet may be lost as well.
    let published = events.contains(&Event::Publish) && random.below(8) > 0;
    published.then(|| survivors(events, random))
}

/// Asserts that a crash at any time leaves what was there before, or the complete file.
pub(crate) fn whole_or_not_at_all(record: &Record, subsets: usize, what: &str) {
    let events = record.events();
    let complete = contents(&events);
    let mut random = Random::new(complete.len() as u64);
    let check = |at: usize, random: &mut Random| {
        let Some(found) = named(&events[..at], random) else { return false };
        assert!(found == complete, "{what}: a crash after {at} of {} events leaves half a file", events.len());
        true
    };
    (0..=events.len()).for_each(|at| {
        check(at, &mut random);
    });
    // The last moments are those that matter.
    let found = (0..subsets).filter(|_| {
        let back = random.below(events.len().min(8));
        check(events.len() - back, &mut random)
    });
    assert!(found.count() > 0, "{what}: never complete");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(complete: impl FnOnce(Box<dyn Sink>)) -> Record {
        let record = Record::default();
        let sink: Box<dyn Sink> = Box::new(Recorder::new(&record));
        sink.write_at(0, &[1; 3 * 512]).unwrap();
        sink.write_at(700, &[2; 2000]).unwrap();
        complete(sink);
        record
    }

    #[test]
    fn a_completed_file_is_whole_or_not_there() {
        let record = record(|sink| sink.complete(2700).unwrap());
        whole_or_not_at_all(&record, 10_000, "two writes");
        assert_eq!(record.events().last(), Some(&Event::Publish));
    }

    #[test]
    #[should_panic(expected = "leaves half a file")]
    fn a_name_without_a_barrier_before_it_is_found_out() {
        whole_or_not_at_all(&record(|sink| sink.publish().unwrap()), 1000, "no barrier");
    }

    #[test]
    #[should_panic(expected = "leaves half a file")]
    fn a_write_after_the_barrier_is_found_out() {
        let record = record(|sink| {
            sink.barrier().unwrap();
            sink.write_at(0, &[3; 8]).unwrap();
            sink.publish().unwrap();
        });
        whole_or_not_at_all(&record, 1000, "a late write");
    }

    #[test]
    fn a_crash_keeps_any_part_in_any_order() {
        let events = record(drop).events();
        let mut random = Random::new(7);
        let states: BTreeSet<Vec<u8>> = (0..2000).map(|_| survivors(&events, &mut random)).collect();
        // Three sectors and then five parts of sectors, two of which lie over the third.
        assert!(states.len() > 150, "{}", states.len());
        assert!(states.contains(&Vec::new()) && states.contains(&contents(&events)));
    }
}
