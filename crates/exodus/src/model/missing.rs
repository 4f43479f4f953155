//! What of the numbers of a model is no value: numbers that stand for missing ones, and numbers that are packed.

use std::cmp::Ordering;

use hyperslab::{Element, Error, Result};

use super::Model;
use crate::conventions;
use crate::data::{describe, Data};

/// The numbers that stand for missing values of an array.
pub(super) struct Missing(Vec<f64>);

impl Missing {
    pub fn of<M: Model + ?Sized>(model: &M, data: Data) -> Self {
        Missing(model.missing(data).into_iter().map(f64::nearest).collect())
    }

    /// Whether nothing stands for a missing value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a number stands for a missing value, which may be one that is no number.
    pub fn has(&self, value: f64) -> bool {
        let same = |missing: &f64| missing.partial_cmp(&value) == Some(Ordering::Equal);
        self.0.iter().any(|missing| same(missing) || missing.is_nan() && value.is_nan())
    }
}

/// Refuses to compute with numbers that are packed: they are others than they mean.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported), with the name of the array.
pub(super) fn refuse_packed<M: Model + ?Sized>(model: &M, data: Data, doing: &str) -> Result<()> {
    if !model.origin(data).is_some_and(conventions::is_packed) {
        return Ok(());
    }
    let name = model.mesh().map_or_else(|_| describe(data), |mesh| mesh.describe(data));
    Err(Error::unsupported(format!("{doing} packed values (scale_factor, add_offset)")).known_as(name))
}
