//! Lists the results of a file, the history of a node and of an element by their identifiers, and the largest stress.

use exodus_rs::{prelude::*, Result};

fn main() -> Result<()> {
    let file = ExodusFile::open(std::env::args().nth(1).unwrap_or("cube.exo".into()))?;
    for (kind, names) in &file.mesh()?.variables {
        println!("{}: {}", kind.label(), names.join(", "));
    }
    let node = file.node(NodeId(1003))?;
    println!("node 1003: {:?}", file.variable(EntityType::Nodal, "temperature")?.history(node)?);
    let stress = file.variable(EntityType::ElementBlock, "stress")?;
    let (block, entry) = file.element(ElementId(33))?;
    println!("element 33: {:?}", stress.on(block)?.history(entry)?);
    println!("the largest stress: {:?}, of steel: {:?}", stress.max()?, stress.on("steel")?.max()?);
    println!("energy: {:?}", file.variable(EntityType::Global, "energy")?.history(0)?);
    Ok(())
}
