//! A region of a variable as runs of bytes in the file; the same for reading and for writing.

use std::ops::Range;

use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::limits;
use crate::shape::{self, Selection};

use super::layout::{Layout, Slab};

/// Calls `visit` with the file offset of every run, and the range of it in a buffer that holds the region.
///
/// # Errors
/// Whatever `visit` returns; [`Kind::Limit`](crate::Kind::Limit) for positions beyond 64 bits.
pub(super) fn runs(
    layout: &Layout,
    slab: &Slab,
    region: &Selection,
    mut visit: impl FnMut(u64, Range<usize>) -> Result<()>,
) -> Result<()> {
    if let Some(shape) = block(layout, slab, region) {
        return slab_runs(slab, &shape, region, slab.begin, 0, &mut visit);
    }
    let (records, inner) = split(region);
    let each = shape::bytes(&inner.count, slab.size)?;
    if each == 0 {
        return Ok(());
    }
    for index in 0..records.count {
        let begin = layout.record(slab, index.saturating_mul(records.stride).saturating_add(records.start))?;
        slab_runs(slab, &slab.shape, &inner, begin, index.saturating_mul(each), &mut visit)?;
    }
    Ok(())
}

/// Where the last run of a region ends in the file.
///
/// # Errors
/// As [`runs`].
pub(super) fn end(layout: &Layout, slab: &Slab, region: &Selection) -> Result<u64> {
    let overflow = || Error::limit("a region reaches beyond 2^64 bytes");
    let of = |shape: &[u64], region: &Selection| {
        let side = Side { shape, start: &region.start, stride: &region.stride };
        copy::reach(side, &region.count)?.end.checked_mul(slab.size).ok_or_else(overflow)
    };
    let (begin, end) = match block(layout, slab, region) {
        Some(shape) => (slab.begin, of(&shape, region)?),
        None => {
            let (Records { start, count, stride }, inner) = split(region);
            let last = start.saturating_add(stride.saturating_mul(count.saturating_sub(1)));
            (layout.record(slab, last)?, of(&slab.shape, &inner)?)
        }
    };
    begin.checked_add(end).ok_or_else(overflow)
}

/// The runs of one array that starts at `begin` in the file, with its region at `base` in the buffer.
fn slab_runs(
    slab: &Slab,
    shape: &[u64],
    region: &Selection,
    begin: u64,
    base: u64,
    visit: &mut impl FnMut(u64, Range<usize>) -> Result<()>,
) -> Result<()> {
    let file = Side { shape, start: &region.start, stride: &region.stride };
    let buffer = Side { shape: &region.count, start: &[], stride: &[] };
    copy::runs(file, buffer, &region.count, |run| {
        let at = |first: u64, base: u64| first.checked_mul(slab.size).and_then(|far| far.checked_add(base));
        let end = run.to.checked_add(run.len).and_then(|end| at(end, base));
        match (at(run.from, begin), at(run.to, base), end) {
            (Some(offset), Some(start), Some(end)) => visit(offset, limits::to_usize(start)?..limits::to_usize(end)?),
            _ => Err(Error::limit("a region reaches beyond 2^64 bytes")),
        }
    })
}

/// The file offset of a region that is in one piece.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) for positions beyond 64 bits.
pub(super) fn locate(layout: &Layout, slab: &Slab, region: &Selection) -> Result<Option<u64>> {
    let (begin, first) = match block(layout, slab, region) {
        Some(shape) => (slab.begin, copy::single_run(&shape, region)),
        None => match split(region) {
            (Records { start, count: 1, .. }, inner) => {
                (layout.record(slab, start)?, copy::single_run(&slab.shape, &inner))
            }
            _ => return Ok(None),
        },
    };
    let Some(first) = first else { return Ok(None) };
    let offset = first.checked_mul(slab.size).and_then(|far| far.checked_add(begin));
    offset.map(Some).ok_or_else(|| Error::limit("a region reaches beyond 2^64 bytes"))
}

/// The shape of a variable whose data are one block; records that follow each other without a gap are one, too.
fn block(layout: &Layout, slab: &Slab, region: &Selection) -> Option<Vec<u64>> {
    if !slab.record {
        return Some(slab.shape.clone());
    }
    // The number of records does not matter to positions: it is the slowest dimension.
    let records = region.count.first().copied().unwrap_or(0);
    layout.is_dense(slab).then(|| std::iter::once(records).chain(slab.shape.iter().copied()).collect())
}

/// The records of a region.
struct Records {
    start: u64,
    count: u64,
    stride: u64,
}

/// The records of a region, and its part in each of them.
fn split(region: &Selection) -> (Records, Selection) {
    let first = |list: &[u64]| list.first().copied().unwrap_or(0);
    let rest = |list: &[u64]| list.get(1..).unwrap_or_default().to_vec();
    let Selection { start, count, stride } = region;
    let records = Records { start: first(start), count: first(count), stride: first(stride) };
    (records, Selection { start: rest(start), count: rest(count), stride: rest(stride) })
}
