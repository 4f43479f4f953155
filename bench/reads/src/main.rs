//! `reads PEER TASK DIR ROUNDS`: one way of reading, so many times; prints the seconds of each round.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use hyperslab::hdf5::{File, ObjectKind};
use hyperslab::{Mmap, Selection, Source};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The file, the dataset, and the region of every task; `None` is everything.
fn task(name: &str) -> Option<(&'static str, &'static str, Option<[[u64; 2]; 2]>)> {
    Some(match name {
        "contiguous" => ("whole.h5", "contiguous", None),
        "chunked" => ("whole.h5", "chunked", None),
        "deflate4" => ("whole.h5", "deflate4", None),
        "step" => ("whole.h5", "chunked", Some([[125, 0], [1, 100_000]])),
        "small_v1" => ("small_v1.h5", "v", None),
        "small_v2" => ("small_v2.h5", "v", None),
        "element_v1" => ("small_v1.h5", "v", Some([[0, 500], [20_000, 1]])),
        "element_v2" => ("small_v2.h5", "v", Some([[0, 500], [20_000, 1]])),
        "list" => ("objects.h5", "", None),
        "million_v1" => ("million_v1.h5", "v", None),
        "million_v2" => ("million_v2.h5", "v", None),
        _ => return None,
    })
}

/// Opens as the command line does: mapped.
#[allow(unsafe_code)]
fn open(path: &Path) -> Result<File> {
    // SAFETY: nobody changes the files of a measurement.
    Ok(File::from_source(unsafe { Source::open_mapped(path, Mmap::Auto)? })?)
}

fn ours(path: &Path, name: &str, region: Option<[[u64; 2]; 2]>, buffer: &mut Vec<f64>) -> Result<f64> {
    let file = open(path)?;
    if name.is_empty() {
        let mut sum = 0;
        let root = file.root()?;
        for link in root.links()? {
            let object = root.object(&link.name)?;
            if object.kind() == ObjectKind::Dataset {
                sum += object.dataset()?.len()?;
            }
        }
        return Ok(sum as f64);
    }
    let object = file.object(name)?;
    let data = object.dataset()?;
    let region = match region {
        Some([start, count]) => Selection::block(start.to_vec(), count.to_vec()),
        None => data.all(),
    };
    buffer.resize(usize::try_from(region.count.iter().product::<u64>())?, 0.0);
    data.read_into(&region, buffer)?;
    Ok(buffer[buffer.len() / 2])
}

fn rust_hdf5(path: &Path, name: &str, region: Option<[[u64; 2]; 2]>) -> Result<f64> {
    let file = rust_hdf5::H5File::open(path)?;
    if name.is_empty() {
        let mut sum = 0;
        for name in file.dataset_names() {
            sum += file.dataset(&name)?.shape().iter().product::<usize>();
        }
        return Ok(sum as f64);
    }
    let data = file.dataset(name)?;
    let values = match region {
        Some([start, count]) => {
            let [start, count] = [start, count].map(|pair| pair.map(|n| n as usize));
            data.read_slice::<f64>(&start, &count)?
        }
        None => data.read_raw::<f64>()?,
    };
    Ok(values[values.len() / 2])
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [peer, name, folder, rounds] = arguments.as_slice() else { return Err("PEER TASK DIR ROUNDS".into()) };
    let (file, dataset, region) = task(name).ok_or("no such task")?;
    let path = Path::new(folder).join(file);
    let mut buffer = Vec::new();
    for _ in 0..rounds.parse::<u32>()? {
        let start = Instant::now();
        let value = match peer.as_str() {
            "ours" => ours(&path, dataset, region, &mut buffer)?,
            "rust-hdf5" => rust_hdf5(&path, dataset, region)?,
            _ => return Err("no such peer".into()),
        };
        println!("{} {}", start.elapsed().as_secs_f64(), black_box(value));
    }
    Ok(())
}
