//! What the fuzz targets do with bytes.

pub mod changes;
pub mod commands;
pub mod mutate;
mod readers;

use std::collections::HashSet;

use exodus_rs::prelude::*;
use exodus_rs::{check, EntityType, ExodusFile};
use hyperslab::hdf5;
use hyperslab::netcdf::{File, VariableId};
use hyperslab::{Limits, OpenOptions, Source};

/// No variable above this is read, so that time goes into many files and not into one.
const READ_LIMIT: u64 = 1 << 20;

/// Tight bounds: a fuzzer looks for what breaks, not for what is large.
fn limits() -> OpenOptions {
    OpenOptions::new().limits(Limits {
        objects: 1 << 14,
        metadata_bytes: 4 << 20,
        chunk_bytes: 4 << 20,
        value_bytes: 4 << 20,
        fill_bytes: 1 << 20,
        ..Limits::default()
    })
}

fn open(data: &[u8]) -> Option<File> {
    File::from_source_with(Source::from_bytes(data), &limits()).ok()
}

/// Opens a file and looks at everything its schema says. Returns whether it opened.
pub fn open_walk(data: &[u8]) -> bool {
    open(data).is_some_and(|file| {
        let schema = file.schema();
        let paths: usize = schema.variables.iter().map(|variable| schema.path(variable).len()).sum();
        format!("{schema:?}").len() > paths / 2
    })
}

/// Digests every object of moderate size of an HDF5 file. Returns how many there are.
fn digest_objects(file: &hdf5::File) -> usize {
    let (mut todo, mut seen) = (Vec::from_iter(file.root()), HashSet::new());
    while let Some(object) = todo.pop() {
        if !seen.insert(object.address()) {
            continue;
        }
        for attribute in object.attributes().unwrap_or_default() {
            let _ = attribute.digest();
        }
        if let Ok(data) = object.dataset() {
            if data.memory_size().is_ok_and(|bytes| bytes <= READ_LIMIT) {
                let _ = data.digest();
            }
        }
        for link in object.links().unwrap_or_default() {
            if let hdf5::Target::Hard(address) = link.target {
                todo.extend(file.at(address));
            }
        }
    }
    seen.len()
}

/// Opens a file, digests its objects and reads every variable of moderate size. Returns how much was read.
pub fn read_all(data: &[u8]) -> usize {
    let objects =
        hdf5::File::from_source_with(Source::from_bytes(data), &limits()).map_or(0, |file| digest_objects(&file));
    let Some(file) = open(data) else { return objects };
    let ids = 0..file.schema().variables.len();
    ids.filter_map(|id| file.array(VariableId(id)).ok())
        .filter(|array| hyperslab::bytes(array.shape(), 8).is_ok_and(|bytes| bytes <= READ_LIMIT))
        .filter(|array| {
            let _ = array.borrow_bytes(..);
            array.read_bytes(..).is_ok() || array.read_values(..).is_ok()
        })
        .count()
}

/// Opens an Exodus file, gathers its model, checks it by all rules, and derives sides, sizes and fields from it. Returns
/// the number of findings.
pub fn model(data: &[u8]) -> Option<usize> {
    let file = ExodusFile::from_netcdf(open(data)?).ok()?;
    let _ = file.mesh();
    let report = check::check(&file, &check::Options { values: true, ..check::Options::default() });
    let _ = (file.skin(), file.bounding_box());
    for set in 0..file.sets(EntityType::SideSet).unwrap_or_default().len() {
        let _ = file.side_set_nodes(set);
    }
    for block in 0..file.blocks(EntityType::ElementBlock).unwrap_or_default().len() {
        let fields = file.mesh().map(|mesh| mesh.fields(EntityType::ElementBlock, block));
        let _ = (fields, file.element_measures(block));
    }
    Some(report.findings.len())
}

/// The file that others are compared and joined with.
fn reference() -> ExodusFile {
    ExodusFile::from_bytes(&include_bytes!("../../fixtures/exodus/cdf2.exo")[..]).expect("the fixture opens")
}

/// Compares a file with itself, and with another one in both directions.
pub fn diff(data: &[u8]) {
    let Some(file) = commands::open(data) else { return };
    commands::diff(&file, &file);
    commands::diff(&file, &reference());
    commands::diff(&reference(), &file);
}

/// Writes a file again through the model, as it is and changed.
pub fn copy(data: &[u8]) {
    commands::open(data).iter().for_each(commands::copy);
}

/// Writes an HDF5 file again, as it is and in other chunks; returns whether that was possible.
pub fn repack(data: &[u8]) -> bool {
    let Ok(file) = hdf5::File::from_source_with(Source::from_bytes(data), &limits()) else { return false };
    let chunked = hdf5::Repack::new().layout(None, hdf5::LayoutChoice::Chunked).memory(1 << 20);
    let again = [
        hdf5::Repack::new(),
        chunked.clone().filters(None, Vec::new()),
        chunked.filters(None, vec![hdf5::Filter::shuffle()]),
    ];
    let copies = again.map(|repack| {
        let place = hyperslab::Memory::new();
        repack.run_in_memory(&file, &place).is_ok().then(|| {
            let copy = place.take().expect("a finished file is there");
            hdf5::File::from_bytes(copy).and_then(|copy| copy.root().map(drop)).expect("a copy opens");
        })
    });
    copies.iter().any(Option::is_some)
}

/// Scales and moves a file.
pub fn process(data: &[u8]) {
    commands::open(data).iter().for_each(commands::process);
}

/// Takes a file twice, and beside another one, as the members of a decomposed model.
pub fn decomposed(data: &[u8]) {
    let Some(file) = commands::open(data) else { return };
    commands::decomposed(&file, &file);
    commands::decomposed(&reference(), &file);
}
