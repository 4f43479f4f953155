//! Pieces of raw data: runs of an array, copied from the file or borrowed.

use std::panic::resume_unwind;
use std::thread;

use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape;

/// Copies runs of contiguous data at `address` into the target.
pub(super) fn copy_out(
    space: &AddressSpace,
    address: u64,
    (from, to): (Side, Side),
    count: &[u64],
    size: u64,
    target: &mut [u8],
) -> Result<()> {
    let base = space.offset(address);
    let mut last = None;
    copy::runs(from, to, count, |run| {
        let overflow = || Error::limit("a position in the file exceeds 64 bits");
        let offset = run.from.checked_mul(size).and_then(|far| far.checked_add(base)).ok_or_else(overflow)?;
        let slot = slot(target, run.to, run.len, size)?;
        let alone = last.replace(offset).is_none_or(|last: u64| offset.abs_diff(last) >= PAGE);
        match slot.len() {
            MANY.. => read_many(space, offset, slot),
            ..=FEW if alone => space.source.read_apart(offset, slot),
            _ => space.source.read_into(offset, slot),
        }
    })
}

/// Reads a long run on all cores, with system calls: that spares mapping pages that are read only once.
fn read_many(space: &AddressSpace, offset: u64, target: &mut [u8]) -> Result<()> {
    let workers = space.workers().clamp(1, MOST_WORKERS);
    let part = target.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let read = |(number, part_of): (usize, &mut [u8])| {
            let ahead = (number as u64).saturating_mul(part as u64);
            space.source.read_apart(offset.saturating_add(ahead), part_of)
        };
        let running: Vec<_> =
            target.chunks_mut(part).enumerate().map(|piece| scope.spawn(move || read(piece))).collect();
        let ended = |worker: thread::ScopedJoinHandle<'_, Result<()>>| {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        running.into_iter().try_for_each(ended)
    })
}

/// So many bytes are cheaper to ask for than to map, if nothing else is wanted of their page.
const FEW: usize = 256;
const PAGE: u64 = 4096;
/// So many are worth threads.
const MANY: usize = 16 << 20;
/// More do not make memory faster.
const MOST_WORKERS: usize = 8;

/// The bytes of a run of elements of the target.
pub(super) fn slot(target: &mut [u8], first: u64, len: u64, size: u64) -> Result<&mut [u8]> {
    let start = limits::to_usize(first.saturating_mul(size))?;
    let len = limits::to_usize(len.saturating_mul(size))?;
    let slot = target.get_mut(start..).and_then(|rest| rest.get_mut(..len));
    slot.ok_or_else(|| Error::usage("a selection leaves its buffer"))
}

/// The bytes of a run of elements in a block.
pub(super) fn slice<'b>(bytes: &'b [u8], first: u64, count: &[u64], size: u64) -> Result<&'b [u8], NotBorrowable> {
    let range = || {
        let start = usize::try_from(first.checked_mul(size)?).ok()?;
        let len = usize::try_from(shape::bytes(count, size).ok()?).ok()?;
        bytes.get(start..start.checked_add(len)?)
    };
    range().ok_or(NotBorrowable::NotAllocated)
}

/// The bytes of a run of elements in the file.
pub(super) fn borrow_at<'s>(
    space: &'s AddressSpace,
    address: u64,
    first: u64,
    count: &[u64],
    size: u64,
) -> Result<Result<&'s [u8], NotBorrowable>> {
    let overflow = || Error::limit("a position in the file exceeds 64 bits");
    let offset = first.checked_mul(size).and_then(|far| far.checked_add(space.offset(address))).ok_or_else(overflow)?;
    let bytes = space.source.borrow(offset, shape::bytes(count, size)?)?;
    Ok(bytes.ok_or(NotBorrowable::NotMapped))
}
