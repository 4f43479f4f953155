//! Broken and hostile files end in an error or in values: never in a panic, and never in memory that the file is not worth.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

mod common;
#[path = "common/counting.rs"]
mod counting;
#[path = "common/seal.rs"]
mod seal;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;
use std::time::{Duration, Instant};

use common::{fixture, read_everything};
use counting::{measure, Counting};
use hyperslab::Result;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// More than any of these files can need.
const BOUND: usize = 64 << 20;

/// Far more than any of them takes, even on a busy machine.
const SLOW: Duration = Duration::from_secs(5);

/// Positions that are changed in each file.
const POSITIONS: usize = 2000;

/// What is written there: one byte, or a whole field with the large sizes that hurt.
const VALUES: [&[u8]; 8] = [
    &[0],
    &[1],
    &[0x7f],
    &[0x80],
    &[0xff],
    &[0xff, 0xff, 0xff, 0x7f],
    &[0, 0, 0, 0, 1, 0, 0, 0],
    &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/// Silences the messages of panics, which are collected instead.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

/// What went wrong with the variants of a file.
struct Findings {
    name: &'static str,
    tried: usize,
    opened: usize,
    found: Vec<String>,
}

impl Findings {
    fn new(name: &'static str) -> Self {
        quiet();
        Findings { name, tried: 0, opened: 0, found: Vec::new() }
    }

    /// Reads a variant.
    fn check(&mut self, what: impl Fn() -> String, bytes: Vec<u8>) {
        self.tried += 1;
        let start = Instant::now();
        let (outcome, usage): (std::thread::Result<Result<()>>, _) =
            measure(|| catch_unwind(AssertUnwindSafe(|| read_everything(bytes))));
        match outcome {
            Ok(Ok(())) => self.opened += 1,
            Ok(Err(_)) => {}
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                self.found.push(format!("{}: panic: {}", what(), text.unwrap_or_default()));
            }
        }
        if start.elapsed() > SLOW {
            self.found.push(format!("{}: {:?}", what(), start.elapsed()));
        }
        if usage.peak.max(usage.largest) > BOUND {
            self.found.push(format!("{}: {usage:?}", what()));
        }
    }

    fn finish(self) {
        let Findings { name, tried, opened, found } = self;
        println!("{name}: {tried} variants, {opened} opened");
        let first: Vec<_> = found.iter().take(20).cloned().collect();
        // The hook that keeps panics quiet would keep the message of this one, too.
        println!("{}", first.join("\n"));
        assert!(found.is_empty(), "{name}: {} of {tried} variants", found.len());
    }
}

/// Writes the length of a shortened HDF5 file into its superblock, so that it is not refused at once.
fn admit(bytes: &mut [u8], blocks: &[std::ops::Range<usize>]) {
    let len = (bytes.len() as u64).to_le_bytes();
    match bytes.get(8).filter(|_| bytes.starts_with(b"\x89HDF")) {
        Some(0) if bytes.len() >= 48 => bytes[40..48].copy_from_slice(&len),
        Some(1) if bytes.len() >= 52 => bytes[44..52].copy_from_slice(&len),
        Some(2 | 3) if bytes.len() >= 48 => {
            bytes[28..36].copy_from_slice(&len);
            seal::seal(bytes, blocks, 28);
        }
        _ => {}
    }
}

fn truncate(name: &'static str) {
    let whole = fixture(name);
    let blocks = seal::blocks(&whole);
    let mut findings = Findings::new(name);
    let step = if whole.len() < 8192 { 1 } else { whole.len() / 400 };
    for len in (0..whole.len()).step_by(step) {
        let mut bytes = whole[..len].to_vec();
        findings.check(|| format!("cut at {len}"), bytes.clone());
        admit(&mut bytes, &blocks);
        findings.check(|| format!("cut at {len}, which it admits"), bytes);
    }
    findings.finish();
}

fn mutate(name: &'static str) {
    let whole = fixture(name);
    let blocks = seal::blocks(&whole);
    let mut findings = Findings::new(name);
    for n in 0..POSITIONS.min(whole.len()) {
        let at = n * whole.len() / POSITIONS.min(whole.len());
        for value in VALUES {
            let mut bytes = whole.clone();
            let end = whole.len().min(at + value.len());
            bytes[at..end].copy_from_slice(&value[..end - at]);
            if bytes == whole {
                continue;
            }
            seal::seal(&mut bytes, &blocks, at);
            findings.check(|| format!("{value:02x?} at {at}"), bytes);
        }
    }
    findings.finish();
}

macro_rules! files {
    ($($test:ident, $name:literal;)*) => {$(
        mod $test {
            #[test]
            fn truncated() {
                super::truncate($name);
            }

            #[test]
            fn mutated() {
                super::mutate($name);
            }
        }
    )*};
}

files! {
    classic_records, "netcdf/two_record_cdf5.nc";
    classic_model, "exodus/old_style_cdf1.exo";
    no_scales, "netcdf/nodimscale_attach.nc";
    fixed_array, "hdf5/chunk_fixed_array.h5";
    symbol_table, "hdf5/attributes_old.h5";
    dense, "hdf5/attributes_dense.h5";
    heap, "hdf5/strings.h5";
    extensible_array, "hdf5/chunk_extensible_array.h5";
    btree_v1, "netcdf/storage.nc";
    implicit, "hdf5/chunk_implicit.h5";
    filters, "hdf5/filters.h5";
    types, "netcdf/types.nc";
    every_type, "hdf5/types.h5";
    virtual_dataset, "hdf5/multi/virtual_own.h5";
}

#[test]
fn blocks_are_found() {
    assert!(seal::blocks(&fixture("hdf5/chunk_fixed_array.h5")).len() > 4);
    assert!(seal::blocks(&fixture("hdf5/attributes_dense.h5")).len() > 4);
}
