//! Classic files: records lie one behind the other, so that the size of the file says how many are there.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Finding, Records, Recovered};
use crate::element::ByteOrder;
use crate::error::Result;
use crate::grid::{bounded, for_each_part};
use crate::netcdf::{fill, Array, File, Job, Progress, Transfer, VariableId, Writer};
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
    let open = |records| File::from_source_with(source.clone(), &OpenOptions { records, ..options.clone() });
    let told = open(None)?.schema().records();
    let mut file = open(Some(u64::MAX))?;
    let whole = file.schema().records();
    let mut recovered = Recovered::default();
    if let (Some(told), Some(whole)) = (told, whole) {
        let kept = written(&file, told, whole)?;
        file = open(Some(kept))?;
        let unlimited = file.schema().dimensions.iter().find(|dimension| dimension.unlimited);
        let dimension = unlimited.map(|dimension| format!("/{}", dimension.name)).unwrap_or_default();
        recovered.records.push(Records { dimension, told, kept, blank: Vec::new() });
        tell(&mut recovered, told, whole, kept);
    }
    match copy(&file, (output, overwrite), &mut recovered, progress)? {
        ControlFlow::Break(()) => Ok(ControlFlow::Break(())),
        ControlFlow::Continue(size) => Ok(ControlFlow::Continue(Recovered { size, ..recovered })),
    }
}

/// Says what became of the records.
fn tell(recovered: &mut Recovered, told: u64, whole: u64, kept: u64) {
    let (lost, found) = (&mut recovered.lost, &mut recovered.found);
    if kept > told {
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

/// How many records were written: of those that are not counted, the last ones do not count in which a variable is blank that
/// was not blank before.
fn written(file: &File, told: u64, whole: u64) -> Result<u64> {
    let mut kept = whole;
    let arrays: Vec<&Array> = file.arrays().iter().filter(|array| has_records(file, array)).collect();
    while let Some(last) = kept.checked_sub(1).filter(|&last| last >= told) {
        let torn = arrays.iter().find_map(|array| is_torn(array, last).map(|torn| torn.then_some(())).transpose());
        match torn.transpose()? {
            Some(()) => kept = last,
            None => break,
        }
    }
    Ok(kept)
}

/// Whether a record of a variable is blank, and the one before was not.
fn is_torn(array: &Array, record: u64) -> Result<bool> {
    let was_there = |record| is_blank(array, record).map(|is_blank| !is_blank);
    Ok(is_blank(array, record)? && record.checked_sub(1).map_or(Ok(true), was_there)?)
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
