//! What is left of a file when the power, or a call of the system, fails while it is written.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use super::{Container, File, Job, Layout, Schema, Storage, Transfer, Transform, Type, Value, Variable, Writer};
use crate::error::{Kind, Result};
use crate::hdf5::Filter;
use crate::shape::Selection;
use crate::sink::faulty::{Fault, Faulty};
use crate::sink::replay::{whole_or_not_at_all, Record, Recorder};
use crate::sink::{Memory, Sink};
use crate::source::Source;

const ALL: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];

/// Crashes of each file.
const SUBSETS: usize = 10_000;

const STEPS: u64 = 9;
const NODES: u64 = 70;

/// A variable of every way to be stored: in one piece, by records, and in chunks with filters where there are such.
fn schema(container: Container) -> Schema {
    let mut schema = Schema::new(container);
    schema.set_attribute("title", Value::text("interrupted"));
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", NODES, false);
    schema.add_variable(Variable::new("x", Type::Double, vec![node]));
    let chunked = |chunk: [u64; 2]| Storage { layout: Layout::Chunked(chunk.to_vec()), ..Storage::default() };
    let plain = Variable { storage: chunked([1, NODES]), ..Variable::new("u", Type::Double, vec![time, node]) };
    schema.add_variable(plain);
    let filtered =
        Storage { filters: vec![Filter::shuffle(), Filter::deflate(1), Filter::fletcher32()], ..chunked([4, 30]) };
    schema.add_variable(Variable { storage: filtered, ..Variable::new("z", Type::Double, vec![time, node]) });
    schema
}

/// One call of a writer.
#[derive(Debug)]
struct Call {
    variable: &'static str,
    region: Selection,
    values: Vec<f64>,
}

impl Call {
    fn new(variable: &'static str, start: &[u64], count: &[u64], first: f64) -> Self {
        let values = (0..count.iter().product::<u64>()).map(|n| first + n as f64 / 8.0).collect();
        Call { variable, region: Selection::block(start.to_vec(), count.to_vec()), values }
    }

    fn write(&self, writer: &Writer) -> Result<()> {
        writer.write(writer.schema().find_variable(self.variable).unwrap(), &self.region, &self.values)
    }

    fn is_in(&self, file: &File) -> bool {
        let array = file.find(self.variable).unwrap();
        let inside = array.shape().iter().zip(self.region.start.iter().zip(&self.region.count));
        let inside = inside.into_iter().all(|(&length, (&start, &count))| start + count <= length);
        inside && array.view::<f64>(&self.region).is_ok_and(|values| values.into_vec() == self.values)
    }
}

/// A program that writes the example, step by step; chunks get their parts in several calls.
fn calls() -> Vec<Call> {
    let mut calls = vec![Call::new("x", &[0], &[NODES], 0.5)];
    for step in 0..STEPS {
        let value = 100.0 * (step + 1) as f64;
        calls.push(Call::new("u", &[step, 0], &[1, NODES], value));
        calls.push(Call::new("z", &[step, 0], &[1, 40], -value));
        calls.push(Call::new("z", &[step, 40], &[1, NODES - 40], -value - 50.0));
    }
    calls
}

fn write(sink: Box<dyn Sink>, container: Container) -> Result<()> {
    let writer = Writer::on(sink, schema(container))?;
    calls().iter().try_for_each(|call| call.write(&writer))?;
    writer.finish().map(drop)
}

fn open(bytes: Vec<u8>) -> File {
    File::from_source(Source::from_bytes(bytes)).unwrap()
}

/// Copies the example through a transfer, as `process` does.
fn transfer(input: &File, sink: Box<dyn Sink>, container: Container) -> Result<()> {
    let mut schema = schema(container);
    schema.dimensions[0].length = STEPS;
    let writer = Writer::on(sink, schema)?;
    let mut transfer = Transfer::new(&writer).threads(2);
    for name in ["x", "u", "z"] {
        let [from, to] = [input.schema(), writer.schema()].map(|schema| schema.find_variable(name).unwrap());
        let transform = Transform::Affine { scale: 2.0, offset: 1.0 };
        transfer = transfer.job(Job { transform, ..Job::new(input.array(from)?, to) });
    }
    assert_eq!(transfer.run(&|_| ControlFlow::Continue(()))?, ControlFlow::Continue(()));
    writer.finish().map(drop)
}

/// The example, complete.
fn example(container: Container) -> File {
    let place = Memory::new();
    write(Box::new(crate::sink::InMemory::new(&place)), container).unwrap();
    open(place.take().unwrap())
}

#[test]
fn a_crash_leaves_the_old_file_or_the_whole_new_one() {
    for container in ALL {
        let record = Record::default();
        write(Box::new(Recorder::new(&record)), container).unwrap();
        whole_or_not_at_all(&record, SUBSETS, container.name());
    }
}

#[test]
fn a_crash_of_a_transfer_leaves_the_old_file_or_the_whole_new_one() {
    for container in ALL {
        let record = Record::default();
        transfer(&example(container), Box::new(Recorder::new(&record)), container).unwrap();
        whole_or_not_at_all(&record, SUBSETS, container.name());
    }
}

/// An error of the disk and one of a full disk, at once and for good, between writes and within.
const FAULTS: [Fault; 4] = [
    Fault { call: 0, lasting: false, torn: false, errno: 5 },
    Fault { call: 0, lasting: true, torn: false, errno: 28 },
    Fault { call: 0, lasting: false, torn: true, errno: 28 },
    Fault { call: 0, lasting: true, torn: true, errno: 5 },
];

/// Runs `work` again and again, each time with the next of its calls to the sink failing, until none is left; `check` gets
/// what came of it, and the file if there is one.
fn with_each_fault(
    fault: Fault,
    mut work: impl FnMut(Box<dyn Sink>) -> Result<()>,
    mut check: impl FnMut(usize, Result<()>, Option<Vec<u8>>),
) {
    for call in 0.. {
        let (place, calls) = (Memory::new(), Arc::new(AtomicUsize::new(0)));
        let done = work(Box::new(Faulty::new(&place, Fault { call, ..fault }, &calls)));
        if calls.load(Ordering::SeqCst) <= call {
            assert!(call > 10 && done.is_ok() && place.take().is_some(), "{call} calls");
            break;
        }
        check(call, done, place.take());
    }
}

/// What must hold when a program stops at the first error.
fn is_typed_and_leaves_nothing(what: &str, errno: i32, done: Result<()>, left: Option<Vec<u8>>) {
    let error = done.expect_err(what);
    let found = (error.kind(), error.io_error().and_then(std::io::Error::raw_os_error));
    assert_eq!(found, (Kind::Io, Some(errno)), "{what}: {error}");
    assert!(left.is_none(), "{what}: a file is left");
}

#[test]
fn a_failure_of_any_call_is_an_error_and_leaves_no_file() {
    for container in ALL {
        let input = example(container);
        for fault in FAULTS {
            let check = |call, done, left| {
                is_typed_and_leaves_nothing(&format!("{container:?} {fault:?}, call {call}"), fault.errno, done, left);
            };
            with_each_fault(fault, |sink| write(sink, container), check);
            with_each_fault(fault, |sink| transfer(&input, sink, container), check);
        }
    }
}

/// Writes the example, and goes on after an error, with the next call or with the same again; returns what was accepted.
fn write_on(sink: Box<dyn Sink>, container: Container, again: bool) -> (Vec<Call>, Result<()>) {
    let writer = match Writer::on(sink, schema(container)) {
        Ok(writer) => writer,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut accepted = calls();
    accepted.retain(|call| call.write(&writer).or_else(|e| if again { call.write(&writer) } else { Err(e) }).is_ok());
    (accepted, writer.finish().map(drop))
}

#[test]
fn what_was_accepted_beside_a_failure_is_in_the_file_or_there_is_none() {
    for (container, fault) in ALL.into_iter().flat_map(|container| FAULTS.map(|fault| (container, fault))) {
        for again in [false, true] {
            let accepted = std::cell::RefCell::new(Vec::new());
            let work = |sink| {
                let done = write_on(sink, container, again);
                *accepted.borrow_mut() = done.0;
                done.1
            };
            with_each_fault(fault, work, |call, done, left| {
                let what = format!("{container:?} {fault:?}, call {call}, again: {again}");
                assert_eq!(done.is_ok(), left.is_some(), "{what}");
                let Some(file) = left.map(open) else { return };
                for accepted in accepted.borrow().iter() {
                    assert!(
                        accepted.is_in(&file),
                        "{what}: {} at {:?} is lost",
                        accepted.variable,
                        accepted.region.start
                    );
                }
            });
        }
    }
}
