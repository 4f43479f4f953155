use super::*;
use crate::hdf5::record::testing::hex;
use crate::Kind;

/// A frame with one chunk of the numbers 0 to 3, by the fewest bytes.
const NUMBERS: &str =
    "9ea862326672616d6500 d200000061 cf00000000000000dc a412005003 d30000000000000010 d30000000000000030
    d200000004 d200000010 d200000010 d10000 d10001 c2 d806 0000000000010000 0000000000000000 93cd0007de0000dc0000
    05010704 10000000 10000000 30000000 0000000000010000 0000000000000000 00000000 01000000 02000000 03000000
    05010708 08000000 08000000 28000000 0000000000010000 0000000000000000 0000000000000000
    940193cd0006de0000dc0000ce00000023d800 00000000000000000000000000000000";
/// Where the place of the chunk is in that frame.
const PLACE: usize = 97 + 48 + 32;

fn expand(frame: &[u8], bound: usize) -> Result<Vec<u8>> {
    let mut out = vec![1; 3];
    decode(&[], frame, bound, &mut out).map(|()| out)
}

fn special(kind: u8) -> Result<Vec<u8>> {
    let mut frame = hex(NUMBERS);
    frame[PLACE + 7] = 0x80 | kind;
    expand(&frame, 16)
}

#[test]
fn four_numbers() {
    let frame = hex(NUMBERS);
    assert_eq!(frame.len(), 220);
    let numbers = (0u32..4).flat_map(u32::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(expand(&frame, 16).unwrap(), numbers);
    assert_eq!(expand(&frame, 15).unwrap_err().kind(), Kind::Malformed);
    for len in 0..frame.len() {
        assert_eq!(expand(&frame[..len], 16).unwrap_err().kind(), Kind::Malformed);
    }
}

#[test]
fn chunks_that_are_nowhere() {
    assert_eq!(special(1).unwrap(), [0; 16]);
    assert_eq!(special(2).unwrap(), [f32::NAN.to_le_bytes(); 4].concat());
    assert_eq!(special(4).unwrap(), [0; 16]);
    assert_eq!(special(3).unwrap_err().kind(), Kind::Malformed);
    let mut sparse = hex(NUMBERS);
    sparse[26] = 1;
    assert_eq!(expand(&sparse, 16).unwrap_err().kind(), Kind::Unsupported);
}

/// The metalayer of an array.
fn metalayer(shape: &[u8], chunk: &[u8], block: &[u8]) -> Vec<u8> {
    let rank = u8::try_from(shape.len()).unwrap();
    let mut content = vec![0x97, 0, rank, 0x90 | rank];
    shape.iter().for_each(|&len| content.extend([0xd3, 0, 0, 0, 0, 0, 0, 0, len]));
    for lengths in [chunk, block] {
        content.push(0x90 | rank);
        lengths.iter().for_each(|&len| content.extend([0xd2, 0, 0, 0, len]));
    }
    content
}

#[test]
fn blocks_are_put_together_without_their_padding() {
    let grid = Grid::parse(&metalayer(&[2, 3], &[2, 3], &[2, 2])).unwrap();
    assert_eq!(grid.padded_bound(12), 16);
    let mut out = Vec::new();
    let blocks = [0u16, 1, 3, 4, 2, 99, 5, 99].map(u16::to_le_bytes).concat();
    grid.assemble(&blocks, 12, &mut out).unwrap();
    assert_eq!(out, (0u16..6).flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    assert_eq!(grid.assemble(&blocks, 11, &mut out).unwrap_err().kind(), Kind::Malformed);
    assert_eq!(grid.assemble(&blocks[..15], 12, &mut out).unwrap_err().kind(), Kind::Malformed);
    assert_eq!(grid.assemble(&[], 12, &mut out).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn broken_metalayers() {
    let kind = |content: &[u8]| Grid::parse(content).unwrap_err().kind();
    assert_eq!(kind(&metalayer(&[], &[], &[])), Kind::Malformed);
    assert_eq!(kind(&metalayer(&[0], &[2], &[2])), Kind::Malformed);
    assert_eq!(kind(&metalayer(&[2], &[2], &[0])), Kind::Malformed);
    assert_eq!(kind(&metalayer(&[2], &[2], &[3])), Kind::Malformed);
    assert_eq!(kind(&metalayer(&[3], &[2], &[2])), Kind::Unsupported);
    let content = metalayer(&[2, 3], &[2, 3], &[2, 2]);
    for len in 0..content.len() {
        assert_eq!(kind(&content[..len]), Kind::Malformed);
    }
}

#[test]
fn what_is_written_is_read() {
    let numbers: Vec<u8> = (0..300_003u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
    for codec in [1, 4, 5] {
        for shuffle in 0..3 {
            for len in [4, 64, 4096, numbers.len()] {
                let input = numbers.get(..len).unwrap();
                let mut frame = Vec::new();
                encode(&[1, 0, 4, 0, 5, shuffle, codec], input, &mut frame).unwrap();
                assert_eq!(expand(&frame, len).unwrap(), input, "codec {codec}, shuffle {shuffle}, {len} bytes");
            }
        }
    }
}
