//! Chunks as other programs wrote them.

use super::*;

/// What was stored, and the chunk.
fn decodes(id: u16, parameters: &[u32], stored: &str, chunk: &[u8]) {
    let (filter, stored) = (pipeline(&[(id, parameters)]), hex(stored));
    assert_eq!(decode(&filter, 0, &stored, chunk.len()).unwrap(), chunk, "filter {id}");
    for cut in 0..stored.len() {
        match decode(&filter, 0, &stored[..cut], chunk.len()) {
            Ok(out) => assert_eq!(out, chunk, "filter {id}, cut at {cut}"),
            Err(e) => assert_eq!(e.kind(), Kind::Malformed),
        }
    }
}

/// As above, and the encoder stores the same.
fn is_stored_as(id: u16, parameters: &[u32], stored: &str, chunk: &[u8]) {
    decodes(id, parameters, stored, chunk);
    assert_eq!(encode(&pipeline(&[(id, parameters)]), chunk), hex(stored), "filter {id}");
}

fn le<const N: usize>(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(|number| *number.to_le_bytes().first_chunk::<N>().unwrap()).collect()
}

fn be<const N: usize>(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(|number| *number.to_be_bytes().last_chunk::<N>().unwrap()).collect()
}

#[test]
fn szip() {
    is_stored_as(4, &[169, 8, 8, 8], "08000000 8c9d554c14c0", &hex("646567 6a6e737980"));
    let ramp = (0..16).map(|i| 1000 + 3 * i);
    let stored = "20000000 303e85556aaa35555aaaa0";
    is_stored_as(4, &[169, 8, 16, 16], stored, &le::<2>(ramp.clone()));
    is_stored_as(4, &[177, 8, 16, 16], stored, &be::<2>(ramp));
    let lone = (0..64).map(|i| if i == 40 { 5 } else { 0 });
    is_stored_as(4, &[141, 8, 32, 64], "00010000 00483fc100804020", &le::<4>(lone));
}

#[test]
fn nbit() {
    let chunk = hex("282d 0800 f83f");
    is_stored_as(5, &[8, 0, 3, 1, 2, 0, 11, 3], "b4a007ff80", &chunk);
    let swapped: Vec<u8> = chunk.chunks(2).flat_map(|two| [two[1], two[0]]).collect();
    is_stored_as(5, &[8, 0, 3, 1, 2, 1, 11, 3], "b4a007ff80", &swapped);
    is_stored_as(5, &[3, 1, 3], "0102030405", &[1, 2, 3, 4, 5]);
}

#[test]
fn nbit_of_members_after_a_nested_array_is_refused() {
    let array = [2, 8, 2, 4, 1, 2, 0, 11, 0];
    let last = [&[0, 0, 1, 3, 9, 2, 8, 4, 1, 0][..], &array].concat();
    let filter = pipeline(&[(5, &last)]);
    let chunk = hex("ff07 0000 ff07 0000 61");
    let stored = encode(&filter, &chunk);
    assert_eq!(decode(&filter, 0, &stored, 9).unwrap(), chunk);
    let first = [&[0, 0, 1, 3, 9, 2, 0][..], &array, &[8, 4, 1]].concat();
    assert_eq!(decode(&pipeline(&[(5, &first)]), 0, &stored, 9).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn nbit_of_wide_numbers() {
    // 80 significant bits in 16 bytes.
    for (order, at) in [(0, 0..10), (1, 6..16)] {
        let filter = pipeline(&[(5, &[8, 0, 2, 1, 16, order, 80, 0])]);
        let mut chunk = vec![0; 32];
        for element in chunk.chunks_mut(16) {
            element[at.clone()].copy_from_slice(b"0123456789");
        }
        let stored = encode(&filter, &chunk);
        let high_first = if order == 0 { b"98765432109876543210" } else { b"01234567890123456789" };
        assert_eq!(stored, [&high_first[..], &[0]].concat());
        assert_eq!(decode(&filter, 0, &stored, 32).unwrap(), chunk);
    }
}

#[test]
fn scaleoffset() {
    let parameters = |head: [u32; 8], fill: u32| {
        let mut all = [&head[..], &[fill]].concat();
        all.resize(20, 0);
        all
    };
    let numbers = [100, 101, 107, 100, 103];
    let stored = "04000000 08 6400000000000000 0000000000000000 017030";
    is_stored_as(6, &parameters([2, 0, 5, 0, 4, 1, 0, 1], 0), stored, &le::<4>(numbers));
    let stored = "03000000 08 6400000000000000 0000000000000000 0786";
    is_stored_as(6, &parameters([2, 0, 5, 0, 4, 1, 1, 1], 107), stored, &be::<4>(numbers));
    let floats: Vec<u8> = [1f32, 1.25, 2.5, -3.75].iter().flat_map(|value| value.to_le_bytes()).collect();
    let stored = "0a000000 08 000070c000000000 0000000000000000 76df49c40000";
    is_stored_as(6, &parameters([0, 2, 4, 1, 4, 0, 0, 1], 0), stored, &floats);
    is_stored_as(6, &parameters([2, 16, 2, 0, 2, 1, 0, 1], 0), "01020304", &[1, 2, 3, 4]);
    let nan = parameters([0, 2, 1, 1, 4, 0, 0, 0], 0);
    // There is no place for it; so all is stored as it is.
    let stored = "20000000 08 0000000000000000 0000000000000000 0000c07f";
    is_stored_as(6, &nan, stored, &f32::NAN.to_le_bytes());
}

#[test]
fn lzf() {
    let chunk = [0, 1, 2, 3].repeat(10);
    decodes(32000, &[4, 0x105, 40], "04 0001020300 e01803 01 0203", &chunk);
}

#[test]
fn lz4() {
    let ramp: Vec<u8> = (0..32).collect();
    let raw =
        "0000000000000020 00000010 00000010 000102030405060708090a0b0c0d0e0f 00000010 101112131415161718191a1b1c1d1e1f";
    decodes(32004, &[16], raw, &ramp);
    assert_eq!(encode(&pipeline(&[(32004, &[16])]), &ramp), hex(raw));
    let zeros = "0000000000000028 00000020 0000000b 1f00010007500000000000 00000008 0000000000000000";
    decodes(32004, &[32], zeros, &[0; 40]);
    // Blocks without bytes would never end.
    let endless = decode(&pipeline(&[(32004, &[])]), 0, &hex("0000000000000008 00000000 00000000"), 8);
    assert_eq!(endless.unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn bitshuffle() {
    let ramp = le::<2>(0..10);
    let plain = "aaccf0 00000000000000000000000000 08000900";
    is_stored_as(32008, &[0, 4, 2, 0, 0], plain, &ramp);
    is_stored_as(32008, &[0, 4, 2], plain, &ramp);
    let stored = "0000000000000014 00000010 0000000d 43aaccf0000100500000000000 08000900";
    decodes(32008, &[0, 4, 2, 8, 2], stored, &ramp);
    let other = decode(&pipeline(&[(32008, &[0, 4, 2, 8, 7])]), 0, &hex(stored), 20);
    assert_eq!(other.unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn zstd() {
    let stored = "28b52ffd 20 05 290000 0001020304";
    decodes(32015, &[], stored, &[0, 1, 2, 3, 4]);
    let skippable = format!("502a4d18 03000000 ffffff {stored}");
    decodes(32015, &[3], &skippable, &[0, 1, 2, 3, 4]);
    // Others want to know how long the content is: 5 in the head.
    let bytes = encode(&pipeline(&[(32015, &[3])]), &[0, 1, 2, 3, 4]);
    assert_eq!((bytes[4] >> 6, &bytes[6..10]), (2, &hex("05000000")[..]));
    let flawed = [&bytes[..bytes.len() - 1], &[!bytes[bytes.len() - 1]]].concat();
    let e = decode(&pipeline(&[(32015, &[])]), 0, &flawed, 5).unwrap_err();
    assert!(e.kind() == Kind::Malformed && e.detail().starts_with("checksum"), "{e}");
}

#[test]
fn bzip2() {
    let data = b"one two three one two three".repeat(5);
    let filter = pipeline(&[(307, &[9])]);
    let stored = encode(&filter, &data);
    assert_eq!(stored[..4], *b"BZh9");
    assert_eq!(decode(&filter, 0, &[&stored[..], b"rest"].concat(), data.len()).unwrap(), data);
    assert_eq!(decode(&filter, 0, &stored, 20).unwrap(), data[..20]);
    for cut in 0..stored.len() {
        assert_eq!(decode(&filter, 0, &stored[..cut], data.len()).unwrap_err().kind(), Kind::Malformed);
    }
    let mut flawed = stored;
    flawed[10] ^= 1; // the checksum of the block
    assert_eq!(decode(&filter, 0, &flawed, data.len()).unwrap_err().kind(), Kind::Malformed);
}
