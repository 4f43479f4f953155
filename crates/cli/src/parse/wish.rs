//! What is wished for all variables, or for one: `[VAR=]VALUE`.

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Quantization, QuantizeMode};
use hyperslab::ByteOrder;

use super::pipeline;

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

/// The filter of a name, with a value.
fn filter(name: &str, value: &str) -> Result<Vec<Filter>, String> {
    pipeline(&format!("{name}={value}"))
}

/// Level 0 is no filter.
pub fn deflate(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    let stores = Filter::deflate(0);
    wish(text, |level| Ok(filter("deflate", level)?.into_iter().filter(|filter| *filter != stores).collect()))
}

pub fn zstd(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |level| filter("zstd", level))
}

pub fn bzip2(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |level| filter("bzip2", level))
}

pub fn szip(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |value| filter("szip", value))
}

pub fn blosc(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    wish(text, |value| filter("blosc", value))
}

/// `[VAR=]FILTER...`; behind the names of filters there may be a `=` as well.
pub fn filters(text: &str) -> Result<Wish<Vec<Filter>>, String> {
    let mut starts = std::iter::once(0).chain(text.match_indices('=').map(|(at, _)| at + 1));
    match starts.clone().find(|&at| starts_a_filter(&text[at..])).or(starts.next_back()) {
        None | Some(0) => Ok((None, pipeline(text)?)),
        Some(at) => Ok((Some(text[..at - 1].to_owned()), pipeline(&text[at..])?)),
    }
}

/// Whether a text goes on with the name or the number of a filter; a number before a `=` is a variable.
fn starts_a_filter(text: &str) -> bool {
    let word = text.split(['=', ',', '|']).next().unwrap_or_default();
    let is_number = word.trim().parse::<u64>().is_ok();
    let is_variable = is_number && text[word.len()..].starts_with('=');
    !is_variable && pipeline(word).is_ok()
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
        Some((name, "" | "none")) => Ok(Chunk::Variable(name.to_owned(), Vec::new())),
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
