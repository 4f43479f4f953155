//! Steps that were chosen, whichever way.

/// Steps of a file, numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Resolved {
    pub first: u64,
    pub stride: u64,
    pub count: u64,
}

impl Resolved {
    /// No step.
    pub const NONE: Self = Resolved { first: 0, stride: 1, count: 0 };

    /// The number of steps up to the last one that is taken.
    pub fn end(&self) -> u64 {
        self.count.checked_sub(1).map_or(0, |more| self.first + more * self.stride + 1)
    }

    /// Whether these are all steps.
    pub fn is_all(&self, steps: u64) -> bool {
        self.first == 0 && self.stride == 1 && self.count == steps
    }
}
