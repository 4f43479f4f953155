//! Databases in several files: families of equal size, and files split by what they hold.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::read::open::driver_info;
use super::record::driver_info::{DriverInfo, MultiInfo};
use crate::error::{Context, Error, Result};
use crate::source::{Member, Source};

/// How one file is opened: by [`Source::open`], or mapped.
pub type OpenFile<'a> = dyn Fn(&Path) -> Result<Source> + 'a;

/// The ends of the names of metadata and raw data in a split file, as the libraries name them.
const SPLIT: [(&str, &str); 2] = [("-m.h5", "-r.h5"), (".meta", ".raw")];
/// The end of the name of the first of the six files that the multi driver writes.
const MULTI: &str = "-s.h5";
/// Where raw data start in a split file.
const RAW_START: u64 = u64::MAX >> 1;

/// The files that a path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// The file of this name, whether it exists or not.
    One,
    /// A pattern such as `name%05d.h5`: parts of equal size, numbered from 0.
    Family,
    /// What `name-m.h5` and `name-r.h5` share: metadata and raw data.
    Split,
}

impl Files {
    /// What a path stands for, by the files that exist.
    pub fn of(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        if path.exists() {
            Files::One
        } else if Pattern::parse(path).is_some_and(|pattern| pattern.member(0).exists()) {
            Files::Family
        } else if metadata_of(path).is_some() {
            Files::Split
        } else {
            Files::One
        }
    }
}

impl Source {
    /// The file or the files that a path stands for; see [`Files`].
    ///
    /// # Errors
    /// As [`Source::family`], [`Source::split`] and `open`.
    pub fn gather(path: impl AsRef<Path>, open: &OpenFile) -> Result<Self> {
        let path = path.as_ref();
        match Files::of(path) {
            Files::One => open(path),
            Files::Family => Self::family(path, open),
            Files::Split => Self::split(path, open),
        }
    }

    /// The members of a family, one after the other: `pattern` has a `%d`, or a `%05d`, for the number. The first number
    /// without a file ends the family.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a path without a number, the errors of `open`, and
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the first member is no start of an HDF5 file.
    pub fn family(pattern: impl AsRef<Path>, open: &OpenFile) -> Result<Self> {
        let path = pattern.as_ref();
        let pattern = Pattern::parse(path)
            .ok_or_else(|| Error::usage("the name of a family needs one %d for the number").in_file(path))?;
        let first = open(&pattern.member(0))?;
        let size = first.len();
        let (whole, info) = driver_info(members(&pattern, first, size, open)?).in_file(path)?;
        match info {
            Some(DriverInfo::Family { member_size }) if member_size != size => {
                members(&pattern, open(&pattern.member(0))?, member_size, open)
            }
            None | Some(DriverInfo::Family { .. }) => Ok(whole),
            Some(_) => Err(Error::malformed("driver information", 0, "the file is no family").in_file(path)),
        }
    }

    /// A file whose metadata and raw data are files of their own, `base` being what their names share: `base-m.h5` and
    /// `base-r.h5`, or `base.meta` and `base.raw`; or the six files of the multi driver.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) when there are no such files, the errors of `open`, and
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the metadata are no start of an HDF5 file.
    pub fn split(base: impl AsRef<Path>, open: &OpenFile) -> Result<Self> {
        let base = base.as_ref();
        let Some((path, raw)) = metadata_of(base) else {
            return Err(Error::usage("there is no metadata file of this name").in_file(base));
        };
        let (metadata, info) = driver_info(open(&path)?).in_file(&path)?;
        let pieces = match info {
            Some(DriverInfo::Multi(info)) => pieces(base, raw, metadata, &info, open)?,
            None => vec![(0, metadata), (RAW_START, open(&with_end(base, raw))?)],
            Some(_) => return Err(Error::malformed("driver information", 0, "the file is not split").in_file(&path)),
        };
        let starts: Vec<u64> = pieces.iter().map(|&(start, _)| start).collect();
        let member = |(start, source): (u64, Source)| {
            let next = starts.iter().filter(|&&other| other > start).min();
            let room = next.map_or(u64::MAX - start, |next| next - start);
            Member { start, len: source.len().min(room), source }
        };
        Source::splice(pieces.into_iter().map(member).collect())
    }
}

/// The files of a family whose members have `size` bytes.
fn members(pattern: &Pattern, first: Source, size: u64, open: &OpenFile) -> Result<Source> {
    if size == 0 {
        return Err(Error::malformed("driver information", 0, "members of no bytes"));
    }
    let mut members = vec![Member { start: 0, len: size, source: first }];
    for n in 1.. {
        let path = pattern.member(n);
        let Some(start) = n.checked_mul(size).filter(|_| path.exists()) else { break };
        members.push(Member { start, len: size, source: open(&path)? });
    }
    // Nothing follows the last one, so it is as long as its file.
    if let Some(last) = members.last_mut() {
        last.len = last.source.len().min(size);
    }
    Source::splice(members)
}

/// The start and the file of each member that is there. The file's own map says which members there are.
fn pieces(base: &Path, raw: &str, metadata: Source, info: &MultiInfo, open: &OpenFile) -> Result<Vec<(u64, Source)>> {
    let first = info.members.iter().map(|member| member.start).min().unwrap_or(0);
    let mut pieces = vec![(first, metadata)];
    for member in info.members.iter().filter(|member| member.start != first) {
        let named = std::str::from_utf8(&member.name).ok().and_then(|name| name.strip_prefix("%s"));
        // The name comes from the file: it may end the base, and lead nowhere else.
        let named = named.filter(|end| !end.contains(['/', '\\', '%']) && !end.is_empty());
        let path = named.map(|end| with_end(base, end)).filter(|path| path.exists());
        match path {
            Some(path) => pieces.push((member.start, open(&path)?)),
            None if info.members.len() == 2 => pieces.push((member.start, open(&with_end(base, raw))?)),
            // The library makes no file for what was never used.
            None if member.end == 0 => {}
            None => {
                let name = String::from_utf8_lossy(&member.name);
                return Err(Error::usage(format!("there is no file {name} beside it")).in_file(base));
            }
        }
    }
    Ok(pieces)
}

/// The metadata file of a split file, and the end of the name of its raw data.
fn metadata_of(base: &Path) -> Option<(PathBuf, &'static str)> {
    let ends = SPLIT.into_iter().chain([(MULTI, "-r.h5")]);
    ends.map(|(metadata, raw)| (with_end(base, metadata), raw)).find(|(path, _)| path.is_file())
}

fn with_end(base: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(base);
    name.push(end);
    name.into()
}

/// A path with one number in it, as `printf` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    before: String,
    zeros: bool,
    width: usize,
    after: String,
}

impl Pattern {
    /// Splits a path at its only conversion; `%%` is a per cent sign.
    fn parse(path: &Path) -> Option<Pattern> {
        let mut parts = path.to_str()?.split('%');
        let mut texts = vec![parts.next()?.to_owned()];
        let mut number = None;
        while let Some(part) = parts.next() {
            if part.is_empty() {
                let escaped = format!("%{}", parts.next()?);
                texts.last_mut()?.push_str(&escaped);
                continue;
            }
            let (digits, text) = part.split_at(part.find(|c: char| !c.is_ascii_digit())?);
            if number.replace(digits).is_some() || digits.len() > 2 {
                return None;
            }
            texts.push(text.strip_prefix(['d', 'i', 'u'])?.to_owned());
        }
        let (digits, [before, after]) = (number?, <[String; 2]>::try_from(texts).ok()?);
        let width = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(Pattern { before, zeros: digits.starts_with('0'), width, after })
    }

    /// The path with a number.
    fn member(&self, n: u64) -> PathBuf {
        let Pattern { before, zeros, width, after } = self;
        match zeros {
            true => format!("{before}{n:0width$}{after}").into(),
            false => format!("{before}{n:width$}{after}").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(pattern: &str, n: u64) -> Option<String> {
        Some(Pattern::parse(Path::new(pattern))?.member(n).to_str()?.to_owned())
    }

    #[test]
    fn patterns() {
        assert_eq!(member("f%05d.h5", 12).unwrap(), "f00012.h5");
        assert_eq!(member("f%d", 12).unwrap(), "f12");
        assert_eq!(member("a%%b/f%3u.h5%%", 7).unwrap(), "a%b/f  7.h5%");
        for none in ["plain.h5", "f%s", "f%d%d", "f%", "f%%d", "f%.3d", "f%999d"] {
            assert_eq!(member(none, 0), None, "{none}");
        }
    }
}
