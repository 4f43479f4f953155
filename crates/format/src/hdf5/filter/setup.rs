//! What is settled when a dataset is created: the parameters that a filter takes from the type and the chunks, which the
//! reference library calls `set_local`.

use super::chunks::Chunks;
use super::description::Filter;
use super::names;
use super::registry::{self, Growth};
use crate::element::{ByteOrder, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};

/// The most filters of a pipeline.
const MOST: usize = 32;
const NBIT: u16 = 5;

/// Sets up filters for a new dataset: the message that declares them.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that is not known, or has
/// no use for such elements; [`Kind::Usage`](crate::Kind::Usage) for parameters that make no sense, or too many filters.
pub(crate) fn setup(filters: &[Filter], chunks: &Chunks) -> Result<FilterPipeline> {
    if filters.len() > MOST {
        return Err(Error::usage(format!("{} filters, where a dataset has at most {MOST}", filters.len())));
    }
    let filters = filters.iter().map(|filter| describe(filter, chunks)).collect::<Result<Vec<_>>>()?;
    check_order(&filters)?;
    Ok(FilterPipeline { version: 2, filters })
}

/// Chunks that make sense to nearly every filter, whatever it is for.
const USUAL: [NumberType; 4] = [NumberType::U8, NumberType::U16, NumberType::I64, NumberType::F64];
const SIDE: u64 = 64;

/// Whether such chunks can pass through filters that others can pass through.
///
/// # Errors
/// As [`setup`], for filters through which no chunks can pass.
pub(crate) fn fits(filters: &[Filter], chunks: &Chunks) -> Result<bool> {
    let Err(error) = setup(filters, chunks) else { return Ok(true) };
    let takes = |number| {
        let datatype = &Datatype::Number(number, ByteOrder::Little);
        setup(filters, &Chunks { datatype, shape: &[SIDE, SIDE], fill: None }).is_ok()
    };
    match USUAL.into_iter().any(takes) {
        true => Ok(false),
        false => Err(error),
    }
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
    let mut description = filter.describe();
    let Some(implementation) = registry::find(filter.id) else {
        return Err(Error::unsupported(format!("{} in a file that is written", names::describe(&description))));
    };
    description.parameters = (implementation.write.setup)(&filter.parameters, chunks)?;
    Ok(description)
}
