//! Many small writes, handed on in few large ones.

use std::sync::Mutex;

use super::Sink;
use crate::error::{Error, Result};
use crate::limits;
use crate::ranges::Ranges;
use crate::sync::lock;

/// Bytes of the file in which writes are gathered; where such a window begins is a multiple of it.
const WINDOW: u64 = 1 << 20;
/// A write of so many bytes costs the system less than a copy of it would cost us.
const LARGE: usize = 64 << 10;

/// A sink that keeps small writes which are near each other, until one lies elsewhere or somebody asks for the file. What
/// could not be handed on is kept, and tried again: nothing is durable that is not there.
#[derive(Debug)]
pub(crate) struct Gathered {
    inner: Box<dyn Sink>,
    window: Mutex<Window>,
}

/// Some bytes of the file, of which a part was written.
#[derive(Debug, Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
    /// Which bytes of the file were written.
    held: Ranges,
}

impl Window {
    /// Writes bytes that do not reach beyond the end of a window.
    fn put(&mut self, inner: &dyn Sink, offset: u64, bytes: &[u8]) -> Result<()> {
        let skip = offset % WINDOW;
        if self.start != offset - skip || self.bytes.is_empty() {
            self.hand_on(inner)?;
            if self.bytes.is_empty() {
                self.bytes = limits::buffer(WINDOW)?;
            }
            self.start = offset - skip;
        }
        let target = self.bytes.get_mut(limits::to_usize(skip)?..).and_then(|rest| rest.get_mut(..bytes.len()));
        target.ok_or_else(|| Error::usage("bytes beyond a window"))?.copy_from_slice(bytes);
        self.held.add(offset..offset.saturating_add(bytes.len() as u64));
        Ok(())
    }

    /// Hands on what was written.
    fn hand_on(&mut self, inner: &dyn Sink) -> Result<()> {
        for range in self.held.iter() {
            let (skip, len) = (limits::to_usize(range.start - self.start)?, limits::to_usize(range.end - range.start)?);
            let part = self.bytes.get(skip..).and_then(|rest| rest.get(..len));
            inner.write_at(range.start, part.ok_or_else(|| Error::usage("bytes beyond a window"))?)?;
        }
        self.held = Ranges::default();
        Ok(())
    }
}

impl Gathered {
    pub fn new(inner: Box<dyn Sink>) -> Self {
        Gathered { inner, window: Mutex::default() }
    }

    /// Hands everything on.
    fn whole(&self) -> Result<&dyn Sink> {
        lock(&self.window).hand_on(&*self.inner)?;
        Ok(&*self.inner)
    }
}

impl Sink for Gathered {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.whole()?.read_at(offset, bytes)
    }

    fn write_at(&self, mut offset: u64, bytes: &[u8]) -> Result<()> {
        if bytes.len() >= LARGE {
            return self.whole()?.write_at(offset, bytes);
        }
        let mut window = lock(&self.window);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = limits::to_usize(WINDOW - offset % WINDOW)?.min(rest.len());
            let (now, later) = rest.split_at(room);
            window.put(&*self.inner, offset, now)?;
            (offset, rest) = (offset.saturating_add(room as u64), later);
        }
        Ok(())
    }

    fn len(&self) -> Result<u64> {
        self.whole()?.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.whole()?.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.inner.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        self.whole()?.barrier()
    }

    fn keep(&self, len: u64) {
        self.inner.keep(len);
    }

    fn publish(self: Box<Self>) -> Result<()> {
        self.whole()?;
        self.inner.publish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::sink::faulty::{Fault, Faulty};
    use crate::sink::replay::{Event, Record, Recorder};
    use crate::sink::{InMemory, Memory};

    proptest! {
        #[test]
        fn the_file_is_as_if_nothing_were_gathered(
            writes in prop::collection::vec((0u64..3 * WINDOW, 1usize..90_000, any::<u8>(), 0u8..12), 1..40),
        ) {
            let sinks: [Box<dyn Sink>; 2] = [
                Box::new(InMemory::new(&Memory::new())),
                Box::new(Gathered::new(Box::new(InMemory::new(&Memory::new())))),
            ];
            for (offset, len, byte, then) in writes {
                let len = if then < 8 { len % 900 + 1 } else { len };
                sinks.iter().for_each(|sink| sink.write_at(offset, &vec![byte; len]).unwrap());
                if then == 0 {
                    prop_assert_eq!(sinks[0].len().unwrap(), sinks[1].len().unwrap());
                }
            }
            let [plain, gathered] = sinks.map(|sink| {
                let mut bytes = vec![0; usize::try_from(sink.len().unwrap()).unwrap()];
                sink.read_at(0, &mut bytes).unwrap();
                bytes
            });
            prop_assert!(plain == gathered);
        }
    }

    #[test]
    fn neighbours_are_one_write_and_nothing_waits_behind_a_barrier() {
        let record = Record::default();
        let sink = Gathered::new(Box::new(Recorder::new(&record)));
        for n in [0, 3, 1, 2] {
            sink.write_at(WINDOW - 8 + 4 * n, &[u8::try_from(n).unwrap(); 4]).unwrap();
        }
        sink.barrier().unwrap();
        let write = |offset, bytes: &[u8]| Event::Write { offset, bytes: bytes.to_vec() };
        // The second window was begun, left for the first, and gone on with.
        let expected = [
            write(WINDOW - 8, &[0; 4]),
            write(WINDOW + 4, &[3; 4]),
            write(WINDOW - 4, &[1; 4]),
            write(WINDOW, &[2; 4]),
            Event::Barrier,
        ];
        assert_eq!(record.events(), expected);
        sink.write_at(4, &[7; 8]).unwrap();
        assert_eq!(record.events(), expected);
        sink.barrier().unwrap();
        assert_eq!(record.events()[5..], [write(4, &[7; 8]), Event::Barrier]);
    }

    #[test]
    fn what_could_not_be_written_is_tried_again_before_the_barrier() {
        let calls = Arc::new(AtomicUsize::new(0));
        let fault = Fault { call: 0, lasting: false, torn: true, errno: 28 };
        let (inner, kept) = Faulty::of_file(&[], fault, &calls);
        let sink = Gathered::new(Box::new(inner));
        sink.write_at(0, &[1; 8]).unwrap();
        assert!(sink.barrier().is_err());
        sink.barrier().unwrap();
        assert_eq!(*kept.read().unwrap(), [1; 8]);
    }
}
