//! Follows one node through all steps, and looks at the coordinates and at one step, with the time each takes.
//!
//! `cargo run --release --example history -- FILE [NODE]`

use std::time::Instant;

use exodus_rs::prelude::*;
use exodus_rs::{EntityType, ExodusFile, Result};
use hyperslab::{netcdf, Mmap, Source};

/// Runs `work` once and prints how long it took.
fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let done = work()?;
    println!("{what:32} {:10.1} us", started.elapsed().as_secs_f64() * 1e6);
    Ok(done)
}

#[allow(unsafe_code)]
fn open(path: &str) -> Result<ExodusFile> {
    // SAFETY: whoever runs this example does not change the file meanwhile.
    let source = unsafe { Source::open_mapped(path, Mmap::Auto)? };
    ExodusFile::from_netcdf(netcdf::File::from_source(source)?)
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "cube.exo".into());
    let node = args.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let file = timed("open", || open(&path))?;
    let steps = file.num_steps();
    let series: Vec<f64> =
        timed("one node through all steps", || file.var_time_series(0..steps, EntityType::Nodal, 0, 0, node))?;
    let coords = timed("all coordinates, a view", || file.coords::<f64>())?;
    let borrowed = coords.axes.iter().all(|axis| axis.is_borrowed());
    let step = timed("one step, a view", || file.var(steps.saturating_sub(1), EntityType::Nodal, 0, 0))?;
    println!("{steps} steps, node {node}: first {:?}, last {:?}", series.first(), series.last());
    println!("coordinates borrowed: {borrowed}, step borrowed: {}", step.is_borrowed());
    Ok(())
}
