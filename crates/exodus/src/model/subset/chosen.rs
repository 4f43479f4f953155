//! Positions that are kept, in two bits each.

use std::ops::Range;

use hyperslab::{Error, Result};

/// Some of the positions of a list, with where they are among each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    words: Vec<u64>,
    /// How many are chosen before each word.
    before: Vec<u64>,
    len: u64,
}

impl Chosen {
    /// None of so many positions.
    pub fn none(of: u64) -> Result<Self> {
        let words = usize::try_from(of.div_ceil(64)).map_err(|_| Error::limit(format!("{of} nodes")))?;
        let mut list = Vec::new();
        list.try_reserve_exact(words).map_err(|_| Error::limit(format!("no memory for {of} nodes")))?;
        list.resize(words, 0);
        Ok(Chosen { words: list, before: Vec::new(), len: 0 })
    }

    /// Chooses a position; `false` if there is no such one.
    pub fn choose(&mut self, position: u64) -> bool {
        let word = usize::try_from(position / 64).ok().and_then(|n| self.words.get_mut(n));
        word.map(|word| *word |= 1 << (position % 64)).is_some()
    }

    /// Counts, when all are chosen.
    pub fn counted(mut self) -> Self {
        self.before = Vec::with_capacity(self.words.len());
        for word in &self.words {
            self.before.push(self.len);
            self.len += u64::from(word.count_ones());
        }
        self
    }

    /// How many are chosen.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Where a position is among those that are chosen.
    pub fn place(&self, position: u64) -> Option<u64> {
        let n = usize::try_from(position / 64).ok()?;
        let (word, bit) = (*self.words.get(n)?, position % 64);
        let below = word & ((1 << bit) - 1);
        (word >> bit & 1 == 1).then_some(self.before.get(n)? + u64::from(below.count_ones()))
    }

    /// The positions of a range of those that are chosen.
    pub fn positions(&self, range: Range<u64>) -> impl Iterator<Item = u64> + '_ {
        let first = self.before.partition_point(|&before| before <= range.start).saturating_sub(1);
        let skipped = self.before.get(first).map_or(0, |before| range.start - before);
        let words = self.words.iter().enumerate().skip(first);
        let all = words
            .flat_map(|(n, &word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| n as u64 * 64 + bit));
        let count = range.end.min(self.len).saturating_sub(range.start);
        all.skip(usize::try_from(skipped).unwrap_or(usize::MAX)).take(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_positions_are_inverse() {
        let mut chosen = Chosen::none(1000).unwrap();
        let wanted: Vec<u64> = (0..1000).filter(|n| n * n % 7 == 2 || n % 64 == 63 || (300..500).contains(n)).collect();
        assert!(wanted.iter().all(|&n| chosen.choose(n)) && !chosen.choose(2000));
        let chosen = chosen.counted();
        assert_eq!(chosen.len(), wanted.len() as u64);
        assert_eq!(chosen.positions(0..5000).collect::<Vec<_>>(), wanted);
        for (place, &position) in (0..).zip(&wanted) {
            assert_eq!(chosen.place(position), Some(place));
            assert_eq!(chosen.positions(place..place + 3).next(), Some(position));
        }
        assert_eq!((chosen.place(1), chosen.place(5000)), (None, None));
        assert_eq!(Chosen::none(0).unwrap().counted().positions(0..1).next(), None);
    }
}
