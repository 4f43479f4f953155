//! Where the bytes of a file go: a new file, a file that is changed, or memory. One contract for all.

mod behind;
#[cfg(test)]
pub(crate) mod faulty;
mod gathered;
mod in_place;
mod memory;
mod naming;
mod new_file;
mod positioned;
#[cfg(test)]
pub(crate) mod replay;
mod scratch;
mod temporary;

use std::fmt::Debug;

use crate::error::Result;

pub(crate) use behind::Behind;
pub(crate) use gathered::Gathered;
pub(crate) use in_place::InPlace;
pub(crate) use memory::InMemory;
pub use memory::Memory;
pub(crate) use new_file::NewFile;
pub(crate) use scratch::Scratch;
pub use temporary::remove_unfinished;

/// A disk writes sectors of at least this size, whole or not at all.
pub(crate) const SECTOR: u64 = 512;

/// A file being written, by any thread, in any order.
///
/// What was written before a [`Sink::barrier`] is durable before anything that is written after it; between two barriers
/// a crash may keep any part of the writes. When a barrier failed, nothing is known of what was written before it, and
/// the sink refuses everything from then on.
pub(crate) trait Sink: Debug + Send + Sync {
    /// Fills `bytes` with what was written at `offset`.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), with the name of the file.
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()>;

    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// As [`Sink::read_at`].
    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()>;

    /// The number of bytes from the first to the last one.
    ///
    /// # Errors
    /// As [`Sink::read_at`].
    fn len(&self) -> Result<u64>;

    /// Cuts the file off, or fills it up with zeros.
    ///
    /// # Errors
    /// As [`Sink::read_at`].
    fn set_len(&self, len: u64) -> Result<()>;

    /// Makes room for `len` bytes, so that a full disk shows before the work and not after it. What cannot reserve is
    /// left alone.
    ///
    /// # Errors
    /// As [`Sink::read_at`], when there is no room.
    fn reserve(&self, len: u64) -> Result<()>;

    /// Makes everything that was written so far durable.
    ///
    /// # Errors
    /// As [`Sink::read_at`]; from then on all methods fail.
    fn barrier(&self) -> Result<()>;

    /// Notes that readers may reach so many bytes from now on. Of a file that is changed where it is, nothing beyond stays when
    /// the sink is dropped before it is published.
    fn keep(&self, _len: u64) {}

    /// Makes the file visible, in one step, as it was at the last barrier.
    ///
    /// # Errors
    /// As [`Sink::read_at`], and [`Kind::Usage`](crate::Kind::Usage) if the name was taken in the meantime; the message
    /// says where the finished file is then.
    fn publish(self: Box<Self>) -> Result<()>;
}

impl dyn Sink {
    /// Completes a file of `len` bytes: durable first, then visible.
    ///
    /// # Errors
    /// As [`Sink::barrier`] and [`Sink::publish`].
    pub fn complete(self: Box<Self>, len: u64) -> Result<()> {
        if self.len()? != len {
            self.set_len(len)?;
        }
        self.barrier()?;
        self.publish()
    }
}
