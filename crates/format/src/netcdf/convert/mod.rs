//! A file in another container, with other chunks, filters, types and dimensions, or a part of it: everything `nccopy` does,
//! and more, in one pass, on all cores, in bounded memory.

mod options;
mod paths;
mod retype;
mod select;
mod storage;
mod strings;

use std::ops::ControlFlow;
use std::path::Path;

use super::file::File;
use super::ids::VariableId;
use super::schema::{Container, Schema};
use super::transfer::{Job, Progress, Transfer};
use super::writer::Writer;
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::sync::available_threads;

pub use options::{Choices, ConvertOptions};

/// A conversion that was thought through: what the output declares, and where its values come from.
#[derive(Debug)]
pub struct Conversion<'f> {
    file: &'f File,
    options: &'f ConvertOptions,
    schema: Schema,
    /// The variable of the file for each of the output.
    from: Vec<VariableId>,
    /// The variables of the output that are texts of any length in the file, and characters in the output.
    texts: Vec<VariableId>,
}

/// Writes what a file holds into a new one, as the options have it; returns its size, or breaks where `progress` breaks.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let [old, new] = ["a.nc", "b.nc"].map(|name| directory.path().join(name));
/// # let mut schema = Schema::new(Container::Cdf2);
/// # let x = schema.add_dimension("x", 3, false);
/// # let v = schema.add_variable(Variable::new("v", Type::Double, vec![x]));
/// # let writer = Writer::create(&old, schema, false)?;
/// # writer.write(v, &hyperslab::Selection::all(&[3]), &[1.0, 2.0, 3.0])?;
/// # writer.finish()?;
/// use hyperslab::hdf5::Filter;
/// use hyperslab::netcdf::{convert, Container, ConvertOptions, File};
/// use std::ops::ControlFlow;
///
/// let mut options = ConvertOptions { container: Some(Container::NetCdf4), ..ConvertOptions::default() };
/// options.compression.push(None, vec![Filter::deflate(1)]);
/// options.shuffle.push(None, true);
/// convert(&File::open(&old)?, &new, &options, &|_| ControlFlow::Continue(()))?;
///
/// let file = File::open(&new)?;
/// let v = file.find("v").unwrap();
/// assert_eq!(v.read_all::<f64>()?, [1.0, 2.0, 3.0]);
/// assert_eq!(v.variable().storage.deflate_level(), Some(1));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Conversion::new`] and [`Conversion::run`].
pub fn convert(
    file: &File,
    path: impl AsRef<Path>,
    options: &ConvertOptions,
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), u64>> {
    Conversion::new(file, options)?.run(path, progress)
}

impl<'f> Conversion<'f> {
    /// Decides what the output will be like. Nothing is left out but what is not asked for.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) for names that the file does not have; [`Kind::Usage`](crate::Kind::Usage)
    /// for wishes that contradict each other; [`Kind::Unsupported`](crate::Kind::Unsupported), with the object, for what the
    /// container, or netCDF, has nothing like; [`Kind::Malformed`](crate::Kind::Malformed) for a file that is cut off.
    pub fn new(file: &'f File, options: &'f ConvertOptions) -> Result<Self> {
        file.check_complete()?;
        options.check_names(file.schema())?;
        let (mut schema, from) = select::select(file.schema(), &options.only)?;
        if let Some(hidden) = schema.hidden.first() {
            return Err(Error::unsupported(hidden.reason.clone()).in_object(hidden.path.clone()));
        }
        dimensions(&mut schema, options)?;
        retype::retype(&mut schema, options)?;
        let container = options.container.unwrap_or(schema.container);
        let keeps = options.keep_strings || container == Container::NetCdf4;
        let texts = if keeps { Vec::new() } else { strings::as_characters(file, &mut schema, &from)? };
        let mut schema = in_container(schema, container, options.narrow)?;
        storage::store(&mut schema, options)?;
        schema.header_padding = if container.is_hdf5() { 0 } else { options.header_padding };
        Ok(Conversion { file, options, schema, from, texts })
    }

    /// What the output will declare.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The paths of the variables whose texts of any length become characters.
    pub fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.texts.iter().filter_map(|&id| self.schema.variable(id).ok()).map(|variable| self.schema.path(variable))
    }

    /// Writes the output; returns its size, or breaks where `progress`, which is called by any thread, breaks.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the output exists and may not be replaced, or for a value that does not fit
    /// its type; [`Kind::Unsupported`](crate::Kind::Unsupported), with the object, for what the container cannot hold;
    /// [`Kind::Io`](crate::Kind::Io); what is wrong with the file. Then there is no output.
    pub fn run(
        self,
        path: impl AsRef<Path>,
        progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Result<ControlFlow<(), u64>> {
        let path = path.as_ref();
        let writer = Writer::create(path, self.schema, self.options.overwrite)?;
        let threads = self.options.threads.unwrap_or_else(available_threads);
        let mut transfer = Transfer::new(&writer).threads(threads).rounded().beside(path);
        for (place, &from) in self.from.iter().enumerate() {
            let (array, to) = (self.file.array(from)?, VariableId(place));
            match self.texts.contains(&to) {
                true => strings::write(array, &writer, to)?,
                false => transfer = transfer.job(Job::new(array, to)),
            }
        }
        if transfer.run(progress)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        drop(transfer);
        writer.finish().map(ControlFlow::Continue)
    }
}

/// Lets dimensions grow, or not.
fn dimensions(schema: &mut Schema, options: &ConvertOptions) -> Result<()> {
    for (names, unlimited) in [(&options.fixed, false), (&options.unlimited, true)] {
        for name in names {
            for id in paths::dimensions(schema, name)? {
                schema.dimensions.get_mut(id.0).into_iter().for_each(|d| d.unlimited = unlimited);
            }
        }
    }
    Ok(())
}

/// The schema in another container, with the types that it has, or narrower ones; what does not fit is found when the output
/// is created.
fn in_container(schema: Schema, container: Container, narrow: bool) -> Result<Schema> {
    if narrow || container == schema.container {
        return schema.in_container(container);
    }
    let was_hdf5 = schema.container.is_hdf5();
    let mut schema = Schema { container, ..schema };
    for variable in &mut schema.variables {
        let storage = variable.storage.without_loss();
        variable.storage = if container.is_hdf5() && was_hdf5 { storage } else { Default::default() };
        match (was_hdf5, container.is_hdf5()) {
            (_, false) => variable.order = ByteOrder::Big,
            (false, true) => variable.order = ByteOrder::Little,
            (true, true) => {}
        }
    }
    Ok(schema)
}
