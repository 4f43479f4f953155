//! Creating files: declare a [`Mesh`], then put its data, step by step.

mod builder;
mod chunks;
mod complete;
mod declare;
mod mesh;
mod model;
mod options;
mod put;
mod step;

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use hyperslab::netcdf::{GroupId, Schema, Writer};
use hyperslab::{Context, Error, Result};

use crate::mesh::Mesh;

pub use builder::MeshBuilder;
pub use chunks::ChunkConfig;
pub(crate) use declare::schema;
pub use model::ModelWriter;
pub use options::{CreateOptions, Int64};
pub use step::StepWriter;

/// A file being written. It appears, whole, when [`ExodusWriter::finish`] returns.
///
/// What it is asked to put goes into the model of the file itself; those in its groups are reached by
/// [`ExodusWriter::group`].
#[derive(Debug)]
pub struct ExodusWriter {
    root: ModelWriter,
    groups: Vec<(String, ModelWriter)>,
}

impl Deref for ExodusWriter {
    type Target = ModelWriter;

    fn deref(&self) -> &ModelWriter {
        &self.root
    }
}

impl ExodusWriter {
    /// Starts a file and writes everything that the mesh itself says: identifiers, names, records, tables.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an inconsistent mesh, one with two blocks or two sets of a kind of one identifier
    /// among them, or an existing file, [`Kind::Unsupported`](crate::Kind::Unsupported) if the container cannot hold it, [`Kind::Io`](crate::Kind::Io).
    pub fn create(path: impl AsRef<Path>, mesh: &Mesh, options: &CreateOptions) -> Result<Self> {
        mesh.check_ids()?;
        let writer = Self::with_schema(path, mesh, declare::schema(mesh, options)?, options)?;
        writer.root.owe();
        writer.groups.iter().for_each(|(_, group)| group.owe());
        Ok(writer)
    }

    /// Starts a file with a schema that has at least what the mesh declares.
    pub(crate) fn with_schema(
        path: impl AsRef<Path>,
        mesh: &Mesh,
        schema: Schema,
        options: &CreateOptions,
    ) -> Result<Self> {
        let writer = Arc::new(Writer::create(path, schema, options.overwrite)?);
        let root = ModelWriter::new(&writer, GroupId::ROOT, mesh)?;
        let mut groups = Vec::new();
        for (n, group) in writer.schema().groups.iter().enumerate() {
            if let Some((name, mesh)) =
                mesh.groups.iter().find(|(name, _)| group.parent.is_some() && *name == group.name)
            {
                groups.push((name.clone(), ModelWriter::new(&writer, GroupId(n), mesh)?));
            }
        }
        Ok(ExodusWriter { root, groups })
    }

    /// The writer of the model in a group.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the mesh declares no such group.
    pub fn group(&self, name: &str) -> Result<&ModelWriter> {
        let found = self.groups.iter().find(|(group, _)| group == name).map(|(_, writer)| writer);
        found.ok_or_else(|| Error::not_found(format!("the mesh declares no group {name}")))
    }

    /// Completes the file, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a mesh or a step that is not complete, [`Kind::Io`](crate::Kind::Io); then there is no
    /// file.
    pub fn finish(self) -> Result<u64> {
        let ExodusWriter { root, groups } = self;
        root.check_complete()?;
        for (name, group) in groups {
            group.check_complete().in_object(&format!("/{name}"))?;
        }
        // The writers of the groups are gone, and nobody else has one.
        Arc::try_unwrap(root.into_netcdf()).map_err(|_| Error::usage("the file is still being written"))?.finish()
    }
}
