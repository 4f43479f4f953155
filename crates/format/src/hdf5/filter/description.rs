//! Filters as users see them.

use super::{names, OPTIONAL};
use crate::hdf5::record::message::filter_pipeline::FilterDescription;

/// A filter of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The registered number.
    pub id: u16,
    /// The registered name, or the one that the file gives; empty where there is none.
    pub name: String,
    /// Whether a chunk is stored without it where it fails.
    pub optional: bool,
    /// Its parameters.
    pub parameters: Vec<u32>,
}

impl From<&FilterDescription> for Filter {
    fn from(description: &FilterDescription) -> Self {
        Filter {
            id: description.id,
            name: names::name(description).unwrap_or_default(),
            optional: description.flags & OPTIONAL != 0,
            parameters: description.parameters.clone(),
        }
    }
}
