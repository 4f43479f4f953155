//! Version 1 B-trees (section III.A.1): the children of symbol table groups, and chunks.

use binrw::{binrw, BinRead, BinWrite};

use crate::wire::width::{Addr, Len, Widths};

/// What [`NodeHead::node_type`] says of a tree of symbol nodes.
pub(crate) const GROUP: u8 = 0;
/// What [`NodeHead::node_type`] says of a tree of chunks.
pub(crate) const CHUNK: u8 = 1;

/// The start of a node (section III.A.1); keys and children alternate after it.
#[binrw]
#[brw(little, magic = b"TREE", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeHead {
    pub node_type: u8,
    /// 0 where the children are no nodes.
    pub level: u8,
    /// The number of children; there is one key more.
    pub entries: u16,
    #[brw(args_raw = w)]
    pub left: Addr,
    #[brw(args_raw = w)]
    pub right: Addr,
}

impl NodeHead {
    /// The number of bytes of the head.
    pub fn size(w: Widths) -> u64 {
        8 + 2 * u64::from(w.offset)
    }

    /// Where in a node the address of its right neighbour is.
    pub fn right(w: Widths) -> u64 {
        8 + u64::from(w.offset)
    }
}

/// What the keys of a tree depend on: the widths, and for chunks the dimensions with the element slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyArgs {
    pub widths: Widths,
    pub dimensions: usize,
}

/// What can be a key of a node.
pub(crate) trait Key:
    for<'a> BinRead<Args<'a> = KeyArgs> + for<'a> BinWrite<Args<'a> = KeyArgs> + 'static
{
}

impl Key for GroupKey {}
impl Key for ChunkKey {}

/// A whole node (section III.A.1), without the unused bytes at its end.
#[binrw]
#[brw(little, import_raw(args: KeyArgs))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node<K: Key> {
    #[brw(args_raw = args.widths)]
    pub head: NodeHead,
    #[br(count = head.entries, args { inner: args })]
    #[bw(args_raw = args)]
    pub children: Vec<Entry<K>>,
    /// The key after the last child.
    #[brw(args_raw = args)]
    pub last: K,
}

/// A key and the child that follows it (section III.A.1).
#[binrw]
#[brw(little, import_raw(args: KeyArgs))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<K: Key> {
    #[brw(args_raw = args)]
    pub key: K,
    #[brw(args_raw = args.widths)]
    pub child: Addr,
}

/// The key of a group node (section III.A.1): no name in the next child is below this name.
#[binrw]
#[brw(little, import_raw(args: KeyArgs))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupKey {
    /// Where the name starts in the local heap.
    #[brw(args_raw = args.widths)]
    pub name_offset: Len,
}

/// The key of a chunk node (section III.A.1): the first chunk of the child.
#[binrw]
#[brw(little, import_raw(args: KeyArgs))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkKey {
    /// Stored bytes; 0 in the last key of a node.
    pub size: u32,
    /// A set bit for each filter that was skipped.
    pub mask: u32,
    /// The first element along each dimension, and 0 for the element slot.
    #[br(count = args.dimensions)]
    pub offsets: Vec<u64>,
}

impl ChunkKey {
    /// The number of bytes of a key; `dimensions` counts the element slot.
    pub fn size(dimensions: usize) -> usize {
        dimensions.saturating_mul(8).saturating_add(Self::OFFSETS)
    }

    /// The bytes before the offsets.
    const OFFSETS: usize = 8;

    /// The offsets of an encoded key, with that of the element slot, by which keys are in order.
    pub fn offsets(key: &[u8]) -> impl Iterator<Item = u64> + use<'_> {
        let (offsets, _) = key.get(Self::OFFSETS..).unwrap_or_default().as_chunks::<8>();
        offsets.iter().map(|&bytes| u64::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn args() -> impl Strategy<Value = KeyArgs> {
        (widths(), 2usize..5).prop_map(|(widths, dimensions)| KeyArgs { widths, dimensions })
    }

    fn head(w: Widths, children: usize) -> impl Strategy<Value = NodeHead> {
        (any::<u8>(), any::<u8>(), addr(w), addr(w)).prop_map(move |(node_type, level, left, right)| NodeHead {
            node_type,
            level,
            entries: u16::try_from(children).unwrap(),
            left,
            right,
        })
    }

    fn node<K: Key + std::fmt::Debug + Clone>(
        args: KeyArgs,
        key: impl Strategy<Value = K> + Clone,
    ) -> impl Strategy<Value = (KeyArgs, Node<K>)> {
        let entry = (key.clone(), addr(args.widths)).prop_map(|(key, child)| Entry { key, child });
        (prop::collection::vec(entry, 0..5), key).prop_flat_map(move |(children, last)| {
            head(args.widths, children.len())
                .prop_map(move |head| (args, Node { head, children: children.clone(), last: last.clone() }))
        })
    }

    proptest! {
        #[test]
        fn group_nodes_round_trip((args, value) in args().prop_flat_map(|args| {
            node(args, len(args.widths).prop_map(|name_offset| GroupKey { name_offset }))
        })) {
            round_trip(&value, args)?;
        }

        #[test]
        fn chunk_nodes_round_trip((args, value) in args().prop_flat_map(|args| {
            let offsets = prop::collection::vec(any::<u64>(), args.dimensions);
            let key = (any::<u32>(), any::<u32>(), offsets);
            node(args, key.prop_map(|(size, mask, offsets)| ChunkKey { size, mask, offsets }))
        })) {
            round_trip(&value, args)?;
        }
    }

    #[test]
    fn a_chunk_node_of_one_chunk() {
        let bytes = hex("5452454501000100 ffffffffffffffff ffffffffffffffff 1000000000000000 0000000000000000 \
             0000000000000000 3000000000000000 0000000000000000 0400000000000000 0400000000000000");
        let node: Node<ChunkKey> = worked(&bytes, KeyArgs { widths: Widths::WIDE, dimensions: 2 });
        assert_eq!((node.head.node_type, node.head.level, node.head.entries), (CHUNK, 0, 1));
        let entry = &node.children[0];
        assert_eq!((entry.key.size, entry.key.mask, entry.child), (16, 0, Addr(0x30)));
        assert_eq!((&entry.key.offsets, &node.last.offsets), (&vec![0, 0], &vec![4, 4]));
    }
}
