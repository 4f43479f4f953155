//! What is wished for all variables, or for one: `[VAR=]VALUE`.

use hyperslab::hdf5::{BloscCodec, BloscShuffle, Filter, SzipCoding};
use hyperslab::netcdf::{Quantization, QuantizeMode};
use hyperslab::ByteOrder;

/// A wish, and the variable that it is for; none stands for all.
pub type Wish<T> = (Option<String>, T);

/// How chunks are wished for.
#[derive(Debug, Clone)]
pub enum Chunk {
    /// The shape of those of a variable.
    Variable(String, Vec<u64>),
    /// Their lengths along dimensions.
    Dimensions(Vec<(String, u64)>),
}

fn wish<T>(text: &str, value: impl Fn(&str) -> Result<T, String>) -> Result<Wish<T>, String> {
    match text.rsplit_once('=') {
        Some((name, rest)) => Ok((Some(name.to_owned()), value(rest)?)),
        None => Ok((None, value(text)?)),
    }
}

/// A whole number in a range.
fn number<T: std::str::FromStr + PartialOrd + std::fmt::Display>(text: &str, least: T, most: T) -> Result<T, String> {
    match text.trim().parse() {
        Ok(number) if least <= number && number <= most => Ok(number),
        _ => Err(format!("{text:?} is no number from {least} to {most}")),
    }
}

pub fn deflate(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |level| match number(level, 0, 9)? {
        0 => Ok(Vec::new()),
        level => Ok(vec![Filter::deflate(level)]),
    })
}

pub fn zstd(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |level| Ok(vec![Filter::zstd(number(level, 1, 22)?)]))
}

pub fn bzip2(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |level| Ok(vec![Filter::bzip2(number(level, 1, 9)?)]))
}

pub fn szip(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |value| {
        let (coding, pixels) = value.split_once(',').unwrap_or((value, "32"));
        let coding = match coding {
            "nn" => SzipCoding::NearestNeighbour,
            "ec" => SzipCoding::Entropy,
            _ => return Err(format!("{coding:?} is neither nn nor ec")),
        };
        let pixels = number(pixels, 2, 32)?;
        Ok(vec![Filter::szip(coding, pixels)])
    })
}

pub fn blosc(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |value| {
        let (codec, level) = value.split_once(',').unwrap_or((value, "5"));
        let codec = match codec {
            "lz4" => BloscCodec::Lz4,
            "zlib" => BloscCodec::Zlib,
            _ => return Err(format!("{codec:?} is neither lz4 nor zlib")),
        };
        Ok(vec![Filter::blosc(codec, number(level, 1, 9)?, BloscShuffle::Bytes)])
    })
}

/// Filters by their numbers, each with its parameters.
pub fn filters(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |value| {
        let one = |filter: &str| {
            let (id, parameters) = filter.split_once(',').unwrap_or((filter, ""));
            let parameters =
                parameters.split(',').filter(|text| !text.is_empty()).map(|text| number(text, 0, u32::MAX));
            Ok(Filter::new(number(id, 1, u16::MAX)?, parameters.collect::<Result<_, String>>()?))
        };
        value.split('|').map(one).collect()
    })
}

pub fn endian(text: &str) -> Result<Wish<ByteOrder>, String> {
    wish(text, |order| match order {
        "little" => Ok(ByteOrder::Little),
        "big" => Ok(ByteOrder::Big),
        "native" => Ok(ByteOrder::NATIVE),
        _ => Err(format!("{order:?} is neither little, big nor native")),
    })
}

pub fn quantize(text: &str) -> Result<Wish<Quantization>, String> {
    wish(text, |value| {
        let (digits, mode) = value.split_once(',').unwrap_or((value, "bitgroom"));
        let mode = match mode {
            "bitgroom" => QuantizeMode::BitGroom,
            "granular" => QuantizeMode::GranularBitRound,
            "bitround" => QuantizeMode::BitRound,
            _ => return Err(format!("{mode:?} is neither bitgroom, granular nor bitround")),
        };
        Ok(Quantization { mode, digits: number(digits, 1, 52)? })
    })
}

pub fn chunk(text: &str) -> Result<Chunk, String> {
    let length = |text: &str| number(text, 1, u64::MAX);
    match text.rsplit_once('=') {
        Some((name, "")) => Ok(Chunk::Variable(name.to_owned(), Vec::new())),
        Some((name, shape)) => {
            Ok(Chunk::Variable(name.to_owned(), shape.split(',').map(length).collect::<Result<_, _>>()?))
        }
        None => {
            let one = |pair: &str| {
                let (name, count) = pair.rsplit_once('/').ok_or("VAR=N,... or DIM/N,... is needed")?;
                Ok::<_, String>((name.to_owned(), length(count)?))
            };
            Ok(Chunk::Dimensions(text.split(',').map(one).collect::<Result<_, _>>()?))
        }
    }
}
