//! Attributes by which netCDF and HDF5 know dimensions: in the copy they lead to scales that are there, or are left out. Readers refuse
//! a whole file for one that leads nowhere.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::salvage::Losses;
use super::steps::{CLASS, NUMBER, SCALE, SCALES};
use crate::element::{ByteOrder, NumberType};
use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::references::Parts;
use crate::hdf5::repack::catalog::Catalog;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::{self, Attribute};
use crate::limits::to_usize;

/// What leads from a scale to those that it is of, and the numbers of the dimensions of a variable.
const USERS: &str = "REFERENCE_LIST";
const NUMBERS: &str = "_Netcdf4Coordinates";
/// What says that a netCDF-4 file keeps to the classic model.
const STRICT: &str = "_nc3_strict";
/// All that makes an object one of the dimensions of a file.
const ALL: [&str; 6] = [CLASS, "NAME", SCALES, USERS, NUMBER, NUMBERS];

/// How often scales are looked for that lost a dimension with another one.
const MOST_PASSES: usize = 32;

/// The dimension scales of the copy of a torn file.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct Scales {
    /// By the addresses of their headers in the file that is read.
    scales: HashMap<u64, Scale>,
    /// Their addresses, by what netCDF calls their dimensions.
    numbers: HashMap<Vec<u8>, u64>,
    /// What netCDF calls them in the copy, where some are gone: of files of the classic model it asks for the numbers from 0 on.
    renumbered: HashMap<Vec<u8>, i32>,
    /// The paths of those that are scales no more: netCDF needs all dimensions of one that has several.
    left_out: HashSet<String>,
    /// Whether nothing of the file is lost: what leads nowhere never led anywhere.
    is_whole: bool,
}

#[derive(Debug)]
struct Scale {
    path: String,
    /// What netCDF calls its dimension, and those along it.
    number: Option<Attribute>,
    numbers: Option<Attribute>,
    rank: usize,
}

impl Scales {
    /// The scales among the objects that are copied.
    pub fn of(space: &Arc<AddressSpace>, catalog: &Catalog) -> Self {
        let is_whole = catalog.losses.as_ref().is_none_or(Losses::is_empty);
        let mut scales = Scales { is_whole, ..Scales::default() };
        for entry in catalog.kept().filter(|entry| entry.kind == ObjectKind::Dataset) {
            let path = catalog.path(entry);
            if !is_bare(catalog, &path) {
                let scale = Scale::read(space, entry.address, path).unwrap_or(None);
                scales.scales.extend(scale.map(|scale| (entry.address, scale)));
            }
        }
        // Without one, others may have lost a dimension.
        for _ in 0..MOST_PASSES {
            let numbers =
                scales.scales.iter().filter_map(|(at, scale)| Some((scale.number.as_ref()?.data.clone(), *at)));
            scales.numbers = numbers.collect();
            let broken = scales.broken(catalog);
            if broken.is_empty() {
                break;
            }
            let left_out = broken.iter().filter_map(|address| scales.scales.remove(address));
            scales.left_out.extend(left_out.map(|scale| scale.path));
        }
        scales.renumbered = scales.renumbered().unwrap_or_default();
        scales
    }

    /// New numbers in the order of the old ones, where these have gaps. None where a scale has no number: netCDF gives it one.
    fn renumbered(&self) -> Option<HashMap<Vec<u8>, i32>> {
        let numbers: Option<BTreeMap<i32, Vec<u8>>> =
            self.scales.values().map(|scale| scale.number.as_ref().and_then(number_of)).collect();
        let numbers = numbers?;
        let has_gaps = numbers.keys().zip(0..).any(|(&old, new)| old != new);
        has_gaps.then(|| numbers.into_values().zip(0..).collect())
    }

    /// Gives the dimensions of an attribute their new numbers.
    fn renumber(&self, attribute: &mut Attribute) -> Result<()> {
        let Some((_, order)) = attribute.datatype.number() else { return Ok(()) };
        let size = to_usize(attribute.datatype.size())?.max(1);
        for element in attribute.data.chunks_mut(size) {
            let Some(new) = self.renumbered.get(&*element) else { continue };
            let new = if order == ByteOrder::Big { new.to_be_bytes() } else { new.to_le_bytes() };
            element.iter_mut().zip(new).for_each(|(place, byte)| *place = byte);
        }
        Ok(())
    }

    /// The scales of several dimensions that are not all there.
    fn broken(&self, catalog: &Catalog) -> Vec<u64> {
        let is_broken = |scale: &Scale| {
            let has_all = |numbers: &Attribute| self.check_numbers((catalog, &scale.path), numbers).is_ok();
            scale.number.is_some() && scale.rank > 1 && !scale.numbers.as_ref().is_some_and(has_all)
        };
        self.scales.iter().filter(|(_, scale)| is_broken(scale)).map(|(address, _)| *address).collect()
    }

    /// Has an attribute of the object at a path lead to what is in the copy; whether it is copied at all.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for one that leads to what is not there: it is left out.
    pub fn follow(
        &self,
        space: &AddressSpace,
        (catalog, path): (&Catalog, &str),
        attribute: &mut Attribute,
    ) -> Result<bool> {
        if ALL.contains(&attribute.name.as_str()) && is_bare(catalog, path) {
            return Ok(false);
        }
        if ALL.contains(&attribute.name.as_str()) && self.left_out.contains(path) {
            let why =
                || Error::malformed_data("dimension scale", "one of its dimensions is not there: it is none any more");
            return if attribute.name == CLASS { Err(why()) } else { Ok(false) };
        }
        let object = format!("attribute {}, which is left out", attribute.name);
        let followed = match attribute.name.as_str() {
            SCALES => self.check_scales(space, (catalog, path), attribute).map(|()| true),
            NUMBERS | NUMBER => {
                let checked = self.check_numbers((catalog, path), attribute);
                checked.and_then(|()| self.renumber(attribute)).map(|()| true)
            }
            // A file with groups is none of the classic model, whose readers look for dimensions in the root alone.
            STRICT => Ok(path != "/" || catalog.found.is_empty()),
            USERS => self.follow_users(space, (catalog, path), attribute),
            _ => Ok(true),
        };
        followed.in_object(&object)
    }

    fn check_scales(&self, space: &AddressSpace, (catalog, path): (&Catalog, &str), list: &Attribute) -> Result<()> {
        let targets = Parts::of(space, &list.datatype, &list.data)?.targets();
        match targets
            .iter()
            .filter(|&&target| !self.scales.get(&target).is_some_and(|scale| scale.is_above(catalog, path)))
            .count()
        {
            0 => Ok(()),
            lost => {
                let detail = format!("{lost} of {} scales of its dimensions are not there", targets.len());
                Err(Error::malformed_data("attribute", detail))
            }
        }
    }

    fn check_numbers(&self, (catalog, path): (&Catalog, &str), list: &Attribute) -> Result<()> {
        let size = to_usize(list.datatype.size())?.max(1);
        let is_there = |number: &[u8]| {
            let scale = self.numbers.get(number).and_then(|address| self.scales.get(address));
            scale.is_some_and(|scale| scale.is_above(catalog, path))
        };
        match list.data.chunks(size).all(is_there) {
            true => Ok(()),
            false => Err(Error::malformed_data("attribute", "dimensions that it names are not there")),
        }
    }

    fn follow_users(
        &self,
        space: &AddressSpace,
        (catalog, path): (&Catalog, &str),
        list: &mut Attribute,
    ) -> Result<bool> {
        let (before, after) = Self::users(space, catalog, list)?;
        if let (true, Some(losses)) = (after < before && !self.is_whole, &catalog.losses) {
            let lost = before - after;
            let what = format!("attribute {USERS}: {lost} of {before} datasets along this dimension are not there");
            losses.note(path.to_owned(), what);
        }
        Ok(after > 0)
    }

    /// Leaves out of the list of a scale what is not copied; how many there were, and are.
    fn users(space: &AddressSpace, catalog: &Catalog, attribute: &mut Attribute) -> Result<(usize, usize)> {
        let (mut before, mut after, mut kept) = (0, 0, Vec::new());
        for element in attribute.data.chunks(to_usize(attribute.datatype.size())?.max(1)) {
            let targets = Parts::of(space, &attribute.datatype, element)?.targets();
            let paths: Option<Vec<String>> = targets.iter().map(|&target| catalog.path_at(target)).collect();
            before += 1;
            if paths.is_some_and(|paths| paths.iter().all(|path| !is_bare(catalog, path))) {
                kept.extend_from_slice(element);
                after += 1;
            }
        }
        if before != after {
            (attribute.data, attribute.shape) = (kept, Some(vec![after as u64]));
        }
        Ok((before, after))
    }
}

impl Scale {
    fn read(space: &Arc<AddressSpace>, address: u64, path: String) -> Result<Option<Self>> {
        let header = ObjectHeader::read(space, address)?;
        let (mut class, mut number, mut numbers) = (None, None, None);
        for attribute in attributes::readable(space, &header, &mut |_| Ok(()))? {
            match attribute.name.as_str() {
                CLASS => class = Some(attribute.data),
                NUMBER => number = Some(attribute),
                NUMBERS => numbers = Some(attribute),
                _ => {}
            }
        }
        let rank = Dataset::from_header(space, &header)?.shape.len();
        let is_scale = class.is_some_and(|class| class.starts_with(SCALE));
        Ok(is_scale.then_some(Scale { path, number, numbers, rank }))
    }

    /// Whether an object at a path finds it: netCDF looks for dimensions in the groups above a variable.
    fn is_above(&self, catalog: &Catalog, path: &str) -> bool {
        let group = self.path.rsplit_once('/').map_or("", |(group, _)| group);
        let is_above = path.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
        is_above || !(catalog.is_found(&self.path) || catalog.is_found(path))
    }
}

/// A number of a dimension.
fn number_of(attribute: &Attribute) -> Option<(i32, Vec<u8>)> {
    let bytes = <[u8; 4]>::try_from(attribute.data.as_slice()).ok()?;
    let number = match attribute.datatype.number()? {
        (NumberType::I32, ByteOrder::Little) => i32::from_le_bytes(bytes),
        (NumberType::I32, ByteOrder::Big) => i32::from_be_bytes(bytes),
        _ => return None,
    };
    Some((number, attribute.data.clone()))
}

/// Whether an object is of another state, and loses what numbers its dimensions have in that.
fn is_bare(catalog: &Catalog, path: &str) -> bool {
    catalog.states.are_several && catalog.is_found(path)
}
