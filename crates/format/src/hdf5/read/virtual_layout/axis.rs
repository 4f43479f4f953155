//! Selected indices along one dimension, and where two such selections and a region meet.

/// Blocks of neighbours at constant distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    start: u64,
    stride: u64,
    block: u64,
    /// Indices in all blocks; the last one may be cut off. `u64::MAX` is unlimited.
    len: u64,
}

impl Axis {
    /// `len` neighbours.
    pub fn run(start: u64, len: u64) -> Self {
        Axis { start, stride: 1, block: 1, len }
    }

    /// `count` blocks; both numbers can be unlimited. `None` if blocks overlap, or an index exceeds 64 bits.
    pub fn blocks(start: u64, stride: u64, count: u64, block: u64) -> Option<Self> {
        let len = match (count, block) {
            (0, _) | (_, 0) => 0,
            (1, block) => block,
            (_, u64::MAX) => return None,
            (u64::MAX, _) => u64::MAX,
            _ => count.checked_mul(block)?,
        };
        if count > 1 && stride < block {
            return None;
        }
        let axis =
            if count <= 1 || stride == block { Self::run(start, len) } else { Axis { start, stride, block, len } };
        (axis.is_unlimited() || axis.reach().is_some()).then_some(axis)
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    pub fn is_unlimited(&self) -> bool {
        self.len == u64::MAX
    }

    /// The first `len` indices.
    pub fn first(&self, len: u64) -> Self {
        Axis { len: self.len.min(len), ..*self }
    }

    /// The index at a place of the selection, if it fits 64 bits.
    pub fn index(&self, place: u64) -> Option<u64> {
        let blocks = place.checked_div(self.block)?;
        blocks.checked_mul(self.stride)?.checked_add(place % self.block)?.checked_add(self.start)
    }

    /// One more than the last index; 0 without any.
    pub fn reach(&self) -> Option<u64> {
        self.len.checked_sub(1).map_or(Some(0), |last| self.index(last)?.checked_add(1))
    }

    /// The number of selected indices below a bound.
    pub fn below(&self, bound: u64) -> u64 {
        let far = bound.saturating_sub(self.start);
        let (whole, rest) = (far.checked_div(self.stride).unwrap_or(0), far.checked_rem(self.stride).unwrap_or(0));
        whole.saturating_mul(self.block).saturating_add(rest.min(self.block)).min(self.len)
    }

    /// The place of an index in the selection; otherwise the next index that is selected, if there is one.
    fn place(&self, index: u64) -> Result<u64, Option<u64>> {
        let place = self.below(index);
        match self.index(place).filter(|_| place < self.len) {
            Some(found) if found == index => Ok(place),
            next => Err(next),
        }
    }

    /// How many indices from this place on are neighbours.
    pub fn neighbours(&self, place: u64) -> u64 {
        let rest = self.len.saturating_sub(place);
        match self.stride == self.block {
            true => rest,
            false => rest.min(self.block - place % self.block),
        }
    }
}

/// Places along one dimension at constant distances in a target, and the indices of the source that belong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    pub to: u64,
    pub to_step: u64,
    pub from: u64,
    pub from_step: u64,
    pub count: u64,
}

impl Steps {
    /// The last index in the source.
    pub fn last(&self) -> u64 {
        self.from.saturating_add(self.count.saturating_sub(1).saturating_mul(self.from_step))
    }

    /// Takes another place in, if the distances stay constant.
    fn extend(&mut self, next: &Steps) -> bool {
        let gap = (next.to.wrapping_sub(self.to), next.from.wrapping_sub(self.from));
        let joins = match (self.count, next.count) {
            (1, 1) => true,
            (_, 1) => gap == (self.count.saturating_mul(self.to_step), self.count.saturating_mul(self.from_step)),
            _ => false,
        };
        if joins && self.count == 1 {
            (self.to_step, self.from_step) = gap;
        }
        self.count += u64::from(joins);
        joins
    }
}

/// Where a region (`start`, `count`, `stride`) meets a selection of the same dimension, and the selection of a source of as
/// many indices.
pub(super) fn meet((start, count, stride): (u64, u64, u64), target: &Axis, source: &Axis) -> Vec<Steps> {
    let stride = stride.max(1);
    if let (1, 1, 1) = (stride, target.block, source.block) {
        return meet_evenly(start, count, target, source).into_iter().collect();
    }
    let mut met: Vec<Steps> = Vec::new();
    let mut to = 0;
    while to < count {
        let Some(index) = to.checked_mul(stride).and_then(|far| far.checked_add(start)) else { break };
        let place = match target.place(index) {
            Ok(place) => place,
            Err(Some(next)) => {
                to = (next - start).div_ceil(stride);
                continue;
            }
            Err(None) => break,
        };
        let Some(from) = source.index(place) else { break };
        let alike = target.neighbours(place).min(source.neighbours(place)).div_ceil(stride).min(count - to);
        let steps = Steps { to, to_step: 1, from, from_step: stride, count: alike.max(1) };
        if !met.last_mut().is_some_and(|last| last.extend(&steps)) {
            met.push(steps);
        }
        to += steps.count;
    }
    met
}

/// [`meet`] for neighbours, where no selection has blocks: one progression.
fn meet_evenly(start: u64, count: u64, target: &Axis, source: &Axis) -> Option<Steps> {
    let first = target.below(start);
    let count = target.below(start.saturating_add(count)).checked_sub(first).filter(|&count| count > 0)?;
    let (to, from) = (target.index(first)?.checked_sub(start)?, source.index(first)?);
    Some(Steps { to, to_step: target.stride, from, from_step: source.stride, count })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn axis() -> impl Strategy<Value = Axis> {
        (0u64..6, 1u64..5, 0u64..4, 0u64..6)
            .prop_map(|(start, block, gap, count)| Axis::blocks(start, block + gap, count, block).unwrap())
    }

    fn indices(axis: &Axis) -> Vec<u64> {
        (0..axis.len()).map(|place| axis.index(place).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn meeting_is_what_it_is_element_by_element(
            target in axis(), source in axis(), start in 0u64..10, count in 0u64..20, stride in 1u64..5,
        ) {
            let len = target.len().min(source.len());
            let (target, source) = (target.first(len), source.first(len));
            let mut wanted = Vec::new();
            for to in 0..count {
                let place = indices(&target).iter().position(|&index| index == start + to * stride);
                wanted.extend(place.map(|place| (to, indices(&source)[place])));
            }
            let met = meet((start, count, stride), &target, &source);
            let found: Vec<_> = met.iter()
                .flat_map(|s| (0..s.count).map(|n| (s.to + n * s.to_step, s.from + n * s.from_step)))
                .collect();
            prop_assert_eq!(found, wanted);
        }

        #[test]
        fn bounds_and_places(axis in axis(), bound in 0u64..40) {
            let all = indices(&axis);
            prop_assert_eq!(axis.reach(), Some(all.last().map_or(0, |last| last + 1)));
            prop_assert_eq!(axis.below(bound), all.iter().filter(|&&index| index < bound).count() as u64);
            let next = all.iter().find(|&&index| index >= bound);
            match axis.place(bound) {
                Ok(place) => prop_assert_eq!(all[usize::try_from(place).unwrap()], bound),
                Err(found) => prop_assert_eq!(found, next.copied()),
            }
        }
    }

    #[test]
    fn even_blocks_are_one_progression() {
        let rows = Axis::blocks(1, 2, 1000, 1).unwrap();
        let steps = meet((0, 2000, 1), &rows, &Axis::run(7, 1000));
        assert_eq!(steps, [Steps { to: 1, to_step: 2, from: 7, from_step: 1, count: 1000 }]);
        let far = Axis::blocks(0, 1 << 40, u64::MAX, 1).unwrap();
        assert_eq!(meet((1, 1 << 30, 1 << 30), &far, &far), []);
    }

    #[test]
    fn what_cannot_be() {
        assert_eq!(Axis::blocks(0, 1, 2, 2), None);
        assert_eq!(Axis::blocks(u64::MAX, 1, 2, 1), None);
        assert_eq!(Axis::blocks(0, 9, 2, u64::MAX), None);
        assert!(Axis::blocks(0, 0, 1, 3).is_some_and(|axis| axis == Axis::run(0, 3)));
    }
}
