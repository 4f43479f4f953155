//! What the tests on whole files share.
#![allow(dead_code)] // every test uses a part of it

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyperslab::netcdf::{Array, File, Type};
use hyperslab::{hdf5, ByteOrder, Mmap, Result, Selection, Source};

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A fixture's bytes.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

/// A file through positioned reads, out of memory, and mapped.
pub fn sources(path: &Path) -> [(&'static str, Source); 3] {
    [
        ("read", Source::open(path).unwrap()),
        ("memory", Source::from_bytes(std::fs::read(path).unwrap())),
        ("mapped", mapped(path)),
    ]
}

/// A map of a file that the tests do not change while it is open.
pub fn mapped(path: &Path) -> Source {
    // SAFETY: nobody writes to the files of the tests once they are complete.
    #[allow(unsafe_code)]
    unsafe { Source::open_mapped(path, Mmap::Always) }.unwrap()
}

/// All elements of a variable as the digests of the fixtures take them: little-endian, and a count before each text.
pub fn canonical(array: &Array) -> Result<Vec<u8>> {
    let all = Selection::all(array.shape());
    if array.variable().ty == Type::String {
        return Ok(texts(&array.read_string_bytes(&all)?));
    }
    Ok(little(array.read_bytes(&all)?, array.variable().ty.size(), array.order()))
}

/// Texts, each after its length.
pub fn texts<'t>(list: impl IntoIterator<Item = &'t Vec<u8>>) -> Vec<u8> {
    list.into_iter().flat_map(|text| [&(text.len() as u64).to_le_bytes()[..], text].concat()).collect()
}

/// Elements with their bytes in little-endian order.
pub fn little(mut bytes: Vec<u8>, size: u64, order: ByteOrder) -> Vec<u8> {
    if order == ByteOrder::Big && size > 1 {
        bytes.chunks_exact_mut(usize::try_from(size).unwrap()).for_each(<[u8]>::reverse);
    }
    bytes
}

/// Digests every dataset of an HDF5 file that is not absurdly large, and every attribute; finds every object by its path, too.
fn digest_objects(file: &hdf5::File) -> Result<()> {
    let (mut todo, mut seen) = (vec![(file.root()?, String::new())], HashSet::new());
    while let Some((object, path)) = todo.pop() {
        if !seen.insert(object.address()) {
            continue;
        }
        let _ = file.object(&path);
        for attribute in object.attributes().unwrap_or_default() {
            let _ = attribute.digest();
        }
        if let Ok(data) = object.dataset() {
            if data.memory_size().is_ok_and(|bytes| bytes <= 1 << 22) {
                let _ = data.digest();
                let _ = data.read_all::<f64>();
            }
            let _ = data.stored_size();
        }
        for link in object.links().unwrap_or_default() {
            if let hdf5::Target::Hard(address) = link.target {
                todo.extend(file.at(address).ok().map(|object| (object, format!("{path}/{}", link.name))));
            }
        }
    }
    Ok(())
}

/// Reads everything there is, by every way there is, and forgets it.
///
/// # Errors
/// The first one of the file itself; those of single variables are passed over.
pub fn read_everything(bytes: impl Into<Arc<[u8]>>) -> Result<()> {
    let bytes = bytes.into();
    let _ = hdf5::File::from_source(Source::from_bytes(bytes.clone())).and_then(|file| digest_objects(&file));
    let file = File::from_source(Source::from_bytes(bytes))?;
    for n in 0..file.schema().variables.len() {
        let array = file.array(hyperslab::netcdf::VariableId(n))?;
        // What is absurdly large for the tests is absurd for users too, but theirs to decide.
        let bytes = array.len().unwrap_or(u64::MAX).saturating_mul(array.variable().ty.size().max(1));
        let all = Selection::all(array.shape());
        let _ = array.borrow_bytes(&all);
        if bytes > 1 << 22 {
            continue;
        }
        let _ = canonical(array);
        let _ = array.read_values(&all).map(|values| values.digest());
        let _ = array.digest();
        let _ = array.read_all::<f64>();
        let _ = array.view::<f64>(&Selection::index(array.shape(), 0)).map(hyperslab::Values::into_vec);
    }
    Ok(())
}
