//! Writes a file that uses every feature of the model, for other programs to read.
//!
//! `cargo run --example features -- OUT [--container cdf1|cdf2|cdf5|netcdf4|netcdf4-classic] [--float] [--int64]
//! [--nemesis] [--plain] [--groups]`
//!
//! `--nemesis` makes the file one part of several; `--plain` leaves polygons and polyhedra empty, which not every program
//! can read; `--groups` adds two models in groups, which only netCDF-4 holds.

#[path = "features/grid.rs"]
mod grid;
#[path = "features/mesh.rs"]
mod mesh;
#[path = "features/nemesis.rs"]
mod nemesis;
#[path = "features/numbers.rs"]
mod numbers;

use exodus_rs::{Container, CreateOptions, EntityType, Error, ExodusWriter, Int64, Mesh, Result};

fn container(name: &str) -> Result<Container> {
    Ok(match name {
        "cdf1" => Container::Cdf1,
        "cdf2" => Container::Cdf2,
        "cdf5" => Container::Cdf5,
        "netcdf4" => Container::NetCdf4,
        "netcdf4-classic" => Container::NetCdf4Classic,
        _ => return Err(Error::usage(format!("there is no container {name}"))),
    })
}

/// The same with another name: the model of a group. libexodus finds assemblies and blobs only outside of groups.
fn group(name: &str) -> Mesh {
    let mut mesh = mesh::mesh();
    name.clone_into(&mut mesh.title);
    // The attributes of the file as a whole are not those of a group.
    mesh.global_attributes.clear();
    mesh.assemblies.clear();
    mesh.blobs.clear();
    mesh.variables.retain(|kind, _| !matches!(kind, EntityType::Assembly | EntityType::Blob));
    mesh.reductions.retain(|kind, _| !matches!(kind, EntityType::Assembly | EntityType::Blob));
    mesh
}

fn main() -> Result<()> {
    let mut options = CreateOptions { overwrite: true, ..CreateOptions::default() };
    let mut mesh = mesh::mesh();
    let mut path = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--container" => options.container = container(&args.next().unwrap_or_default())?,
            "--float" => options.word_size = 4,
            "--int64" => options.int64 = Int64::ALL,
            "--plain" => mesh.blocks.iter_mut().filter(|block| block.topology.starts_with('n')).for_each(|b| b.len = 0),
            "--groups" => mesh.groups = ["first", "second"].map(|name| (name.to_owned(), group(name))).to_vec(),
            "--nemesis" => mesh.nemesis = Some(nemesis::nemesis()),
            _ => path = Some(arg),
        }
    }
    let path = path.ok_or_else(|| Error::usage("usage: features OUT [OPTIONS]"))?;
    let writer = ExodusWriter::create(&path, &mesh, &options)?;
    numbers::put(&writer, &mesh)?;
    for (name, group) in &mesh.groups {
        numbers::put(writer.group(name)?, group)?;
    }
    let bytes = writer.finish()?;
    println!("{path}: {bytes} bytes");
    Ok(())
}
