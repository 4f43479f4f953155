//! Classic files: records lie one behind the other, so that the size of the file says how many are there.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Finding, Records, Recovered};
use crate::element::ByteOrder;
use crate::error::Result;
use crate::netcdf::{fill, Array, File, Job, Progress, Transfer, VariableId, Writer};
use crate::options::OpenOptions;
use crate::shape::Selection;
use crate::source::Source;
use crate::sync::available_threads;

/// As [`super::recover`].
pub(super) fn recover(
    source: &Source,
    options: &OpenOptions,
    (output, overwrite): (&Path, bool),
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), Recovered>> {
    let open = |records| File::from_source_with(source.clone(), &OpenOptions { records, ..options.clone() });
    let told = records(&open(None)?);
    let mut file = open(Some(u64::MAX))?;
    let whole = records(&file);
    let mut recovered = Recovered::default();
    if let (Some(told), Some(whole)) = (told, whole) {
        let kept = written(&file, told, whole)?;
        file = open(Some(kept))?;
        tell(&mut recovered, told, whole, kept);
    }
    match copy(&file, (output, overwrite), &mut recovered, progress)? {
        ControlFlow::Break(()) => Ok(ControlFlow::Break(())),
        ControlFlow::Continue(size) => Ok(ControlFlow::Continue(Recovered { size, ..recovered })),
    }
}

/// The length of the record dimension.
fn records(file: &File) -> Option<u64> {
    file.schema().dimensions.iter().find(|dimension| dimension.unlimited).map(|dimension| dimension.length)
}

/// Says what became of the records.
fn tell(recovered: &mut Recovered, told: u64, whole: u64, kept: u64) {
    recovered.records = Some(Records { told, kept });
    let (lost, found) = (&mut recovered.lost, &mut recovered.found);
    if kept > told {
        found.push(Finding::new("/", format!("records {told} to {} that were not counted yet", kept - 1)));
    }
    if kept < told {
        lost.push(Finding::new("/", format!("records {kept} to {} are not whole", told - 1)));
    }
    if kept < whole {
        lost.push(Finding::new("/", format!("records {kept} to {} were begun, and have blank variables", whole - 1)));
    }
}

/// How many records were written: of those that are not counted, the last ones do not count in which a variable is blank that
/// was not blank before.
fn written(file: &File, told: u64, whole: u64) -> Result<u64> {
    let mut kept = whole;
    let is_record = |array: &&Array| array.variable().dimensions.first().is_some_and(|id| is_unlimited(file, id.0));
    let arrays: Vec<&Array> = file.arrays().iter().filter(is_record).collect();
    while let Some(last) = kept.checked_sub(1).filter(|&last| last >= told) {
        let mut is_torn = false;
        for array in &arrays {
            is_torn = is_blank(array, last)?
                && last.checked_sub(1).map_or(Ok(true), |before| is_blank(array, before).map(|b| !b))?;
            if is_torn {
                break;
            }
        }
        if !is_torn {
            break;
        }
        kept = last;
    }
    Ok(kept)
}

fn is_unlimited(file: &File, dimension: usize) -> bool {
    file.schema().dimensions.get(dimension).is_some_and(|dimension| dimension.unlimited)
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
    if array.is_empty() || array.variable().dimensions.first().is_some_and(|id| is_unlimited(file, id.0)) {
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
    // A few rows at a time.
    let step = (4 << 20) / row.saturating_mul(array.variable().ty.size()).max(1);
    let mut next = 0;
    while next < rows {
        let count = step.max(1).min(rows - next);
        let mut region = Selection::all(array.shape());
        region.start.first_mut().into_iter().for_each(|start| *start = next);
        region.count.first_mut().into_iter().for_each(|length| *length = count);
        writer.write_stored(to, &region, &array.read_bytes(&region)?)?;
        next += count;
    }
    Ok(Finding::new(array.path(), format!("{} of {all} rows lie behind the end of the file", all - rows)))
}
