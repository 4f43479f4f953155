//! One error type: what kind of problem, what exactly, and where.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of every fallible operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of problem an error is. Stable: programs branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The file contradicts its format.
    Malformed,
    /// The file is legal, but uses a feature that is not implemented; the detail names it.
    Unsupported,
    /// A bound of [`Limits`](crate::Limits) was reached.
    Limit,
    /// The caller asked for something impossible.
    Usage,
    /// What the caller asked for by its name is not there.
    NotFound,
    /// The operating system refused.
    Io,
}

/// Where an error happened; every part is known or absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: Option<PathBuf>,
    /// The path of the object inside the file.
    pub object: Option<String>,
    /// The on-disk structure, by its name in the specification.
    pub record: Option<&'static str>,
    /// The byte offset in the file.
    pub offset: Option<u64>,
}

/// An error with its [`Kind`] and its [`Location`]. [`Debug`] prints what [`Display`](fmt::Display) does: it is what `main` shows.
pub struct Error(Box<Inner>);

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Debug)]
struct Inner {
    kind: Kind,
    detail: Cow<'static, str>,
    location: Location,
    source: Option<io::Error>,
}

impl Error {
    fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        let (detail, location) = (detail.into(), Location::default());
        Error(Box::new(Inner { kind, detail, location, source: None }))
    }

    /// The bytes of `record` at `offset` contradict the format.
    pub fn malformed(record: &'static str, offset: u64, detail: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(Kind::Malformed, detail);
        error.0.location.record = Some(record);
        error.0.location.offset = Some(offset);
        error
    }

    /// Bytes that `record` names contradict the format; whoever knows where they are adds it.
    pub(crate) fn malformed_data(record: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(Kind::Malformed, detail);
        error.0.location.record = Some(record);
        error
    }

    /// Adds the byte offset, unless one is known.
    #[must_use]
    pub(crate) fn at_offset(mut self, offset: u64) -> Self {
        self.0.location.offset.get_or_insert(offset);
        self
    }

    /// A legal feature that is not implemented.
    pub fn unsupported(feature: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unsupported, feature)
    }

    /// A bound was reached.
    pub fn limit(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Limit, detail)
    }

    /// The caller asked for something impossible.
    pub fn usage(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Usage, detail)
    }

    /// What was asked for by its name is not there.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, detail)
    }

    /// The operating system refused `operation`.
    pub fn io(operation: impl Into<Cow<'static, str>>, source: io::Error) -> Self {
        let mut error = Self::new(Kind::Io, operation);
        error.0.source = Some(source);
        error
    }

    /// Whether it is one of the file that is read, and not one of writing another, or of who breaks that off.
    pub(crate) fn is_of_file(&self) -> bool {
        matches!(self.kind(), Kind::Malformed | Kind::Unsupported | Kind::Limit | Kind::NotFound)
    }

    /// What kind of problem this is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where it happened.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// What happened, without the place.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The error of the operating system, for [`Kind::Io`].
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.source.as_ref()
    }

    /// Adds the file, unless one is known.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.0.location.file.get_or_insert_with(|| path.to_path_buf());
        self
    }

    /// Says what the object is to whoever asked, before its path.
    #[must_use]
    pub fn known_as(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.0.location.object = Some(match self.0.location.object {
            Some(path) => format!("{name} ({path})"),
            None => name,
        });
        self
    }

    /// Adds the object, unless one is known.
    #[must_use]
    pub fn in_object(mut self, path: impl Into<String>) -> Self {
        // What was reached by its address alone has no path; whoever knows one adds it.
        let path = Some(path.into()).filter(|path| !path.is_empty());
        self.0.location.object = self.0.location.object.or(path);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, detail, location, source } = &*self.0;
        if let Some(file) = &location.file {
            write!(f, "{}: ", file.display())?;
        }
        if let Some(object) = &location.object {
            write!(f, "{object}: ")?;
        }
        match (location.record, location.offset) {
            (Some(record), Some(offset)) => write!(f, "{record} at offset {offset}: ")?,
            (Some(record), None) => write!(f, "{record}: ")?,
            (None, Some(offset)) => write!(f, "at offset {offset}: ")?,
            (None, None) => {}
        }
        if *kind == Kind::Unsupported {
            f.write_str("unsupported: ")?;
        }
        f.write_str(detail)?;
        match source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}

/// Adds the place to the error of a result.
pub trait Context<T> {
    /// Names the file.
    ///
    /// # Errors
    /// The error of `self`, with the file.
    fn in_file(self, path: &Path) -> Result<T>;
    /// Names the object.
    ///
    /// # Errors
    /// The error of `self`, with the object.
    fn in_object(self, path: &str) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn in_file(self, path: &Path) -> Result<T> {
        self.map_err(|e| e.in_file(path))
    }

    fn in_object(self, path: &str) -> Result<T> {
        self.map_err(|e| e.in_object(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_without_a_path_is_named_by_whoever_knows_it() {
        let error = Error::usage("no").in_object("");
        assert_eq!(error.to_string(), "no");
        let error = error.in_object("/v").in_object("/other");
        assert_eq!(format!("{error} {error:?}"), "/v: no /v: no");
        assert_eq!(error.known_as("times").to_string(), "times (/v): no");
        assert_eq!(Error::usage("no").known_as("times").to_string(), "times: no");
    }

    #[test]
    fn every_part_of_the_place_that_is_known_is_shown() {
        let limit = || Error::limit("too much");
        assert_eq!(limit().to_string(), "too much");
        assert_eq!(limit().at_offset(7).to_string(), "at offset 7: too much");
        assert_eq!(limit().at_offset(7).in_object("/g/d").to_string(), "/g/d: at offset 7: too much");
        assert_eq!(Error::malformed("superblock", 7, "broken").to_string(), "superblock at offset 7: broken");
        assert_eq!(Error::malformed_data("element", "broken").to_string(), "element: broken");
        assert_eq!(Error::unsupported("x").at_offset(1).to_string(), "at offset 1: unsupported: x");
    }
}
