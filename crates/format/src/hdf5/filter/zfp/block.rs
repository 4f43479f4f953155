//! One block after the other: coefficients bit by bit, and the transform that makes numbers of them.

use super::bits::{Bits, RECORD};
use super::header::Header;
use super::order;
use super::word::Word;
use crate::error::Result;

/// The most numbers of a block.
pub(super) const MOST: usize = 256;

/// What the numbers of a block are.
#[derive(Clone, Copy)]
pub(super) enum Values {
    Zero,
    Integers,
    /// The bits of floating-point numbers as integers.
    Patterns,
    /// Multiples of a unit, by the exponent of the largest.
    Floats(i32),
}

/// The blocks of a stream.
pub(super) struct Blocks<'a> {
    bits: Bits<'a>,
    header: &'a Header,
    order: &'static [u8],
    coefficients: [u64; MOST],
    values: [u64; MOST],
}

impl<'a> Blocks<'a> {
    pub fn new(header: &'a Header, input: &'a [u8]) -> Self {
        let order = order::of(header.rank);
        Blocks { bits: Bits::new(input), header, order, coefficients: [0; MOST], values: [0; MOST] }
    }

    /// The numbers of the next block, each as its bits.
    pub fn next<W: Word>(&mut self) -> Result<&[u64]> {
        let start = self.bits.at;
        match self.head::<W>() {
            Values::Zero => self.values.fill(0),
            kind => self.numbers::<W>(start, kind),
        }
        self.bits.at = self.bits.at.max(start + self.header.mode.least_bits as usize);
        if self.bits.is_beyond() {
            return Err(RECORD.broken());
        }
        Ok(self.values.get(..self.order.len()).unwrap_or_default())
    }

    fn head<W: Word>(&mut self) -> Values {
        if !self.header.is_float {
            return Values::Integers;
        }
        if !self.bits.bit() {
            return Values::Zero;
        }
        if self.header.mode.is_reversible() && self.bits.bit() {
            return Values::Patterns;
        }
        let exponent = i32::try_from(self.bits.take(W::EXPONENT_BITS)).unwrap_or(0);
        Values::Floats(exponent - W::BIAS)
    }

    /// How many bits of a coefficient are stored, the first ones.
    fn precision<W: Word>(&mut self, kind: Values) -> u32 {
        let mode = self.header.mode;
        match kind {
            _ if mode.is_reversible() => u32::try_from(self.bits.take(W::COUNT_BITS)).unwrap_or(0) + 1,
            Values::Floats(exponent) => {
                let above = exponent - mode.exponent + 2 * (self.header.rank.cast_signed() + 1);
                mode.precision.min(above.max(0).cast_unsigned())
            }
            _ => mode.precision,
        }
    }

    fn numbers<W: Word>(&mut self, start: usize, kind: Values) {
        let precision = self.precision::<W>(kind);
        let used = u32::try_from(self.bits.at - start).unwrap_or(u32::MAX);
        let budget = self.header.mode.most_bits.saturating_sub(used);
        let coefficients = self.coefficients.get_mut(..self.order.len()).unwrap_or_default();
        coefficients.fill(0);
        read(&mut self.bits, budget, W::BITS.saturating_sub(precision)..W::BITS, coefficients);
        let mut block = [W::default(); MOST];
        for (&at, &coefficient) in self.order.iter().zip(&*coefficients) {
            if let Some(to) = block.get_mut(usize::from(at)) {
                *to = W::from_negabinary(coefficient);
            }
        }
        let lift = if self.header.mode.is_reversible() { lift_exactly } else { lift };
        transform(block.get_mut(..self.order.len()).unwrap_or_default(), lift);
        let is_zero = |exponent| self.header.mode.is_reversible() && exponent == -W::BIAS;
        for (value, word) in self.values.iter_mut().zip(block) {
            *value = match kind {
                Values::Patterns => word.reinterpreted(),
                Values::Floats(exponent) if is_zero(exponent) => 0,
                Values::Floats(exponent) => word.scaled(exponent),
                Values::Zero | Values::Integers => word.bits(),
            };
        }
    }
}

/// Reads the planes of bits of all coefficients, the highest first. Each plane has one bit for each of the first
/// coefficients, as many as were not zero so far, and then the distances to the others that have a one.
fn read(bits: &mut Bits, mut budget: u32, planes: std::ops::Range<u32>, coefficients: &mut [u64]) {
    let mut known = 0usize;
    for plane in planes.rev() {
        if budget == 0 {
            return;
        }
        let (first, later) = coefficients.split_at_mut(known.min(budget as usize));
        budget -= u32::try_from(first.len()).unwrap_or(budget);
        for some in first.chunks_mut(32) {
            let mut ones = bits.take(u32::try_from(some.len()).unwrap_or(0));
            while ones != 0 {
                if let Some(coefficient) = some.get_mut(ones.trailing_zeros() as usize) {
                    *coefficient |= 1 << plane;
                }
                ones &= ones - 1;
            }
        }
        let mut later = later.iter_mut();
        while budget > 0 && later.len() > 0 {
            budget -= 1;
            if !bits.bit() {
                break;
            }
            // The last one needs no bit.
            let most = budget.min(u32::try_from(later.len() - 1).unwrap_or(0));
            let (zeros, taken) = bits.zeros(most);
            budget -= taken;
            known += zeros as usize + 1;
            if let Some(coefficient) = later.nth(zeros as usize) {
                *coefficient |= 1 << plane;
            }
        }
    }
}

/// Applies `lift` to all lines of four along all dimensions, the slowest first.
pub(super) fn transform<W: Word>(block: &mut [W], lift: fn([W; 4]) -> [W; 4]) {
    let mut step = block.len() / 4;
    while step > 0 {
        for lines in block.chunks_exact_mut(4 * step) {
            let (x, rest) = lines.split_at_mut(step);
            let (y, rest) = rest.split_at_mut(step);
            let (z, w) = rest.split_at_mut(step);
            for (((x, y), z), w) in x.iter_mut().zip(y).zip(z).zip(w) {
                [*x, *y, *z, *w] = lift([*x, *y, *z, *w]);
            }
        }
        step /= 4;
    }
}

/// The transform of the modes that cut.
fn lift<W: Word>([mut x, mut y, mut z, mut w]: [W; 4]) -> [W; 4] {
    y += w >> 1;
    w -= y >> 1;
    y += w;
    w = w + w - y;
    z += x;
    x = x + x - z;
    y += z;
    z = z + z - y;
    w += x;
    x = x + x - w;
    [x, y, z, w]
}

/// The transform that loses nothing: sums of sums.
fn lift_exactly<W: Word>([x, mut y, mut z, mut w]: [W; 4]) -> [W; 4] {
    w += z;
    z += y;
    w += z;
    y += x;
    z += y;
    w += z;
    [x, y, z, w]
}
