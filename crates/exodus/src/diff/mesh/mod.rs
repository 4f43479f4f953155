//! Comparing what does not change from step to step: counts, coordinates, blocks, sets.

mod assemblies;
mod blocks;
mod sets;

use hyperslab::Result;

use super::finding::{Difference, Finding, Place, Severity};
use super::kernel::{Found, Rows, Rule, Second};
use super::matching::{Maps, Tell};
use super::model::Model;
use super::options::{Matching, Options};
use super::packing;
use super::raw::{Column, Raw};
use super::subject::Subject;
use super::tolerance::Mode;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::ModelExt;

pub(super) use sets::in_order;

/// Whether the counts agree so far that anything can be compared.
pub(super) fn check_counts(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> bool {
    let [a, b] = models.each_ref().map(|model| &model.counts);
    let partial = options.matching == Matching::Partial;
    let counts = [
        ("dimensions", a.num_dim, b.num_dim, false),
        ("nodes", a.num_nodes, b.num_nodes, partial),
        ("elements", a.num_elems, b.num_elems, partial),
        ("element blocks", a.num_elem_blocks, b.num_elem_blocks, partial),
    ];
    let different = counts.iter().filter(|(_, a, b, allowed)| a != b && !allowed);
    let told = different.map(|(what, a, b, _)| {
        tell(Severity::Difference, format!("The number of {what} is not the same: {a} and {b}."));
    });
    told.count() == 0
}

/// Compares the mesh; returns whether results can be compared. `tell` also gets differences of coordinates.
pub(super) fn check(
    models: &[Model<'_>; 2],
    maps: &Maps,
    options: &Options,
    tell: &mut dyn FnMut(Finding),
) -> Result<bool> {
    let same = coordinates(models, maps, options, tell)?;
    let tell = &mut |severity, text| tell(Finding::Message(severity, text));
    let blocks = blocks::check(models, maps, options, tell)?;
    if options.strict {
        blocks::check_edges_and_faces(models, options, tell)?;
    }
    let usual = [EntityType::NodeSet, EntityType::SideSet];
    let mut sets = true;
    for kind in EntityType::SETS.into_iter().filter(|kind| options.strict || usual.contains(kind)) {
        sets &= sets::check(models, kind, maps, options, tell)?;
    }
    let assemblies = assemblies::check(models, options, tell);
    Ok(same && blocks && sets && assemblies)
}

/// Compares the coordinates of all nodes, axis by axis.
fn coordinates(models: &[Model<'_>; 2], maps: &Maps, options: &Options, tell: &mut dyn FnMut(Finding)) -> Result<bool> {
    let [first, second] = models;
    let tolerance = options.coordinates;
    if tolerance.mode == Mode::Ignore {
        return Ok(true);
    }
    let rule = Rule { tolerance, show: options.show, norms: false, check_nans: !options.ignore_nans };
    let mut same = !packing::coordinates(models, &mut |severity, text| tell(Finding::Message(severity, text)));
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate().take(usize::try_from(first.counts.num_dim).unwrap_or(3))
    {
        let mut buffers = [Vec::new(), Vec::new()];
        let [one, two] = &mut buffers;
        let a = coordinate(first, axis, one)?;
        let b = coordinate(second, axis, two)?;
        let mut found = Found::new(rule);
        let rows = [Some(Rows { first: b, second: None })];
        match &maps.nodes {
            Some(map) => found.compare(0, a, Second::Mapped(map, &rows)),
            None => found.compare(0, a, Second::Row(b)),
        }
        for (n, _) in found.nans.iter().enumerate().filter(|(_, &nan)| nan) {
            same = false;
            let text = format!("NaN found for the {name} coordinate in file {}.", n + 1);
            tell(Finding::Message(Severity::Difference, text));
        }
        for (_, hit) in found.into_hits() {
            same = false;
            let place = Place::Node(identifier(first, EntityType::NodeMap, hit.index as u64, options)?);
            let subject = Subject::Coordinates;
            let (values, delta) = (hit.values, hit.delta);
            tell(Finding::Values(Difference {
                subject,
                name: name.to_owned(),
                step: None,
                place,
                values,
                delta,
                tolerance,
            }));
        }
    }
    Ok(same)
}

/// One coordinate of all nodes.
fn coordinate<'b>(model: &Model<'b>, axis: usize, buffer: &'b mut Vec<u8>) -> Result<Raw<'b>> {
    match Column::find(model, Data::Coordinate(axis)) {
        Some(column) => column.step(0, buffer),
        None => {
            // Either there are no nodes, or the file lacks what they need.
            model.read(|file| file.coord::<f64>(axis, 0..model.counts.num_nodes))?;
            Ok(Raw::native(buffer))
        }
    }
}

/// The identifier of a node or element, given its position.
pub(super) fn identifier(model: &Model<'_>, kind: EntityType, position: u64, options: &Options) -> Result<i64> {
    let local = i64::try_from(position).unwrap_or(i64::MAX).saturating_add(1);
    let ids = Data::IdMap(kind);
    match model.file.has(ids) && !options.ignore_maps {
        true => Ok(model.read(|file| file.view::<i64>(ids.entry(position)))?.get(0).unwrap_or(local)),
        false => Ok(local),
    }
}
