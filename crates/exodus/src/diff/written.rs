//! Writing the differences of two files into a third one.

use std::path::Path;

use hyperslab::Result;
use ndarray::Array2;

use super::finding::Severity;
use super::kernel::differences;
use super::named::check_names;
use super::options::Options;
use super::results::{nans, Buffers, Plan};
use super::steps::{time, Pair, Partner};
use super::{models, Comparison, Prepared, Teller, Visitor};
use crate::create::{CreateOptions, ExodusWriter};
use crate::data::{Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::model::{self, Model};
use crate::read::file::ExodusFile;

/// What [`write_differences`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The size of the file in bytes; `None` if there is none, because the meshes are different or the visitor broke off.
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
/// As [`compare`](super::compare), and what [`ExodusWriter::create`] refuses; then there is no new file.
pub fn write_differences(
    first: &ExodusFile,
    second: &ExodusFile,
    path: impl AsRef<Path>,
    options: &Options,
    visit: &mut Visitor<'_>,
) -> Result<Written> {
    check_names(options, &[[first, second]])?;
    let models = models(first, second, options)?;
    let mut teller = Teller { visit, differences: 0, stopped: false };
    let comparison = Comparison { models: &models, options };
    let mut written = Written { size: None, differences: 0, steps: 0, variables: 0 };
    if let Some(Prepared { maps, chosen, attributes }) = comparison.prepare(&mut teller)? {
        let compared = chosen.len() + attributes;
        let (pairing, plan) = comparison.plan(&maps, chosen, &mut teller)?;
        let output = Output::create(&plan, path.as_ref())?;
        written.variables = plan.globals.len() + plan.variables.len();
        written.steps = output.steps(&plan, &mut teller)?;
        if comparison.nothing_was_compared(&pairing, compared) {
            teller.message(Severity::Difference, "Nothing was compared.".to_owned());
        }
        if !teller.stopped {
            written.size = Some(output.writer.finish()?);
        }
    }
    written.differences = teller.differences;
    Ok(written)
}

/// The file being written.
struct Output {
    writer: ExodusWriter,
    /// For each variable of the plan its number among its kind.
    numbers: Vec<usize>,
}

impl Output {
    /// Starts the file: the mesh of the first file with the variables of the plan, and all numbers of the mesh.
    fn create(plan: &Plan<'_, '_>, path: &Path) -> Result<Self> {
        let [first, second] = plan.models.each_ref().map(|model| model.file);
        let mut mesh = plan.models[0].read(ExodusFile::mesh)?.clone();
        mesh.groups.clear();
        // What is said there of the first file does not hold for differences.
        mesh.qa_records.clear();
        mesh.info_records.clear();
        model::drop_results(&mut mesh);
        let numbers = declare(&mut mesh, plan);
        let [one, two] = [first, second].map(ExodusFile::create_options);
        let word_size = one.word_size.min(two.word_size);
        let options = CreateOptions { word_size, overwrite: true, ..one };
        let writer = ExodusWriter::create(path, &mesh, &options)?;
        mesh.static_data().into_iter().try_for_each(|data| put_all(first, &writer, data))?;
        Ok(Output { writer, numbers })
    }

    /// Writes all steps that have a partner; returns how many.
    fn steps(&self, plan: &Plan<'_, '_>, teller: &mut Teller<'_>) -> Result<u64> {
        let (mut buffers, mut values) = (Buffers::default(), Vec::new());
        let mut steps = 0;
        for pair in plan.pairs.iter().filter(|pair| !matches!(pair.second, Partner::Before | Partner::After)) {
            if teller.stopped {
                break;
            }
            // The times of the second file are nowhere in the output: they need not be the same.
            teller.tell(plan.heading(&Pair { timed: false, ..*pair }));
            self.globals(plan, steps, pair, &mut buffers, teller)?;
            self.variables(plan, steps, pair, (&mut buffers, &mut values), teller)?;
            self.writer.put_time(steps, time(&plan.models[0].times, pair.first))?;
            steps += 1;
        }
        Ok(steps)
    }

    fn globals(
        &self,
        plan: &Plan<'_, '_>,
        step: u64,
        pair: &Pair,
        buffers: &mut Buffers,
        teller: &mut Teller<'_>,
    ) -> Result<()> {
        let (mut all, mut one) = (Vec::new(), Vec::new());
        plan.each_global(pair, buffers, &mut |chosen, first, second| {
            let found = differences(first, second, plan.options.written, &mut one)?;
            all.append(&mut one);
            tell(teller, plan.options, || nans(chosen, None, found));
            Ok(())
        })?;
        match all.is_empty() {
            true => Ok(()),
            false => self.put(Data::Reductions(EntityType::Global, 0).step(step), &all),
        }
    }

    fn variables(
        &self,
        plan: &Plan<'_, '_>,
        step: u64,
        pair: &Pair,
        (buffers, values): (&mut Buffers, &mut Vec<f64>),
        teller: &mut Teller<'_>,
    ) -> Result<()> {
        for (variable, &number) in plan.variables.iter().zip(&self.numbers) {
            for carrier in &variable.carriers {
                let found =
                    plan.rows(carrier, pair, buffers, |a, b| differences(a, b, plan.options.written, values))?;
                let Some(found) = found else { continue };
                let found = found?;
                tell(teller, plan.options, || nans(&variable.chosen, Some(carrier), found));
                let data = Data::Variable(carrier.kind, number, carrier.first);
                if self.writer.has(data) {
                    self.put(data.step(step), values)?;
                }
            }
        }
        Ok(())
    }

    /// Puts values in the precision of the file.
    fn put(&self, part: Part, values: &[f64]) -> Result<()> {
        self.writer.put(part, values)
    }
}

/// Copies an array that does not change from step to step.
fn put_all(first: &ExodusFile, writer: &ExodusWriter, data: Data) -> Result<()> {
    match first.has(data) && writer.has(data) {
        true => writer.put_numbers(data, &Model::numbers(first, &data.into())?),
        false => Ok(()),
    }
}

/// Tells of not-a-number, unless nobody wants to know.
fn tell(teller: &mut Teller<'_>, options: &Options, findings: impl FnOnce() -> Vec<super::Finding>) {
    if !options.ignore_nans {
        findings().into_iter().for_each(|finding| teller.tell(finding));
    }
}

/// Adds the variables of a plan to a mesh without any; returns for each its number among its kind.
fn declare(mesh: &mut Mesh, plan: &Plan<'_, '_>) -> Vec<usize> {
    if !plan.globals.is_empty() {
        mesh.set_variables(EntityType::Global, plan.globals.iter().map(|chosen| chosen.name.as_str()));
    }
    let mut numbers = Vec::new();
    for variable in &plan.variables {
        let names = mesh.variables.entry(variable.chosen.subject.kind()).or_default();
        numbers.push(names.len());
        names.push(variable.chosen.name.clone());
    }
    let kinds: Vec<_> = mesh.variables.iter().map(|(&kind, names)| (kind, names.len())).collect();
    for (kind, len) in kinds.into_iter().filter(|(kind, _)| !matches!(kind, EntityType::Global | EntityType::Nodal)) {
        let mut table = Array2::from_elem((mesh.count(kind), len), false);
        for (variable, &number) in plan.variables.iter().zip(&numbers) {
            for carrier in variable.carriers.iter().filter(|carrier| carrier.kind == kind) {
                if let Some(has) = table.get_mut((carrier.first, number)) {
                    *has = true;
                }
            }
        }
        mesh.truth_tables.insert(kind, table);
    }
    numbers
}
