//! Blocks that lose nothing, from numbers to coefficients to bits.

use super::bits::BitSink;
use super::block::{transform, Values, MOST};
use super::header::Header;
use super::order;
use super::word::Word;

/// A plane of bits of all coefficients.
type Plane = [u64; MOST / 64];

/// Appends blocks to a stream.
pub(super) struct Encoder<'a> {
    bits: BitSink<'a>,
    header: &'a Header,
    order: &'static [u8],
}

impl<'a> Encoder<'a> {
    pub fn new(header: &'a Header, out: &'a mut Vec<u8>) -> Self {
        Encoder { bits: BitSink::new(out), header, order: order::of(header.rank) }
    }

    /// Appends a block of numbers, each as its bits; those that a block of this rank does not have are not looked at.
    pub fn block<W: Word>(&mut self, values: &[u64; MOST]) {
        let values = values.get(..self.order.len()).unwrap_or_default();
        let kind = if self.header.is_float { kind::<W>(values) } else { Values::Integers };
        match kind {
            Values::Zero => return self.bits.put(0, 1),
            Values::Integers => {}
            Values::Patterns => self.bits.put(0b11, 2),
            Values::Floats(exponent) => {
                self.bits.put(0b01, 2);
                self.bits.put((exponent + W::BIAS).unsigned_abs().into(), W::EXPONENT_BITS);
            }
        }
        let mut words = [W::default(); MOST];
        for (word, &value) in words.iter_mut().zip(values) {
            *word = match kind {
                Values::Floats(exponent) => W::unscaled(value, exponent),
                Values::Patterns => W::from_bits(W::from_bits(value).reinterpreted()),
                Values::Zero | Values::Integers => W::from_bits(value),
            };
        }
        transform(words.get_mut(..values.len()).unwrap_or_default(), differences);
        self.coefficients(&words);
    }

    /// Appends how many planes there are, and each of them.
    fn coefficients<W: Word>(&mut self, words: &[W; MOST]) {
        let mut coefficients = [0; MOST];
        for (to, &at) in coefficients.iter_mut().zip(self.order) {
            *to = words.get(usize::from(at)).map_or(0, |word| word.to_negabinary());
        }
        let all = coefficients.iter().fold(0, |all, coefficient| all | coefficient);
        let last = all.trailing_zeros().min(W::BITS - 1);
        self.bits.put((W::BITS - 1 - last).into(), W::COUNT_BITS);
        let (count, mut known) = (self.order.len(), 0);
        let coefficients = coefficients.get(..count).unwrap_or_default();
        for at in (last..W::BITS).rev() {
            let mut plane = Plane::default();
            for (bits, some) in plane.iter_mut().zip(coefficients.chunks(64)) {
                *bits = some.iter().rev().fold(0, |bits, coefficient| bits << 1 | coefficient >> at & 1);
            }
            self.plane(plane, count, &mut known);
        }
    }

    /// Appends a bit for each of the first coefficients, as many as had a one in an earlier plane, and then the distances
    /// to the others that have a one.
    fn plane(&mut self, plane: Plane, count: usize, known: &mut usize) {
        for (n, bits) in plane.into_iter().enumerate() {
            let width = known.saturating_sub(64 * n).min(64);
            self.bits.put(bits & low_bits(width), u32::try_from(width).unwrap_or(0));
        }
        while *known < count {
            let Some(next) = next_one(&plane, *known) else { return self.bits.put(0, 1) };
            self.bits.put(1, 1);
            self.bits.zeros(u32::try_from(next - *known).unwrap_or(0));
            // The last one needs no bit.
            if next + 1 < count {
                self.bits.put(1, 1);
            }
            *known = next + 1;
        }
    }

    /// Fills the last byte.
    pub fn finish(self) {
        self.bits.finish();
    }
}

/// How floating-point numbers become integers: as multiples of a unit, if all of them come back to the bit.
fn kind<W: Word>(values: &[u64]) -> Values {
    let most = values.iter().map(|&value| W::magnitude(value)).max().unwrap_or(0);
    let Some(exponent) = W::exponent(most) else { return Values::Patterns };
    match most {
        0 if values.iter().all(|&value| value == 0) => Values::Zero,
        0 => Values::Patterns,
        _ if values.iter().all(|&value| W::unscaled(value, exponent).scaled(exponent) == value) => {
            Values::Floats(exponent)
        }
        _ => Values::Patterns,
    }
}

/// The place of the first one, from a place on.
fn next_one(plane: &Plane, from: usize) -> Option<usize> {
    let (first, skipped) = (from / 64, from % 64);
    let mut words = plane.iter().enumerate().skip(first);
    let (n, bits) = words.next().map(|(n, bits)| (n, bits & !low_bits(skipped)))?;
    std::iter::once((n, bits))
        .chain(words.map(|(n, bits)| (n, *bits)))
        .find(|(_, bits)| *bits != 0)
        .map(|(n, bits)| 64 * n + bits.trailing_zeros() as usize)
}

/// The lower bits of a word, at most 64.
fn low_bits(count: usize) -> u64 {
    crate::hdf5::filter::bits::ones(u32::try_from(count).unwrap_or(64))
}

/// The transform that loses nothing: differences of differences.
fn differences<W: Word>([x, mut y, mut z, mut w]: [W; 4]) -> [W; 4] {
    w -= z;
    z -= y;
    y -= x;
    w -= z;
    z -= y;
    w -= z;
    [x, y, z, w]
}
