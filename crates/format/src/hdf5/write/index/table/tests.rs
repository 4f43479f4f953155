//! Chunks are found wherever they were put.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn chunks_are_found_and_counted_in_order_wherever_they_grow(
        placed in prop::collection::vec((0u64..20, 0u64..20, 0u64..2), 0..200),
        rows in 0u64..4,
    ) {
        let max_shape = [u64::MAX, u64::MAX, 4];
        let mut table = ChunkTable::new(&[1, 3, 2], &[rows, 4, 4], &max_shape, 4).unwrap();
        let mut model = BTreeMap::new();
        if rows > 0 {
            table.place_rows(Rows { first: 1 << 32, distance: 400, step: 32, count: rows });
            for (row, column, last) in (0..rows).flat_map(|r| (0..4).map(move |n| (r, n / 2, n % 2))) {
                let address = (1 << 32) + row * 400 + (2 * column + last) * 32;
                model.insert(vec![row, column, last], ChunkLocation { address, size: 24, mask: 0 });
            }
        }
        for (n, (row, column, last)) in (1u64..).zip(placed) {
            let (scaled, at) = (vec![row, column, last], ChunkLocation { address: n * 8, size: n, mask: 3 });
            match model.get(&scaled) {
                Some(old) if old.size == 24 && old.mask == 0 => prop_assert!(table.insert(&scaled, at).is_err()),
                old => {
                    prop_assert_eq!(&table.insert(&scaled, at).unwrap(), &old.copied());
                    model.insert(scaled, at);
                }
            }
        }
        prop_assert_eq!(table.len(), model.len() as u64);
        prop_assert_eq!(table.iter().collect::<Vec<_>>(), model.clone().into_iter().collect::<Vec<_>>());
        prop_assert_eq!(table.last(), model.last_key_value().map(|(at, _)| at.clone()));
        for start in [vec![rows, 3, 1], vec![0, 0, 2], vec![1, 21, 0]] {
            let from: Vec<_> = model.range(start.clone()..).map(|(at, chunk)| (at.clone(), *chunk)).collect();
            prop_assert_eq!(table.from(&start).collect::<Vec<_>>(), from);
        }
        for scaled in (0..22).flat_map(|row| (0..22).map(move |column| vec![row, column, 1])) {
            prop_assert_eq!(table.locate(&scaled), model.get(&scaled).copied());
        }
        let beyond = table.insert(&[0, 0, 2], ChunkLocation { address: 8, size: 8, mask: 0 });
        prop_assert!(beyond.is_err());
    }
}
