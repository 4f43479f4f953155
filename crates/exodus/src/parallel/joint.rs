//! Where the entries of the members are in the joined list.

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
}

/// Room for `len` values.
pub(super) fn reserve<T>(len: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} entries")))?;
    Ok(values)
}

impl Joint {
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
        Ok(Joint { len: keys.len(), keys, places })
    }

    /// The lists of the members, one after the other.
    pub fn chained(lengths: &[usize]) -> Self {
        let mut len = 0;
        let mut places = Vec::new();
        for length in lengths {
            places.push((len..len + length).collect());
            len += length;
        }
        Joint { keys: Vec::new(), places, len }
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

    /// Puts the values of the members, `width` for each entry, in their places. Of several members that have an entry
    /// the last one tells.
    pub fn scatter<'f, T: Element>(
        &self,
        width: usize,
        target: &mut [T],
        mut read: impl FnMut(usize) -> Result<Values<'f, T>>,
    ) -> Result<()> {
        self.scatter_some(width, target, |member| read(member).map(Some))
    }

    /// [`Joint::scatter`] of the members that have values: where none has, the target stays as it is.
    pub fn scatter_some<'f, T: Element>(
        &self,
        width: usize,
        target: &mut [T],
        mut read: impl FnMut(usize) -> Result<Option<Values<'f, T>>>,
    ) -> Result<()> {
        if Some(target.len()) != self.len.checked_mul(width) {
            let what = format!("a target of {} elements for {} entries of {width}", target.len(), self.len);
            return Err(Error::usage(what));
        }
        for (member, places) in self.places.iter().enumerate().filter(|(_, places)| !places.is_empty()) {
            let Some(values) = read(member)? else { continue };
            if Some(values.len()) != places.len().checked_mul(width) {
                let what = format!("member {member} has {} values for {} entries", values.len(), places.len());
                return Err(Error::usage(what));
            }
            let mut values = values.iter();
            for &place in places {
                let row = target.get_mut(place * width..(place + 1) * width).unwrap_or_default();
                for (target, value) in row.iter_mut().zip(values.by_ref()) {
                    *target = value;
                }
            }
        }
        Ok(())
    }

    /// [`Joint::scatter`] into a list of its own.
    pub fn join<'f, T: Element>(
        &self,
        width: usize,
        read: impl FnMut(usize) -> Result<Values<'f, T>>,
    ) -> Result<Vec<T>> {
        let len = self.len.checked_mul(width).ok_or_else(|| Error::limit("too many values"))?;
        let mut target = reserve(len)?;
        target.resize(len, T::default());
        self.scatter(width, &mut target, read)?;
        Ok(target)
    }
}

/// Integers in another type.
pub(super) fn typed<T: Element>(values: Vec<i64>) -> Result<Vec<T>> {
    let mut target = reserve(values.len())?;
    for value in values {
        let number = T::from_number(Number::Signed(i128::from(value)));
        target.push(number.ok_or_else(|| Error::usage(format!("{value} does not fit {:?}", T::TYPE)))?);
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
        assert!(joint.scatter(1, &mut [0; 2], |_| Ok(Values::owned(vec![0; 3]))).is_err());
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
