//! Writing the differences of two files into a third one.

use std::ops::ControlFlow;
use std::path::Path;

use hyperslab::Result;

use super::choose::Known;
use super::differences::Differences;
use super::finding::Severity;
use super::named::check_names;
use super::options::Options;
use super::{models, Comparison, Prepared, Teller, Visitor};
use crate::model::{write_with, Model, WriteOptions};

/// What [`write_differences`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The size of the file in bytes; `None` if there is none, because the meshes are different, the options leave no steps, or
    /// the visitor broke off.
    pub size: Option<u64>,
    /// Findings that make the files different, the differences of values aside.
    pub differences: u64,
    /// Steps that were written.
    pub steps: u64,
    /// Variables that were written.
    pub variables: usize,
}

/// Writes a file with the mesh of the first file and the differences of all variables that [`compare`](super::compare)
/// compares, at the times of the first file: the values of the first file minus those of the second, or as
/// [`Options::written`] says. Tolerances and floors have no part in it. Where the second file has no value, the
/// difference is 0.
///
/// An existing file is replaced, when the new one is complete. The container is that of the first file; numbers are of
/// single precision if those of either file are. The findings are those of the meshes and names, and not-a-number.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use std::ops::ControlFlow;
/// use exodus_rs::prelude::*;
/// use exodus_rs::diff::{write_differences, Options};
/// use exodus_rs::{EntityType, ExodusFile};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let [a, b, out] = ["a.exo", "b.exo", "out.exo"].map(|name| directory.path().join(name));
/// # for (path, value) in [(&a, 4.0), (&b, 4.5)] {
/// #     let mesh = MeshBuilder::new("a point").nodes(&[[1.0]]).variables(EntityType::Nodal, ["u"]);
/// #     let writer = mesh.create(path, &CreateOptions::default())?;
/// #     writer.next_step(0.0)?.put(EntityType::Nodal, 0, 0, &[value])?;
/// #     writer.finish()?;
/// # }
///
/// let (first, second) = (ExodusFile::open(&a)?, ExodusFile::open(&b)?);
/// let written = write_differences(&first, &second, &out, &Options::default(), &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!((written.steps, written.variables), (1, 1));
/// assert_eq!(ExodusFile::open(&out)?.var(0, EntityType::Nodal, 0, 0)?.into_vec(), [-0.5]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`compare`](super::compare), and what [`ExodusWriter::create`](crate::ExodusWriter::create) refuses; then there is no new file.
pub fn write_differences(
    first: &dyn Model,
    second: &dyn Model,
    path: impl AsRef<Path>,
    options: &Options,
    visit: &mut Visitor<'_>,
) -> Result<Written> {
    check_names(options, &[[first, second]])?;
    let models = models(first, second, options)?;
    let mut teller = Teller::new(visit, options);
    let comparison = Comparison { models: &models, known: &Known::new(), options };
    let mut written = Written { size: None, differences: 0, steps: 0, variables: 0 };
    if let Some(Prepared { maps, chosen, attributes }) = comparison.prepare(&mut teller)? {
        let compared = chosen.len() + attributes;
        let (pairing, plan) = comparison.plan(&maps, chosen, &mut teller)?;
        if pairing.empty_by_options {
            return Ok(Written { differences: teller.differences, ..written });
        }
        let model = Differences::new(&plan, &mut teller)?;
        written.variables = plan.globals.len() + plan.variables.len();
        written.steps = model.num_steps();
        // One after the other: findings come in the order of the steps.
        let options = WriteOptions { threads: Some(1), ..WriteOptions::like(&model) };
        let go_on = |_| if model.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        written.size = write_with(&model, path, &options, &go_on)?;
        model.tell_the_rest();
        if comparison.nothing_was_compared(&pairing, compared) {
            teller.message(Severity::Difference, "Nothing was compared.".to_owned());
        }
    }
    written.differences = teller.differences;
    Ok(written)
}
