//! Pieces of raw data: runs of an array, copied from the file or borrowed.

use std::sync::Mutex;

use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape;
use crate::source::Gather;
use crate::sync::{into_inner, lock, together};

/// Copies runs of contiguous data at `address` into the target. Runs that lie near each other are read together.
pub(super) fn copy_out(
    space: &AddressSpace,
    address: u64,
    (from, to): (Side, Side),
    count: &[u64],
    size: u64,
    target: &mut [u8],
) -> Result<()> {
    let base = space.offset(address);
    let at = |element: u64| element.checked_mul(size).and_then(|far| far.checked_add(base)).ok_or_else(overflow);
    let reach = copy::reach(from, count)?;
    let (start, end) = (at(reach.start)?, at(reach.end)?);
    let elements = shape::count(count)?;
    let is_one_run = [&reach, &copy::reach(to, count)?].iter().all(|reach| reach.end - reach.start == elements);
    let most = elements.saturating_mul(size).saturating_mul(SPARSE).min(BLOCK);
    if !is_one_run && end - start <= most {
        let block = space.source.bytes(start, end - start)?;
        return copy::copy_part((&block, reach.start, from), (target, to), count, size);
    }
    let mut gather = Gather::new(&space.source, end);
    let mut last = None;
    copy::runs(from, to, count, |run| {
        let (offset, slot) = (at(run.from)?, slot(target, run.to, run.len, size)?);
        let alone = last.replace(offset).is_none_or(|last: u64| offset.abs_diff(last) >= PAGE);
        match slot.len() {
            MANY.. => read_many(space, offset, slot),
            ..=FEW if alone && space.source.is_borrowable() => space.source.read_apart(offset, slot),
            _ => gather.fill(offset, slot),
        }
    })
}

fn overflow() -> Error {
    Error::limit("a position in the file exceeds 64 bits")
}

/// Reads a long run on all cores, with system calls: that spares mapping pages that are read only once.
fn read_many(space: &AddressSpace, offset: u64, target: &mut [u8]) -> Result<()> {
    let workers = space.workers().clamp(1, MOST_WORKERS);
    in_parts(workers, target, &|ahead, part| space.source.read_apart(offset.saturating_add(ahead), part))
}

/// Fills the parts of a target, one on each thread; `fill` takes how far ahead of a part others are.
fn in_parts(workers: usize, target: &mut [u8], fill: &(dyn Fn(u64, &mut [u8]) -> Result<()> + Sync)) -> Result<()> {
    let size = target.len().div_ceil(workers).max(1);
    let parts = Mutex::new(target.chunks_mut(size).enumerate());
    let failure = Mutex::new(None);
    // Whoever is done takes the part of a thread that could not be started.
    together(workers, || loop {
        let Some((number, part)) = lock(&parts).next() else { return };
        if let Err(error) = fill((number as u64).saturating_mul(size as u64), part) {
            lock(&failure).get_or_insert(error);
            return;
        }
    });
    into_inner(failure).map_or(Ok(()), Err)
}

/// So many bytes are cheaper to ask for than to map, if nothing else is wanted of their page.
const FEW: usize = 256;
const PAGE: u64 = 4096;
/// Pieces are read as one block of at most so many bytes, of which one in so many is wanted.
const BLOCK: u64 = 1 << 20;
const SPARSE: u64 = 8;
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
    let offset = first.checked_mul(size).and_then(|far| far.checked_add(space.offset(address))).ok_or_else(overflow)?;
    let bytes = space.source.borrow(offset, shape::bytes(count, size)?)?;
    Ok(bytes.ok_or(NotBorrowable::NotMapped))
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, AssertUnwindSafe};

    use super::*;
    use crate::Kind;

    #[test]
    fn parts_are_filled_whatever_the_number_of_threads() {
        let fill = |ahead: u64, part: &mut [u8]| {
            part.iter_mut().zip(ahead..).for_each(|(byte, n)| *byte = u8::try_from(n).unwrap());
            Ok(())
        };
        for workers in [1, 2, 3, 8, 200] {
            let mut target = vec![0xff; 101];
            in_parts(workers, &mut target, &fill).unwrap();
            assert!(target.iter().zip(0..).all(|(&byte, n)| byte == n), "{workers}");
        }
    }

    #[test]
    fn a_thread_that_panics_is_no_error_of_the_file() {
        let mut target = vec![0; 100];
        let part = |ahead| match ahead {
            50 => panic!("the part at {ahead}"),
            75 => Err(Error::limit("a limit")),
            _ => Ok(()),
        };
        let mut read = || in_parts(4, &mut target, &|ahead, _| part(ahead));
        let panicked = catch_unwind(AssertUnwindSafe(&mut read)).unwrap_err();
        assert_eq!(panicked.downcast_ref::<String>().map(String::as_str), Some("the part at 50"));
        let refused =
            in_parts(4, &mut [0; 100], &|ahead, _| if ahead == 50 { Ok(()) } else { part(ahead) }).unwrap_err();
        assert_eq!(refused.kind(), Kind::Limit);
    }
}
