//! From codes to samples.

use super::coding::{buffer, Coding, RECORD, SEGMENT};
use crate::error::Result;
use crate::hdf5::filter::bits::{self, BitReader};

/// The largest code of a pair of samples.
const MAX_PAIR: u32 = 90;

/// Fills `out` with samples; what the stream has beyond them does not count.
pub(super) fn samples(coding: &Coding, mut reader: BitReader, out: &mut [u8]) -> Result<()> {
    let mut line = buffer(coding)?;
    for bytes in out.chunks_mut(coding.line * coding.sample_bytes) {
        let wanted = bytes.len().div_ceil(coding.sample_bytes);
        line.fill(0);
        Line { coding, reader: &mut reader }.decode(wanted, &mut line)?;
        let line = line.get_mut(..wanted).unwrap_or_default();
        if coding.predicted {
            unmap(coding.most(), line);
        }
        match coding.sample_bytes {
            1 => store::<1>(coding, line, bytes),
            2 => store::<2>(coding, line, bytes),
            _ => store::<4>(coding, line, bytes),
        }
    }
    Ok(())
}

/// The last sample may be incomplete.
fn store<const N: usize>(coding: &Coding, samples: &[u32], bytes: &mut [u8]) {
    let (whole, rest) = bytes.as_chunks_mut::<N>();
    let mut samples = samples.iter();
    for (to, &sample) in whole.iter_mut().zip(samples.by_ref()) {
        bits::store(sample.into(), coding.big_endian, to);
    }
    let mut last = [0; N];
    bits::store(samples.next().copied().unwrap_or(0).into(), coding.big_endian, &mut last);
    for (to, byte) in rest.iter_mut().zip(last) {
        *to = byte;
    }
}

/// From mapped differences to samples; the first one is a sample already.
fn unmap(most: u32, line: &mut [u32]) {
    let Some((&mut first, rest)) = line.split_first_mut() else { return };
    let mut last = first;
    for value in rest {
        let difference = *value;
        // Differences have both signs as far as both stay in range, then only the one that does.
        let both = last.min(most - last);
        last = if difference <= 2 * both {
            let half = difference / 2;
            if difference % 2 == 0 {
                last + half
            } else {
                last - half - 1
            }
        } else if last <= most / 2 {
            difference
        } else {
            most - difference
        };
        *value = last;
    }
}

/// Decodes the blocks of one line.
struct Line<'l, 'r> {
    coding: &'l Coding,
    reader: &'l mut BitReader<'r>,
}

impl Line<'_, '_> {
    /// `line` is all zeros.
    fn decode(&mut self, wanted: usize, line: &mut [u32]) -> Result<()> {
        let size = self.coding.block;
        let mut done = 0;
        while done * size < wanted {
            let block = line.get_mut(done * size..).and_then(|rest| rest.get_mut(..size));
            done += self.block(done, block.unwrap_or_default())?;
        }
        Ok(())
    }

    /// The next block, or a run of zero blocks; how many they are.
    fn block(&mut self, done: usize, block: &mut [u32]) -> Result<usize> {
        let coding = self.coding;
        let reference = usize::from(coding.predicted && done == 0);
        let id = self.bits(coding.id_bits)?;
        if id == coding.raw_id() {
            for sample in block {
                *sample = self.bits(coding.sample_bits)?;
            }
            return Ok(1);
        }
        let pairs = id == 0 && self.bits(1)? == 1;
        if let Some(sample) = block.get_mut(..reference).and_then(<[_]>::first_mut) {
            *sample = self.bits(coding.sample_bits)?;
        }
        match (id, pairs) {
            (0, false) => return self.zero_blocks(done),
            (0, true) => self.pairs(reference, block)?,
            _ => self.split(id - 1, block.get_mut(reference..).unwrap_or_default())?,
        }
        Ok(1)
    }

    fn zero_blocks(&mut self, done: usize) -> Result<usize> {
        let left = self.coding.blocks() - done;
        let run = match self.reader.unary()? {
            // To the end of the segment.
            4 => left.min(SEGMENT - done % SEGMENT),
            short @ 0..4 => short as usize + 1,
            long => long as usize,
        };
        if run > left {
            return Err(RECORD.malformed(format!("{run} zero blocks where {left} are left")));
        }
        Ok(run)
    }

    /// Two samples a code. Of the first pair the reference sample is no part.
    fn pairs(&mut self, reference: usize, block: &mut [u32]) -> Result<()> {
        for (index, pair) in block.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let code = self.reader.unary()?;
            let sum = (0..).take_while(|sum| sum * (sum + 1) / 2 <= code.min(MAX_PAIR)).last().unwrap_or(0);
            let second = code - sum * (sum + 1) / 2;
            if code > MAX_PAIR || sum > self.coding.most() {
                return Err(RECORD.malformed(format!("code {code} of a pair")));
            }
            let [a, b] = pair;
            *b = second;
            if index > 0 || reference == 0 {
                *a = sum - second;
            }
        }
        Ok(())
    }

    /// The upper parts of all samples, then the `low` bits below them.
    fn split(&mut self, low: u32, samples: &mut [u32]) -> Result<()> {
        let most = self.coding.most() >> low;
        for sample in &mut *samples {
            let high = self.reader.unary()?;
            if high > most {
                return Err(RECORD.malformed(format!("a sample has more than {} bits", self.coding.sample_bits)));
            }
            *sample = high << low;
        }
        if low > 0 {
            for sample in samples {
                *sample |= self.bits(low)?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn bits(&mut self, count: u32) -> Result<u32> {
        // No more than 31 bits are ever asked for.
        Ok(u32::try_from(self.reader.read(count)?).unwrap_or(0))
    }
}
