//! Prints the nodes of every side of every side set: one line a side, with the number of its side set and of its nodes.
//!
//! `cargo run --release --example side_nodes -- FILE`

use exodus_rs::prelude::*;
use exodus_rs::{EntityType, Error, ExodusFile, Result};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| Error::usage("which file?"))?;
    let file = ExodusFile::open(path)?;
    for (n, set) in file.sets(EntityType::SideSet)?.iter().enumerate() {
        for side in file.side_set_nodes(n)?.iter() {
            let nodes: Vec<String> = side.iter().map(i64::to_string).collect();
            println!("{} {} {}", set.id, side.len(), nodes.join(" "));
        }
    }
    Ok(())
}
