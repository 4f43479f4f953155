//! Links of large groups: in a fractal heap, indexed by name and by creation order (section IV.A.2.c).

use binrw::Endian;

use super::file::FileWriter;
use super::{btree_v2, fractal_heap};
use crate::error::{Error, Result};
use crate::hdf5::datatype::text;
use crate::hdf5::object::message::MAX_BODY;
use crate::hdf5::record::btree_v2::{LinkName, LinkOrder};
use crate::hdf5::record::message::link::Link;
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::wire;
use crate::wire::checksum::lookup3;
use crate::wire::width::{Addr, Widths};

/// The types of the B-trees and the sizes of their records.
const BY_NAME: (u8, u16) = (5, 11);
const BY_ORDER: (u8, u16) = (6, 15);

/// Whether links do not fit the header of a group: more than `most` of them, or one of them larger than a message.
pub(crate) fn is_needed(links: &[Link], most: usize) -> bool {
    let len = |link: &Link| link.name.len().saturating_add(link.target.value_len());
    links.len() > most || links.iter().any(|link| len(link) > MAX_BODY - Link::MOST_OVERHEAD)
}

/// Refuses a link that leads to a longer path than a message, in a header or beside it, can say.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported).
pub(crate) fn check(link: &Link) -> Result<()> {
    match link.target.value_len() {
        0..=0xffff => Ok(()),
        len => {
            let name = text(&link.name);
            Err(Error::unsupported(format!("the link {name} leads to a path of {len} bytes, where 65535 fit")))
        }
    }
}

/// Writes links, with an index by the order of their creation if such a group has one; returns the message that leads to
/// them.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) for more than a heap holds.
pub(crate) fn write_like(file: &FileWriter, like: &LinkInfo, links: &[Link]) -> Result<LinkInfo> {
    let bodies = links.iter().map(|link| wire::encode(link, Endian::Little, Widths::WIDE));
    let (heap, ids) = fractal_heap::write(file, fractal_heap::LINKS, &bodies.collect::<Result<Vec<_>>>()?)?;
    let mut names: Vec<(u32, &[u8], [u8; 7])> =
        links.iter().zip(&ids).map(|(link, id)| (lookup3(&link.name, 0), link.name.as_slice(), *id)).collect();
    names.sort_unstable();
    let names = names.into_iter().map(|(hash, _, heap_id)| LinkName { hash, heap_id });
    let names = names.map(|record| wire::encode(&record, Endian::Little, ())).collect::<Result<Vec<_>>>()?;
    let order_index = match like.order_index {
        Some(_) => Some(Addr(btree_v2::write_all(file, BY_ORDER, &by_order(links, &ids)?)?)),
        None => None,
    };
    Ok(LinkInfo {
        fractal_heap: Addr(heap),
        name_index: Addr(btree_v2::write_all(file, BY_NAME, &names)?),
        order_index,
        ..like.clone()
    })
}

/// The records of the index by the order of creation.
fn by_order(links: &[Link], ids: &[[u8; 7]]) -> Result<Vec<Vec<u8>>> {
    let mut orders: Vec<LinkOrder> = links
        .iter()
        .zip(ids)
        .zip(0..)
        .map(|((link, &heap_id), n)| LinkOrder { order: link.creation_order.map_or(n, i64::cast_unsigned), heap_id })
        .collect();
    orders.sort_unstable_by_key(|record| record.order);
    orders.iter().map(|record| wire::encode(record, Endian::Little, ())).collect()
}
