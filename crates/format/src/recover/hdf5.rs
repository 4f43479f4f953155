//! HDF5 and netCDF-4 files: every object is copied that links lead to, and of each what can be read.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Finding, Records, Recovered};
use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::hdf5::builder::{Builder, FileOptions};
use crate::hdf5::{File, Repack, RepackProgress, Steps};
use crate::netcdf::v4::types;
use crate::netcdf::{fill, Progress};
use crate::options::OpenOptions;
use crate::source::Source;

/// Fewer bytes than these may be headers, indexes and the space between them.
const METADATA: u64 = 256 << 10;

/// As [`super::recover`].
pub(super) fn recover(
    source: Source,
    options: &OpenOptions,
    (output, overwrite): (&Path, bool),
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), Recovered>> {
    let file = File::torn(source, options)?;
    let copied_bytes = AtomicU64::new(0);
    let watch = |RepackProgress { bytes, total_bytes }| {
        copied_bytes.fetch_max(bytes, Ordering::Relaxed);
        progress(Progress { bytes, total_bytes, row: 0 })
    };
    let create = |options: &FileOptions| Builder::create_with(output, overwrite, options);
    let copied = Repack::new().blanks(blanks()).copy(&file, &create, Some(output), &watch)?;
    let ControlFlow::Continue((summary, torn)) = copied else { return Ok(ControlFlow::Break(())) };
    let mut lost: Vec<Finding> = torn.lost.into_iter().map(|(object, what)| Finding { object, what }).collect();
    if summary.lost_references > 0 {
        lost.push(Finding::new("/", format!("{} references to objects that are not there", summary.lost_references)));
    }
    lost.extend(torn.steps.iter().filter_map(short));
    let unreached = unreached(file.bytes_behind_end()?, file.size(), copied_bytes.into_inner());
    if unreached.is_some() && !file.has_older_states()? {
        lost.extend(unreached);
    }
    let records = torn
        .steps
        .into_iter()
        .map(|Steps { dimension, told, kept, blank, .. }| Records { dimension, told, kept, blank })
        .collect();
    let found = torn.found.into_iter().map(|(object, what)| Finding { object, what }).collect();
    Ok(ControlFlow::Continue(Recovered { size: summary.bytes_after, records, found, lost }))
}

/// What netCDF fills numbers with that were never written.
fn blanks() -> Vec<(NumberType, Vec<u8>)> {
    let of = |number| Some((number, fill::default(&types::number(number))?.to_bytes(ByteOrder::Little)));
    use NumberType::*;
    [I8, I16, I32, I64, U8, U16, U32, U64, F32, F64].into_iter().filter_map(of).collect()
}

/// What is said of steps that are not whole.
fn short(Steps { dimension, told, kept, torn, .. }: &Steps) -> Option<Finding> {
    let why = match torn.is_empty() {
        true => "of a newer state of the file, which is lost".to_owned(),
        false => format!("not whole in {}", torn.join(", ")),
    };
    let what = || match told - 1 {
        last if last == *kept => format!("the step {last} is {why}"),
        last => format!("the steps {kept} to {last} are {why}"),
    };
    (kept < told).then(|| Finding::new(dimension, what()))
}

/// What is said when most of what lies behind the end that a file tells is no data of the copy: whoever wrote it had not come to its
/// index. What a file has up to its end it may well have for headers, heaps and indexes, or as free space.
fn unreached(behind: u64, size: u64, copied: u64) -> Option<Finding> {
    let other = size.saturating_sub(copied).min(behind);
    let what = || format!("about {other} bytes, of {behind} behind the end that the file tells, were not indexed yet");
    (other > METADATA && other > behind / 2).then(|| Finding::new("/", what()))
}
