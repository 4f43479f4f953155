//! Classic files: records lie one behind the other, so that the size of the file says how many are there.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Finding, Records, Recovered};
use crate::element::ByteOrder;
use crate::error::Result;
use crate::grid::{bounded, for_each_part};
use crate::netcdf::{classic, fill, Array, File, Job, Progress, Transfer, VariableId, Writer};
use crate::options::OpenOptions;
use crate::shape::Selection;
use crate::source::Source;
use crate::sync::available_threads;

/// Bytes that are copied at a time.
const PIECE: u64 = 4 << 20;

/// As [`super::recover`].
pub(super) fn recover(
    source: &Source,
    options: &OpenOptions,
    (output, overwrite): (&Path, bool),
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), Recovered>> {
    let mut recovered = Recovered::default();
    let counts = Counts::of(source, options)?;
    let file = open(source, options, Some(counts.map_or(u64::MAX, |counts| counts.kept)))?;
    if let Some(counts) = counts {
        let unlimited = file.schema().dimensions.iter().find(|dimension| dimension.unlimited);
        let dimension = unlimited.map(|dimension| format!("/{}", dimension.name)).unwrap_or_default();
        let is_streamed = classic::is_streamed(source, options)?;
        let told = if is_streamed { 0 } else { counts.told };
        recovered.records.push(Records { dimension, told, kept: counts.kept, blank: Vec::new() });
        tell(&mut recovered, counts, is_streamed);
    }
    match copy(&file, (output, overwrite), &mut recovered, progress)? {
        ControlFlow::Break(()) => Ok(ControlFlow::Break(())),
        ControlFlow::Continue(size) => Ok(ControlFlow::Continue(Recovered { size, ..recovered })),
    }
}

/// A file of which so many records are taken, at most, of those that lie in it; or those that it counts.
fn open(source: &Source, options: &OpenOptions, records: Option<u64>) -> Result<File> {
    File::from_source_with(source.clone(), &OpenOptions { records, ..options.clone() })
}

/// The records of a file.
#[derive(Debug, Clone, Copy)]
struct Counts {
    /// Those that it counts, or of a file that was streamed, those that readers find.
    told: u64,
    /// Those that lie in it.
    whole: u64,
    /// Those of them that were written.
    kept: u64,
}

impl Counts {
    fn of(source: &Source, options: &OpenOptions) -> Result<Option<Self>> {
        let file = open(source, options, Some(u64::MAX))?;
        match (open(source, options, None)?.schema().records(), file.schema().records()) {
            (Some(told), Some(whole)) => Ok(Some(Counts { told, whole, kept: written(&file, told, whole)? })),
            _ => Ok(None),
        }
    }
}

/// As [`super::uncounted_records`].
pub(super) fn uncounted(source: &Source, options: &OpenOptions) -> Result<u64> {
    let counts = Counts::of(source, options)?;
    Ok(counts.map_or(0, |Counts { told, kept, .. }| kept.saturating_sub(told)))
}

/// Says what became of the records.
fn tell(recovered: &mut Recovered, Counts { told, whole, kept }: Counts, is_streamed: bool) {
    let (lost, found) = (&mut recovered.lost, &mut recovered.found);
    if is_streamed && kept > 0 {
        let (records, are, _) = these(0, kept);
        found.push(Finding::new("/", format!("{records}, which {are} not counted: the file was streamed")));
    }
    if kept > told && !is_streamed {
        let (records, _, were) = these(told, kept);
        found.push(Finding::new("/", format!("{records} that {were} not counted yet")));
    }
    if kept < told {
        let (records, are, _) = these(kept, told);
        lost.push(Finding::new("/", format!("{records} {are} not whole")));
    }
    if kept < whole {
        let (records, are, were) = these(kept, whole);
        let have = if are == "is" { "has" } else { "have" };
        lost.push(Finding::new("/", format!("{records} {were} begun, and {have} blank variables")));
    }
}

/// The records from one to before another, and what they are and were.
fn these(first: u64, end: u64) -> (String, &'static str, &'static str) {
    match end - 1 {
        last if last == first => (format!("record {last}"), "is", "was"),
        last => (format!("records {first} to {last}"), "are", "were"),
    }
}

/// How many records were written: of those that are not counted, the last ones do not count in which nothing is, or a variable is
/// blank that was not blank before.
fn written(file: &File, told: u64, whole: u64) -> Result<u64> {
    let mut kept = whole;
    let arrays: Vec<&Array> = file.arrays().iter().filter(|array| has_records(file, array)).collect();
    if arrays.is_empty() {
        return Ok(told);
    }
    while let Some(last) = kept.checked_sub(1).filter(|&last| last >= told) {
        if !is_torn(&arrays, last)? {
            break;
        }
        kept = last;
    }
    Ok(kept)
}

/// Whether a record is blank, or a variable of it that was not before.
fn is_torn(arrays: &[&Array], record: u64) -> Result<bool> {
    let mut is_empty = true;
    for array in arrays {
        if !is_blank(array, record)? {
            is_empty = false;
        } else if record.checked_sub(1).map_or(Ok(true), |before| is_blank(array, before).map(|is_blank| !is_blank))? {
            return Ok(true);
        }
    }
    Ok(is_empty)
}

/// Whether a variable has records.
fn has_records(file: &File, array: &Array) -> bool {
    let first = array.variable().dimensions.first();
    first.is_some_and(|id| file.schema().dimension(*id).is_ok_and(|dimension| dimension.unlimited))
}

/// Whether a record of a variable is zeros, or fill values.
fn is_blank(array: &Array, record: u64) -> Result<bool> {
    let mut region = array.all();
    region.start.first_mut().into_iter().for_each(|start| *start = record);
    region.count.first_mut().into_iter().for_each(|count| *count = 1);
    let fill = fill::of(array.variable()).map(|value| value.to_bytes(ByteOrder::Big)).unwrap_or_default();
    let (mut zero, mut filled) = (true, !fill.is_empty());
    array.for_each_block(&region, &mut |bytes| {
        zero &= bytes.iter().all(|&byte| byte == 0);
        filled = filled && bytes.chunks(fill.len().max(1)).all(|element| element == fill);
        Ok(())
    })?;
    Ok(zero || filled)
}

/// Copies what is there; returns the size of the copy.
fn copy(
    file: &File,
    (output, overwrite): (&Path, bool),
    recovered: &mut Recovered,
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), u64>> {
    let writer = Writer::create(output, file.schema().clone(), overwrite)?;
    let mut transfer = Transfer::new(&writer).threads(available_threads());
    for (n, array) in file.arrays().iter().enumerate() {
        match cut(file, array)? {
            None => transfer = transfer.job(Job::new(array, VariableId(n))),
            Some(there) => recovered.lost.push(part(&writer, array, VariableId(n), there)?),
        }
    }
    if transfer.run(progress)?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    drop(transfer);
    writer.finish().map(ControlFlow::Continue)
}

/// How many elements of a variable without records the file has, if not all.
fn cut(file: &File, array: &Array) -> Result<Option<u64>> {
    if array.is_empty() || has_records(file, array) {
        return Ok(None);
    }
    // What begins behind the end of the file has no place in it.
    let place = array.chunks()?.next().map(|chunk| (chunk.info().offset, chunk.info().size));
    let Some((offset, size)) = place else { return Ok(Some(0)) };
    let held = file.size().saturating_sub(offset);
    Ok((held < size).then(|| held / array.variable().ty.size().max(1)))
}

/// Copies the rows that are there of a variable that was cut off.
fn part(writer: &Writer, array: &Array, to: VariableId, there: u64) -> Result<Finding> {
    let row: u64 = array.shape().iter().skip(1).product();
    let rows = there.checked_div(row).unwrap_or(0);
    let all = array.shape().first().copied().unwrap_or(1);
    if rows > 0 {
        let mut whole = array.all();
        whole.count.first_mut().into_iter().for_each(|length| *length = rows);
        let piece = bounded(whole.count.clone(), array.variable().ty.size(), PIECE);
        for_each_part(&whole, &piece, &mut |part| {
            let region = Selection::block(part.start.clone(), part.count.clone());
            writer.write_stored(to, &region, &array.read_bytes(&region)?)
        })?;
    }
    Ok(Finding::new(array.path(), format!("{} of {all} rows lie behind the end of the file", all - rows)))
}
