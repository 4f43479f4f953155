//! What the output declares.

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Attribute, Schema, Type, Value, Variable, VariableId};
use hyperslab::{Error, Result};

use super::resolved::Resolved;
use super::Options;
use crate::names;
use crate::read::file::ExodusFile;

/// Variables of fewer bytes than this are not compressed, unless the input's are.
pub const SMALL: u64 = 4096;

/// What a model declares: with the groups below it, and with what the file says for all its groups. The variables of the file
/// come along, in the order of those of the schema.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for what a file of its own cannot hold.
pub(super) fn input(file: &ExodusFile) -> Result<(Schema, Vec<VariableId>)> {
    let (mut schema, variables) = file.schema().subtree(file.group_id())?;
    let mut root = schema.groups.first_mut().map(|root| &mut root.attributes);
    for attribute in file.schema().attributes().iter().filter(|a| names::OF_THE_FILE.contains(&a.name.as_str())) {
        let known = |list: &&mut Vec<Attribute>| list.iter().any(|a| a.name == attribute.name);
        if let Some(list) = root.as_deref_mut().filter(|list| !known(list)) {
            list.push(attribute.clone());
        }
    }
    Ok((schema, variables))
}

/// The schema of the output: the input's, but for the number of steps, the container and the compression.
pub(super) fn output(input: &Schema, options: &Options, steps: &[Option<Resolved>]) -> Result<Schema> {
    if let Some(lost) = input.hidden.first() {
        return Err(Error::unsupported(format!("it would be lost: {}", lost.reason)).in_object(lost.path.clone()));
    }
    let container = options.container.unwrap_or(input.container);
    let mut schema = input.in_container(container)?;
    for (dimension, steps) in schema.dimensions.iter_mut().zip(steps) {
        dimension.length = steps.map_or(dimension.length, |steps| steps.count);
    }
    schema.fit_chunks();
    let narrowed = input.variables.iter().zip(&schema.variables).any(|(a, b)| a.ty == Type::Int64 && b.ty == Type::Int);
    if narrowed && schema.attribute(names::INT64_STATUS).is_some() {
        schema.set_attribute(names::INT64_STATUS, Value::Int(vec![0]));
    }
    let compresses = options.deflate.is_some_and(|level| level > 0) || options.shuffle;
    if compresses && !container.is_hdf5() {
        return Err(Error::usage(format!("compression in the container {}: netCDF-4 has it", container.name())));
    }
    compress(&mut schema, options);
    Ok(schema)
}

/// The variables of the input whose lossy filters the output does not have.
pub(super) fn unrounded(input: &Schema, output: &Schema) -> Vec<String> {
    let lossy = |variable: &Variable| variable.storage.filters.iter().any(Filter::is_lossy);
    let both = input.variables.iter().zip(&output.variables);
    both.filter(|(before, after)| lossy(before) && !lossy(after)).map(|(before, _)| input.path(before)).collect()
}

/// How many variables of the output are not compressed although that was asked for.
pub(super) fn plain(output: &Schema, options: &Options) -> usize {
    match options.deflate {
        None | Some(0) => 0,
        Some(_) => output.variables.iter().filter(|variable| !variable.storage.has_filter(Filter::DEFLATE)).count(),
    }
}

fn compress(schema: &mut Schema, options: &Options) {
    let sizes: Vec<bool> = schema.variables.iter().map(|variable| is_worth_it(schema, variable)).collect();
    for (variable, worth_it) in schema.variables.iter_mut().zip(sizes) {
        let filters = &mut variable.storage.filters;
        match options.deflate {
            Some(0) => filters.retain(|filter| filter.id == Filter::FLETCHER32),
            Some(level) if worth_it => replace(filters, &[Filter::deflate(level)], options.shuffle),
            // Small variables keep theirs, if it is deflate; alone, shuffle is of no use.
            _ => {
                let deflate = filters.iter().find(|filter| filter.id == Filter::DEFLATE).cloned();
                if options.deflate.is_some() || options.shuffle && deflate.is_some() {
                    let shuffle = options.deflate.is_none() && options.shuffle;
                    replace(filters, deflate.as_slice(), shuffle);
                }
            }
        }
    }
}

/// Puts compression in the place of what was there; shuffle and checksums stay.
fn replace(filters: &mut Vec<Filter>, compression: &[Filter], shuffle: bool) {
    let stays = |filter: &Filter| matches!(filter.id, Filter::SHUFFLE | Filter::FLETCHER32);
    let place = filters.iter().take_while(|filter| stays(filter)).count();
    filters.retain(stays);
    let shuffles = filters.iter().any(|filter| filter.id == Filter::SHUFFLE);
    let shuffle = (shuffle && !shuffles).then(Filter::shuffle);
    filters.splice(place..place, shuffle.into_iter().chain(compression.iter().cloned()));
}

/// Numbers, enough of them, and not the times, which everybody reads first.
fn is_worth_it(schema: &Schema, variable: &Variable) -> bool {
    let lengths = variable.dimensions.iter().filter_map(|d| schema.dimensions.get(d.0)).map(|d| d.length.max(1));
    let bytes = lengths.fold(variable.ty.size(), u64::saturating_mul);
    variable.ty.number().is_some() && variable.name != names::TIME_WHOLE && bytes >= SMALL
}
