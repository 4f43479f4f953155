//! Where the entries of the members are in the joined list.

use std::ops::Range;

use hyperslab::{Element, Error, Number, Result, Values};

/// The joined list of something that the members have parts of.
#[derive(Debug, Default)]
pub(super) struct Joint {
    /// The number that orders each entry; empty for lists that follow each other.
    pub keys: Vec<i64>,
    /// For each member, the position of each of its entries.
    pub places: Vec<Vec<usize>>,
    /// The number of entries.
    pub len: usize,
    /// For each member, whether its entries are in the order of the joined list.
    ordered: Vec<bool>,
}

/// Room for `len` values.
pub(super) fn reserve<T>(len: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} entries")))?;
    Ok(values)
}

impl Joint {
    /// A list with these keys, and the entries of each member at these places.
    pub fn new(keys: Vec<i64>, places: Vec<Vec<usize>>, len: usize) -> Self {
        let ordered = places.iter().map(|places| places.is_sorted()).collect();
        Joint { keys, places, len, ordered }
    }

    /// Entries in the order of their numbers; those that several members have are one.
    pub fn merged(numbers: &[Vec<i64>]) -> Result<Self> {
        let mut keys = reserve(numbers.iter().map(Vec::len).sum())?;
        numbers.iter().for_each(|list| keys.extend_from_slice(list));
        keys.sort_unstable();
        keys.dedup();
        let mut places = Vec::new();
        for list in numbers {
            let mut own = reserve(list.len())?;
            let mut next = 0;
            for number in list {
                // Most entries follow the one before.
                let place = match keys.get(next) == Some(number) {
                    true => next,
                    false => keys.binary_search(number).unwrap_or_else(|place| place),
                };
                next = place + 1;
                own.push(place);
            }
            places.push(own);
        }
        let len = keys.len();
        Ok(Joint::new(keys, places, len))
    }

    /// The lists of the members, one after the other.
    pub fn chained(lengths: &[usize]) -> Self {
        let mut len = 0;
        let mut places = Vec::new();
        for length in lengths {
            places.push((len..len + length).collect());
            len += length;
        }
        Joint::new(Vec::new(), places, len)
    }

    /// The entries of all members.
    pub fn total(&self) -> usize {
        self.places.iter().map(Vec::len).sum()
    }

    /// The members that have an entry, the last one first, and the entry's position there.
    pub fn members_of(&self, place: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let own =
            move |(member, places): (usize, &Vec<usize>)| Some((member, places.iter().position(|&p| p == place)?));
        self.places.iter().enumerate().rev().filter_map(own)
    }

    /// The values of a range of the joined entries. Of a member whose entries are in order (as most are) no more is read than lies
    /// in it; `read` gets the member and the range of its entries.
    pub fn join_range<'f, T: Element>(
        &self,
        width: usize,
        range: Range<u64>,
        mut read: impl FnMut(usize, Range<u64>) -> Result<Values<'f, T>>,
    ) -> Result<Vec<T>> {
        self.join_some(width, range, T::default(), |member, range| read(member, range).map(Some))
    }

    /// [`Joint::join_range`] where only some members have values: those of others are `missing`.
    pub fn join_some<'f, T: Element>(
        &self,
        width: usize,
        range: Range<u64>,
        missing: T,
        mut read: impl FnMut(usize, Range<u64>) -> Result<Option<Values<'f, T>>>,
    ) -> Result<Vec<T>> {
        let outside = || Error::usage(format!("entries {}..{} of {}", range.start, range.end, self.len));
        let ends = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let (start, end) = ends.filter(|&(start, end)| start <= end && end <= self.len).ok_or_else(outside)?;
        if start == end {
            return Ok(Vec::new());
        }
        let len = (end - start).checked_mul(width).ok_or_else(|| Error::limit("too many values"))?;
        let mut target = reserve(len)?;
        target.resize(len, missing);
        for (member, places) in self.places.iter().enumerate() {
            let own = match self.ordered.get(member) {
                Some(true) => {
                    places.partition_point(|&place| place < start)..places.partition_point(|&place| place < end)
                }
                _ => 0..places.len(),
            };
            let places = places.get(own.clone()).unwrap_or_default();
            if places.is_empty() {
                continue;
            }
            let Some(values) = read(member, own.start as u64..own.end as u64)? else { continue };
            if Some(values.len()) != places.len().checked_mul(width) {
                let what = format!("member {member} has {} values for {} entries", values.len(), places.len());
                return Err(Error::usage(what));
            }
            let mut values = values.iter();
            for &place in places {
                let row = place.checked_sub(start).and_then(|row| target.get_mut(row * width..(row + 1) * width));
                // The values of entries outside of the range are passed over.
                let mut row = row.unwrap_or_default().iter_mut();
                for value in values.by_ref().take(width) {
                    row.next().into_iter().for_each(|place| *place = value);
                }
            }
        }
        Ok(target)
    }

    /// The values of all entries.
    pub fn join<'f, T: Element>(
        &self,
        width: usize,
        mut read: impl FnMut(usize) -> Result<Values<'f, T>>,
    ) -> Result<Vec<T>> {
        // What the members have is read whole, whatever the order of their entries.
        self.join_range(width, 0..self.len as u64, |member, _| read(member))
    }
}

/// Integers in another type.
pub(super) fn typed<T: Element>(values: Vec<i64>) -> Result<Vec<T>> {
    let mut target = reserve(values.len())?;
    for value in values {
        let number = T::from_number(Number::Signed(i128::from(value)));
        target.push(number.ok_or_else(|| Error::usage(format!("{value} does not fit {}", T::TYPE.name())))?);
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_entries_are_one_and_the_last_member_tells() {
        let joint = Joint::merged(&[vec![30, 10], vec![], vec![10, 20, 30]]).unwrap();
        assert_eq!((joint.keys.as_slice(), joint.len, joint.total()), ([10, 20, 30].as_slice(), 3, 5));
        assert_eq!(joint.places, [vec![2, 0], vec![], vec![0, 1, 2]]);
        let lists = [vec![1, 2, 3, 4], vec![], vec![5, 6, 7, 8, 9, 10]];
        assert_eq!(joint.join(2, |m| Ok(Values::owned(lists[m].clone()))).unwrap(), [5, 6, 7, 8, 9, 10]);
        assert_eq!(
            (joint.members_of(0).next(), joint.members_of(2).next(), joint.members_of(3).next()),
            (Some((2, 0)), Some((2, 2)), None)
        );
        assert!(joint.join(1, |m| Ok(Values::owned(lists[m].clone()))).is_err());
        let some = |member: usize, own: Range<u64>| {
            let own = usize::try_from(own.start).unwrap() * 2..usize::try_from(own.end).unwrap() * 2;
            Ok(Values::owned(lists[member][own].to_vec()))
        };
        // The first member is not in order: all of it is read.
        assert_eq!(joint.join_range(2, 1..3, some).unwrap(), [7, 8, 9, 10]);
        assert!(joint.join_range(2, 1..4, some).is_err());
    }

    #[test]
    fn lists_follow_each_other() {
        let joint = Joint::chained(&[2, 0, 1]);
        let lists = [vec![4, 5], vec![], vec![6]];
        assert_eq!(joint.join(1, |m| Ok(Values::owned(lists[m].clone()))).unwrap(), [4, 5, 6]);
        assert_eq!(joint.members_of(2).next(), Some((2, 0)));
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert_eq!(typed::<i32>(vec![-1, 5]).unwrap(), [-1, 5]);
        assert!(typed::<u8>(vec![256]).is_err());
    }
}
