//! Measures the skin of a mesh, a side set and a block.

use exodus_rs::{prelude::*, Result};

fn main() -> Result<()> {
    let file = ExodusFile::open(std::env::args().nth(1).unwrap_or("cube.exo".into()))?;
    let area = |list| Ok::<f64, exodus_rs::Error>(file.side_measures(list)?.iter().map(|side| side.area).sum());
    println!("skin: {}, top: {}", area(&file.skin()?)?, area(&file.side_list("top")?)?);
    println!("steel: {:?}", file.block_measure("steel")?.size);
    Ok(())
}
