//! Elements to write. An address is never among the bytes of a caller: what elements lead to is written here.

use super::element_value::{self, ElementValue};
use super::elements::{Elements, Encoded};
use super::file::FileWriter;
use super::heap::REFERENCE;
use super::object::ObjectAddress;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, StringType};
use crate::limits;

/// Elements to write: bytes as they are stored, or values of the types that are stored as addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementData(Data);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    /// As they are stored, without an address.
    Bytes(Vec<u8>),
    /// As they are stored, with addresses of the file that they go to.
    Encoded(Vec<u8>),
    Texts(Vec<String>),
    Objects(Vec<ObjectAddress>),
    Values(Vec<ElementValue>),
}

impl From<Vec<u8>> for ElementData {
    /// Elements as they are stored. The type must be one without addresses.
    fn from(bytes: Vec<u8>) -> Self {
        ElementData(Data::Bytes(bytes))
    }
}

impl ElementData {
    /// Texts of any length, for the type [`Datatype::VariableString`].
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        ElementData(Data::Texts(texts.into_iter().map(Into::into).collect()))
    }

    /// References to objects of the same file, for the type [`Datatype::Reference`] of kind 0.
    pub fn objects(objects: impl IntoIterator<Item = ObjectAddress>) -> Self {
        ElementData(Data::Objects(objects.into_iter().collect()))
    }

    /// Values of any type, an element each.
    pub fn values(values: impl IntoIterator<Item = ElementValue>) -> Self {
        ElementData(Data::Values(values.into_iter().collect()))
    }

    /// Elements as they are stored, with everything that they lead to written to the same file.
    pub(crate) fn encoded(bytes: Vec<u8>) -> Self {
        ElementData(Data::Encoded(bytes))
    }

    /// The elements as they are stored, in `len` bytes. What they lead to goes into `file`; without one they lead nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for bytes of a type that holds addresses;
    /// [`Kind::Usage`](crate::Kind::Usage) for elements that are not of the type, for another number of them, and for objects of
    /// another file; [`Kind::Io`](crate::Kind::Io).
    pub(in crate::hdf5) fn stored(&self, datatype: &Datatype, len: u64, file: Option<&FileWriter>) -> Result<Vec<u8>> {
        // The number is known before anything goes into the file.
        let stored = self.encode(datatype, None)?;
        if len != stored.len() as u64 {
            return Err(Error::usage(format!("{} bytes for elements of {len}", stored.len())));
        }
        match file {
            Some(_) => self.encode(datatype, file),
            None => Ok(stored),
        }
    }

    fn encode(&self, datatype: &Datatype, file: Option<&FileWriter>) -> Result<Vec<u8>> {
        match (&self.0, datatype) {
            (Data::Bytes(bytes), _) if bytes.is_empty() => Ok(Vec::new()),
            (Data::Bytes(bytes), _) => refuse_addresses(datatype).map(|()| bytes.clone()),
            (Data::Encoded(bytes), _) => Ok(bytes.clone()),
            (Data::Texts(texts), Datatype::VariableString(text)) if text.size == REFERENCE as u64 => {
                encode_texts(texts, *text, file)
            }
            (Data::Objects(objects), Datatype::Reference { kind: 0, size: 8 }) => {
                let offset = |object: &ObjectAddress| file.map_or(Ok(0), |file| file.offset_of(*object));
                let offsets = objects.iter().map(offset).collect::<Result<Vec<_>>>()?;
                Ok(offsets.into_iter().flat_map(u64::to_le_bytes).collect())
            }
            (Data::Values(values), _) => match file {
                Some(file) => element_value::encode(values, datatype, file),
                None => limits::buffer((values.len() as u64).saturating_mul(datatype.size())),
            },
            (Data::Texts(_), _) => Err(Error::usage(format!("texts are no elements of {datatype}"))),
            (Data::Objects(_), _) => Err(Error::usage(format!("references to objects are no elements of {datatype}"))),
        }
    }
}

/// Refuses the bytes of elements that hold addresses: they would be those of another file.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for text and sequences of any length, and for references.
pub(in crate::hdf5) fn refuse_addresses(datatype: &Datatype) -> Result<()> {
    match datatype.is_variable() || datatype.has_references() {
        true => Err(Error::unsupported(format!("bytes as elements of {datatype}, which hold addresses"))),
        false => Ok(()),
    }
}

fn encode_texts(texts: &[String], datatype: StringType, file: Option<&FileWriter>) -> Result<Vec<u8>> {
    if let Some(text) = texts.iter().find(|text| text.contains('\0') || !(datatype.utf8 || text.is_ascii())) {
        return Err(Error::usage(format!("a text that readers would misread: {text:?}")));
    }
    let Some(file) = file else {
        return limits::buffer((texts.len() as u64).saturating_mul(REFERENCE as u64));
    };
    let (mut elements, mut encoded) = (Elements::default(), Encoded::default());
    texts.iter().try_for_each(|text| elements.text(Some(text.as_bytes()), &mut encoded))?;
    elements.place(file, encoded)
}
