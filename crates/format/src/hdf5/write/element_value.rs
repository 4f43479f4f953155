//! Elements of any type, given as values: texts, sequences, records, references.

use binrw::Endian;

use super::elements::{Elements, Encoded};
use super::file::FileWriter;
use super::heap::REFERENCE;
use super::object::ObjectAddress;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, Member};
use crate::hdf5::selection::DataspaceSelection;
use crate::limits;
use crate::wire;

use super::element_data::refuse_addresses;

/// One element of any type, or a part of one.
///
/// ```
/// use hyperslab::hdf5::builder::{AttributeSpec, ElementData, ElementValue};
/// use hyperslab::hdf5::Datatype;
/// use hyperslab::{ByteOrder, NumberType};
///
/// let base = Box::new(Datatype::Number(NumberType::U8, ByteOrder::Little));
/// let lists = Datatype::Sequence { base, size: 16 };
/// let list = ElementValue::List(vec![ElementValue::Bytes(vec![1]), ElementValue::Bytes(vec![2])]);
/// let attribute = AttributeSpec::scalar("list", lists, ElementData::values([list]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementValue {
    /// A number, text of a fixed size, a record: as stored, of a type without addresses.
    Bytes(Vec<u8>),
    /// A text of any length; `None` is a null pointer.
    Text(Option<Vec<u8>>),
    /// The elements of a sequence or an array in C order; the members of a compound in the order of their declaration.
    List(Vec<ElementValue>),
    /// A reference to an object of the same file, or to none.
    Object(Option<ObjectAddress>),
    /// A reference to elements of a dataset of the same file, or to none.
    Region(Option<RegionReference>),
}

/// Elements of a dataset (`H5R_DATASET_REGION`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionReference {
    /// The dataset.
    pub dataset: ObjectAddress,
    /// Its elements.
    pub selection: DataspaceSelection,
}

/// Encodes elements of a type; what they lead to goes into the file.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for values that are not of the type, or lead to objects of another file;
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for references of HDF5 1.12; [`Kind::Io`](crate::Kind::Io).
pub(super) fn encode(values: &[ElementValue], datatype: &Datatype, file: &FileWriter) -> Result<Vec<u8>> {
    let (mut encoder, mut target) = (Encoder { file, elements: Elements::default() }, Encoded::default());
    values.iter().try_for_each(|value| encoder.value(value, datatype, &mut target))?;
    encoder.elements.place(file, target)
}

struct Encoder<'f> {
    file: &'f FileWriter,
    elements: Elements,
}

impl Encoder<'_> {
    fn value(&mut self, value: &ElementValue, datatype: &Datatype, target: &mut Encoded) -> Result<()> {
        match (value, datatype) {
            (ElementValue::Bytes(bytes), _) => {
                refuse_addresses(datatype)?;
                match bytes.len() as u64 == datatype.size() {
                    true => target.bytes(bytes),
                    false => return Err(Error::usage(format!("{} bytes for an element of {datatype}", bytes.len()))),
                }
                Ok(())
            }
            (ElementValue::Text(text), Datatype::VariableString(_)) => self.elements.text(text.as_deref(), target),
            (ElementValue::List(values), Datatype::Sequence { base, .. }) => {
                let mut held = Encoded::default();
                values.iter().try_for_each(|value| self.value(value, base, &mut held))?;
                self.elements.sequence(values.len(), held, target)
            }
            (ElementValue::List(values), Datatype::Array { base, dims }) => {
                count(values, crate::shape::count(dims)?, datatype)?;
                values.iter().try_for_each(|value| self.value(value, base, target))
            }
            (ElementValue::List(values), Datatype::Complex(base)) => {
                count(values, 2, datatype)?;
                values.iter().try_for_each(|value| self.value(value, base, target))
            }
            (ElementValue::List(values), Datatype::Compound { size, members }) => {
                count(values, members.len() as u64, datatype)?;
                self.record(values, members, *size, target)
            }
            (ElementValue::Object(object), Datatype::Reference { kind: 0, .. }) => {
                let offset = object.map_or(Ok(0), |object| self.file.offset_of(object))?;
                target.bytes(&offset.to_le_bytes());
                Ok(())
            }
            (ElementValue::Region(region), Datatype::Reference { kind: 1, .. }) => self.region(region.as_ref(), target),
            _ => Err(Error::usage(format!("{value:?} is no element of {datatype}"))),
        }
    }

    /// The members of a record, and zeros between them.
    fn record(&mut self, values: &[ElementValue], members: &[Member], size: u64, target: &mut Encoded) -> Result<()> {
        let start = target.len();
        let mut places: Vec<(&Member, &ElementValue)> = members.iter().zip(values).collect();
        places.sort_by_key(|(member, _)| member.offset);
        for (member, value) in places {
            target.pad(start.saturating_add(limits::to_usize(member.offset)?));
            self.value(value, &member.datatype, target)?;
        }
        target.pad(start.saturating_add(limits::to_usize(size)?));
        Ok(())
    }

    fn region(&mut self, region: Option<&RegionReference>, target: &mut Encoded) -> Result<()> {
        let Some(RegionReference { dataset, selection }) = region else {
            target.bytes(&[0; REFERENCE - 4]);
            return Ok(());
        };
        if selection.is_unlimited() {
            return Err(Error::usage("a reference to a region without an end"));
        }
        let selection = wire::encode(&selection.to_record(self.file.options.level)?, Endian::Little, ())?;
        let object = [&self.file.offset_of(*dataset)?.to_le_bytes(), selection.as_slice()].concat();
        self.elements.region(&object, target);
        Ok(())
    }
}

fn count(values: &[ElementValue], wanted: u64, datatype: &Datatype) -> Result<()> {
    match values.len() as u64 == wanted {
        true => Ok(()),
        false => Err(Error::usage(format!("{} parts of an element of {datatype}", values.len()))),
    }
}
