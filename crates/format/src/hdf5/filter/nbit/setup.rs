//! The type of a dataset as the parameters of n-bit describe it.

use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, FloatOrder, Member};
use crate::hdf5::filter::chunks::Chunks;

/// Classes of types.
const NUMBER: u32 = 1;
const ARRAY: u32 = 2;
const COMPOUND: u32 = 3;
const OTHER: u32 = 4;
/// The most parameters that the library stores.
const MOST: usize = 4096;

/// How many parameters there are, whether nothing is packed, the elements of a chunk, and their type.
pub(in crate::hdf5::filter) fn setup(_: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let mut types = Types { parameters: vec![0, 0, chunks.elements()?], packs: false };
    if !matches!(chunks.datatype, Datatype::Array { .. } | Datatype::Compound { .. })
        && Number::of(chunks.datatype).is_none()
    {
        return Err(Error::unsupported(format!("n-bit packing of {} elements", chunks.datatype.class_name())));
    }
    types.describe(chunks.datatype)?;
    let Types { mut parameters, packs } = types;
    let count = parameters.len();
    if let ([total, plain, ..], true) = (&mut parameters[..], count <= MOST) {
        (*total, *plain) = (u32::try_from(count).unwrap_or(0), u32::from(!packs));
        return Ok(parameters);
    }
    Err(Error::unsupported(format!("n-bit packing of a type with {count} parameters")))
}

/// A description that grows.
struct Types {
    parameters: Vec<u32>,
    /// Whether any number has bits that mean nothing.
    packs: bool,
}

impl Types {
    fn describe(&mut self, datatype: &Datatype) -> Result<()> {
        match datatype {
            Datatype::Array { base, .. } => {
                self.put(ARRAY, &[datatype.size()])?;
                self.describe(base)
            }
            Datatype::Compound { size, members } => {
                self.put(COMPOUND, &[*size, members.len() as u64])?;
                self.members(members)
            }
            _ => match Number::of(datatype) {
                Some(number) => self.number(&number),
                None => self.put(OTHER, &[datatype.size()]),
            },
        }
    }

    fn members(&mut self, members: &[Member]) -> Result<()> {
        for (index, member) in members.iter().enumerate() {
            let is_last = index + 1 == members.len();
            if !is_last && nests(&member.datatype) {
                return Err(Error::unsupported("n-bit packing of members after an array of arrays or compounds"));
            }
            self.parameters.push(fits(member.offset)?);
            self.describe(&member.datatype)?;
        }
        Ok(())
    }

    fn number(&mut self, number: &Number) -> Result<()> {
        self.packs |= number.precision != 8 * number.size || number.offset != 0;
        let order = u64::from(number.order == ByteOrder::Big);
        self.put(NUMBER, &[number.size, order, number.precision, number.offset])
    }

    fn put(&mut self, class: u32, values: &[u64]) -> Result<()> {
        self.parameters.push(class);
        values.iter().try_for_each(|&value| {
            self.parameters.push(fits(value)?);
            Ok(())
        })
    }
}

/// Whether the library forgets where it is behind such a member: an array of arrays or compounds, at any depth.
fn nests(datatype: &Datatype) -> bool {
    match datatype {
        Datatype::Array { base, .. } => matches!(**base, Datatype::Array { .. } | Datatype::Compound { .. }),
        Datatype::Compound { members, .. } => members.iter().any(|member| nests(&member.datatype)),
        _ => false,
    }
}

struct Number {
    size: u64,
    order: ByteOrder,
    precision: u64,
    offset: u64,
}

impl Number {
    fn of(datatype: &Datatype) -> Option<Number> {
        match datatype {
            Datatype::Number(number, order) => {
                Some(Number { size: number.size(), order: *order, precision: 8 * number.size(), offset: 0 })
            }
            Datatype::Integer(layout) => Some(Number {
                size: layout.size,
                order: layout.order,
                precision: layout.precision.into(),
                offset: layout.offset.into(),
            }),
            Datatype::Float(layout) => Some(Number {
                size: layout.size,
                order: match layout.order {
                    FloatOrder::Little => ByteOrder::Little,
                    FloatOrder::Big => ByteOrder::Big,
                    FloatOrder::Vax => return None,
                },
                precision: layout.precision.into(),
                offset: layout.offset.into(),
            }),
            _ => None,
        }
    }
}

fn fits(value: u64) -> Result<u32> {
    u32::try_from(value).map_err(|_| Error::unsupported(format!("n-bit packing of {value} bytes")))
}
