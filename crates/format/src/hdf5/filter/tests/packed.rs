//! Filters that pack: what they make is undone, and nothing else does harm.

#![allow(clippy::cast_possible_truncation)]

use super::*;

/// A filter with its parameters for so many elements, and the size of an element.
fn any_filter() -> impl Strategy<Value = (u16, Vec<u32>, usize, usize)> {
    let count = 1usize..600;
    prop_oneof![
        (any_szip(), count.clone()).prop_map(|((parameters, size), count)| (4, parameters, size, count)),
        (any_nbit(), count.clone()).prop_map(|((description, size), count)| {
            (5, [&[0, 0, count as u32][..], &description].concat(), size, count)
        }),
        (any_scaleoffset(), count.clone()).prop_map(|(mut parameters, count)| {
            parameters[2] = count as u32;
            let size = parameters[4] as usize;
            (6, parameters, size, count)
        }),
        (1u32..10, count.clone()).prop_map(|(level, count)| (307, vec![level], 1, count)),
        count.clone().prop_map(|count| (32000, vec![4, 0x105, count as u32], 1, count)),
        (0u32..300, count.clone()).prop_map(|(block, count)| (32004, vec![block], 1, count)),
        (1u32..20, 0u32..20, prop::sample::select(vec![0, 2, 3]), count.clone()).prop_map(
            |(size, block, codec, count)| { (32008, vec![0, 4, size, 8 * block, codec], size as usize, count) }
        ),
        count.prop_map(|count| (32015, vec![3], 1, count)),
    ]
}

fn any_szip() -> impl Strategy<Value = (Vec<u32>, usize)> {
    let bits = prop::sample::select(vec![8u32, 16, 32, 64]);
    (any::<bool>(), any::<bool>(), 1u32..=16, bits, 1u32..300).prop_map(|(nearest, msb, half, bits, line)| {
        let mask = 128 + if nearest { 32 } else { 4 } + if msb { 16 } else { 8 };
        (vec![mask, 2 * half, bits, line], bits as usize / 8)
    })
}

/// Numbers of full precision, so that nothing gets lost, in any arrangement.
fn any_nbit() -> impl Strategy<Value = (Vec<u32>, usize)> {
    let number = (prop::sample::select(vec![1u32, 2, 3, 4, 8, 16]), 0u32..2)
        .prop_map(|(size, order)| (vec![1, size, order, 8 * size, 0], size as usize));
    let leaf = prop_oneof![number, (1u32..9).prop_map(|size| (vec![4, size], size as usize))];
    let array = (leaf.clone(), 1usize..5)
        .prop_map(|((base, size), count)| ([&[2, (count * size) as u32][..], &base].concat(), count * size));
    let member = prop_oneof![leaf.clone(), array.clone()];
    let compound = prop::collection::vec(member, 1..5).prop_map(|members| {
        let size: usize = members.iter().map(|(_, size)| size).sum();
        let mut description = vec![3, size as u32, members.len() as u32];
        let mut at = 0;
        for (member, size) in members {
            description.push(at as u32);
            description.extend(member);
            at += size;
        }
        (description, size)
    });
    prop_oneof![leaf, array, compound]
}

fn any_scaleoffset() -> impl Strategy<Value = Vec<u32>> {
    let size = prop::sample::select(vec![1u32, 2, 4, 8]);
    (size, 0u32..2, 0u32..2, 0u32..2, any::<[u32; 2]>()).prop_map(|(size, sign, order, has_fill, fill)| {
        let mut parameters = vec![2, 0, 0, 0, size, sign, order, has_fill, fill[0], fill[1]];
        parameters.resize(20, 0);
        parameters
    })
}

/// Bytes that compress a little, with a chance of equal neighbours, runs and noise.
fn any_bytes(len: usize) -> impl Strategy<Value = Vec<u8>> {
    let run = (any::<u8>(), 1usize..80, 0u8..3, 0u8..16).prop_map(|(start, len, step, noise)| {
        (0..len).map(move |i| start.wrapping_add((i as u8).wrapping_mul(step)) ^ (i as u8).wrapping_mul(37) & noise)
    });
    prop::collection::vec(run, 1..40)
        .prop_map(move |runs| runs.into_iter().flatten().collect::<Vec<u8>>().into_iter().cycle().take(len).collect())
}

fn any_chunk() -> impl Strategy<Value = (u16, Vec<u32>, Vec<u8>)> {
    any_filter().prop_flat_map(|(id, parameters, size, count)| {
        any_bytes(size * count).prop_map(move |data| (id, parameters.clone(), data))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn what_is_packed_is_unpacked((id, parameters, data) in any_chunk()) {
        let filter = pipeline(&[(id, &parameters)]);
        let stored = encode(&filter, &data);
        prop_assert_eq!(decode(&filter, 0, &stored, data.len()).unwrap(), data);
    }

    #[test]
    fn flawed_streams_do_no_harm(
        (id, parameters, data) in any_chunk(),
        flaws in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        wrong in prop::option::of((any::<prop::sample::Index>(), any::<u32>())),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut stored = encode(&pipeline(&[(id, &parameters)]), &data);
        for (at, flaw) in flaws {
            let at = at.index(stored.len());
            stored[at] ^= flaw;
        }
        stored.truncate(stored.len() - cut.index(stored.len()) / 2);
        let mut parameters = parameters;
        if let (Some((at, value)), false) = (wrong, parameters.is_empty()) {
            let at = at.index(parameters.len());
            parameters[at] = value;
        }
        match decode(&pipeline(&[(id, &parameters)]), 0, &stored, data.len()) {
            Ok(out) => prop_assert_eq!(out.len(), data.len()),
            Err(e) => prop_assert!(matches!(e.kind(), Kind::Malformed | Kind::Unsupported), "{}", e),
        }
    }

    #[test]
    fn arbitrary_parameters_and_bytes_do_no_harm(
        id in prop::sample::select(vec![4u16, 5, 6, 307, 32000, 32004, 32008, 32015]),
        parameters in prop::collection::vec(prop_oneof![0u32..70, any::<u32>()], 0..24),
        stored in prop::collection::vec(any::<u8>(), 0..300),
        len in 0usize..600,
    ) {
        let filter = pipeline(&[(id, &parameters)]);
        if let Err(e) = decode(&filter, 0, &stored, len) {
            prop_assert!(matches!(e.kind(), Kind::Malformed | Kind::Unsupported), "{}", e);
        }
        let _ = filter.encode(&mut stored.clone(), &mut Vec::new());
    }

    #[test]
    fn floats_are_off_by_half_a_digit_at_most(
        values in prop::collection::vec(-1e4f64..1e4, 1..200),
        digits in 0u32..5,
        single in any::<bool>(),
        big_endian in any::<bool>(),
    ) {
        let bytes = |value: &f64| match (single, big_endian) {
            (true, true) => (*value as f32).to_be_bytes().to_vec(),
            (true, false) => (*value as f32).to_le_bytes().to_vec(),
            (false, true) => value.to_be_bytes().to_vec(),
            (false, false) => value.to_le_bytes().to_vec(),
        };
        let size = if single { 4 } else { 8 };
        let mut parameters = vec![0, digits, values.len() as u32, 1, size, 0, u32::from(big_endian), 0];
        parameters.resize(20, 0);
        let filter = pipeline(&[(6, &parameters)]);
        let data: Vec<u8> = values.iter().flat_map(bytes).collect();
        let back = decode(&filter, 0, &encode(&filter, &data), data.len()).unwrap();
        let precision = if single { 4e-3 * 10f64.powi(digits as i32) } else { 1e-9 };
        for (value, back) in values.iter().zip(back.chunks(size as usize)) {
            let mut back = back.to_vec();
            if big_endian {
                back.reverse();
            }
            let back = match back[..].try_into() {
                Ok(four) => f64::from(f32::from_le_bytes(four)),
                Err(_) => f64::from_le_bytes(back[..].try_into().unwrap()),
            };
            let off = (back - value).abs() * 10f64.powi(digits as i32);
            prop_assert!(off <= 0.5 + precision, "{} became {}", value, back);
        }
    }
}

#[test]
fn large_chunks_come_back() {
    let walk: Vec<u8> = (0..200_000u32).flat_map(|i| (i / 7 % 5000).to_le_bytes()).collect();
    let filters: [(u16, &[u32]); 10] = [
        (4, &[169, 16, 32, 1024]),
        (5, &[8, 0, 200_000, 1, 4, 0, 24, 0]),
        (6, &[2, 0, 200_000, 0, 4, 1, 0, 0, 0]),
        (307, &[1]),
        (32000, &[4, 0x105, 800_000]),
        (32004, &[]),
        (32004, &[65536]),
        (32008, &[0, 4, 4, 0, 2]),
        (32008, &[0, 4, 4, 0, 3]),
        (32015, &[3]),
    ];
    for (id, parameters) in filters {
        let filter = pipeline(&[(id, parameters)]);
        let stored = encode(&filter, &walk);
        assert!(stored.len() < walk.len(), "filter {id}: {} bytes", stored.len());
        assert!(decode(&filter, 0, &stored, walk.len()).unwrap() == walk, "filter {id}");
    }
}

#[test]
fn streams_that_expand_beyond_the_chunk_cost_no_memory() {
    let zeros = vec![0; 4 << 20];
    let filters: [(u16, &[u32]); 8] = [
        (4, &[141, 8, 8, 1024]),
        (307, &[9]),
        (32000, &[]),
        (32004, &[]),
        (32008, &[0, 4, 4, 0, 0]),
        (32008, &[0, 4, 4, 0, 2]),
        (32008, &[0, 4, 4, 0, 3]),
        (32015, &[]),
    ];
    for (id, parameters) in filters {
        let filter = pipeline(&[(id, parameters)]);
        let bomb = encode(&filter, &zeros);
        let (mut out, mut spare) = (Vec::new(), Vec::new());
        match filter.decode(0, &bomb, 1000, &mut out, &mut spare) {
            Ok(()) => assert_eq!(out, [0; 1000]),
            Err(e) => assert_eq!(e.kind(), Kind::Malformed),
        }
        assert!(out.capacity() < 1 << 20 && spare.capacity() < 1 << 20, "filter {id}");
    }
}
