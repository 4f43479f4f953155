//! What the commands do with a file, all of it in a temporary folder.

use std::ops::ControlFlow;
use std::path::PathBuf;

use exodus_rs::diff::{self, Matching, Mode, Show, Tolerance};
use exodus_rs::model::{write, Joined, Model, Moved, Scaled, Subset, WriteOptions};
use exodus_rs::process::{Options, Plan};
use exodus_rs::transform::Transform;
use exodus_rs::{check, Container, EntityType, ExodusFile, ParallelFile};
use hyperslab::netcdf::{Schema, VariableId};

use crate::readers;

/// Values of all variables above this are neither read nor written, so that time goes into many files and not into one.
const MODERATE: u64 = 16 << 20;

/// An Exodus file that does not declare too much.
pub fn open(data: &[u8]) -> Option<ExodusFile> {
    ExodusFile::from_bytes(data).ok().filter(|file| is_moderate(file.schema()))
}

/// Whether a file does not declare too much.
pub(crate) fn is_moderate(schema: &Schema) -> bool {
    let bytes = |id| hyperslab::bytes(&schema.shape(VariableId(id)).unwrap_or_default(), 8).unwrap_or(u64::MAX);
    (0..schema.variables.len()).map(bytes).fold(0, u64::saturating_add) <= MODERATE
}

/// A file that takes the place of the one before, and is gone with this.
struct Output(PathBuf);

impl Output {
    fn new() -> Self {
        Output(std::env::temp_dir().join(format!("hyperslab-fuzz-{}.exo", std::process::id())))
    }

    /// What was written has to open; through the model, with a mesh.
    fn take(&self, written: bool, has_mesh: bool) {
        if written {
            let file = ExodusFile::open(&self.0).expect("what was written does not open");
            let _ = has_mesh.then(|| file.mesh().expect("the mesh that was written cannot be read"));
        }
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Lists, checks and reads all that there is.
pub fn read(file: &ExodusFile) {
    let _ = (file.info(), file.nemesis(), file.qa_records(), file.info_records(), file.assemblies(), file.blobs());
    let _ = (file.frames(), file.coord_names(), file.element_order_map(), file.whole_steps());
    let _ = check::check(file, &check::Options { values: true, ..check::Options::default() });
    readers::read(file);
    for (_, model) in Model::models(file).unwrap_or_default() {
        readers::read(&model);
    }
}

/// The ways of comparing that take paths of their own.
fn diff_options() -> Vec<diff::Options> {
    let usual = || diff::Options { threads: Some(1), ..diff::Options::default() };
    let mut interpolated = usual();
    interpolated.steps.interpolate = true;
    let mut nearest = usual();
    nearest.steps.offset = diff::StepOffset::Nearest;
    let mut ignoring = usual();
    ignoring.set_default_tolerance(Tolerance::new(Mode::Ignore, 0.0));
    ignoring.coordinates = Tolerance::new(Mode::Ignore, 0.0);
    vec![
        diff::Options { pedantic: true, l1_norms: true, l2_norms: true, show: Show::First(3), ..usual() },
        diff::Options { matching: Matching::Places, ignore_duplicates: true, list_maps: true, ..usual() },
        diff::Options { matching: Matching::Partial, list_unmatched: true, permuted_connectivity: true, ..usual() },
        diff::Options { matching: Matching::FileOrder, by_name: true, ignore_case: false, ..usual() },
        diff::Options { ignore_maps: true, sort_node_sets: false, sort_side_sets: false, ..interpolated },
        nearest,
        ignoring,
    ]
}

/// Compares two files in every way, and writes their differences.
pub fn diff(first: &ExodusFile, second: &ExodusFile) {
    for options in diff_options() {
        let _ = diff::compare(first, second, &options, &mut |_| ControlFlow::Continue(()));
    }
    let options = diff::Options { threads: Some(1), ..diff::Options::default() };
    let _ = diff::summarize(first, &options, true);
    let output = Output::new();
    let written = diff::write_differences(first, second, &output.0, &options, &mut |_| ControlFlow::Continue(()));
    output.take(written.is_ok_and(|written| written.size.is_some()), true);
}

/// Writes a model.
fn put(model: &dyn Model, container: Option<Container>) {
    let mut options = WriteOptions { threads: Some(1), ..WriteOptions::like(model) };
    if let Some(container) = container {
        options.create.container = container;
        options.create.deflate = (container == Container::NetCdf4).then_some(1);
    }
    let output = Output::new();
    output.take(write(model, &output.0, &options).is_ok(), true);
}

/// Writes a file again, as it is and changed in every way that there is.
pub fn copy(file: &ExodusFile) {
    put(file, None);
    put(file, Some(if file.schema().container == Container::NetCdf4 { Container::Cdf5 } else { Container::NetCdf4 }));
    put(&Scaled::new(file, 1.5), None);
    for transform in [Transform::translation([1.0, 0.0, 0.0]), Transform::scaling([-1.0, 1.0, 1.0])] {
        let _ = Moved::new(file, transform).map(|moved| {
            readers::read(&moved);
            put(&moved, None);
        });
    }
    let _ = Joined::new([file, file]).map(|joined| {
        readers::read(&joined);
        put(&joined, None);
    });
    let blocks = file.blocks(EntityType::ElementBlock).map_or(0, <[_]>::len);
    for block in 0..blocks.min(4) {
        let _ = Subset::of(file).blocks([block]).and_then(|keep| keep.every(2).build()).map(|part| {
            readers::read(&part);
            put(&part, None);
        });
    }
}

/// Scales the results and moves the mesh.
pub fn process(file: &ExodusFile) {
    let moved =
        Options { scale: 1.5, translate: [0.0, 1.0, 0.0], threads: Some(1), overwrite: true, ..Options::default() };
    let packed = Options { container: Some(Container::NetCdf4), deflate: Some(1), shuffle: true, ..moved.clone() };
    let output = Output::new();
    for options in [moved, packed] {
        let run = Plan::new(file, &options).and_then(|plan| plan.start(&output.0));
        let done = run.and_then(|run| run.run(&|_| ControlFlow::Continue(())));
        output.take(done.is_ok_and(|size| size.is_some()), false);
    }
}

/// Takes two files as the members of a decomposed model.
pub fn decomposed(first: &ExodusFile, second: &ExodusFile) {
    let Ok(whole) = ParallelFile::from_members(vec![first.clone(), second.clone()]) else { return };
    readers::read(&whole);
    let _ = (whole.init_params(), whole.qa_records(), whole.info_records(), whole.coord_names());
    put(&whole, None);
}
