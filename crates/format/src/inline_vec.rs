//! A list that needs no memory of its own while it is short.

/// Up to `N` elements in place, more in a vector.
#[derive(Debug, Clone)]
pub(crate) struct InlineVec<T, const N: usize> {
    place: [T; N],
    len: usize,
    /// All elements, once they are more than fit the place.
    spilled: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Default for InlineVec<T, N> {
    fn default() -> Self {
        InlineVec { place: [T::default(); N], len: 0, spilled: Vec::new() }
    }
}

impl<T: Copy + Default, const N: usize> InlineVec<T, N> {
    /// A copy of a slice.
    pub fn of(elements: &[T]) -> Self {
        let mut list = Self::default();
        elements.iter().for_each(|&element| list.push(element));
        list
    }

    /// Appends an element.
    pub fn push(&mut self, element: T) {
        match self.place.get_mut(self.len) {
            Some(place) => *place = element,
            None => {
                if self.spilled.is_empty() {
                    self.spilled.extend_from_slice(&self.place);
                }
                self.spilled.push(element);
            }
        }
        self.len += 1;
    }

    /// All elements.
    pub fn as_slice(&self) -> &[T] {
        match self.spilled.as_slice() {
            [] => self.place.get(..self.len).unwrap_or_default(),
            spilled => spilled,
        }
    }

    /// All elements.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match self.spilled.as_mut_slice() {
            [] => self.place.get_mut(..self.len).unwrap_or_default(),
            spilled => spilled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_in_order_within_the_place_and_beyond() {
        let mut list = InlineVec::<u64, 3>::default();
        for n in 0..7 {
            assert_eq!(list.as_slice(), (0..n).collect::<Vec<_>>());
            list.push(n);
            assert_eq!(list.as_mut_slice(), (0..=n).collect::<Vec<_>>());
        }
    }
}
