//! Filters as they are typed: by their names, each perhaps with a number, or by their numbers, each perhaps with parameters.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::description::{BitshuffleCodec, BloscCodec, BloscShuffle, Filter, ScaleOffset, SzipCoding};
use crate::error::{Error, Result};

impl FromStr for Filter {
    type Err = Error;

    /// A name: `gzip=4` (or `deflate`), `shuffle`, `fletcher32`, `szip=nn,32` (`nn` or `ec`, and the samples in a block), `nbit`,
    /// `scaleoffset` (of integers) or `scaleoffset=3` (decimal digits of floating-point numbers), `zstd=3`, `lz4`, `lzf`,
    /// `blosc=lz4,5` (`lz4` or `zlib`, and the level), `bitshuffle`, `bzip2=9`, `zfp` (the reversible mode), `fcidecomp`; what is
    /// left out is common. Or a registered number with parameters: `307,9`.
    ///
    /// ```
    /// use hyperslab::hdf5::Filter;
    /// assert_eq!("gzip=4".parse::<Filter>().unwrap(), Filter::deflate(4));
    /// assert_eq!("307,9".parse::<Filter>().unwrap(), Filter::bzip2(9));
    /// assert!("gzip=11".parse::<Filter>().is_err() && "rot13".parse::<Filter>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        match text.starts_with(|first: char| first.is_ascii_digit()) {
            true => numbered(text),
            false => named(text),
        }
    }
}

impl Filter {
    /// Filters in the order of writing, with `|` between them, or `,` before a name; `none` for none.
    ///
    /// ```
    /// use hyperslab::hdf5::Filter;
    /// let wanted = [Filter::shuffle(), Filter::bzip2(5)];
    /// for text in ["shuffle,bzip2=5", "shuffle|307,5", "2|bzip2=5"] {
    ///     assert_eq!(Filter::parse_pipeline(text).unwrap(), wanted);
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for names that there are not, and numbers out of range.
    pub fn parse_pipeline(text: &str) -> Result<Vec<Filter>> {
        if text == "none" {
            return Ok(Vec::new());
        }
        let mut filters: Vec<String> = Vec::new();
        for part in text.split('|') {
            for (place, word) in part.split(',').enumerate() {
                let starts = place == 0 || word.trim().starts_with(|first: char| !first.is_ascii_digit());
                match filters.last_mut().filter(|_| !starts) {
                    Some(last) => last.extend([",", word]),
                    None => filters.push(word.to_owned()),
                }
            }
        }
        filters.iter().map(|filter| filter.parse()).collect()
    }
}

/// `ID[,N...]`.
fn numbered(text: &str) -> Result<Filter> {
    let mut words = text.split(',').filter(|word| !word.trim().is_empty());
    let id = number("a filter", words.next().unwrap_or_default(), 1..=u16::MAX)?;
    let parameters = words.map(|word| number("a parameter", word, 0..=u32::MAX)).collect::<Result<_>>()?;
    Ok(Filter::new(id, parameters))
}

/// `NAME[=VALUE]`.
fn named(text: &str) -> Result<Filter> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let given = |range: RangeInclusive<u8>, usual: u8| value.map_or(Ok(usual), |value| number(name, value, range));
    let plain = |filter: Filter| match value {
        Some(_) => Err(Error::usage(format!("{name} takes no number"))),
        None => Ok(filter),
    };
    match name {
        "gzip" | "deflate" => given(0..=9, 6).map(Filter::deflate),
        "szip" => szip(value.unwrap_or("nn")),
        "scaleoffset" if value.is_some() => {
            given(0..=100, 0).map(|digits| Filter::scaleoffset(ScaleOffset::Decimal(digits.into())))
        }
        "scaleoffset" => Ok(Filter::scaleoffset(ScaleOffset::Integer(0))),
        "zstd" => given(1..=22, 3).map(|level| Filter::zstd(level.into())),
        "blosc" => blosc(value.unwrap_or("lz4")),
        "bzip2" => given(1..=9, 9).map(Filter::bzip2),
        "shuffle" => plain(Filter::shuffle()),
        "fletcher32" => plain(Filter::fletcher32()),
        "nbit" => plain(Filter::nbit()),
        "lz4" => plain(Filter::lz4()),
        "zfp" => plain(Filter::zfp_reversible()),
        "fcidecomp" => plain(Filter::fcidecomp()),
        "lzf" => plain(Filter::lzf()),
        "bitshuffle" => plain(Filter::bitshuffle(BitshuffleCodec::Lz4)),
        _ if name.contains(',') => Err(Error::usage(format!("{text:?}: the number of a name follows =, as in zstd=3"))),
        _ => Err(Error::usage(format!("there is no filter {name:?}"))),
    }
}

/// `nn|ec[,N]`, or `N` alone.
fn szip(value: &str) -> Result<Filter> {
    let (coding, samples) = word_and_number(value, "nn", "32");
    let coding = match coding {
        "nn" => SzipCoding::NearestNeighbour,
        "ec" => SzipCoding::Entropy,
        _ => return Err(Error::usage(format!("szip: {coding:?} is neither nn nor ec"))),
    };
    Ok(Filter::szip(coding, number("szip", samples, 2..=32)?))
}

/// `lz4|zlib[,N]`, or `N` alone.
fn blosc(value: &str) -> Result<Filter> {
    let (codec, level) = word_and_number(value, "lz4", "5");
    let codec = match codec {
        "lz4" => BloscCodec::Lz4,
        "zlib" => BloscCodec::Zlib,
        _ => return Err(Error::usage(format!("blosc: {codec:?} is neither lz4 nor zlib"))),
    };
    Ok(Filter::blosc(codec, number("blosc", level, 1..=9)?, BloscShuffle::Bytes))
}

/// `WORD,N`, or one of both and what is usual for the other.
fn word_and_number<'t>(value: &'t str, word: &'t str, number: &'t str) -> (&'t str, &'t str) {
    match value.split_once(',') {
        Some(both) => both,
        None if value.starts_with(|first: char| first.is_ascii_alphabetic()) => (value, number),
        None => (word, value),
    }
}

fn number<T: FromStr + PartialOrd + Display>(what: &str, text: &str, range: RangeInclusive<T>) -> Result<T> {
    let found = text.trim().parse().ok().filter(|number| range.contains(number));
    let (first, last) = (range.start(), range.end());
    found.ok_or_else(|| Error::usage(format!("{what} takes a number from {first} to {last}, not {text:?}")))
}
