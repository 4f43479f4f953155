//! Writes a cube of hexahedra, its lower half steel and its upper half foam, with ten steps of results.

use exodus_rs::{prelude::*, CreateOptions, MeshBuilder, Result};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).unwrap_or("cube.exo".into());
    let word_size = if std::env::args().any(|argument| argument == "--single") { 4 } else { 8 };
    let (n, cells) = (4, |k: std::ops::Range<i64>| k.flat_map(|k| (0..16).map(move |c| [c % 4, c / 4, k])));
    let id = |[i, j, k]: [i64; 3]| 1 + i + (n + 1) * (j + (n + 1) * k);
    let hex = |[i, j, k]: [i64; 3]| {
        let ring = |k| [[i, j, k], [i + 1, j, k], [i + 1, j + 1, k], [i, j + 1, k]].map(id);
        <[i64; 8]>::try_from([ring(k), ring(k + 1)].concat()).unwrap_or_default()
    };
    let nodes: Vec<[f64; 3]> = (0..125).map(|m| [m % 5, m / 5 % 5, m / 25].map(f64::from)).collect();
    let writer = MeshBuilder::new("hex cube").nodes(&nodes);
    let writer = writer.block(10, "HEX8", &cells(0..2).map(hex).collect::<Vec<_>>()).named("steel");
    let writer = writer.block(20, "HEX8", &cells(2..4).map(hex).collect::<Vec<_>>()).named("foam");
    let writer = writer.node_set(100, &(1..=25).collect::<Vec<_>>()).named("bottom");
    let writer = writer.side_set(200, &(49..=64).map(|element| (element, 6)).collect::<Vec<_>>()).named("top");
    let writer = writer.ids(EntityType::NodeMap, &(1000..1125).collect::<Vec<_>>());
    let writer = writer.variables(EntityType::Nodal, ["temperature"]).variables(EntityType::Global, ["energy"]);
    let writer = writer.variables(EntityType::ElementBlock, ["stress"]);
    let writer = writer.create(&path, &CreateOptions { overwrite: true, word_size, ..CreateOptions::default() })?;
    for time in (0..10).map(|step| 0.1 * f64::from(step)) {
        let step = writer.next_step(time)?;
        step.put_nodal("temperature", &nodes.iter().map(|[x, ..]| x + time).collect::<Vec<_>>())?;
        step.put(EntityType::ElementBlock, "stress", "steel", &[time; 32])?;
        step.put(EntityType::ElementBlock, "stress", EntityId(20), &[2.0 * time; 32])?;
        step.put_global("energy", time * time)?;
    }
    writer.finish().map(|size| println!("{size} bytes"))
}
