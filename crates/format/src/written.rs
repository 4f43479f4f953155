//! Which bytes of a file were written, so that the others can be given the fill value in the end.
//!
//! netCDF-C fills everything in advance and so writes most files twice.

use std::ops::Range;
use std::sync::Mutex;

use crate::error::Result;
use crate::limits;
use crate::ranges::Ranges;
use crate::sync::lock;

/// The bytes that were written.
#[derive(Debug, Default)]
pub(crate) struct Written(Mutex<Ranges>);

impl Written {
    /// Adds a range.
    pub fn add(&self, range: Range<u64>) {
        lock(&self.0).add(range);
    }

    /// The parts of a range that were not written.
    pub fn gaps(&self, range: Range<u64>) -> Vec<Range<u64>> {
        lock(&self.0).gaps(range)
    }

    /// Gives the parts of a range that were not written the elements that `fill` makes, a buffer of whole ones at a time.
    ///
    /// # Errors
    /// What `fill` returns, and `write`, which gets an offset and bytes.
    pub fn fill_gaps(
        &self,
        range: Range<u64>,
        element_size: u64,
        fill: &dyn Fn(&mut [u8]) -> Result<()>,
        write: &dyn Fn(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        const BUFFER: u64 = 64 << 10;
        let size = element_size.max(1);
        // Elements are written whole, so a gap starts with one.
        let whole = (BUFFER / size).max(1).saturating_mul(size);
        for gap in self.gaps(range) {
            let mut elements = limits::buffer(gap.end.saturating_sub(gap.start).min(whole))?;
            let mut offset = gap.start;
            while let Some(rest) = gap.end.checked_sub(offset).filter(|&rest| rest > 0) {
                elements.truncate(limits::to_usize(rest.min(whole))?);
                fill(&mut elements)?;
                write(offset, &elements)?;
                offset = offset.saturating_add(elements.len() as u64);
            }
            self.add(gap);
        }
        Ok(())
    }
}

/// What fills with an element over and over, as [`Written::fill_gaps`] asks for it.
pub(crate) fn repeated(element: &[u8]) -> impl Fn(&mut [u8]) -> Result<()> + use<'_> {
    move |target| {
        repeat(element, target);
        Ok(())
    }
}

/// Repeats an element over `target`, as often as it fits; an empty one changes nothing.
pub(crate) fn repeat(element: &[u8], target: &mut [u8]) {
    let whole = target.len().saturating_sub(target.len().checked_rem(element.len()).unwrap_or(target.len()));
    if let Some(first) = target.get_mut(..element.len().min(whole)) {
        first.copy_from_slice(element.get(..first.len()).unwrap_or_default());
    }
    // What is there doubles, until everything is.
    let mut there = element.len();
    while there < whole {
        let more = there.min(whole.saturating_sub(there));
        target.copy_within(..more, there);
        there = there.saturating_add(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_are_repeated_as_often_as_they_fit() {
        for (size, len) in [(0, 5), (1, 0), (1, 9), (3, 2), (3, 3), (3, 11), (8, 800), (7, 13)] {
            let element: Vec<u8> = (1..).take(size).collect();
            let mut target = vec![0; len];
            repeat(&element, &mut target);
            let whole = len.checked_div(size).unwrap_or(0) * size;
            let expected: Vec<u8> = element.iter().copied().cycle().take(whole).collect();
            assert!(target[..whole] == expected && target[whole..].iter().all(|&byte| byte == 0), "{size} {len}");
        }
    }

    proptest! {
        #[test]
        fn gaps_are_filled_with_whole_elements(size in 1usize..100_000, count in 1u64..70_000) {
            let count = count.min(300_000 / size as u64 + 1);
            let fill: Vec<u8> = (0..=250).cycle().take(size).collect();
            let len = count * size as u64;
            let filled = Mutex::new(vec![255; usize::try_from(len).unwrap()]);
            let write = |offset: u64, bytes: &[u8]| {
                let start = usize::try_from(offset).unwrap();
                filled.lock().unwrap()[start..start + bytes.len()].copy_from_slice(bytes);
                Ok(())
            };
            let written = Written::default();
            written.fill_gaps(0..len, size as u64, &repeated(&fill), &write).unwrap();
            prop_assert!(written.gaps(0..len).is_empty());
            prop_assert!(filled.lock().unwrap().chunks(size).all(|element| element == fill));
        }
    }
}
