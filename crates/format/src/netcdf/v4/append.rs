//! Going on with a netCDF-4 file: its variables grow, and are published together.

use super::names;
use super::scales::{self, Named, Object};
use crate::error::{Context, Error, Kind, Result};
use crate::hdf5::builder::DatasetWriter;
use crate::hdf5::edit::growing::resize;
use crate::hdf5::edit::session::Session;
use crate::hdf5::write::file::FileWriter;
use crate::netcdf::schema::Schema;
use crate::source::Source;

/// A file that was there before.
#[derive(Debug)]
pub(super) struct Existing {
    session: Session,
    /// The objects of the variables.
    variables: Vec<u64>,
    /// The objects that stand for dimensions without a variable, where those can grow: the dimension and the object.
    scales: Vec<(usize, u64)>,
    /// The lengths that readers know.
    published: Vec<u64>,
}

impl Existing {
    /// Finds the objects of a file.
    ///
    /// # Errors
    /// What is wrong with the file; [`Kind::Unsupported`] for one that cannot be changed where it is.
    pub fn open(source: Source, schema: &Schema) -> Result<Self> {
        let session = Session::open(source)?;
        let roles = scales::of_dimensions(schema);
        let named: Named =
            schema.dimensions.iter().zip(&roles).map(|(d, role)| ((d.group, d.name.as_str()), *role)).collect();
        let path = |group, name: &str| format!("{}/{name}", schema.group_path(group).trim_end_matches('/'));
        let mut variables = Vec::with_capacity(schema.variables.len());
        for (n, variable) in schema.variables.iter().enumerate() {
            let name = scales::dataset_name(&named, n, variable);
            variables.push(session.object(&path(variable.group, &name))?);
        }
        let mut found = Vec::new();
        for (n, dimension) in schema.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.unlimited) {
            if roles.get(n) == Some(&Object::Dimension(n)) {
                // Files of other programs may have no object for a dimension.
                match session.object(&path(dimension.group, &dimension.name)) {
                    Ok(object) => found.push((n, object)),
                    Err(error) if error.kind() == Kind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let published = schema.dimensions.iter().map(|dimension| dimension.length).collect();
        Ok(Existing { session, variables, scales: found, published })
    }

    /// The datasets of the variables, as they are.
    ///
    /// # Errors
    /// As [`DatasetWriter::existing`].
    pub fn datasets(&self, file: &FileWriter, schema: &Schema) -> Result<Vec<DatasetWriter>> {
        let existing = |(variable, &object)| {
            let header = self.session.header(object)?;
            DatasetWriter::existing(file, self.session.space(), header).in_object(&schema.path(variable))
        };
        schema.variables.iter().zip(&self.variables).map(existing).collect()
    }

    /// The bytes in which nothing lies that readers find, when the last publication is done.
    pub fn unused(&mut self, file: &FileWriter) -> u64 {
        self.session.release_now(file);
        file.unused()
    }

    /// Publishes what was written: the lengths of all variables that grew, and the dimensions.
    ///
    /// # Errors
    /// As [`Session::publish`].
    pub fn publish(
        &mut self,
        file: &FileWriter,
        schema: &Schema,
        datasets: &[DatasetWriter],
        lengths: &[u64],
    ) -> Result<()> {
        let mut is_changed = false;
        for ((variable, dataset), &object) in schema.variables.iter().zip(datasets).zip(&self.variables) {
            let messages = &self.session.header(object)?.messages;
            let grown = dataset.grown(file, messages, &variable.shape_of(lengths)).in_object(&schema.path(variable));
            if let Some(messages) = grown? {
                self.session.change(object, messages)?;
                is_changed = true;
            }
        }
        for &(n, object) in &self.scales {
            let length = lengths.get(n).copied().unwrap_or(0);
            let mut messages = self.session.header(object)?.messages.clone();
            if resize(&mut messages, &[length])? {
                self.session.change(object, messages)?;
                rename(&mut self.session, object, length)?;
                is_changed = true;
            }
        }
        if is_changed {
            self.session.publish(file)?;
            self.published = lengths.to_vec();
            let mut freed = Vec::new();
            datasets.iter().try_for_each(|dataset| dataset.published(file).map(|extents| freed.extend(extents)))?;
            self.session.release(file, freed);
        }
        Ok(())
    }
}

/// Tells the length of a dimension that no variable has the values of in the name of its object, as netCDF-C does.
fn rename(session: &mut Session, object: u64, length: u64) -> Result<()> {
    let Some(mut attribute) = session.attribute(object, names::NAME)? else { return Ok(()) };
    if !attribute.data.starts_with(names::NOT_A_VARIABLE.as_bytes()) {
        return Ok(());
    }
    let mut told = names::placeholder(length).into_bytes();
    if told.len() > attribute.data.len() {
        return Err(Error::unsupported(format!("a dimension of length {length}, whose object cannot tell it")));
    }
    told.resize(attribute.data.len(), 0);
    attribute.data = told;
    session.set_attribute(object, &attribute)
}
