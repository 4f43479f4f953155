use proptest::prelude::*;

use super::hyperslab::HyperslabSelection;
use super::transfer::{Destination, Transfer};
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::read::fill::FillStatus;
use crate::hdf5::read::nesting::{Budget, Nesting};
use crate::hdf5::record::message::fill_value::FillTime;
use crate::hdf5::record::selection::{Blocks, Hyperslab, RegularBlocks, StoredSelection};
use crate::hdf5::walk::testing::Image;
use crate::shape::{self, Selection};
use crate::{Kind, Result};

/// A dataset whose elements are their own numbers.
fn numbered(shape: &[u64]) -> Dataset {
    let count = u32::try_from(shape::count(shape).unwrap()).unwrap();
    Dataset {
        datatype: Datatype::Number(NumberType::U32, ByteOrder::Little),
        is_null: false,
        shape: shape.to_vec(),
        max_shape: shape.to_vec(),
        fill: FillStatus { value: None, undefined: false, time: FillTime::IfSet, allocation: None },
        storage: Storage::Compact((0..count).flat_map(u32::to_le_bytes).collect()),
    }
}

fn slab(blocks: Blocks) -> StoredSelection {
    StoredSelection::Hyperslab(Hyperslab { version: 3, width: 8, blocks })
}

/// The numbers of the selected elements, in the order of the array.
fn selected(stored: &StoredSelection, shape: &[u64]) -> Vec<u64> {
    let strides = shape::strides(shape);
    let holds = |index: &[u64]| match stored {
        StoredSelection::All => true,
        StoredSelection::Hyperslab(Hyperslab { blocks: Blocks::Regular(axes), .. }) => {
            index.iter().zip(axes).all(|(&at, axis)| {
                let far = at.checked_sub(axis.start);
                far.is_some_and(|far| far / axis.stride < axis.count && far % axis.stride < axis.block)
            })
        }
        StoredSelection::Hyperslab(Hyperslab { blocks: Blocks::Irregular { corners, .. }, .. }) => {
            let inside = |corners: &[u64]| {
                let (first, last) = corners.split_at(shape.len());
                (0..shape.len()).all(|axis| (first[axis]..=last[axis]).contains(&index[axis]))
            };
            corners.chunks(2 * shape.len()).any(inside)
        }
        _ => false,
    };
    let index = |n: u64| strides.iter().zip(shape).map(|(&s, &len)| n / s % len).collect::<Vec<_>>();
    (0..shape::count(shape).unwrap()).filter(|&n| holds(&index(n))).collect()
}

/// One side of a mapping: the shape of a dataset, and what is selected of it.
type Side = (Vec<u64>, StoredSelection);

/// Regular blocks along each dimension, and a shape that they fit in.
fn regular(counts: Vec<(u64, u64)>) -> impl Strategy<Value = Side> {
    let axis = |(count, block): (u64, u64)| {
        (0u64..3, 0u64..3, 0u64..3).prop_map(move |(start, gap, behind)| {
            let stride = block + gap;
            (RegularBlocks { start, stride, count, block }, start + count * stride + behind)
        })
    };
    counts.into_iter().map(axis).collect::<Vec<_>>().prop_map(|axes| {
        let (axes, shape): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
        (shape, slab(Blocks::Regular(axes)))
    })
}

/// Single elements anywhere, so many.
fn scattered(count: usize) -> impl Strategy<Value = Side> {
    let shape = vec![8u64, 7, 6];
    prop::sample::subsequence((0..8 * 7 * 6u64).collect::<Vec<_>>(), count).prop_map(move |numbers| {
        let index = |n: u64| [n / 42, n / 6 % 7, n % 6];
        let corners = numbers.iter().rev().flat_map(|&n| [index(n), index(n)].concat()).collect();
        (shape.clone(), slab(Blocks::Irregular { rank: 3, corners }))
    })
}

/// As many elements as these blocks have, of the same shape or of another.
fn side(counts: Vec<(u64, u64)>) -> impl Strategy<Value = Side> {
    let lengths: Vec<u64> = counts.iter().map(|(count, block)| count * block).collect();
    let total = lengths.iter().product::<u64>();
    let split = lengths.iter().map(|&len| (1, len)).collect();
    let single = lengths.iter().map(|&len| (len, 1)).chain([(1, 1)]).collect();
    prop_oneof![
        regular(counts),
        regular(split),
        regular(single),
        regular(vec![(1, total)]),
        Just((lengths, StoredSelection::All)),
        scattered(usize::try_from(total).unwrap()),
    ]
}

fn mapping() -> impl Strategy<Value = (Side, Side)> {
    prop::collection::vec((1u64..4, 1u64..3), 1..3)
        .prop_flat_map(|counts| (side(counts.clone()), side(counts.into_iter().rev().collect())))
}

fn copied(source: &Side, target: &Side, region: &Selection) -> Result<Vec<u32>> {
    let (dataset, space, budget) = (numbered(&source.0), Image::default().space(), Budget::new(0));
    let nesting = Nesting::new(&budget, |_, _, _| Err(crate::Error::usage("nothing is opened here")));
    let mut bytes = vec![0xff; usize::try_from(shape::bytes(&region.count, 4)?).unwrap()];
    let chosen = (HyperslabSelection::from_record(&source.1)?.0, HyperslabSelection::from_record(&target.1)?.0);
    let mut destination = Destination { shape: &target.0, region, target: &mut bytes };
    let source = Transfer { space: &space, dataset: &dataset, cast: None, size: 4, nesting: &nesting };
    source.copy((&chosen.0, &chosen.1), &mut destination)?;
    Ok(bytes.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect())
}

/// A region of a shape, out of numbers.
fn region(shape: &[u64], numbers: &[(u64, u64, u64)]) -> Selection {
    let mut region = Selection::all(shape);
    for (axis, (&len, &(start, count, stride))) in shape.iter().zip(numbers).enumerate() {
        region.start[axis] = start % len;
        region.stride[axis] = stride;
        region.count[axis] = count.min((len - start % len).div_ceil(stride));
    }
    region
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn elements_come_in_the_order_of_both_selections(
        (source, target) in mapping(),
        numbers in prop::collection::vec((0u64..20, 0u64..20, 1u64..4), 3),
    ) {
        let region = region(&target.0, &numbers);
        let mut whole = vec![u32::MAX; usize::try_from(shape::count(&target.0).unwrap()).unwrap()];
        for (to, from) in selected(&target.1, &target.0).into_iter().zip(selected(&source.1, &source.0)) {
            whole[usize::try_from(to).unwrap()] = u32::try_from(from).unwrap();
        }
        let (strides, inner) = (shape::strides(&target.0), shape::strides(&region.count));
        let at = |n: u64| (0..strides.len())
            .map(|axis| (region.start[axis] + n / inner[axis] % region.count[axis] * region.stride[axis]) * strides[axis])
            .sum::<u64>();
        let wanted: Vec<u32> =
            (0..shape::count(&region.count).unwrap()).map(|n| whole[usize::try_from(at(n)).unwrap()]).collect();
        prop_assert_eq!(copied(&source, &target, &region).unwrap(), wanted);
    }
}

#[test]
fn selections_that_do_not_match() {
    let all = |shape: &[u64]| (shape.to_vec(), StoredSelection::All);
    let region = Selection::all(&[6]);
    let kind = |source: &Side, target: &Side| copied(source, target, &region).unwrap_err().kind();
    assert_eq!(kind(&all(&[5]), &all(&[6])), Kind::Malformed);
    let beyond = RegularBlocks { start: 3, stride: 1, count: 1, block: 6 };
    assert_eq!(kind(&(vec![8], slab(Blocks::Regular(vec![beyond]))), &all(&[6])), Kind::Malformed);
    assert_eq!(kind(&(vec![2, 8], slab(Blocks::Regular(vec![beyond]))), &all(&[6])), Kind::Malformed);
}
