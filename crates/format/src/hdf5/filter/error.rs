//! Errors about what filters made, by the name of what they make.

use std::borrow::Cow;

use crate::error::Error;

/// What errors call the bytes that a filter makes, or its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record(pub &'static str);

impl Record {
    /// The bytes contradict the format.
    pub fn malformed(self, detail: impl Into<Cow<'static, str>>) -> Error {
        Error::malformed_data(self.0, detail)
    }

    /// There is much more than a chunk.
    pub fn goes_on(self, chunk: usize) -> Error {
        self.malformed(format!("it goes on far beyond a chunk of {chunk} bytes"))
    }

    /// The bytes end before what they announce.
    pub fn broken(self) -> Error {
        self.malformed("it breaks off")
    }
}
