//! From samples to codes, the shortest for each block.

use super::coding::{buffer, Coding, SEGMENT};
use crate::error::Result;
use crate::hdf5::filter::bits::{self, BitWriter};

/// The largest sum of a pair of samples with one code.
const MAX_SUM: u32 = 12;

/// Codes all samples.
pub(super) fn samples(coding: &Coding, input: &[u8], mut writer: BitWriter) -> Result<()> {
    let mut line = buffer(coding)?;
    for bytes in input.chunks(coding.line * coding.sample_bytes) {
        match coding.sample_bytes {
            1 => load::<1>(coding, bytes, &mut line),
            _ => load::<2>(coding, bytes, &mut line),
        }
        let reference = coding.predicted.then(|| map(coding.most(), &mut line)).flatten();
        encode_line(coding, reference, &line, &mut writer);
    }
    writer.finish();
    Ok(())
}

/// The samples of a line, and its padding.
fn load<const N: usize>(coding: &Coding, bytes: &[u8], line: &mut [u32]) {
    let (whole, rest) = bytes.as_chunks::<N>();
    let mut last = [0; N];
    for (to, &byte) in last.iter_mut().zip(rest) {
        *to = byte;
    }
    let last = (!rest.is_empty()).then_some(&last);
    let mut padding = 0;
    let mut samples = whole.iter().chain(last).map(|bytes| {
        let bits = bits::load(bytes, coding.big_endian);
        u32::try_from(bits & u64::from(coding.most())).unwrap_or(0)
    });
    for to in line {
        *to = samples.next().unwrap_or(padding);
        padding = if coding.predicted { *to } else { 0 };
    }
}

/// From samples to mapped differences; the first one is returned, and 0 in its place.
fn map(most: u32, line: &mut [u32]) -> Option<u32> {
    let (first, rest) = line.split_first_mut()?;
    let reference = std::mem::take(first);
    let mut last = reference;
    for value in rest {
        let next = *value;
        *value = match next >= last {
            true if next - last <= last => 2 * (next - last),
            true => next,
            false if last - next <= most - last => 2 * (last - next) - 1,
            false => most - next,
        };
        last = next;
    }
    Some(reference)
}

fn encode_line(coding: &Coding, mut reference: Option<u32>, line: &[u32], writer: &mut BitWriter) {
    let mut done = 0;
    while let Some(rest) = line.get(done * coding.block..).filter(|rest| !rest.is_empty()) {
        let left = coding.blocks() - done;
        let most = left.min(SEGMENT - done % SEGMENT);
        let is_zero = |block: &&[u32]| block.iter().all(|&value| value == 0);
        let zeros = rest.chunks_exact(coding.block).take(most).take_while(is_zero).count();
        let reference = reference.take();
        if zeros > 0 {
            zero_blocks(coding, reference, zeros, zeros == most, writer);
        } else {
            encode_block(coding, reference, rest.get(..coding.block).unwrap_or(rest), writer);
        }
        done += zeros.max(1);
    }
}

fn zero_blocks(coding: &Coding, reference: Option<u32>, count: usize, to_end: bool, writer: &mut BitWriter) {
    writer.write(0, coding.id_bits + 1);
    write_reference(coding, reference, writer);
    writer.write_unary(match u32::try_from(count).unwrap_or(0) {
        long @ 5.. if !to_end => long,
        5.. => 4,
        short => short - 1,
    });
}

/// How a block can be coded.
enum Code {
    Raw,
    Pairs,
    /// With so many bits apart.
    Split(u32),
}

fn encode_block(coding: &Coding, reference: Option<u32>, block: &[u32], writer: &mut BitWriter) {
    let values = block.get(usize::from(reference.is_some())..).unwrap_or_default();
    match shortest(coding, reference.is_some(), block, values) {
        Code::Raw => {
            writer.write(coding.raw_id().into(), coding.id_bits);
            let samples = reference.iter().chain(values);
            samples.for_each(|&sample| writer.write(sample.into(), coding.sample_bits));
        }
        Code::Pairs => {
            writer.write(1, coding.id_bits + 1);
            write_reference(coding, reference, writer);
            pair_codes(block).for_each(|code| writer.write_unary(code));
        }
        Code::Split(low) => {
            writer.write(u64::from(low) + 1, coding.id_bits);
            write_reference(coding, reference, writer);
            values.iter().for_each(|&value| writer.write_unary(value >> low));
            values.iter().for_each(|&value| writer.write(u64::from(value) & bits::ones(low), low));
        }
    }
}

fn shortest(coding: &Coding, has_reference: bool, block: &[u32], values: &[u32]) -> Code {
    let reference = if has_reference { u64::from(coding.sample_bits) } else { 0 };
    let mut best = (values.len() as u64 * u64::from(coding.sample_bits) + reference, Code::Raw);
    let mut offer = |bits: u64, code: Code| {
        if bits + reference < best.0 {
            best = (bits + reference, code);
        }
    };
    if block.as_chunks::<2>().0.iter().all(|[a, b]| a.saturating_add(*b) <= MAX_SUM) {
        offer(1 + pair_codes(block).map(|code| u64::from(code) + 1).sum::<u64>(), Code::Pairs);
    }
    for low in 0..(coding.raw_id() - 1).min(coding.sample_bits) {
        let high: u64 = values.iter().map(|&value| u64::from(value >> low)).sum();
        offer(high + values.len() as u64 * u64::from(low + 1), Code::Split(low));
        // One bit more would cost as much as it could save.
        if high <= values.len() as u64 {
            break;
        }
    }
    best.1
}

/// One code for two values.
fn pair_codes(block: &[u32]) -> impl Iterator<Item = u32> + '_ {
    block.as_chunks::<2>().0.iter().map(|[a, b]| (a + b) * (a + b + 1) / 2 + b)
}

fn write_reference(coding: &Coding, reference: Option<u32>, writer: &mut BitWriter) {
    if let Some(sample) = reference {
        writer.write(sample.into(), coding.sample_bits);
    }
}
