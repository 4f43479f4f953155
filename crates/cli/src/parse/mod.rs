//! Values of options.

pub mod wish;

use hyperslab::hdf5::{Filter, LayoutChoice};

use crate::args::For;

/// Three numbers.
#[derive(Debug, Clone, Copy)]
pub struct Triple(pub [f64; 3]);

/// A finite number.
pub fn factor(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| format!("{text:?} is no number"))?;
    number.is_finite().then_some(number).ok_or_else(|| format!("{number} is not a finite number"))
}

/// Bytes of a floating-point number.
pub fn word_size(text: &str) -> Result<u8, String> {
    match text {
        "4" => Ok(4),
        "8" => Ok(8),
        _ => Err("4 or 8 is needed".to_owned()),
    }
}

fn numbers(text: &str) -> Result<Vec<f64>, String> {
    text.split(',').map(factor).collect()
}

/// Two numbers are those of the plane.
fn each(numbers: &[f64], rest: f64) -> Result<Triple, String> {
    match *numbers {
        [x, y, z] => Ok(Triple([x, y, z])),
        [x, y] => Ok(Triple([x, y, rest])),
        _ => Err(format!("{} numbers where two or three are needed: X,Y,Z", numbers.len())),
    }
}

pub fn offsets(text: &str) -> Result<Triple, String> {
    each(&numbers(text)?, 0.0)
}

pub fn factors(text: &str) -> Result<Triple, String> {
    match numbers(text)?.as_slice() {
        &[all] => Ok(Triple([all; 3])),
        several => each(several, 1.0),
    }
}

pub fn field(text: &str) -> Result<(String, f64), String> {
    let (name, number) = text.rsplit_once('=').ok_or("NAME=F is needed")?;
    Ok((name.to_owned(), factor(number)?))
}

pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("a number from 1 to 1024 is needed".into()),
    }
}

/// `[OBJECT:]VALUE`; objects are named by paths, which may have colons.
fn of_object<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<For<T>, String> {
    split_object(text, &[':'], parse)
}

fn split_object<T>(text: &str, ends: &[char], parse: impl Fn(&str) -> Result<T, String>) -> Result<For<T>, String> {
    let (dataset, value) = match text.rsplit_once(ends) {
        Some((dataset, value)) => (Some(dataset.to_owned()), value),
        None => (None, text),
    };
    parse(value).map(|choice| For { dataset, choice })
}

pub fn filters(text: &str) -> Result<For<Vec<Filter>>, String> {
    of_object(text, pipeline)
}

/// Filters by their names and numbers.
fn pipeline(text: &str) -> Result<Vec<Filter>, String> {
    Filter::parse_pipeline(text).map_err(|error| error.detail().to_string())
}

/// As for h5repack, `[OBJECT:]100x20`, or as for `exo convert`, `[OBJECT=]100,20`.
pub fn chunk(text: &str) -> Result<For<LayoutChoice>, String> {
    split_object(text, &[':', '='], |value| {
        if value == "none" {
            return Ok(LayoutChoice::Contiguous);
        }
        let lengths = value.split(['x', ',']).map(str::parse);
        let lengths: Vec<u64> = lengths.collect::<Result<_, _>>().map_err(|_| "lengths as 100x20 are needed")?;
        if lengths.contains(&0) {
            Err("a chunk of no elements".into())
        } else {
            Ok(LayoutChoice::Chunks(lengths))
        }
    })
}

pub fn layout(text: &str) -> Result<For<LayoutChoice>, String> {
    of_object(text, |value| match value {
        "contiguous" => Ok(LayoutChoice::Contiguous),
        "compact" => Ok(LayoutChoice::Compact),
        "chunked" => Ok(LayoutChoice::Chunked),
        _ => Err("contiguous, compact or chunked is needed".into()),
    })
}

/// A number of bytes, as 4096, 512K, 256M or 2G.
pub fn size(text: &str) -> Result<u64, String> {
    const WANTED: &str = "a size as 4096, 512K, 256M or 2G is needed";
    let (number, shift) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => {
            let shift = "KMGT".find(unit.to_ascii_uppercase()).ok_or(WANTED)?;
            (&text[..at], 10 * (shift + 1))
        }
        _ => (text, 0),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.filter(|&bytes| bytes > 0).ok_or_else(|| WANTED.into())
}

pub fn pages(text: &str) -> Result<Option<u64>, String> {
    match text {
        "none" => Ok(None),
        _ => size(text).map(Some),
    }
}

pub fn power_of_two(text: &str) -> Result<u64, String> {
    let bytes = size(text)?;
    bytes.is_power_of_two().then_some(bytes).ok_or_else(|| "a power of two is needed".into())
}
