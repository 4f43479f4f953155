//! Torn HDF5 and netCDF-4 files: what comes back is what was there, and the rest is named or refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hyperslab::hdf5::{File, Object, ObjectKind};
use hyperslab::recover::{self, Recovered};
use hyperslab::{Kind, OpenOptions};

const FILES: [&str; 4] = ["hdf5", "netcdf", "exodus", "."];
/// Larger files take too long here.
const LARGEST: usize = 64 << 10;

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found: Vec<PathBuf> = FILES
        .iter()
        .flat_map(|directory| fs::read_dir(root.join(directory)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.is_file() && fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\x89HDF") && bytes.len() < LARGEST)
        })
        .collect();
    found.sort();
    assert!(found.len() > 10, "{} fixtures", found.len());
    found
}

/// Recovers what bytes hold; the new file opens, and all of its objects do.
fn recovered(bytes: &[u8]) -> Result<(Recovered, File), Kind> {
    let directory = tempfile::tempdir().unwrap();
    let (torn, whole) = (directory.path().join("torn"), directory.path().join("whole"));
    fs::write(&torn, bytes).unwrap();
    let done = recover::recover(&torn, &whole, false, &OpenOptions::new(), &|_| ControlFlow::Continue(()));
    let recovered = match done {
        Ok(done) => done.continue_value().unwrap(),
        Err(error) => {
            assert!(!whole.exists(), "an output beside an error");
            return Err(error.kind());
        }
    };
    Ok((recovered, File::from_bytes(fs::read(&whole).unwrap()).unwrap()))
}

/// The numbers of every dataset of a file, by the paths of hard links.
fn numbers(file: &File) -> Vec<(String, Vec<u64>, Vec<u64>)> {
    let mut found = Vec::new();
    visit(&file.root().unwrap(), "", &mut found, 0);
    found
}

fn visit(group: &Object, path: &str, found: &mut Vec<(String, Vec<u64>, Vec<u64>)>, depth: usize) {
    let Ok(links) = group.links() else { return };
    for link in links.into_iter().filter(|_| depth < 4) {
        let path = format!("{path}/{}", link.name);
        let Ok(object) = group.file().object(&path) else { continue };
        match object.kind() {
            ObjectKind::Group => visit(&object, &path, found, depth + 1),
            ObjectKind::Dataset => {
                let Ok(dataset) = object.dataset() else { continue };
                let Ok(values) = dataset.read_all::<f64>() else { continue };
                found.push((path, dataset.shape().to_vec(), values.into_iter().map(f64::to_bits).collect()));
            }
            ObjectKind::Datatype => {}
        }
    }
}

#[test]
fn what_is_whole_comes_back_whole() {
    let mut compared = 0;
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let Ok(file) = File::from_bytes(bytes.clone()) else { continue };
        if let Ok((recovered, copy)) = recovered(&bytes) {
            let before = numbers(&file);
            if recovered.lost.is_empty() {
                assert_eq!(before, numbers(&copy), "{}", path.display());
                compared += before.len();
            }
        }
    }
    assert!(compared > 30, "{compared} datasets");
}

#[test]
fn files_that_were_cut_off_give_back_what_is_in_them() {
    let mut kept = 0;
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        for tenths in [1, 5, 8, 9] {
            let cut = &bytes[..bytes.len() * tenths / 10];
            match recovered(cut) {
                Ok((_, copy)) => kept += numbers(&copy).len(),
                Err(kind) => assert!(!matches!(kind, Kind::Io | Kind::Usage), "{}: {kind:?}", path.display()),
            }
        }
    }
    assert!(kept > 10, "{kept} datasets");
}

#[test]
fn blocks_of_zeros_cost_what_they_hold() {
    let (mut kept, mut lost) = (0, 0);
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        for block in [1, 3, 7, 12] {
            let mut torn = bytes.clone();
            let Some(range) = torn.get_mut(block * 512..(block + 1) * 512) else { continue };
            range.fill(0);
            match recovered(&torn) {
                Ok((recovered, copy)) => {
                    kept += numbers(&copy).len();
                    lost += recovered.lost.len();
                }
                Err(kind) => assert!(kind != Kind::Io, "{}: {kind:?}", path.display()),
            }
        }
    }
    assert!(kept > 10 && lost > 0, "{kept} datasets, {lost} losses");
}

#[test]
fn a_file_without_contents_says_so() {
    for bytes in [&b""[..], &[0; 48], &[0; 96]] {
        assert_eq!(recovered(bytes).unwrap_err(), Kind::Malformed);
    }
}

/// A dataset of chunks with checksums, of which one is damaged: the others come back.
#[test]
fn a_torn_chunk_costs_its_rows() {
    use hyperslab::hdf5::Filter;
    use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 100, false);
    let mut variable = Variable::new("u", Type::Double, vec![time, node]);
    variable.storage.layout = hyperslab::netcdf::Layout::Chunked(vec![1, 100]);
    variable.storage.filters = vec![Filter::fletcher32()];
    let u = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    writer.write(u, &hyperslab::Selection::all(&[10, 100]), &values).unwrap();
    writer.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let needle: Vec<u8> = (320..330).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at] ^= 1;
    let (recovered, copy) = recovered(&bytes).unwrap();
    assert_eq!(recovered.lost.len(), 1, "{:?}", recovered.lost);
    let finding = &recovered.lost[0];
    assert!(finding.object == "/u" && finding.what.starts_with("1 of its chunks, in the rows 3 to 3"), "{finding:?}");
    let back = copy.object("/u").unwrap().dataset().unwrap().read_all::<f64>().unwrap();
    for (n, (&was, &is)) in values.iter().zip(&back).enumerate() {
        assert_eq!(was == is, !(300..400).contains(&n), "{n}: {is}");
    }
}
