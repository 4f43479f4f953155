//! Prints for every element type its name, the number of the cell type of VTK, the order of its nodes there, and its
//! reference coordinates; with a file, the cell type and the nodes of every element.
//!
//! `cargo run --release --example vtk_cells -- [FILE]`

use exodus_rs::prelude::*;
use exodus_rs::topology::{Form, Topology};
use exodus_rs::{ExodusFile, Result};

fn main() -> Result<()> {
    match std::env::args().nth(1) {
        Some(path) => elements(&ExodusFile::open(path)?),
        None => {
            types();
            Ok(())
        }
    }
}

fn types() {
    for topology in Topology::all().filter(|topology| topology.form() == Form::Plain) {
        let vtk = topology.vtk();
        let order: Vec<String> = vtk.order.iter().map(u8::to_string).collect();
        let coords = topology.reference_coords().unwrap_or_default();
        let coords: Vec<String> = coords.iter().map(|[x, y, z]| format!("{x},{y},{z}")).collect();
        println!("{} {} {} {}", topology.name(), vtk.cell_type, order.join(","), coords.join(" "));
    }
}

fn elements(file: &ExodusFile) -> Result<()> {
    for cells in file.all_cells()? {
        let vtk = cells.element_type()?.topology()?.vtk();
        for element in (0..cells.len()).filter_map(|n| cells.get(n)) {
            let nodes = vtk.order.iter().filter_map(|&n| element.get(usize::from(n)));
            println!("{} {}", vtk.cell_type, nodes.map(i64::to_string).collect::<Vec<_>>().join(" "));
        }
    }
    Ok(())
}
