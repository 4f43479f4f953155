//! Indexes of links and attributes that are lost, or do not have all of them: whatever can be read without them, it is told.

use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::misc::SymbolTable;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, btree_v1, btree_v2};
use crate::wire::width::Addr;

/// What is wrong with the indexes of an object whose links, or attributes, are dense.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), and what is wrong with the messages.
pub(in crate::hdf5::repack) fn lost(space: &AddressSpace, header: &ObjectHeader) -> Result<Vec<Error>> {
    let mut lost = Vec::new();
    if let Some(message) = header.find(MessageType::SYMBOL_TABLE) {
        let table = message.decode::<SymbolTable>("symbol table message", space.widths)?;
        lost.extend(unordered(space, table));
    }
    if let Some(message) = header.find(MessageType::LINK_INFO) {
        let info = message.decode::<LinkInfo>("link info message", space.widths)?;
        if info.fractal_heap.get().is_some() {
            let whats = ["the names of its links", "the order of its links"];
            check(space, whats, [Some(info.name_index), info.order_index], &mut lost)?;
        }
    }
    if let Some(info) = attributes::info(space, header)?.filter(|info| info.fractal_heap.get().is_some()) {
        let whats = ["the names of its attributes", "the order of its attributes"];
        check(space, whats, [Some(info.name_index), info.order_index], &mut lost)?;
    }
    Ok(lost)
}

/// A name of a symbol table that is not behind the one before it: without checksums nothing else says that it became another one.
fn unordered(space: &AddressSpace, table: SymbolTable) -> Option<Error> {
    let mut last: Option<Vec<u8>> = None;
    // What cannot be read is told when the links are.
    let mut wrong = None;
    let _ = btree_v1::symbols(space, table.btree.0, table.local_heap.0, &mut |name, _| {
        if last.as_deref().is_some_and(|last| last >= name) {
            let detail = format!("the name {:?} is out of order", crate::hdf5::datatype::text(name));
            wrong.get_or_insert_with(|| Error::malformed("symbol table", space.offset(table.btree.0), detail));
        }
        last = Some(name.to_vec());
        Ok(())
    });
    wrong
}

/// Walks both indexes of the same things.
fn check(space: &AddressSpace, whats: [&str; 2], indexes: [Option<Addr>; 2], lost: &mut Vec<Error>) -> Result<()> {
    let mut counts = Vec::new();
    for (what, index) in whats.into_iter().zip(indexes).filter_map(|(what, index)| Some((what, index?))) {
        match records(space, index).in_object(&format!("the index of {what}")) {
            Err(error) if !error.is_of_file() => return Err(error),
            Err(error) => lost.push(error),
            Ok(count) => counts.push(count),
        }
    }
    if let [names, order] = *counts {
        if names != order {
            let detail = format!("{names} records by name where there are {order} by order");
            lost.push(
                Error::malformed_data("index", detail).in_object(format!("the index of {}", whats.join(" and "))),
            );
        }
    }
    Ok(())
}

/// How many records an index has, all of which are there.
fn records(space: &AddressSpace, index: Addr) -> Result<u64> {
    let address = index.get().ok_or_else(|| Error::malformed_data("index", "it has no address"))?;
    let (tree, mut count) = (btree_v2::Tree::open(space, address)?, 0);
    tree.visit(space, &mut |_| {
        count += 1;
        Ok(())
    })?;
    match tree.header.total_records.0 {
        total if total == count => Ok(count),
        total => {
            let detail = format!("{count} records where {total} are told");
            Err(Error::malformed("version 2 B-tree", space.offset(address), detail))
        }
    }
}
