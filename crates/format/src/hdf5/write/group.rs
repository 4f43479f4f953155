//! Groups: their links, in the header or beside it.

use super::dense_links;
use super::file::FileWriter;
use super::header::{AttributeSpec, HeaderBuilder};
use crate::error::Result;
use crate::hdf5::record::message::link::Link;
use crate::hdf5::record::message::link_info::{GroupInfo, LinkInfo};
use crate::hdf5::record::message::{flags, MessageType};
use crate::wire::width::{Addr, Widths};

/// Groups with more links keep them beside the header, where a name is found without reading all of them.
const MAX_COMPACT: usize = 32;
/// The most links in a header, and the fewest beside it, of groups that say nothing about it.
const PHASE_CHANGE: [u16; 2] = [8, 6];

/// Writes a group with hard links to objects, in the order of their creation; returns its address.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) for more than a heap holds.
pub(crate) fn write(file: &FileWriter, links: &[(String, u64)], attributes: &[AttributeSpec]) -> Result<u64> {
    let links: Vec<Link> =
        links.iter().zip(0..).map(|((name, address), order)| Link::hard(name, *address, order)).collect();
    let dense = links.len() > MAX_COMPACT;
    let info = if dense { dense_links::write(file, &links)? } else { compact_info(links.len()) };
    let mut header = HeaderBuilder::new();
    header.message(MessageType::LINK_INFO, 0, &info, Widths::WIDE)?;
    let [compact, minimum] = PHASE_CHANGE;
    let count = u16::try_from(links.len()).unwrap_or(u16::MAX);
    let phase_change = (!dense && count > compact).then_some([count, minimum]);
    let group = GroupInfo { version: 0, flags: u8::from(phase_change.is_some()), phase_change, estimate: None };
    header.message(MessageType::GROUP_INFO, flags::CONSTANT, &group, ())?;
    for link in links.iter().filter(|_| !dense) {
        header.message(MessageType::LINK, 0, link, Widths::WIDE)?;
    }
    header.attributes(Some(file), attributes)?;
    file.place(&header.finish()?)
}

fn compact_info(links: usize) -> LinkInfo {
    LinkInfo {
        version: 0,
        flags: 3,
        next_index: Some(links as u64),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: Some(Addr::UNDEFINED),
    }
}
