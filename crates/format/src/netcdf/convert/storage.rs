//! How the variables of the output are stored: chunks, filters, byte orders.

use super::options::ConvertOptions;
use super::paths;
use crate::error::{Context, Error, Result};
use crate::hdf5::Filter;
use crate::netcdf::ids::{DimensionId, VariableId};
use crate::netcdf::schema::{Layout, Schema, Storage, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::v4;

/// Stores variables as is asked for.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a classic container, which has nothing to choose;
/// [`Kind::NotFound`](crate::Kind::NotFound) for dimensions that there are not.
pub(super) fn store(schema: &mut Schema, options: &ConvertOptions) -> Result<()> {
    if !schema.container.is_hdf5() {
        let container = schema.container.name();
        return match options.needs_hdf5() {
            Some(what) => Err(Error::usage(format!("{container} has no {what}: netcdf4 and netcdf4-classic have it"))),
            None => Ok(()),
        };
    }
    let lengths = chunk_lengths(schema, options)?;
    for place in 0..schema.variables.len() {
        let id = VariableId(place);
        let variable = schema.variable(id)?;
        let is_number = variable.ty.number().is_some();
        let order = chosen(&options.order, schema, id, is_number, |_| false).copied().unwrap_or(variable.order);
        if order != variable.order && !is_number {
            let detail = format!("a byte order of the type {}", variable.ty.name());
            return Err(Error::usage(detail).in_object(schema.path(variable)));
        }
        let layout = layout(schema, id, options, &lengths)?;
        let rounds = chosen(&options.quantize, schema, id, is_rounded(schema, variable), |_| false).copied();
        let Some(variable) = schema.variables.get_mut(place) else { continue };
        variable.order = order;
        variable.quantization = rounds;
        variable.storage.layout = layout;
    }
    schema.fit_chunks();
    for place in 0..schema.variables.len() {
        let filters = filters(schema, VariableId(place), options)?;
        let Some(variable) = schema.variables.get_mut(place) else { continue };
        variable.storage = fitted(Storage { filters, ..std::mem::take(&mut variable.storage) });
    }
    Ok(())
}

/// The lengths of chunks that are asked for, by dimension.
fn chunk_lengths(schema: &Schema, options: &ConvertOptions) -> Result<Vec<(DimensionId, u64)>> {
    let mut lengths = Vec::new();
    for (name, length) in &options.chunk_lengths {
        lengths.extend(paths::dimensions(schema, name)?.into_iter().map(|id| (id, *length)));
    }
    Ok(lengths)
}

/// Filters need chunks, whose shape the writer chooses.
fn fitted(storage: Storage) -> Storage {
    match storage.layout {
        Layout::Compact if storage.is_filtered() => Storage { layout: Layout::Contiguous, ..storage },
        _ => storage,
    }
}

fn layout(schema: &Schema, id: VariableId, options: &ConvertOptions, lengths: &[(DimensionId, u64)]) -> Result<Layout> {
    let variable = schema.variable(id)?;
    let grows = |id: &&DimensionId| schema.dimension(**id).is_ok_and(|d| d.unlimited);
    if let (Some([]), Some(id)) =
        (options.chunks.by_name(schema, id).map(Vec::as_slice), variable.dimensions.iter().find(grows))
    {
        let name = &schema.dimension(*id)?.name;
        let detail = format!("data in one piece along the unlimited dimension {name}: it needs a fixed length, too");
        return Err(Error::usage(detail).in_object(schema.path(variable)));
    }
    if let Some(chunk) = options.chunks.of(schema, id) {
        return Ok(if chunk.is_empty() { Layout::Contiguous } else { Layout::Chunked(chunk.clone()) });
    }
    let wanted = |id: &DimensionId| lengths.iter().rev().find(|(other, _)| other == id).map(|(_, length)| *length);
    let mut layout = variable.storage.layout.clone();
    if variable.dimensions.iter().any(|id| wanted(id).is_some()) {
        let mut chunk = match layout {
            Layout::Chunked(chunk) => chunk,
            _ => schema
                .shape(id)?
                .iter()
                .zip(&variable.dimensions)
                .map(|(&n, id)| if grows(&id) { 1 } else { n })
                .collect(),
        };
        for (length, id) in chunk.iter_mut().zip(&variable.dimensions) {
            *length = wanted(id).unwrap_or(*length);
        }
        layout = Layout::Chunked(chunk);
    }
    // What has become unlimited is chunked, whatever it was.
    let compact = layout == Layout::Compact && variable.dimensions.iter().any(|id| grows(&id));
    Ok(if compact { Layout::Contiguous } else { layout })
}

/// Whether the values of a variable are rounded where all are asked for: floating-point numbers, but no coordinates.
fn is_rounded(schema: &Schema, variable: &Variable) -> bool {
    let is_its_own = |id: &DimensionId| schema.dimension(*id).is_ok_and(|d| d.name == variable.name);
    matches!(variable.ty, Type::Float | Type::Double) && !variable.dimensions.first().is_some_and(is_its_own)
}

/// Whether filters that are asked for all variables are for this one: not for single elements, and not for references to
/// texts and lists, which do not become smaller.
fn takes_filters(variable: &Variable) -> bool {
    !variable.dimensions.is_empty() && !variable.ty.is_variable()
}

/// Whether filters are asked for by the name of a variable.
fn asks_for_filters(schema: &Schema, id: VariableId, options: &ConvertOptions) -> bool {
    let compresses = options.compression.by_name(schema, id).is_some_and(|filters| !filters.is_empty());
    let is_on = |choices: &super::Choices<bool>| choices.by_name(schema, id) == Some(&true);
    compresses || is_on(&options.shuffle) || is_on(&options.fletcher32)
}

/// The pipeline of a variable: shuffle, what compresses, checksums. One of which nothing is asked stays as it is. What
/// compresses and is asked for all variables is for those whose chunks can pass through it: szip has to have a block of them.
fn filters(schema: &Schema, id: VariableId, options: &ConvertOptions) -> Result<Vec<Filter>> {
    let variable = schema.variable(id)?;
    if options.chunks.by_name(schema, id).is_some_and(Vec::is_empty) {
        return match asks_for_filters(schema, id, options) {
            true => {
                Err(Error::usage("filters of data in one piece: they need chunks").in_object(schema.path(variable)))
            }
            false => Ok(Vec::new()),
        };
    }
    let takes = takes_filters(variable);
    let compression = chosen(&options.compression, schema, id, takes, Vec::is_empty).map(Vec::as_slice);
    let shuffle = chosen(&options.shuffle, schema, id, takes, |&on| !on).copied();
    let fletcher32 = chosen(&options.fletcher32, schema, id, takes, |&on| !on).copied();
    let filters = pipeline(&variable.storage, compression, (shuffle, fletcher32));
    if compression.is_none() || options.compression.by_name(schema, id).is_some() {
        return Ok(filters);
    }
    let storage = Storage { filters, ..variable.storage.clone() };
    let variable = Variable { storage, ..variable.clone() };
    match v4::takes_filters(schema, &variable).in_object(&schema.path(&variable))? {
        true => Ok(variable.storage.filters),
        false => Ok(pipeline(&schema.variable(id)?.storage, None, (shuffle, fletcher32))),
    }
}

/// Shuffle, what compresses, checksums. What nothing is asked of stays as it is.
fn pipeline(
    old: &Storage,
    compression: Option<&[Filter]>,
    (shuffle, fletcher32): (Option<bool>, Option<bool>),
) -> Vec<Filter> {
    if compression.is_none() && shuffle.is_none() && fletcher32.is_none() {
        return old.filters.clone();
    }
    // Bytes that are brought together for nothing stay where they are.
    let has_shuffle = old.has_filter(Filter::SHUFFLE) && compression.is_none_or(|filters| !filters.is_empty());
    let is_compression = |filter: &&Filter| !matches!(filter.id, Filter::SHUFFLE | Filter::FLETCHER32);
    // What the new filters do themselves is not done twice.
    let has = |id: u16| compression.is_some_and(|filters| filters.iter().any(|filter| filter.id == id));
    let (shuffles, sums) = (has(Filter::SHUFFLE), has(Filter::FLETCHER32));
    let mut filters = Vec::new();
    filters.extend((!shuffles && shuffle.unwrap_or(has_shuffle)).then(Filter::shuffle));
    match compression {
        Some(new) => filters.extend(new.iter().cloned()),
        None => filters.extend(old.filters.iter().filter(is_compression).cloned()),
    }
    let has_sums = old.has_filter(Filter::FLETCHER32);
    filters.extend((!sums && fletcher32.unwrap_or(has_sums)).then(Filter::fletcher32));
    filters
}

/// What is asked of a variable by its name, or of all variables, if it takes that or it is nothing.
fn chosen<'c, T>(
    choices: &'c super::Choices<T>,
    schema: &Schema,
    id: VariableId,
    takes: bool,
    is_nothing: impl Fn(&T) -> bool,
) -> Option<&'c T> {
    choices.by_name(schema, id).or_else(|| choices.for_all().next().filter(|choice| takes || is_nothing(choice)))
}
