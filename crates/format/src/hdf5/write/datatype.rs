//! Datatypes that a file can have: their parts fit into each other, as the library demands it.

use std::collections::HashSet;

use super::heap::REFERENCE;
use crate::element::NumberType;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, IntegerLayout, Member};
use crate::shape;

/// The largest rank of an array, as of a dataset.
const MAX_RANK: usize = 32;
/// The longest tag of an opaque type: its length is a multiple of 8 in one byte.
const MAX_TAG: usize = 248;
/// Bytes of references to objects and to regions; of those of HDF5 1.12 the largest that lies in an element.
const OBJECT_REFERENCE: u64 = 8;
const REGION_REFERENCE: u64 = 12;
const STANDARD_REFERENCE: u64 = 18;

/// Refuses a type that no reader takes, or takes for another one.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the type, [`Kind::Unsupported`](crate::Kind::Unsupported) for elements of 4 GiB or
/// more.
pub(crate) fn check(datatype: &Datatype) -> Result<()> {
    let size = datatype.size();
    if size == 0 {
        return Err(Error::usage(format!("elements of no bytes: {datatype}")));
    }
    if u32::try_from(size).is_err() {
        return Err(Error::unsupported("elements of 4 GiB or more"));
    }
    let fits = match datatype {
        Datatype::Integer(layout) | Datatype::BitField(layout) => bits_fit(layout),
        Datatype::VariableString(text) => text.size == REFERENCE as u64,
        Datatype::Sequence { base, size } => {
            return check(base).and_then(|()| fit(*size == REFERENCE as u64, datatype))
        }
        Datatype::Enumeration { base, members } => {
            check(base)?;
            let named = unique(members.iter().map(|(name, _)| name.as_str()));
            let is_integer = match base.as_ref() {
                Datatype::Number(number, _) => !matches!(number, NumberType::F32 | NumberType::F64),
                other => matches!(other, Datatype::Integer(_)),
            };
            is_integer
                && named
                && !members.is_empty()
                && members.iter().all(|(_, value)| value.len() as u64 == base.size())
        }
        Datatype::Compound { size, members } => {
            members.iter().try_for_each(|member| check(&member.datatype))?;
            !members.is_empty()
                && unique(members.iter().map(|member| member.name.as_str()))
                && lie_apart(*size, members)
        }
        Datatype::Array { dims, base } => {
            check(base)?;
            (1..=MAX_RANK).contains(&dims.len()) && shape::bytes(dims, base.size()).is_ok_and(|bytes| bytes == size)
        }
        Datatype::Opaque { tag, .. } => tag.len() <= MAX_TAG && !tag.contains('\0'),
        Datatype::Reference { kind, size } => match kind {
            0 => *size == OBJECT_REFERENCE,
            1 => *size == REGION_REFERENCE,
            _ => *size == STANDARD_REFERENCE,
        },
        Datatype::Complex(base) => return check(base),
        Datatype::Number(..) | Datatype::Float(_) | Datatype::Time { .. } | Datatype::String(_) => true,
    };
    fit(fits, datatype)
}

fn fit(fits: bool, datatype: &Datatype) -> Result<()> {
    match fits {
        true => Ok(()),
        false => Err(Error::usage(format!("a type whose parts do not fit: {datatype}"))),
    }
}

fn bits_fit(layout: &IntegerLayout) -> bool {
    let end = u64::from(layout.offset) + u64::from(layout.precision);
    layout.precision > 0 && end <= layout.size.saturating_mul(8)
}

/// Whether names are there and differ.
fn unique<'n>(mut names: impl Iterator<Item = &'n str>) -> bool {
    let mut known = HashSet::new();
    names.all(|name| !name.is_empty() && !name.contains('\0') && known.insert(name))
}

/// Whether members lie inside of a record of this size, none over another.
fn lie_apart(size: u64, members: &[Member]) -> bool {
    let mut places: Vec<(u64, u64)> = members.iter().map(|member| (member.offset, member.datatype.size())).collect();
    places.sort_unstable();
    let mut end = 0u64;
    places.into_iter().all(|(offset, len)| {
        let apart = offset >= end;
        end = offset.saturating_add(len);
        apart && end <= size
    })
}
