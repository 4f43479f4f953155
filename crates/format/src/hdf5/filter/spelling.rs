//! Filters as they are typed: a name, and perhaps a number.

use std::str::FromStr;

use super::description::{BitshuffleCodec, BloscCodec, BloscShuffle, Filter, ScaleOffset, SzipCoding};
use crate::error::{Error, Result};

impl FromStr for Filter {
    type Err = Error;

    /// `gzip=4` (or `deflate`), `shuffle`, `fletcher32`, `szip=32` (samples in a block), `nbit`, `scaleoffset` (of integers)
    /// or `scaleoffset=3` (decimal digits of floating-point numbers), `zstd=3`, `lz4`, `lzf`, `blosc=5`, `bitshuffle`,
    /// `bzip2=9`, `zfp` (the reversible mode), `fcidecomp`. Numbers that are left out are common ones.
    ///
    /// ```
    /// use hyperslab::hdf5::Filter;
    /// assert_eq!("gzip=4".parse::<Filter>().unwrap(), Filter::deflate(4));
    /// assert!("gzip=11".parse::<Filter>().is_err() && "rot13".parse::<Filter>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self> {
        let (name, number) = match text.split_once('=') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let given = |range: std::ops::RangeInclusive<u8>, otherwise: u8| {
            let (first, last) = (range.start(), range.end());
            let wrong = || Error::usage(format!("{name} takes a number from {first} to {last}, not {number:?}"));
            let number = number.map_or(Ok(otherwise), |number| number.parse().map_err(|_| wrong()))?;
            if range.contains(&number) {
                Ok(number)
            } else {
                Err(wrong())
            }
        };
        let plain = |filter: Filter| match number {
            Some(_) => Err(Error::usage(format!("{name} takes no number"))),
            None => Ok(filter),
        };
        match name {
            "gzip" | "deflate" => given(0..=9, 6).map(Filter::deflate),
            "szip" => given(2..=32, 32).map(|samples| Filter::szip(SzipCoding::NearestNeighbour, samples.into())),
            "scaleoffset" if number.is_some() => {
                given(0..=100, 0).map(|digits| Filter::scaleoffset(ScaleOffset::Decimal(digits.into())))
            }
            "scaleoffset" => Ok(Filter::scaleoffset(ScaleOffset::Integer(0))),
            "zstd" => given(1..=22, 3).map(|level| Filter::zstd(level.into())),
            "blosc" => given(1..=9, 5).map(|level| Filter::blosc(BloscCodec::Lz4, level, BloscShuffle::Bytes)),
            "bzip2" => given(1..=9, 9).map(Filter::bzip2),
            "shuffle" => plain(Filter::shuffle()),
            "fletcher32" => plain(Filter::fletcher32()),
            "nbit" => plain(Filter::nbit()),
            "lz4" => plain(Filter::lz4()),
            "zfp" => plain(Filter::zfp_reversible()),
            "fcidecomp" => plain(Filter::fcidecomp()),
            "lzf" => plain(Filter::lzf()),
            "bitshuffle" => plain(Filter::bitshuffle(BitshuffleCodec::Lz4)),
            _ => Err(Error::usage(format!("there is no filter {name:?}"))),
        }
    }
}
