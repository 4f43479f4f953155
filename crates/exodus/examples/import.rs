//! Imports a mesh: coordinates, connectivity of all blocks, all sets, as arrays of its own; prints the time it took.
//!
//! `cargo run --release --example import -- FILE [REPEATS]`

use std::time::Instant;

use exodus_rs::prelude::*;
use exodus_rs::{EntityType, ExodusFile, Result};
use ndarray::Array2;

/// A mesh in memory.
struct Imported {
    coords: Array2<f64>,
    blocks: Vec<Array2<i32>>,
    sets: Vec<Set>,
}

/// Members, their sides or orientations, and distribution factors.
struct Set {
    members: Vec<i32>,
    sides: Vec<i32>,
    factors: Vec<f64>,
}

fn import(path: &str) -> Result<Imported> {
    let file = ExodusFile::open(path)?;
    let blocks = 0..file.blocks(EntityType::ElementBlock)?.len();
    let mut sets = Vec::new();
    for kind in EntityType::SETS {
        for n in 0..file.sets(kind)?.len() {
            sets.push(Set {
                members: file.set_entries(kind, n)?.into_vec(),
                sides: file.set_extra(kind, n)?.into_vec(),
                factors: file.set_factors(kind, n)?.into_vec(),
            });
        }
    }
    Ok(Imported {
        coords: file.coords_array()?,
        blocks: blocks.map(|n| file.connectivity_array(EntityType::ElementBlock, n)).collect::<Result<_>>()?,
        sets,
    })
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "mesh.exo".to_owned());
    let repeats = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(1);
    for _ in 0..repeats {
        let started = Instant::now();
        let mesh = import(&path)?;
        let elapsed = started.elapsed().as_secs_f64() * 1e3;
        let entries: usize = mesh.blocks.iter().map(Array2::nrows).sum();
        let members: usize = mesh.sets.iter().map(|set| set.members.len() + set.sides.len() + set.factors.len()).sum();
        println!("{elapsed:.1} ms: {} nodes, {entries} elements, {members} numbers of sets", mesh.coords.nrows());
    }
    Ok(())
}
