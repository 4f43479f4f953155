//! What is settled when a dataset is created: the parameters that a filter takes from the type and the chunks, which the
//! reference library calls `set_local`.

use super::description::{Filter, OPTIONAL};
use super::names;
use super::pipeline::only_read;
use super::registry::{self, Growth};
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};

/// The most filters of a pipeline.
const MOST: usize = 32;
const NBIT: u16 = 5;
/// Filters from this number on are registered by others; their names are stored.
const FIRST_REGISTERED: u16 = 256;

/// What filters are set up for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunks<'a> {
    /// The type of the elements.
    pub datatype: &'a Datatype,
    /// The shape of a chunk.
    pub shape: &'a [u64],
    /// The stored element of places that were never written; zero bytes if there is none.
    pub fill: Option<&'a [u8]>,
}

/// Completes the parameters of a filter. What was completed for other chunks before is completed anew.
pub(super) type Setup = fn(&[u32], &Chunks) -> Result<Vec<u32>>;

/// The setup of filters whose parameters depend on nothing.
pub(super) fn keep(parameters: &[u32], _: &Chunks) -> Result<Vec<u32>> {
    Ok(parameters.to_vec())
}

impl Chunks<'_> {
    /// Bytes of an element.
    pub(super) fn element_size(&self) -> Result<u32> {
        fits("elements", Some(self.datatype.size()))
    }

    /// Elements of a chunk.
    pub(super) fn elements(&self) -> Result<u32> {
        fits("chunks", self.count())
    }

    /// Bytes of a chunk.
    pub(super) fn bytes(&self) -> Result<u32> {
        fits("chunks", self.count().and_then(|count| count.checked_mul(self.datatype.size())))
    }

    fn count(&self) -> Option<u64> {
        self.shape.iter().try_fold(1, |count: u64, &length| count.checked_mul(length))
    }
}

fn fits(what: &str, size: Option<u64>) -> Result<u32> {
    let size = size.and_then(|size| u32::try_from(size).ok());
    size.ok_or_else(|| Error::unsupported(format!("{what} of more than 4 GiB that pass through filters")))
}

/// Sets up filters for a new dataset: the message that declares them.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that can only be read, is not known, or has
/// no use for such elements; [`Kind::Usage`](crate::Kind::Usage) for parameters that make no sense, or too many filters.
pub(crate) fn setup(filters: &[Filter], chunks: &Chunks) -> Result<FilterPipeline> {
    if filters.len() > MOST {
        return Err(Error::usage(format!("{} filters, where a dataset has at most {MOST}", filters.len())));
    }
    let filters = filters.iter().map(|filter| describe(filter, chunks)).collect::<Result<Vec<_>>>()?;
    check_order(&filters)?;
    Ok(FilterPipeline { version: 2, filters })
}

/// Refuses filters of elements behind those that leave none.
fn check_order(filters: &[FilterDescription]) -> Result<()> {
    let mut before = None;
    for (place, filter) in filters.iter().enumerate() {
        let implementation = registry::find(filter.id);
        if let (Some(before), true) = (before, implementation.is_some_and(|filter| filter.takes_elements)) {
            let (filter, before) = (names::describe(filter), names::describe(before));
            return Err(Error::unsupported(format!("{filter} behind {before}: it takes whole elements only")));
        }
        if filter.id == NBIT && place > 0 {
            let filter = names::describe(filter);
            return Err(Error::unsupported(format!(
                "{filter} behind another filter, which the reference library misreads"
            )));
        }
        if implementation.is_none_or(|filter| filter.growth != Growth::By(0)) {
            before = Some(filter);
        }
    }
    Ok(())
}

/// A filter as the message has it.
fn describe(filter: &Filter, chunks: &Chunks) -> Result<FilterDescription> {
    let name = Some(&filter.name).filter(|name| !name.is_empty() && filter.id >= FIRST_REGISTERED);
    let mut description = FilterDescription {
        id: filter.id,
        flags: if filter.optional { OPTIONAL } else { 0 },
        name: name.map(|name| name.clone().into_bytes()),
        parameters: filter.parameters.clone(),
    };
    let Some(implementation) = registry::find(filter.id) else {
        return Err(Error::unsupported(format!("{} in a file that is written", names::describe(&description))));
    };
    let write = implementation.write.ok_or_else(|| only_read(&description))?;
    description.parameters = (write.setup)(&filter.parameters, chunks)?;
    Ok(description)
}
