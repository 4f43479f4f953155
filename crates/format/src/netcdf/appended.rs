//! What is left of a file when the power, or a call of the system, fails while something is appended.
#![allow(clippy::cast_possible_truncation)] // of small numbers

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use super::{Container, File, Layout, Schema, Type, Value, Variable, Writer};
use crate::error::{Kind, Result};
use crate::hdf5::Filter;
use crate::shape::Selection;
use crate::sink::faulty::{Fault, Faulty};
use crate::sink::replay::{Crash, Event, Moment, Random, Record, Recorder};
use crate::sink::{InMemory, Memory, Sink};
use crate::source::Source;

const CONTAINERS: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];

const NODES: u64 = 70;
/// The same, as lengths of lists.
const LEN: usize = 70;
/// Records before anything is appended, and after each publication.
const PUBLISHED: [u64; 5] = [2, 3, 5, 6, 9];
/// Crashes of all sessions together.
const IMAGES: usize = 20_000;

/// A file of fixed values and records of several types, of which the narrow one needs padding and one is never written.
fn before(container: Container) -> Vec<u8> {
    let mut schema = Schema::new(container);
    schema.set_attribute("title", Value::text("appended"));
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", NODES, false);
    schema.add_variable(Variable::new("x", Type::Double, vec![node]));
    for (name, ty) in [("time", Type::Double), ("flag", Type::Byte), ("u", Type::Float), ("blank", Type::Int)] {
        let axes = if name == "u" { vec![time, node] } else { vec![time] };
        schema.add_variable(Variable::new(name, ty, axes));
    }
    // Chunks of several records, which are completed later.
    let mut z = Variable::new("z", Type::Double, vec![time, node]);
    if container.is_hdf5() {
        z.storage.layout = Layout::Chunked(vec![4, 30]);
        z.storage.filters = vec![Filter::shuffle(), Filter::deflate(1), Filter::fletcher32()];
    }
    schema.add_variable(z);
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, schema).unwrap();
    let x = writer.schema().find_variable("x").unwrap();
    writer.write(x, &Selection::all(&[NODES]), &[0.5; LEN]).unwrap();
    (0..PUBLISHED[0]).for_each(|step| put(&writer, step).unwrap());
    writer.finish().unwrap();
    place.take().unwrap()
}

/// What a record holds.
fn of_step(step: u64) -> (f64, i8, Vec<f32>) {
    let first = 10.0 * (step + 1) as f32;
    (0.25 * step as f64, i8::try_from(step).unwrap() + 1, (0..NODES).map(|n| first + n as f32 / 8.0).collect())
}

fn put(writer: &Writer, step: u64) -> Result<()> {
    let (time, flag, u) = of_step(step);
    let id = |name| writer.schema().find_variable(name).unwrap();
    let one = Selection::block(vec![step], vec![1]);
    writer.write(id("u"), &Selection::block(vec![step, 0], vec![1, NODES]), &u)?;
    writer.write(id("z"), &Selection::block(vec![step, 0], vec![1, NODES]), &u)?;
    writer.write(id("flag"), &one, &[flag])?;
    writer.write(id("time"), &one, &[time])
}

/// Appends steps and publishes them, again and again; `done` hears of each publication.
fn append(sink: Box<dyn Sink>, bytes: &[u8], done: &mut dyn FnMut(u64)) -> Result<()> {
    let writer = Writer::going_on(sink, Source::from_bytes(bytes.to_vec()))?;
    for steps in PUBLISHED.windows(2) {
        (steps[0]..steps[1]).try_for_each(|step| put(&writer, step))?;
        writer.publish()?;
        done(steps[1]);
    }
    writer.finish().map(drop)
}

/// The number of records of a file, of which every value is as it was written.
fn whole_records(bytes: Vec<u8>, what: &str) -> u64 {
    let file = File::from_source(Source::from_bytes(bytes)).unwrap_or_else(|error| panic!("{what}: {error}"));
    file.check_complete().unwrap_or_else(|error| panic!("{what}: {error}"));
    let read = |name| file.find(name).unwrap();
    assert_eq!(read("x").read_all::<f64>().unwrap(), [0.5; LEN], "{what}");
    let (times, flags, u) =
        (read("time").read_all::<f64>(), read("flag").read_all::<i8>(), read("u").read_all::<f32>());
    let z = read("z").read_all::<f32>().unwrap();
    let (times, flags, u) = (times.unwrap(), flags.unwrap(), u.unwrap());
    for (step, time) in (0..).zip(&times) {
        let at = usize::try_from(step).unwrap();
        let found = (*time, flags[at], u[at * LEN..(at + 1) * LEN].to_vec());
        assert_eq!(found, of_step(step), "{what}: record {step}");
        assert_eq!(z[at * LEN..(at + 1) * LEN], found.2, "{what}: record {step}");
    }
    let blank = read("blank").read_all::<i32>().unwrap();
    assert!(blank.iter().all(|&value| value == -2_147_483_647), "{what}: {blank:?}");
    times.len() as u64
}

/// A session of appending, and what was published when.
struct Session {
    container: Container,
    events: Vec<Event>,
    /// How many events there were when the file had so many records.
    publications: Vec<(usize, u64)>,
}

impl Session {
    fn record(container: Container) -> Self {
        let (bytes, record) = (before(container), Record::default());
        let recorder = Recorder::of_file(&record, &bytes);
        let mut publications = vec![(record.events().len(), PUBLISHED[0])];
        append(Box::new(recorder), &bytes, &mut |records| publications.push((record.events().len(), records))).unwrap();
        Session { container, events: record.events(), publications }
    }

    /// The moments from the first change on.
    fn moments(&self) -> std::ops::RangeInclusive<usize> {
        self.publications[0].0..=self.events.len()
    }

    /// How many records there must be after so many events, and how many there may be.
    fn records(&self, at: usize) -> [u64; 2] {
        let durable = self.publications.iter().rfind(|(events, _)| *events <= at).map_or(0, |(_, records)| *records);
        [durable, PUBLISHED.into_iter().find(|&records| records > durable).unwrap_or(durable)]
    }

    /// Asserts that every image of a crash holds what was published; keeps some for other readers.
    fn crash(&self, images: usize, kept: Option<&Path>) {
        let (mut random, mut number) = (Random::new(7), 0);
        for at in self.moments() {
            let (moment, [durable, next]) = (Moment::after(&self.events[..at]), self.records(at));
            for crash in [Crash::Process, Crash::Power, Crash::Torn]
                .into_iter()
                .cycle()
                .take(images / self.moments().count() + 3)
            {
                let image = moment.image(crash, &mut random);
                number += 1;
                if let Some(folder) = kept.filter(|_| number % 10 == 0) {
                    let name = format!("{}-{number}-{durable}-{next}.nc", self.container.name());
                    std::fs::write(folder.join(name), &image).unwrap();
                }
                let what = format!("{}, {crash:?} after {at} of {} events", self.container.name(), self.events.len());
                let found = whole_records(image, &what);
                assert!(found == durable || found == next, "{what}: {found} records where {durable} were published");
            }
        }
    }
}

/// `CRASH_IMAGES` says how many, `CRASH_OUT` where every tenth is kept.
#[test]
fn a_crash_leaves_a_published_state() {
    let images = std::env::var("CRASH_IMAGES").map_or(IMAGES, |number| number.parse().unwrap());
    let kept = std::env::var_os("CRASH_OUT").map(PathBuf::from);
    for container in CONTAINERS {
        Session::record(container).crash(images / CONTAINERS.len(), kept.as_deref());
    }
}

#[test]
fn a_failure_of_any_call_leaves_a_published_state() {
    for (container, torn) in CONTAINERS.into_iter().flat_map(|container| [false, true].map(|torn| (container, torn))) {
        let bytes = before(container);
        for call in 0.. {
            let calls = Arc::new(AtomicUsize::new(0));
            let fault = Fault { call, lasting: true, torn, errno: 28 };
            let (sink, kept) = Faulty::of_file(&bytes, fault, &calls);
            let mut published = PUBLISHED[0];
            let done = append(Box::new(sink), &bytes, &mut |records| published = records);
            if calls.load(Ordering::SeqCst) <= call {
                assert!(done.is_ok() && call > 10, "{call} calls");
                break;
            }
            let error = done.unwrap_err();
            assert_eq!(error.kind(), Kind::Io, "{error}");
            let found = whole_records(kept.read().unwrap().clone(), &format!("{}, call {call}", container.name()));
            let next = PUBLISHED.into_iter().find(|&records| records > published).unwrap_or(published);
            assert!(found == published || found == next, "call {call}: {found} of {published}");
        }
    }
}

#[test]
fn what_readers_can_reach_is_not_written_over() {
    let bytes = before(Container::Cdf2);
    let sink = InMemory::of_file(&Memory::new(), bytes.clone());
    let writer = Writer::going_on(Box::new(sink), Source::from_bytes(bytes)).unwrap();
    let id = |writer: &Writer, name| writer.schema().find_variable(name).unwrap();
    let (x, time) = (id(&writer, "x"), id(&writer, "time"));
    let one = |start: u64| Selection::block(vec![start], vec![1]);
    assert_eq!(writer.write(x, &one(0), &[1.0]).unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(writer.write(time, &one(PUBLISHED[0] - 1), &[1.0]).unwrap_err().kind(), Kind::Unsupported);
    writer.write(time, &one(PUBLISHED[0]), &[1.0]).unwrap();
    writer.write(time, &one(PUBLISHED[0]), &[2.0]).unwrap();
    writer.publish().unwrap();
    assert_eq!(writer.write(time, &one(PUBLISHED[0]), &[3.0]).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing_behind_what_was_published() {
    let directory = tempfile::tempdir().unwrap();
    for container in CONTAINERS {
        let path = directory.path().join(container.name());
        let old = before(container);
        std::fs::write(&path, &old).unwrap();
        let append = |publish: bool| {
            let writer = Writer::append(&path).unwrap();
            if publish {
                put(&writer, PUBLISHED[0]).unwrap();
                writer.publish().unwrap();
            }
            let published = std::fs::metadata(&path).unwrap().len();
            let big = vec![1.5; 300 * LEN];
            let (first, z) = (PUBLISHED[1], writer.schema().find_variable("z").unwrap());
            writer.write(z, &Selection::block(vec![first, 0], vec![300, NODES]), &big).unwrap();
            drop(writer);
            (published, std::fs::read(&path).unwrap())
        };
        assert!(append(false).1 == old, "{}", container.name());
        let (published, left) = append(true);
        assert_eq!(left.len() as u64, published, "{}", container.name());
        assert_eq!(whole_records(left, container.name()), PUBLISHED[1]);
    }
}
