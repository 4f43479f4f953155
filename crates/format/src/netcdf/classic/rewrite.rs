//! A classic file written anew: its data, those that are new, and those that were changed.

use std::sync::atomic::AtomicU64;

use crate::error::Result;
use crate::limits;
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::Schema;
use crate::netcdf::store::Store;
use crate::netcdf::transfer::Progress;
use crate::shape::{self, Selection};
use crate::sink::Sink;
use crate::watched::Watched;
use crate::written::Written;

use super::edit::Changed;
use super::layout::{Layout, Slab};
use super::record::Header;
use super::region;
use super::write::{encode, fills, Writer};
use crate::grid::{bounded, for_each_part};

/// Bytes that are copied at a time.
const PIECE: u64 = 1 << 20;

/// Writes a changed file to a sink and completes it, and tells how far it has come. The data move by `shift` bytes, or each
/// variable on its own.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io); where it is broken off.
pub(super) fn write(
    old: &Changed,
    sink: Box<dyn Sink>,
    header: &Header,
    layout: Layout,
    shift: Option<u64>,
    schema: &Schema,
    watched: &Watched<Progress>,
) -> Result<()> {
    let bytes = encode(header)?;
    sink.write_at(0, &bytes)?;
    let (version, numrecs, written) = (header.version, AtomicU64::new(0), Written::default());
    let (header_len, fills) = (bytes.len() as u64, fills(schema));
    let writer = Writer { sink, version, layout, header_len, numrecs, fills, written, published: None, found: 0 };
    let records = schema.records().unwrap_or(0);
    let mut copied = Copied { watched, bytes: 0, total: old.source.len() };
    match shift {
        Some(shift) => shifted(old, &writer, shift, records, &mut copied)?,
        None => rearranged(old, &writer, &mut copied)?,
    }
    for put in &old.puts {
        writer.write(VariableId(put.variable), &put.region, &put.stored)?;
    }
    match shift {
        // A file that ended before data that were never written goes on to.
        Some(shift) if old.puts.is_empty() && records == old.records => {
            writer.complete_to(old.source.len().saturating_add(shift), records, header.numrecs.0)
        }
        _ => writer.complete(records, header.numrecs.0),
    }
}

/// How much was copied.
struct Copied<'w> {
    watched: &'w Watched<'w, Progress>,
    bytes: u64,
    total: u64,
}

impl Copied<'_> {
    fn add(&mut self, bytes: u64) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.watched.tell(Progress { bytes: self.bytes.min(self.total), total_bytes: self.total, row: 0 })
    }
}

/// Copies all data as they are, and what lies behind them, unless there are more records now.
fn shifted(old: &Changed, writer: &Writer, shift: u64, records: u64, copied: &mut Copied) -> Result<()> {
    let end = match records == old.records {
        true => old.source.len(),
        false => old.layout.file_size(0, old.records)?.min(old.source.len()),
    };
    let start = old.room().min(end);
    let mut at = start;
    while at < end {
        let mut buffer = limits::buffer(PIECE.min(end - at))?;
        old.source.read_into(at, &mut buffer)?;
        writer.sink.write_at(at.saturating_add(shift), &buffer)?;
        at += buffer.len() as u64;
        copied.add(buffer.len() as u64)?;
    }
    // Data that were never written, behind the end of the file, read as zeros, and go on to: they are no gaps.
    let declared = old.layout.file_size(0, old.records)?.max(end);
    writer.written.add(start.saturating_add(shift)..declared.saturating_add(shift));
    Ok(())
}

/// Copies the data of each variable to their new place.
fn rearranged(old: &Changed, writer: &Writer, copied: &mut Copied) -> Result<()> {
    for (n, origin) in old.origins.iter().enumerate() {
        let (Some(from), Some(to)) = (origin.and_then(|n| old.layout.slabs.get(n)), writer.layout.slabs.get(n)) else {
            continue;
        };
        let kept = Selection::all(&common(from, to, old.records));
        let piece = bounded(kept.count.clone(), to.size, PIECE);
        for_each_part(&kept, &piece, &mut |part| {
            let region = Selection::block(part.start.clone(), part.count.clone());
            if !is_there(old, from, &region)? {
                return region::runs(&writer.layout, to, &region, |offset, range| {
                    writer.written.add(offset..offset.saturating_add(range.len() as u64));
                    Ok(())
                });
            }
            let mut bytes = limits::buffer(shape::bytes(&region.count, from.size)?)?;
            region::runs(&old.layout, from, &region, |offset, range| {
                let target = bytes.get_mut(range).unwrap_or_default();
                // A file may end before data that were never written.
                let there = old.source.len().saturating_sub(offset).min(target.len() as u64);
                let (there, _) = target.split_at_mut(limits::to_usize(there)?);
                old.source.read_into(offset, there)
            })?;
            copied.add(bytes.len() as u64)?;
            writer.write(VariableId(n), &region, &bytes)
        })?;
    }
    Ok(())
}

/// Whether any byte of a box lies in the file: what was never written need not.
fn is_there(old: &Changed, slab: &Slab, region: &Selection) -> Result<bool> {
    // Runs come in the order of the file.
    let first = Selection::block(region.start.clone(), vec![1; region.count.len()]);
    let mut is_there = false;
    region::runs(&old.layout, slab, &first, |offset, _| {
        is_there = offset < old.source.len();
        Ok(())
    })?;
    Ok(is_there)
}

/// What a variable has before and after.
fn common(from: &Slab, to: &Slab, records: u64) -> Vec<u64> {
    let lengths = from.shape.iter().zip(&to.shape).map(|(&from, &to)| from.min(to));
    let records = if from.record { Some(records) } else { None };
    records.into_iter().chain(lengths).collect()
}
