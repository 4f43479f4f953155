//! Descending and traversing version 2 B-trees.

use std::cmp::Ordering;
use std::sync::Arc;

use binrw::Endian;

use super::visited::Visited;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v2::{levels, ChildPointer, Header, Level, NodeHead, NodeKind, CHECKSUM};
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, to_usize};
use crate::wire::decode;

const HEADER: &str = "version 2 B-tree header";
const NODE: &str = "version 2 B-tree node";

/// Calls `visit` with the bytes of every record of the tree at `header`, in order.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `visit`.
pub(crate) fn records(space: &AddressSpace, header: u64, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    Tree::open(space, header)?.visit(space, visit)
}

/// How a record stands to what is sought; it may have to be looked up elsewhere.
pub(crate) type Compare<'c> = dyn Fn(&[u8]) -> Result<Ordering> + 'c;

/// A version 2 B-tree whose header was checked.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub header: Header,
    levels: Vec<Level>,
}

/// Where a node is, and what its parent says of it.
#[derive(Debug, Clone, Copy)]
struct Place {
    address: u64,
    records: u64,
    /// 0 for a leaf.
    depth: usize,
}

/// A node whose checksum was verified.
#[derive(Debug)]
struct Node {
    block: Arc<[u8]>,
    place: Place,
    record_size: usize,
}

impl Tree {
    /// Reads the header at `address`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it contradicts the format.
    pub fn open(space: &AddressSpace, address: u64) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        let block = space.sealed(HEADER, address, Header::size(w))?;
        let (header, _) = decode::<Header>(HEADER, offset, &block, Endian::Little, w)?;
        limits::check("levels of a version 2 B-tree", u64::from(header.depth), space.limits.depth as u64)?;
        let Header { node_size, record_size, depth, .. } = header;
        let levels = levels(w, node_size, record_size, depth).ok_or_else(|| {
            Error::malformed(HEADER, offset, format!("no record of {record_size} bytes fits a node of {node_size}"))
        })?;
        Ok(Tree { header, levels })
    }

    /// The root, unless the tree is empty.
    fn root(&self) -> Option<Place> {
        let address = self.header.root.get()?;
        let (records, depth) = (u64::from(self.header.root_records), usize::from(self.header.depth));
        Some(Place { address, records, depth })
    }

    /// Calls `visit` with the bytes of every record, in order.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `visit`.
    pub fn visit(&self, space: &AddressSpace, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match self.root() {
            Some(root) => self.visit_node(space, root, &mut Visited::default(), visit),
            None => Ok(()),
        }
    }

    fn visit_node(
        &self,
        space: &AddressSpace,
        place: Place,
        visited: &mut Visited,
        visit: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        visited.enter(space, NODE, place.address)?;
        let node = self.node(space, place)?;
        for index in 0..=to_usize(place.records)? {
            if let Some(child) = self.child(space, &node, index)? {
                self.visit_node(space, child, visited, visit)?;
            }
            if let Some(record) = node.record(index) {
                visit(record)?;
            }
        }
        Ok(())
    }

    /// The bytes of the record that `compare` calls equal; it says how a record stands to what is sought.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `compare`
    /// and `found`.
    pub fn find<T>(
        &self,
        space: &AddressSpace,
        compare: &Compare,
        found: impl FnOnce(&[u8]) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut next = self.root();
        while let Some(place) = next {
            let node = self.node(space, place)?;
            let index = node.lower_bound(compare)?;
            if let Some(record) = node.record(index) {
                if compare(record)?.is_eq() {
                    return found(record).map(Some);
                }
            }
            next = self.child(space, &node, index)?;
        }
        Ok(None)
    }

    /// Reads and checks a node.
    fn node(&self, space: &AddressSpace, place: Place) -> Result<Node> {
        let offset = space.offset(place.address);
        let most = self.levels.get(place.depth).map_or(0, |level| level.max_records);
        if place.records > most {
            let detail = format!("{} records where {most} fit", place.records);
            return Err(Error::malformed(NODE, offset, detail));
        }
        let record_size = u64::from(self.header.record_size);
        let pointers = self.below(place).map_or(0, |below| below.pointer.size() * (place.records + 1));
        let used = NodeHead::SIZE + place.records * record_size + pointers + CHECKSUM;
        let block = space.sealed(NODE, place.address, used)?;
        let (head, _) = decode::<NodeHead>(NODE, offset, &block, Endian::Little, ())
            .map_err(|_| Error::malformed(NODE, offset, "the signature and the version are those of no node"))?;
        let kind = NodeKind { version: 0, record_type: self.header.record_type };
        let expected = if place.depth == 0 { NodeHead::Leaf(kind) } else { NodeHead::Internal(kind) };
        if head != expected {
            return Err(Error::malformed(NODE, offset, format!("{head:?} where {expected:?} has to be")));
        }
        Ok(Node { block, place, record_size: usize::from(self.header.record_size) })
    }

    /// The level under a node, unless it is a leaf.
    fn below(&self, place: Place) -> Option<&Level> {
        self.levels.get(place.depth.checked_sub(1)?)
    }

    /// The child before the record `index`, or after the last record; a leaf has none.
    fn child(&self, space: &AddressSpace, node: &Node, index: usize) -> Result<Option<Place>> {
        let Some(below) = self.below(node.place) else { return Ok(None) };
        let offset = space.offset(node.place.address);
        let records = to_usize(node.place.records)?.saturating_mul(node.record_size);
        let at = to_usize(below.pointer.size())?
            .saturating_mul(index)
            .saturating_add(records)
            .saturating_add(to_usize(NodeHead::SIZE)?);
        let bytes = node.block.get(at..).unwrap_or_default();
        let position = offset.saturating_add(at as u64);
        let (pointer, _) = decode::<ChildPointer>(NODE, position, bytes, Endian::Little, below.pointer)?;
        let address = pointer.address.get();
        let address = address.ok_or_else(|| Error::malformed(NODE, position, format!("child {index} is undefined")))?;
        Ok(Some(Place { address, records: pointer.records.0, depth: node.place.depth - 1 }))
    }
}

impl Node {
    fn record(&self, index: usize) -> Option<&[u8]> {
        if index as u64 >= self.place.records {
            return None;
        }
        let from = index.checked_mul(self.record_size)?.checked_add(usize::try_from(NodeHead::SIZE).ok()?)?;
        self.block.get(from..from.checked_add(self.record_size)?)
    }

    /// The number of records that are less than what is sought.
    fn lower_bound(&self, compare: &Compare) -> Result<usize> {
        let (mut low, mut high) = (0usize, to_usize(self.place.records)?);
        while low < high {
            let middle = low.midpoint(high);
            match self.record(middle).map(compare).transpose()? {
                Some(Ordering::Less) => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::btree_v2::PointerArgs;
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::{Addr, Len, Uint};

    const KIND: NodeKind = NodeKind { version: 0, record_type: 6 };

    fn leaf(image: &mut Image, records: &[u32]) -> u64 {
        let mut block = bytes(&NodeHead::Leaf(KIND), ());
        records.iter().for_each(|record| block.extend_from_slice(&record.to_be_bytes()));
        image.put_sealed(block)
    }

    fn internal(image: &mut Image, records: &[u32], children: &[(u64, u64)]) -> u64 {
        let mut block = bytes(&NodeHead::Internal(KIND), ());
        records.iter().for_each(|record| block.extend_from_slice(&record.to_be_bytes()));
        for &(address, records) in children {
            let pointer = ChildPointer { address: Addr(address), records: Uint(records), total: Uint(0) };
            block.extend(bytes(&pointer, PointerArgs { widths: W, count: 1, total: 0 }));
        }
        image.put_sealed(block)
    }

    fn header(image: &mut Image, depth: u16, root: u64, root_records: u16) -> u64 {
        let header = Header {
            version: 0,
            record_type: 6,
            node_size: 64,
            record_size: 4,
            depth,
            split_percent: 100,
            merge_percent: 40,
            root: Addr(root),
            root_records,
            total_records: Len(0),
        };
        image.put_sealed(bytes(&header, W))
    }

    fn all(image: &Image, header: u64) -> Result<Vec<u32>> {
        let mut all = Vec::new();
        records(&image.clone().space(), header, &mut |record| {
            all.push(u32::from_be_bytes(record.try_into().unwrap()));
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn records_come_in_order_and_are_found() {
        let mut image = Image::default();
        let children = [[1, 2], [4, 5], [7, 8]].map(|records| (leaf(&mut image, &records), 2));
        let root = internal(&mut image, &[3, 6], &children);
        let tree = header(&mut image, 1, root, 2);
        assert_eq!(all(&image, tree).unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        let space = image.space();
        let tree = Tree::open(&space, tree).unwrap();
        for sought in 0..10u32 {
            let found =
                tree.find(&space, &|record| Ok(record.cmp(&sought.to_be_bytes())), |record| Ok(record.to_vec()));
            let expected = (1..=8).contains(&sought).then(|| sought.to_be_bytes().to_vec());
            assert_eq!(found.unwrap(), expected);
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let mut image = Image::default();
        let below = leaf(&mut image, &[1]);
        let twice = internal(&mut image, &[3], &[(below, 1), (below, 1)]);
        let wrong_depth = internal(&mut image, &[3], &[(twice, 1), (below, 1)]);
        let cases = [
            header(&mut image, 1, twice, 1),
            header(&mut image, 1, wrong_depth, 1),
            header(&mut image, 0, below, 2),
            header(&mut image, 0, below, 60000),
            header(&mut image, 0, 1 << 50, 1),
        ];
        for case in cases {
            assert_eq!(all(&image, case).unwrap_err().kind(), crate::Kind::Malformed);
        }
        let deep = header(&mut image, 65, below, 1);
        assert_eq!(all(&image, deep).unwrap_err().kind(), crate::Kind::Limit);
        let empty = header(&mut image, 0, u64::MAX, 0);
        assert!(all(&image, empty).unwrap().is_empty());
    }
}
