use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::*;

fn header(w: Widths) -> impl Strategy<Value = Header> {
    (any::<(u8, u32, u16, u16, u8, u8, u16)>(), addr(w), len(w)).prop_map(|(fields, root, total_records)| {
        let (record_type, node_size, record_size, depth, split_percent, merge_percent, root_records) = fields;
        let version = 0;
        Header {
            version,
            record_type,
            node_size,
            record_size,
            depth,
            split_percent,
            merge_percent,
            root,
            root_records,
            total_records,
        }
    })
}

fn huge(w: Widths, filtered: bool) -> impl Strategy<Value = HugeObject> {
    (addr(w), len(w), any::<u32>(), len(w)).prop_map(move |(address, length, mask, memory_size)| HugeObject {
        address,
        length,
        filtered: filtered.then_some(HugeFiltered { mask, memory_size }),
    })
}

proptest! {
    #[test]
    fn headers_round_trip((w, value) in widths().prop_flat_map(|w| (Just(w), header(w)))) {
        round_trip(&value, w)?;
    }

    #[test]
    fn pointers_round_trip((args, value) in (widths(), 1u8..=8, 0u8..=8).prop_flat_map(|(widths, count, total)| {
        let totals = if total == 0 { Just(0).boxed() } else { uint(total).boxed() };
        (addr(widths), uint(count), totals).prop_map(move |(address, records, total_records)| {
            let pointer = ChildPointer { address, records: Uint(records), total: Uint(total_records) };
            (PointerArgs { widths, count, total }, pointer)
        })
    })) {
        round_trip(&value, args)?;
    }

    #[test]
    fn huge_records_round_trip((w, filtered, object, id) in (widths(), any::<bool>()).prop_flat_map(|(w, filtered)| {
        (Just(w), Just(filtered), huge(w, filtered), len(w))
    })) {
        round_trip(&object, (w, filtered))?;
        round_trip(&HugeIndirect { object, id }, (w, filtered))?;
    }

    #[test]
    fn records_of_links_and_attributes_round_trip(
        (hash, order, heap_id, flags) in any::<(u32, u64, [u8; 8], u8)>(),
        leaf in any::<bool>(),
    ) {
        let short = [1, 2, 3, 4, 5, 6, heap_id[0]];
        round_trip(&LinkName { hash, heap_id: short }, ())?;
        round_trip(&LinkOrder { order, heap_id: short }, ())?;
        round_trip(&AttributeName { heap_id, flags, order: 7, hash }, ())?;
        round_trip(&AttributeOrder { heap_id, flags, order: 7 }, ())?;
        let kind = NodeKind { version: 0, record_type: flags };
        round_trip(&if leaf { NodeHead::Leaf(kind) } else { NodeHead::Internal(kind) }, ())?;
    }

    #[test]
    fn chunk_records_round_trip((w, width, address, size, mask, scaled) in (widths(), 1u8..=8).prop_flat_map(|(w, width)| {
        (Just(w), Just(width), addr(w), uint(width), any::<u32>(), prop::collection::vec(any::<u64>(), 1..5))
    })) {
        let rank = scaled.len();
        round_trip(&ChunkRecord { address, scaled: scaled.clone() }, (w, rank))?;
        round_trip(&FilteredChunkRecord { address, size: Uint(size), mask, scaled }, (w, width, rank))?;
    }
}

#[test]
fn levels_of_real_trees() {
    let of = |node_size, record_size, depth| {
        let levels = levels(Widths::WIDE, node_size, record_size, depth).unwrap();
        levels.iter().map(|level| (level.max_records, level.pointer.total)).collect::<Vec<_>>()
    };
    assert_eq!(of(512, 11, 2), [(45, 0), (24, 2), (22, 2)]);
    assert_eq!(of(512, 17, 2).iter().map(|level| level.0).collect::<Vec<_>>(), [29, 18, 17]);
    assert_eq!(of(2048, 24, 2), [(84, 0), (61, 2), (57, 3)]);
    assert_eq!(levels(Widths::WIDE, 9, 11, 0), None);
    assert_eq!(levels(Widths::WIDE, 512, 0, 0), None);
}

#[test]
fn a_header_and_its_leaf() {
    use crate::wire::checksum::verify;
    let block = hex("4254484400050002 00000b0000006428 f002000000000000 0100010000000000 000018b7e8bd");
    assert_eq!(block.len() as u64, Header::size(Widths::WIDE));
    let header: Header = worked(verify("header", 0, &block).unwrap(), Widths::WIDE);
    assert_eq!((header.node_size, header.record_size, header.root, header.root_records), (512, 11, Addr(0x2f0), 1));
    let block = hex("42544c4600050887 d65800150000000c 00de3fb4c4");
    let leaf = verify("leaf", 0, &block).unwrap();
    assert_eq!(worked::<NodeHead, ()>(&leaf[..6], ()), NodeHead::Leaf(NodeKind { version: 0, record_type: 5 }));
    let record: LinkName = worked(&leaf[6..], ());
    assert_eq!(record, LinkName { hash: 0x58d6_8708, heap_id: [0, 0x15, 0, 0, 0, 0x0c, 0] });
}
