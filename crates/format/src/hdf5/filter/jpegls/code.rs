//! The codes of errors, and what samples teach about those that follow.

use super::coding::{Coding, RECORD, RESET};
use crate::error::Result;
use crate::hdf5::filter::bits::{ones, BitReader, BitWriter};

/// A number whose low bits follow zeros, which count the high ones, and a one. After the most zeros that a code may have is
/// the number itself, less one.
#[inline(always)]
pub(super) fn number(reader: &mut BitReader, coding: &Coding, low: u32, limit: u32) -> Result<i32> {
    let zeros = reader.unary()?;
    let most = limit.saturating_sub(coding.bits + 1);
    let number = match zeros {
        _ if zeros < most => u64::from(zeros) << low | reader.read(low)?,
        _ if zeros == most => reader.read(coding.bits)? + 1,
        _ => return Err(RECORD.malformed(format!("a code of {zeros} zeros"))),
    };
    // About the range is the most that there is; so the sums stay small.
    let number = i32::try_from(number).ok().filter(|&number| number <= 2 * coding.range);
    number.ok_or_else(|| RECORD.malformed("an error beyond the range"))
}

/// The opposite of [`number`].
#[inline(always)]
fn put_number(writer: &mut BitWriter, coding: &Coding, number: i32, low: u32, limit: u32) {
    let (number, most) = (number.unsigned_abs(), limit.saturating_sub(coding.bits + 1));
    let high = number >> low;
    if high < most {
        writer.write_unary(high);
        writer.write(u64::from(number) & ones(low), low);
    } else {
        writer.write_unary(most);
        writer.write(number.saturating_sub(1).into(), coding.bits);
    }
}

/// How many errors there were, and how large.
#[derive(Debug, Clone, Copy)]
struct Size {
    count: i32,
    sum: i64,
}

impl Size {
    fn new(coding: &Coding) -> Self {
        Size { count: 1, sum: ((coding.range + 32) / 64).max(2).into() }
    }

    /// The low bits of codes: as many as the mean has, where `more` is added to the sum.
    #[inline(always)]
    fn low_bits(&self, more: i32) -> u32 {
        let (mut low, sum, mut reached) = (0, self.sum + i64::from(more), i64::from(self.count));
        while reached < sum {
            reached *= 2;
            low += 1;
        }
        low
    }

    /// Whether it is time to forget.
    #[inline(always)]
    fn add(&mut self, size: i32) -> bool {
        self.sum += i64::from(size);
        let is_full = self.count == RESET;
        if is_full {
            self.sum /= 2;
            self.count /= 2;
        }
        self.count += 1;
        is_full
    }
}

/// What is known where differences around a sample have some levels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Regular {
    size: Size,
    /// The sum of the errors, less what is corrected.
    bias: i32,
    /// What is added to predictions.
    pub correction: i32,
}

impl Regular {
    pub fn new(coding: &Coding) -> Self {
        Regular { size: Size::new(coding), bias: 0, correction: 0 }
    }

    /// The next error.
    #[inline(always)]
    pub fn error(&mut self, reader: &mut BitReader, coding: &Coding) -> Result<i32> {
        let low = self.size.low_bits(0);
        let number = number(reader, coding, low, coding.limit)?;
        let error = number >> 1 ^ -(number & 1);
        let error = if self.is_mirrored(low, coding) { !error } else { error };
        self.learn(error, coding);
        Ok(error)
    }

    /// Appends an error.
    #[inline(always)]
    pub fn put_error(&mut self, writer: &mut BitWriter, coding: &Coding, error: i32) {
        let low = self.size.low_bits(0);
        let mirrored = if self.is_mirrored(low, coding) { !error } else { error };
        put_number(writer, coding, mirrored << 1 ^ mirrored >> 31, low, coding.limit);
        self.learn(error, coding);
    }

    /// Whether the negative errors have the shorter codes.
    #[inline(always)]
    fn is_mirrored(&self, low: u32, coding: &Coding) -> bool {
        low == 0 && coding.near == 0 && 2 * self.bias <= -self.size.count
    }

    #[inline(always)]
    fn learn(&mut self, error: i32, coding: &Coding) {
        self.bias += error * (2 * coding.near + 1);
        if self.size.add(error.abs()) {
            self.bias >>= 1;
        }
        let count = self.size.count;
        let step = i32::from(self.bias > 0) - i32::from(self.bias <= -count);
        self.bias = (self.bias - step * count).clamp(1 - count, 0);
        self.correction = (self.correction + step).clamp(-128, 127);
    }
}

/// What is known about the samples after runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct AfterRun {
    size: Size,
    negative: i32,
}

impl AfterRun {
    pub fn new(coding: &Coding) -> Self {
        AfterRun { size: Size::new(coding), negative: 0 }
    }

    /// The next error, of a sample whose neighbours are near each other or not.
    pub fn error(&mut self, reader: &mut BitReader, coding: &Coding, limit: u32, is_near: bool) -> Result<i32> {
        let low = self.low_bits(is_near);
        let number = number(reader, coding, low, limit)?;
        let doubled = number + i32::from(is_near);
        let (size, is_odd) = ((doubled + 1) / 2, doubled & 1 == 1);
        let is_negative = size != 0 && self.is_negative_odd(low) == is_odd;
        self.learn(number, is_negative, is_near);
        Ok(if is_negative { -size } else { size })
    }

    /// Appends an error, which is none only where the neighbours are not near each other.
    pub fn put_error(&mut self, writer: &mut BitWriter, coding: &Coding, error: i32, (limit, is_near): (u32, bool)) {
        let low = self.low_bits(is_near);
        let is_odd = error != 0 && self.is_negative_odd(low) == (error < 0);
        let number = 2 * error.abs() - i32::from(is_odd) - i32::from(is_near);
        put_number(writer, coding, number, low, limit);
        self.learn(number, error < 0, is_near);
    }

    fn low_bits(&self, is_near: bool) -> u32 {
        self.size.low_bits(if is_near { self.size.count / 2 } else { 0 })
    }

    /// Whether negative errors have the odd numbers.
    fn is_negative_odd(&self, low: u32) -> bool {
        low != 0 || 2 * self.negative >= self.size.count
    }

    fn learn(&mut self, number: i32, is_negative: bool, is_near: bool) {
        self.negative += i32::from(is_negative);
        if self.size.add((number + i32::from(!is_near)) / 2) {
            self.negative /= 2;
        }
    }
}
