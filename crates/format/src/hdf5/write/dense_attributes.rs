//! Attributes that are too many or too large for an object header: in a fractal heap, indexed by name and by creation
//! order (section IV.A.2.v).

use binrw::Endian;

use super::file::FileWriter;
use super::{btree_v2, fractal_heap};
use crate::error::Result;
use crate::hdf5::record::btree_v2::{AttributeName, AttributeOrder};
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::wire;
use crate::wire::checksum::lookup3;
use crate::wire::width::Addr;

/// The types of the B-trees and the sizes of their records.
const BY_NAME: (u8, u16) = (8, 17);
const BY_ORDER: (u8, u16) = (9, 13);

/// Writes attributes, given by their names and messages in the order of their creation; `compact` is the message that
/// an object without any dense attribute would have: it says whether they are found by that order, too. Returns the message that leads to them.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) for more than a heap holds.
pub(crate) fn write(
    file: &FileWriter,
    compact: AttributeInfo,
    names: &[&[u8]],
    bodies: &[Vec<u8>],
) -> Result<AttributeInfo> {
    let (heap, ids) = fractal_heap::write(file, fractal_heap::ATTRIBUTES, bodies)?;
    let name = |((name, &heap_id), order): ((&&[u8], &[u8; 8]), u32)| {
        let hash = lookup3(name, 0);
        ((hash, name.to_vec()), AttributeName { heap_id, flags: 0, order, hash })
    };
    let mut by_name: Vec<_> = names.iter().zip(&ids).zip(0..).map(name).collect();
    by_name.sort_by(|a, b| a.0.cmp(&b.0));
    let by_name = by_name.iter().map(|(_, record)| wire::encode(record, Endian::Little, ()));
    let by_order = ids.iter().zip(0..).map(|(&heap_id, order)| AttributeOrder { heap_id, flags: 0, order });
    let by_order = by_order.map(|record| wire::encode(&record, Endian::Little, ()));
    let name_index = btree_v2::write_all(file, BY_NAME, &by_name.collect::<Result<Vec<_>>>()?)?;
    let order_index = match compact.order_index {
        Some(_) => Some(Addr(btree_v2::write_all(file, BY_ORDER, &by_order.collect::<Result<Vec<_>>>()?)?)),
        None => None,
    };
    Ok(AttributeInfo { fractal_heap: Addr(heap), name_index: Addr(name_index), order_index, ..compact })
}
