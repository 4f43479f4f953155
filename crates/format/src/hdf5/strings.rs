//! Texts of any type as bytes.

use super::datatype::{Datatype, Padding};
use super::read::elements::Visitor;
use crate::error::{Error, Result};
use crate::limits;
use crate::text;

/// Collects the texts that it visits.
#[derive(Debug, Default)]
pub(super) struct Strings {
    pub texts: Vec<Vec<u8>>,
}

impl Strings {
    /// A place for the texts of this type.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a type that is no text.
    pub fn of(datatype: &Datatype) -> Result<Self> {
        match datatype {
            Datatype::String(_) | Datatype::VariableString(_) => Ok(Self::default()),
            _ => Err(Error::usage(format!("elements of type {datatype} are no text"))),
        }
    }
}

impl Visitor for Strings {
    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()> {
        let Datatype::String(kind) = datatype else {
            return Err(Error::usage(format!("elements of type {datatype} are no text")));
        };
        let elements = stored.chunks_exact(limits::to_usize(kind.size)?.max(1));
        limits::reserve(&mut self.texts, elements.len())?;
        self.texts.extend(elements.map(|element| without_padding(element, kind.padding).to_vec()));
        Ok(())
    }

    fn text(&mut self, text: Option<&[u8]>) -> Result<()> {
        self.texts.push(text.unwrap_or_default().to_vec());
        Ok(())
    }
}

/// A text of a fixed size without what fills it up.
fn without_padding(element: &[u8], padding: Padding) -> &[u8] {
    let trimmed = |filler: u8| {
        let end = element.iter().rposition(|&byte| byte != filler).map_or(0, |last| last + 1);
        element.get(..end).unwrap_or(element)
    };
    match padding {
        Padding::NullTerminated => text::until_nul(element),
        Padding::NullPadded => trimmed(0),
        Padding::SpacePadded => trimmed(b' '),
    }
}
