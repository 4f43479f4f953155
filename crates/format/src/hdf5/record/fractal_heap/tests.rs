use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::*;

fn table(w: Widths) -> impl Strategy<Value = DoublingTable> {
    (any::<[u16; 4]>(), len(w), len(w), addr(w)).prop_map(
        |([width, max_bits, starting_rows, rows], starting_block_size, max_direct_size, root)| DoublingTable {
            width,
            starting_block_size,
            max_direct_size,
            max_bits,
            starting_rows,
            root,
            rows,
        },
    )
}

fn filtered(w: Widths) -> impl Strategy<Value = Option<FilteredHeap>> {
    let heap = (len(w), any::<u32>(), prop::collection::vec(any::<u8>(), 1..20))
        .prop_map(|(size, mask, pipeline)| FilteredHeap { root: FilteredBlock { size, mask }, pipeline });
    prop::option::of(heap)
}

fn header(w: Widths) -> impl Strategy<Value = FractalHeapHeader> {
    let lengths = prop::collection::vec(len(w), 10);
    (any::<(u16, u8, u32)>(), lengths, addr(w), addr(w), table(w), filtered(w)).prop_map(
        |((id_length, flags, max_managed), l, huge_btree, free_space_manager, table, filtered)| FractalHeapHeader {
            version: 0,
            id_length,
            filter_length: filtered.as_ref().map_or(0, |f| u16::try_from(f.pipeline.len()).unwrap()),
            flags,
            max_managed,
            huge_id: l[0],
            huge_btree,
            free_space: l[1],
            free_space_manager,
            managed_space: l[2],
            allocated_space: l[3],
            iterator_offset: l[4],
            managed_objects: l[5],
            huge_size: l[6],
            huge_objects: l[7],
            tiny_size: l[8],
            tiny_objects: l[9],
            table,
            filtered,
        },
    )
}

proptest! {
    #[test]
    fn headers_round_trip((w, value) in widths().prop_flat_map(|w| (Just(w), header(w)))) {
        round_trip(&value, w)?;
        let bytes = crate::wire::encode(&value, binrw::Endian::Little, w).unwrap();
        prop_assert_eq!(bytes.len() as u64 + 4, FractalHeapHeader::size(w, value.filter_length));
    }

    #[test]
    fn blocks_round_trip((w, size, header, offset, checksum, stored) in (widths(), 1u8..=8).prop_flat_map(|(w, size)| {
        (Just(w), Just(size), addr(w), uint(size), any::<Option<u32>>(), prop::option::of((len(w), any::<u32>())))
    })) {
        let block_offset = Uint(offset);
        let direct = DirectBlockHead { version: 0, header, block_offset, checksum };
        round_trip(&direct, (w, size, checksum.is_some()))?;
        round_trip(&IndirectBlockHead { version: 0, header, block_offset }, (w, size))?;
        let filtered = stored.map(|(size, mask)| FilteredBlock { size, mask });
        round_trip(&ChildBlock { address: header, filtered }, (w, filtered.is_some()))?;
    }

    /// Every offset is in exactly the block that the formulas for rows give.
    #[test]
    fn slots_invert_the_rows(offset in 0u64..1 << 32) {
        let table = links();
        let slot = table.slot(offset).unwrap();
        let start = if slot.row == 0 { 0 } else { (512 * 4) << (slot.row - 1) };
        let column = slot.index - u64::from(slot.row) * 4;
        prop_assert!(column < 4 && slot.within < slot.size);
        prop_assert_eq!(slot.size, if slot.row == 0 { 512 } else { 512 << (slot.row - 1) });
        prop_assert_eq!(start + column * slot.size + slot.within, offset);
    }
}

/// The table that the library gives to dense links.
fn links() -> DoublingTable {
    DoublingTable {
        width: 4,
        starting_block_size: Len(512),
        max_direct_size: Len(65536),
        max_bits: 32,
        starting_rows: 1,
        root: Addr(0),
        rows: 0,
    }
}

#[test]
fn the_table_of_dense_links() {
    let table = links();
    assert!(table.is_sound());
    assert_eq!((table.direct_rows(), table.offset_size(), table.rows_of(131_072)), (9, 4, 7));
    assert!(!DoublingTable { width: 3, ..table.clone() }.is_sound());
    assert!(!DoublingTable { starting_block_size: Len(0), ..table }.is_sound());
}

#[test]
fn a_heap_of_one_link() {
    use crate::wire::checksum::verify;
    let block = hex("4652485000070000 0002001000000000 000000000000ffff ffffffffffffdf01 000000000000ffff \
         ffffffffffff0002 0000000000000002 0000000000000002 0000000000000100 0000000000000000 0000000000000000 \
         0000000000000000 0000000000000000 0000000000000400 0002000000000000 0000010000000000 20000100c8000000 \
         000000000000b96f 14b4");
    assert_eq!(block.len() as u64, FractalHeapHeader::size(Widths::WIDE, 0));
    let header: FractalHeapHeader = worked(verify("header", 0, &block).unwrap(), Widths::WIDE);
    assert_eq!((header.id_length, header.max_managed, header.flags), (7, 4096, 2));
    assert_eq!((header.free_space, header.managed_objects), (Len(479), Len(1)));
    assert_eq!(header.table, DoublingTable { root: Addr(200), ..links() });
    assert_eq!((header.offset_size(), header.length_size(), header.overhead(Widths::WIDE)), (4, 2, 21));
    let block = hex("4648444200300000 0000000000000000 005ad22e5e");
    let head: DirectBlockHead = worked(&block, (Widths::WIDE, 4, true));
    assert_eq!((head.header, head.block_offset, head.checksum), (Addr(0x30), Uint(0), Some(0x5e2e_d25a)));
}
