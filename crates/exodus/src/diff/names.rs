//! Which of two lists of names belong together.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// For each of the first list its partner in the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pairs {
    pub partners: Vec<Option<usize>>,
    /// Which of the second list are somebody's partner.
    pub taken: Vec<bool>,
}

impl Pairs {
    /// Nobody has a partner yet.
    fn none(first: usize, second: usize) -> Self {
        Pairs { partners: vec![None; first], taken: vec![false; second] }
    }

    /// The same names, then those that are the same but for their case. Of several of one name the n-th goes with the n-th.
    pub fn of_names<S: AsRef<str>>(first: &[S], second: &[S], ignore_case: bool) -> Self {
        let pairs = Self::by_key(first, second, |name| name.as_ref().to_owned());
        match ignore_case {
            true => pairs.then(first, second, |name| name.as_ref().to_ascii_lowercase()),
            false => pairs,
        }
    }

    /// Those with the same key, the n-th of a key with the n-th.
    pub fn by_key<T, K: Hash + Eq>(first: &[T], second: &[T], key: impl Fn(&T) -> K) -> Self {
        Self::none(first.len(), second.len()).then(first, second, key)
    }

    /// Pairs those that are left in the same way by another key.
    fn then<T, K: Hash + Eq>(mut self, first: &[T], second: &[T], key: impl Fn(&T) -> K) -> Self {
        let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (n, other) in second.iter().enumerate().filter(|(n, _)| self.taken.get(*n) == Some(&false)) {
            free.entry(key(other)).or_default().push_back(n);
        }
        for (one, partner) in first.iter().zip(&mut self.partners).filter(|(_, partner)| partner.is_none()) {
            *partner = free.get_mut(&key(one)).and_then(VecDeque::pop_front);
            if let Some(taken) = partner.and_then(|n| self.taken.get_mut(n)) {
                *taken = true;
            }
        }
        self
    }
}

/// What a variable is called where it is told of: its position, counted from 1, has to do where it has no name.
pub(super) fn title(name: &str, position: usize) -> Cow<'_, str> {
    match name.is_empty() {
        true => format!("unnamed {}", position.saturating_add(1)).into(),
        false => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partners(first: &[&str], second: &[&str], ignore_case: bool) -> Vec<Option<usize>> {
        Pairs::of_names(first, second, ignore_case).partners
    }

    #[test]
    fn the_same_name_comes_before_one_of_another_case() {
        assert_eq!(partners(&["t", "T"], &["T", "t"], true), [Some(1), Some(0)]);
        assert_eq!(partners(&["T", "x"], &["t", "T"], true), [Some(1), None]);
        assert_eq!(partners(&["T", "x"], &["t", "X"], true), [Some(0), Some(1)]);
        assert_eq!(partners(&["T", "x"], &["t", "X"], false), [None, None]);
    }

    #[test]
    fn the_nth_of_a_name_goes_with_the_nth() {
        assert_eq!(partners(&["u", "u", "v"], &["v", "u", "u"], true), [Some(1), Some(2), Some(0)]);
        assert_eq!(partners(&["u", "u"], &["u"], true), [Some(0), None]);
        let pairs = Pairs::of_names(&["u"], &["u", "U"], true);
        assert_eq!((pairs.partners, pairs.taken), (vec![Some(0)], vec![true, false]));
    }
}
