//! How many datasets and variables of some files can be borrowed, and why the others cannot.
//!
//!     find . -type f | cargo run --release --example borrowable

use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;

use hyperslab::hdf5::{Dataset, File, Layout, ObjectKind};
use hyperslab::{netcdf, Borrowable, Mmap, NotBorrowable, Result, Selection, Source};

type Counts = BTreeMap<String, u64>;

fn main() {
    let (mut hdf5, mut classic) = (Counts::new(), Counts::new());
    for path in std::io::stdin().lock().lines().map_while(std::io::Result::ok) {
        let Ok(source) = open(&path) else { continue };
        // Files that are broken, or none of ours, count as far as they go.
        let _ = match File::is_hdf5(&source) {
            Ok(true) => File::from_source(source).and_then(|file| count(&file, &mut hdf5)),
            _ => netcdf::File::from_source(source).and_then(|file| variables(&file, &mut classic)),
        };
    }
    print("HDF5 datasets", &hdf5);
    print("classic netCDF variables", &classic);
}

#[allow(unsafe_code)]
fn open(path: &str) -> Result<Source> {
    // SAFETY: nobody changes the files while they are counted.
    unsafe { Source::open_mapped(path, Mmap::Auto) }
}

fn print(what: &str, counts: &Counts) {
    println!("{} {what}", counts.values().sum::<u64>());
    counts.iter().for_each(|(form, count)| println!("  {count:6} {form}"));
}

fn count(file: &File, counts: &mut Counts) -> Result<()> {
    let (mut todo, mut seen) = (vec![file.root()?], HashSet::new());
    while let Some(object) = todo.pop() {
        if !seen.insert(object.address()) {
            continue;
        }
        match object.kind() {
            ObjectKind::Dataset => {
                let form = object.dataset().and_then(|dataset| describe(&dataset));
                *counts.entry(form.unwrap_or_else(|_| "broken".into())).or_default() += 1;
            }
            ObjectKind::Group => todo.extend(object.children()?.flatten()),
            ObjectKind::Datatype => {}
        }
    }
    Ok(())
}

/// The form of the whole dataset, or where that lies in chunks, of one chunk.
fn describe(dataset: &Dataset) -> Result<String> {
    if dataset.is_empty() {
        return Ok("no elements".into());
    }
    let kind = if dataset.datatype().number().is_some() { "numbers" } else { "other elements" };
    let whole = dataset.borrowable(..)?;
    let (Layout::Chunked { chunk, .. }, Borrowable::No(NotBorrowable::Scattered)) = (dataset.layout(), whole) else {
        return Ok(format!("{kind}: {whole}"));
    };
    let shape = dataset.shape();
    let count = chunk.iter().zip(shape).map(|(chunk, length)| *chunk.min(length)).collect();
    match dataset.borrowable(Selection::block(vec![0; shape.len()], count))? {
        Borrowable::No(reason) => Ok(format!("{kind}: {}", Borrowable::No(reason))),
        each => Ok(format!("{kind}: chunk by chunk a {each}")),
    }
}

fn variables(file: &netcdf::File, counts: &mut Counts) -> Result<()> {
    for id in 0..file.schema().variables.len() {
        let array = file.array(netcdf::VariableId(id))?;
        if array.is_empty() {
            *counts.entry("no elements".into()).or_default() += 1;
            continue;
        }
        let form = match array.borrowable(..)? {
            Borrowable::No(NotBorrowable::Scattered) => {
                format!("record by record a {}", array.borrowable(0)?)
            }
            whole => whole.to_string(),
        };
        *counts.entry(form).or_default() += 1;
    }
    Ok(())
}
