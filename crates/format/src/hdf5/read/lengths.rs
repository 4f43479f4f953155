//! The lengths of a dataset.

/// Along each dimension; where the dataset cannot grow both are the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lengths<'a> {
    pub current: &'a [u64],
    /// `u64::MAX` is unlimited.
    pub max: &'a [u64],
}
