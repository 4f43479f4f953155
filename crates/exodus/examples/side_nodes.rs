//! Prints the nodes of every side of every side set: one line a side, with the number of its side set and of its nodes.
//!
//! `cargo run --release --example side_nodes -- FILE`

use exodus_rs::{EntityKind, Error, ExodusFile, Result};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| Error::usage("which file?"))?;
    let file = ExodusFile::open(path)?;
    for set in file.sets(EntityKind::SideSet)? {
        for side in file.side_set_nodes(set.entity.index)?.iter() {
            let nodes: Vec<String> = side.iter().map(i64::to_string).collect();
            println!("{} {} {}", set.entity.id, side.len(), nodes.join(" "));
        }
    }
    Ok(())
}
