//! Several files as one: each holds a piece of the addresses, and between the pieces there may be nothing.

use super::{Bytes, Source};
use crate::error::{Error, Result};
use crate::limits;

/// One file, and the addresses that it holds.
#[derive(Debug)]
pub(crate) struct Member {
    pub start: u64,
    /// Addresses from `start`; those behind the end of the file are zeros.
    pub len: u64,
    pub source: Source,
}

/// Members in the order of their addresses.
#[derive(Debug)]
pub(super) struct Spliced {
    members: Vec<Member>,
    /// For each member where the addresses end that follow it without a gap.
    ends: Vec<u64>,
}

impl Member {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.len)
    }
}

impl Spliced {
    fn new(mut members: Vec<Member>) -> Result<Self> {
        members.sort_by_key(|member| member.start);
        let mut ends = Vec::with_capacity(members.len());
        let mut next = None;
        for member in members.iter().rev() {
            let end = member.start.checked_add(member.len).filter(|&end| next.is_none_or(|(start, _)| end <= start));
            let end = end.ok_or_else(|| Error::malformed("driver information", member.start, "members overlap"))?;
            let far = next.filter(|&(start, _)| start == end).map_or(end, |(_, far)| far);
            ends.push(far);
            next = Some((member.start, far));
        }
        ends.reverse();
        Ok(Spliced { members, ends })
    }

    /// The number of the member that holds an address.
    fn find(&self, offset: u64) -> Option<usize> {
        let n = self.members.partition_point(|member| member.start <= offset).checked_sub(1)?;
        self.members.get(n).filter(|member| offset < member.end()).map(|_| n)
    }

    /// Where the addresses end that follow this one without a gap; 0 in a gap.
    pub(super) fn end(&self, offset: u64) -> u64 {
        let end = |n: usize| self.ends.get(n).copied();
        match self.find(offset) {
            Some(n) => end(n).unwrap_or(0),
            // An empty range may lie at the very end.
            None => {
                offset.checked_sub(1).and_then(|last| end(self.find(last)?)).filter(|&end| end == offset).unwrap_or(0)
            }
        }
    }

    pub(super) fn is_borrowable(&self) -> bool {
        self.members.iter().any(|member| member.source.is_borrowable())
    }

    /// A range that lies in the file of one member. The range was checked.
    pub(super) fn borrow(&self, offset: u64, len: u64) -> Result<Option<&[u8]>> {
        let Some(member) = self.find(offset).and_then(|n| self.members.get(n)) else {
            return Ok((len == 0).then_some(&[]));
        };
        let inside = offset - member.start;
        match inside.checked_add(len).is_some_and(|end| end <= member.source.len().min(member.len)) {
            true => member.source.borrow(inside, len),
            false => Ok(None),
        }
    }

    /// Fills `target` piece by piece. The range was checked.
    pub(super) fn read_into(&self, offset: u64, target: &mut [u8]) -> Result<()> {
        let (mut at, mut rest) = (offset, target);
        while !rest.is_empty() {
            let member = self.find(at).and_then(|n| self.members.get(n));
            let member = member.ok_or_else(|| super::beyond(at, rest.len() as u64, at))?;
            let held = limits::to_usize((member.end() - at).min(rest.len() as u64))?;
            let (piece, later) = rest.split_at_mut(held);
            member.read_into(at - member.start, piece)?;
            (at, rest) = (at + held as u64, later);
        }
        Ok(())
    }

    pub(super) fn share(&self, borrowed: &[u8]) -> Option<Bytes> {
        self.members.iter().find_map(|member| member.source.share(borrowed))
    }

    pub(super) fn populate(&self, borrowed: &[u8]) {
        self.members.iter().for_each(|member| member.source.populate(borrowed));
    }
}

impl Member {
    /// Fills `target` from the file, and with zeros behind its end.
    fn read_into(&self, inside: u64, target: &mut [u8]) -> Result<()> {
        let there = self.source.len().saturating_sub(inside).min(target.len() as u64);
        let (stored, behind) = target.split_at_mut(limits::to_usize(there)?);
        behind.fill(0);
        match stored.is_empty() {
            true => Ok(()),
            false => self.source.read_into(inside, stored),
        }
    }
}

impl Source {
    /// Files side by side in one address space. Its length is that of what begins at 0.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when two of them claim an address.
    pub(crate) fn splice(members: Vec<Member>) -> Result<Self> {
        let spliced = Spliced::new(members)?;
        let len = spliced.end(0);
        Ok(Source::of(super::Inner::Spliced(spliced), len))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(start: u64, len: u64, bytes: &[u8]) -> Member {
        Member { start, len, source: Source::from_bytes(bytes) }
    }

    #[test]
    fn a_range_in_one_member_is_borrowed_and_others_are_copied() {
        let source = Source::splice(vec![member(4, 4, b"efg"), member(0, 4, b"abcd")]).unwrap();
        assert_eq!(source.len(), 8);
        assert_eq!(source.borrow(1, 3).unwrap(), Some(&b"bcd"[..]));
        assert_eq!(source.borrow(3, 2).unwrap(), None);
        assert_eq!(source.borrow(6, 2).unwrap(), None); // a zero that no file holds
        assert_eq!(source.copy(2, 6).unwrap(), b"cdefg\0");
        assert!(source.copy(2, 7).is_err());
    }

    #[test]
    fn a_gap_is_an_error_and_no_length() {
        let far = u64::MAX >> 1;
        let source = Source::splice(vec![member(0, 4, b"abcd"), member(far, 3, b"xyz")]).unwrap();
        assert_eq!((source.len(), source.available(1), source.available(far + 1)), (4, 3, 2));
        assert_eq!(source.copy(far, 3).unwrap(), b"xyz");
        assert_eq!((source.available(4), source.available(9)), (0, 0));
        for (offset, len) in [(2, 3), (4, 1), (9, 1), (far - 1, 2), (far, 4), (9, 0)] {
            assert!(source.copy(offset, len).is_err(), "{offset} {len}");
        }
    }

    #[test]
    fn members_that_overlap() {
        assert!(Source::splice(vec![member(0, 4, b""), member(3, 4, b"")]).is_err());
        assert!(Source::splice(vec![member(u64::MAX, 4, b"")]).is_err());
        assert!(Source::splice(Vec::new()).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn members_without_gaps_are_one_file(pieces in prop::collection::vec((1u64..6, 0usize..6), 1..6), at in 0usize..40, len in 0usize..40) {
            let mut whole = Vec::new();
            let mut members = Vec::new();
            for (n, &(len, there)) in (1u8..).zip(&pieces) {
                let there = there.min(usize::try_from(len).unwrap());
                let bytes = vec![n; there];
                members.push(member(whole.len() as u64, len, &bytes));
                whole.extend_from_slice(&bytes);
                whole.resize(whole.len() + usize::try_from(len).unwrap() - there, 0);
            }
            let source = Source::splice(members).unwrap();
            let read = source.copy(at as u64, len as u64).ok();
            prop_assert_eq!(read.as_deref(), whole.get(at..at + len));
        }
    }
}
