//! A sink that fails when a test wants it to.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use super::{InMemory, Memory, Sink};
use crate::error::{Error, Result};

/// What fails, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    /// The number of the call, from 0.
    pub call: usize,
    /// All calls after it fail as well.
    pub lasting: bool,
    /// A write that fails has written half of its bytes.
    pub torn: bool,
    /// The number of the system's error.
    pub errno: i32,
}

/// A sink into memory that fails once, or from then on.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: InMemory,
    fault: Fault,
    calls: Arc<AtomicUsize>,
}

impl Faulty {
    /// `calls` counts the calls.
    pub fn new(place: &Memory, fault: Fault, calls: &Arc<AtomicUsize>) -> Self {
        Faulty { inner: InMemory::new(place), fault, calls: calls.clone() }
    }

    /// A file that was there before, and its bytes, which are there when the sink is gone.
    pub fn of_file(bytes: &[u8], fault: Fault, calls: &Arc<AtomicUsize>) -> (Self, Arc<RwLock<Vec<u8>>>) {
        let inner = InMemory::of_file(&Memory::new(), bytes.to_vec());
        let kept = inner.bytes();
        (Faulty { inner, fault, calls: calls.clone() }, kept)
    }

    /// Counts a call, and fails if it is the one.
    fn call(&self) -> Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let failed = call == self.fault.call || self.fault.lasting && call > self.fault.call;
        match failed {
            true => Err(Error::io("injected", io::Error::from_raw_os_error(self.fault.errno))),
            false => Ok(()),
        }
    }
}

impl Sink for Faulty {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.call()?;
        self.inner.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        let called = self.call();
        if called.is_err() && self.fault.torn {
            self.inner.write_at(offset, &bytes[..bytes.len() / 2])?;
        }
        called?;
        self.inner.write_at(offset, bytes)
    }

    fn len(&self) -> Result<u64> {
        self.call()?;
        self.inner.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.call()?;
        self.inner.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.call()?;
        self.inner.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        self.call()?;
        self.inner.barrier()
    }

    fn publish(self: Box<Self>) -> Result<()> {
        self.call()?;
        Box::new(self.inner).publish()
    }
}
