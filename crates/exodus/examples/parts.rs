//! What the cache of decoded chunks saves: a step read in pieces, nodes read one by one through all steps.
//!
//! `cargo run --release --example parts -- FILE CACHE_BYTES`

use std::time::Instant;

use exodus_rs::prelude::*;
use exodus_rs::{Data, EntityType, ExodusFile, Result};
use hyperslab::OpenOptions;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "out.exo".to_owned());
    let cached_bytes = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let open = || ExodusFile::open_with(&path, &OpenOptions::new().cache(cached_bytes));
    let u = Data::Variable(EntityType::Nodal, 0, 0);
    let file = open()?;
    let started = Instant::now();
    let mut sum = 0.0;
    for step in 0..file.num_steps().min(6) {
        for piece in file.pieces::<f64>(u.step(step), 65_536)? {
            sum += piece?.values.iter().sum::<f64>();
        }
    }
    let pieces = started.elapsed().as_secs_f64() * 1e3;
    let file = open()?;
    let started = Instant::now();
    for node in 0..20 {
        sum += file.view::<f64>(u.entry(node * 7))?.iter().sum::<f64>();
    }
    let histories = started.elapsed().as_secs_f64() * 1e3;
    println!("pieces of 65536 entries {pieces:.1} ms, 20 histories {histories:.1} ms (sum {sum})");
    Ok(())
}
