//! `exo repack`.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use exodus_rs::{Error, Result};
use hyperslab::hdf5::builder::Level;
use hyperslab::hdf5::{DatasetChange, Filter, Layout, RechunkPlan, Repack, RepackPlan, RepackSummary};
use hyperslab::netcdf::Progress;
use hyperslab::Context;
use serde_json::json;

use super::ls;
use super::progress::Reporter;
use crate::output::{bytes, duration, plural};
use crate::signals::Signals;
use crate::{args, input, output};

pub fn run(args: &args::Repack) -> Result<ExitCode> {
    let started = Instant::now();
    let signals = Signals::listen()?;
    if input::is_classic(&args.files.input) {
        return Err(Error::usage(
            "a classic netCDF file has no chunks: `exo convert --format netcdf4` makes an HDF5 file of it",
        ))
        .in_file(&args.files.input);
    }
    let file = input::hdf5(&args.files.input, args.files.no_mmap, false)?;
    output::check_target(&args.files.output, &[&args.files.input])?;
    if args.dry_run {
        return preview(
            args,
            &choices(args).plan(&file, &args.files.output, args.files.force).in_file(&args.files.input)?,
        );
    }
    let reporter = Reporter::new(args.files.quiet, 0);
    let done = choices(args).run(&file, &args.files.output, args.files.force, &|progress| {
        reporter.report(Progress { bytes: progress.bytes, total_bytes: progress.total_bytes, row: 0 });
        if signals.stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    reporter.finish();
    match done.in_file(&args.files.input)? {
        ControlFlow::Break(()) => {
            eprintln!("exo: interrupted; {} was not written", args.files.output.display());
            return Ok(signals.exit_code());
        }
        ControlFlow::Continue(summary) => tell(args, &summary, started.elapsed().as_secs_f64())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn choices(args: &args::Repack) -> Repack {
    let mut repack = Repack::new();
    for layout in args.layouts.iter().chain(&args.chunks) {
        repack = repack.layout(layout.dataset.as_deref(), layout.choice.clone());
    }
    for filters in &args.filters {
        repack = repack.filters(filters.dataset.as_deref(), filters.choice.clone());
    }
    repack = args.memory.map_or(repack.clone(), |bytes| repack.memory(bytes));
    repack = args.threads.map_or(repack.clone(), |threads| repack.threads(threads));
    repack = args.align.map_or(repack.clone(), |bytes| repack.alignment(bytes));
    repack = match args.paged {
        Some(Some(bytes)) => repack.pages(bytes),
        Some(None) => repack.without_pages(),
        None => repack,
    };
    let level = args.level.map(|level| match level {
        args::Level::Earliest => Level::Earliest,
        args::Level::V110 => Level::V110,
        args::Level::Latest => Level::Latest,
    });
    level.map_or(repack.clone(), |level| repack.level(level))
}

/// Prints what would be done.
fn preview(args: &args::Repack, plan: &RepackPlan) -> Result<ExitCode> {
    let text = if args.files.json { format!("{}\n", record(plan)) } else { lines(plan) };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn record(plan: &RepackPlan) -> serde_json::Value {
    let stored = |layout: &Layout, filters: &[Filter]| json!({ "layout": ls::layout(layout), "filters": filters.iter().map(ls::filter).collect::<Vec<_>>() });
    let rechunk = |plan: &RechunkPlan| {
        json!({
            "from": plan.from, "to": plan.to, "tile": plan.tile, "threads": plan.threads, "memory": plan.memory,
            "spill_bytes": plan.spill_bytes,
        })
    };
    let change = |change: &DatasetChange| {
        json!({
            "dataset": change.dataset, "shape": change.shape,
            "before": stored(&change.layout.0, &change.filters.0), "after": stored(&change.layout.1, &change.filters.1),
            "rechunk": change.rechunk.as_ref().map(rechunk),
        })
    };
    json!({
        "changes": plan.changes.iter().map(change).collect::<Vec<_>>(), "kept": plan.kept, "level": plan.level.to_string(),
        "page_size": plan.page_size, "alignment": plan.alignment,
    })
}

/// A line for each dataset that changes, and one for all the others.
fn lines(plan: &RepackPlan) -> String {
    let stored = |layout: &Layout, filters: &[Filter]| {
        let parts: Vec<String> = std::iter::once(ls::layout(layout)).chain(filters.iter().map(ls::filter)).collect();
        parts.join(", ")
    };
    let line = |change: &DatasetChange| {
        let before = stored(&change.layout.0, &change.filters.0);
        let after = stored(&change.layout.1, &change.filters.1);
        let how = change.rechunk.as_ref().map(how).unwrap_or_default();
        format!("{} {:?}: {before} -> {after}{how}\n", change.dataset, change.shape)
    };
    let pages = plan.page_size.map_or_else(|| "no pages".to_owned(), |size| format!("pages of {size} bytes"));
    let file = format!("level {}, {pages}, raw data at multiples of {}", plan.level, plan.alignment);
    let kept = plural(plan.kept, "object");
    format!("{}{kept} copied as stored; {file}\n", plan.changes.iter().map(line).collect::<String>())
}

fn how(RechunkPlan { tile, threads, memory, spill_bytes, .. }: &RechunkPlan) -> String {
    let spill = match spill_bytes {
        0 => "one pass".to_owned(),
        some => format!("{} wait in a file", bytes(*some)),
    };
    let (memory, threads) = (bytes(*memory), plural(*threads as u64, "thread"));
    format!("; in tiles of {tile:?}: {spill}, at most {memory}, {threads}")
}

fn tell(args: &args::Repack, summary: &RepackSummary, seconds: f64) -> Result<()> {
    if args.files.json {
        let record = json!({
            "output": args.files.output.display().to_string(),
            "objects": summary.objects,
            "bytes_before": summary.bytes_before,
            "bytes_after": summary.bytes_after,
            "lost_references": summary.lost_references,
            "seconds": seconds,
        });
        return output::print_record(&args.files.output, &format!("{record}\n"));
    }
    match args.files.quiet {
        true => Ok(()),
        false => output::print_done(&args.files.output, &closing(summary, seconds)),
    }
}

#[allow(clippy::cast_precision_loss)]
fn closing(summary: &RepackSummary, seconds: f64) -> String {
    let lost = match summary.lost_references {
        0 => String::new(),
        count => format!(", {} to objects that are gone lead nowhere now", plural(count, "reference")),
    };
    format!(
        "{}, {} where there were {} ({:.1} %), in {} ({:.1} MB/s){lost}\n",
        plural(summary.objects, "object"),
        bytes(summary.bytes_after),
        bytes(summary.bytes_before),
        100.0 * summary.bytes_after as f64 / summary.bytes_before.max(1) as f64,
        duration(seconds),
        summary.bytes_before as f64 / seconds.max(1e-9) / 1e6,
    )
}
