//! The links of a symbol table group: the leaves of its tree lead to symbol table nodes (section III.B).

use std::cmp::Ordering;
use std::sync::Arc;

use binrw::Endian;

use super::{AllOf, Tree, RECORD};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{GroupKey, KeyArgs};
use crate::hdf5::record::symbol_node::{SymbolNode, SymbolNodeHead, SymbolTableEntry, SYMBOL_NODE_HEAD};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::local_heap::LocalHeap;
use crate::limits::to_usize;
use crate::wire::decode;

const SYMBOLS: &str = "symbol table node";

/// Calls `visit` with the name and the entry of every link of a symbol table group, in the order of the names. Those of a torn
/// file that can be read are visited before the others are an error.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `visit`.
pub(crate) fn symbols(
    space: &AddressSpace,
    btree: u64,
    heap: u64,
    visit: &mut dyn FnMut(&[u8], SymbolTableEntry) -> Result<()>,
) -> Result<()> {
    let names = LocalHeap::open(space, heap)?;
    let tree = Tree::groups(space, btree);
    tree.visit(space, &mut |_, child| {
        let mut all = AllOf::new(space);
        for entry in symbol_entries(space, child)? {
            all.add(entry.and_then(|entry| visit(names.string(entry.name_offset.0)?, entry)))?;
        }
        all.end()
    })
}

/// The entry of a symbol table group with this name.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format.
pub(crate) fn find_symbol(
    space: &AddressSpace,
    btree: u64,
    heap: u64,
    name: &[u8],
) -> Result<Option<SymbolTableEntry>> {
    let names = LocalHeap::open(space, heap)?;
    let key_name = |key: &[u8]| {
        let args = KeyArgs { widths: space.widths, dimensions: 0 };
        let (key, _) = decode::<GroupKey>(RECORD, 0, key, Endian::Little, args)?;
        names.string(key.name_offset.0)
    };
    // A key is not greater than the names behind it, and not less than those before: an equal one is before.
    let compare = |key: &[u8]| Ok(key_name(key)?.cmp(name).then(Ordering::Greater));
    let node = Tree::groups(space, btree).find(space, &compare, |_, child| symbol_node(space, child))?;
    for entry in node.map(|node| node.entries).unwrap_or_default() {
        if names.string(entry.name_offset.0)? == name {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// Reads the symbol table node at `address`.
fn symbol_node(space: &AddressSpace, address: u64) -> Result<SymbolNode> {
    let block = symbol_block(space, address)?;
    let (node, _) = decode::<SymbolNode>(SYMBOLS, space.offset(address), &block, Endian::Little, space.widths)?;
    Ok(node)
}

/// The bytes of the symbol table node at `address`.
fn symbol_block(space: &AddressSpace, address: u64) -> Result<Arc<[u8]>> {
    let size = SymbolTableEntry::size(space.widths);
    let full = size.saturating_mul(2 * u64::from(space.symbol_k)).saturating_add(SYMBOL_NODE_HEAD);
    // The library reads whole nodes; a file that ends in the unused part of one is readable all the same.
    space.block(SYMBOLS, address, full.min(space.remaining(address)))
}

/// The entries of the symbol table node at `address`. Those of a torn file are read one by one: the end of the file may cut the
/// node, or one of them be damaged.
fn symbol_entries(space: &AddressSpace, address: u64) -> Result<Vec<Result<SymbolTableEntry>>> {
    let error = match symbol_node(space, address) {
        // The library frees a node with its last entry.
        Ok(node) if node.entries.is_empty() && space.is_torn => {
            Error::malformed(SYMBOLS, space.offset(address), "it has no entries")
        }
        Ok(node) => return Ok(node.entries.into_iter().map(Ok).collect()),
        Err(error) if !space.is_torn => return Err(error),
        Err(error) => error,
    };
    let (w, offset, block) = (space.widths, space.offset(address), symbol_block(space, address)?);
    let Ok((SymbolNodeHead { entries }, head)) = decode(SYMBOLS, offset, &block, Endian::Little, ()) else {
        return Err(error);
    };
    let rest = block.get(head..).unwrap_or_default().chunks_exact(to_usize(SymbolTableEntry::size(w))?);
    let entry = |bytes: &[u8]| Ok(decode::<SymbolTableEntry>(SYMBOLS, offset, bytes, Endian::Little, w)?.0);
    Ok(rest.take(usize::from(entries)).map(entry).chain([Err(error)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::btree_v1::{Entry, Node as NodeRecord, NodeHead, GROUP};
    use crate::hdf5::record::local_heap::LocalHeapHeader;
    use crate::hdf5::record::symbol_node::ScratchPad;
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::{Addr, Len};

    fn heap(image: &mut Image) -> u64 {
        let data_address = Addr(image.put(b"\0\0\0\0\0\0\0\0one\0two\0"));
        let header = LocalHeapHeader { version: 0, data_size: Len(16), free_list: Len(1), data_address };
        image.put(&bytes(&header, W))
    }

    fn symbols_node(image: &mut Image, name_offset: u64) -> u64 {
        let scratch = ScratchPad::SymbolicLink { value_offset: 0 };
        let name_offset = Len(name_offset);
        let entry = SymbolTableEntry { name_offset, object_header: Addr::UNDEFINED, cache_type: 2, scratch };
        image.put(&bytes(&SymbolNode { entries: vec![entry] }, W))
    }

    fn tree_node(image: &mut Image, level: u8, children: &[u64]) -> u64 {
        let entries = u16::try_from(children.len()).unwrap();
        let head = NodeHead { node_type: GROUP, level, entries, left: Addr::UNDEFINED, right: Addr::UNDEFINED };
        let key = GroupKey { name_offset: Len(0) };
        let children = children.iter().map(|&child| Entry { key: key.clone(), child: Addr(child) }).collect();
        image.put(&bytes(&NodeRecord { head, children, last: key }, KeyArgs { widths: W, dimensions: 0 }))
    }

    fn names(image: Image, btree: u64, heap: u64) -> Result<Vec<String>> {
        let mut names = Vec::new();
        symbols(&image.space(), btree, heap, &mut |name, _| {
            names.push(String::from_utf8_lossy(name).into_owned());
            Ok(())
        })?;
        Ok(names)
    }

    #[test]
    fn symbols_come_in_order() {
        let mut image = Image::default();
        let heap = heap(&mut image);
        let leaves: Vec<u64> = [8, 12].map(|name| symbols_node(&mut image, name)).to_vec();
        let below: Vec<u64> = leaves.iter().map(|&leaf| tree_node(&mut image, 0, &[leaf])).collect();
        let root = tree_node(&mut image, 1, &below);
        assert_eq!(names(image.clone(), root, heap).unwrap(), ["one", "two"]);
        let empty = tree_node(&mut image, 0, &[]);
        assert_eq!(names(image.clone(), empty, heap).unwrap().len(), 0);
        let beyond = symbols_node(&mut image, 99);
        let root = tree_node(&mut image, 0, &[beyond]);
        assert_eq!(names(image, root, heap).unwrap_err().kind(), crate::Kind::Malformed);
    }

    #[test]
    fn children_behind_the_end_of_the_file_are_neither_read_nor_absent() {
        let mut image = Image::default();
        let heap = heap(&mut image);
        let leaves: Vec<u64> = [8, 12].map(|name| symbols_node(&mut image, name)).to_vec();
        let root = tree_node(&mut image, 0, &leaves);
        let width = u64::from(W.length) + u64::from(W.offset);
        // The second child, or the key before it too, is cut off.
        for cut in [1, width] {
            let mut torn = image.clone();
            torn.cut(root + NodeHead::size(W) + 2 * width - cut);
            let space = torn.space();
            let mut found = Vec::new();
            let result = symbols(&space, root, heap, &mut |name, _| {
                found.push(name.to_vec());
                Ok(())
            });
            assert_eq!((found, result.unwrap_err().kind()), (vec![b"one".to_vec()], crate::Kind::Malformed));
            assert_eq!(find_symbol(&space, root, heap, b"two").unwrap_err().kind(), crate::Kind::Malformed);
        }
    }

    #[test]
    fn of_a_torn_file_all_entries_that_can_be_read_are_visited() {
        let mut image = Image(vec![0; 8]);
        let heap = heap(&mut image);
        let entry = |name_offset| SymbolTableEntry {
            name_offset: Len(name_offset),
            object_header: Addr::UNDEFINED,
            cache_type: 0,
            scratch: ScratchPad::Nothing,
        };
        let damaged = image.put(&bytes(&SymbolNode { entries: vec![entry(8), entry(99), entry(12)] }, W));
        let node = image.put(&bytes(&SymbolNode { entries: vec![entry(8), entry(12)] }, W));
        let (first, second) = (tree_node(&mut image, 0, &[damaged]), tree_node(&mut image, 0, &[node]));
        let root = tree_node(&mut image, 1, &[first, 4, second]);
        let visited = |image: &Image, root| {
            let (mut space, mut found) = (image.clone().space(), Vec::new());
            space.is_torn = true;
            let result = symbols(&space, root, heap, &mut |name, _| {
                found.push(String::from_utf8_lossy(name).into_owned());
                Ok(())
            });
            assert_eq!(result.unwrap_err().kind(), crate::Kind::Malformed);
            found
        };
        assert_eq!(visited(&image, root), ["one", "two", "one", "two"]);
        // The end of the file may lie in a node: the root leads to where one will be put.
        let root = tree_node(&mut image, 0, &[4]);
        let (at, child) = (image.0.len() as u64, to_usize(root + NodeHead::size(W)).unwrap() + usize::from(W.length));
        let address = bytes(&Addr(at), W);
        image.0[child..child + address.len()].copy_from_slice(&address);
        image.put(&bytes(&SymbolNode { entries: vec![entry(8), entry(12)] }, W));
        image.cut(at + SYMBOL_NODE_HEAD + SymbolTableEntry::size(W) + 7);
        assert_eq!(visited(&image, root), ["one"]);
    }

    #[test]
    fn trees_that_lead_back_are_refused() {
        let mut image = Image::default();
        let heap = heap(&mut image);
        let own = image.0.len() as u64;
        let itself = tree_node(&mut image, 1, &[own]);
        assert_eq!(itself, own);
        let leaf = symbols_node(&mut image, 8);
        let below = tree_node(&mut image, 0, &[leaf]);
        let twice = tree_node(&mut image, 1, &[below, below]);
        let too_deep = tree_node(&mut image, 255, &[below]);
        let skips = tree_node(&mut image, 2, &[below]);
        for root in [itself, twice, too_deep, skips, leaf, 1 << 40] {
            let kind = names(image.clone(), root, heap).unwrap_err().kind();
            assert_eq!(kind, if root == too_deep { crate::Kind::Limit } else { crate::Kind::Malformed });
        }
    }
}
