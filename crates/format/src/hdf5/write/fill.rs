//! What elements are that were never written, and when they get a place (section IV.A.2.f).

use super::dataset::LayoutSpec;
use super::options::Level;
use crate::error::{Error, Result};
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::record::message::fill_value::FillValue;

pub use crate::hdf5::record::message::fill_value::{AllocationTime, FillTime};

/// What elements are that were never written (section IV.A.2.f).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FillSpec {
    /// One element as stored, of a type without addresses; zeros where there is none.
    pub value: Option<Vec<u8>>,
    /// Whether there is no such value, not even zeros (`H5Pset_fill_value` without one).
    pub undefined: bool,
    /// When the library writes the value.
    pub time: FillTime,
    /// When the library makes room for elements; what suits the layout by default.
    pub allocation: Option<AllocationTime>,
}

impl FillSpec {
    /// Refuses a value for elements of `size` bytes, or a time for a layout, that does not fit.
    pub(super) fn check(&self, layout: &LayoutSpec, size: u64) -> Result<()> {
        let at_once = matches!(layout, LayoutSpec::Compact | LayoutSpec::Chunked { index: IndexKind::Implicit, .. });
        let wrong = |what: &'static str| Err(Error::usage(what));
        match self {
            _ if self.value.as_ref().is_some_and(|fill| fill.len() as u64 != size) => {
                wrong("a fill value of another size than the elements")
            }
            FillSpec { undefined: true, value: Some(_), .. } => wrong("a fill value that is undefined"),
            FillSpec { undefined: true, time: FillTime::Always, .. } => {
                wrong("an undefined fill value that is written")
            }
            FillSpec { allocation: Some(AllocationTime::Late | AllocationTime::Incremental), .. } if at_once => {
                wrong("elements that get a place later, in a layout where they have one from the start")
            }
            _ => Ok(()),
        }
    }

    /// The message for a layout.
    pub(super) fn message(&self, layout: &LayoutSpec, level: Level) -> FillValue {
        let suits = match layout {
            LayoutSpec::Compact | LayoutSpec::Chunked { index: IndexKind::Implicit, .. } => AllocationTime::Early,
            LayoutSpec::Contiguous | LayoutSpec::External(_) => AllocationTime::Late,
            LayoutSpec::Chunked { .. } | LayoutSpec::Virtual(_) => AllocationTime::Incremental,
        };
        FillValue {
            version: if level == Level::Earliest { 2 } else { 3 },
            allocation_time: self.allocation.unwrap_or(suits).code(),
            write_time: self.time.code(),
            undefined: self.undefined,
            value: self.value.clone(),
        }
    }
}
