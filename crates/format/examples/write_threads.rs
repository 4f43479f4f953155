//! How much faster two threads write compressed data through one `Writer` than one thread does.
//!
//!     cargo run --release --example write_threads -- [ROUNDS]
//!
//! Each writes the same 48 steps of 262 144 doubles, one chunk each, shuffle and deflate 4; in turn, so that a busy machine
//! troubles both alike. Prints the medians of the wall times, and the median of their ratios.

use std::path::Path;
use std::time::{Duration, Instant};

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Container, Layout, Schema, Storage, Type, Variable, VariableId, Writer};
use hyperslab::{Result, Selection};

const STEPS: u64 = 48;
const NODES: u64 = 1 << 18;

fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(7);
    let path = std::env::temp_dir().join(format!("write_threads.{}.nc", std::process::id()));
    let values: Vec<f64> = (0..NODES).map(|n| (n as f64 * 1e-3).sin() + n as f64).collect();
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        one.push(write(&path, &values, 1)?);
        two.push(write(&path, &values, 2)?);
    }
    let _ = std::fs::remove_file(&path);
    let ratios = one.iter().zip(&two).map(|(one, two)| one.as_secs_f64() / two.as_secs_f64()).collect();
    let seconds = |times: Vec<Duration>| median(times.iter().map(Duration::as_secs_f64).collect());
    println!("1 thread {:.3} s, 2 threads {:.3} s, {:.2} times as fast", seconds(one), seconds(two), median(ratios));
    Ok(())
}

fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied().unwrap_or(f64::NAN)
}

fn schema() -> (Schema, VariableId) {
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let nodes = schema.add_dimension("nodes", NODES, false);
    let mut variable = Variable::new("v", Type::Double, vec![time, nodes]);
    variable.storage =
        Storage { layout: Layout::Chunked(vec![1, NODES]), filters: vec![Filter::shuffle(), Filter::deflate(4)] };
    let id = schema.add_variable(variable);
    (schema, id)
}

/// Writes all steps with so many threads, which take turns; without the time of making the file durable.
fn write(path: &Path, values: &[f64], threads: u64) -> Result<Duration> {
    let (schema, id) = schema();
    let writer = Writer::create(path, schema, true)?;
    let start = Instant::now();
    let steps = |first: u64| {
        let mut steps = (first..STEPS).step_by(usize::try_from(threads).unwrap_or(1));
        steps.try_for_each(|step| writer.write(id, &Selection::block(vec![step, 0], vec![1, NODES]), values))
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || steps(first))).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect::<Result<()>>()
    })?;
    let spent = start.elapsed();
    writer.finish()?;
    Ok(spent)
}
