//! Attributes by which netCDF and HDF5 know dimensions: in the copy they lead to scales that are there, or are left out. Readers refuse
//! a whole file for one that leads nowhere.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::steps::{CLASS, NUMBER, SCALE, SCALES};
use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::references::Parts;
use crate::hdf5::repack::catalog::Catalog;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::{self, Attribute};
use crate::limits::to_usize;

/// What leads from a scale to those that it is of, and the numbers of the dimensions of a variable.
const USERS: &str = "REFERENCE_LIST";
const NUMBERS: &str = "_Netcdf4Coordinates";
/// All that makes an object one of the dimensions of a file.
const ALL: [&str; 6] = [CLASS, "NAME", SCALES, USERS, NUMBER, NUMBERS];

/// The dimension scales of the copy of a torn file.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct Scales {
    /// Their paths, by the addresses of their headers in the file that is read.
    paths: HashMap<u64, String>,
    /// What netCDF calls their dimensions.
    numbers: HashSet<Vec<u8>>,
}

impl Scales {
    /// The scales among the objects that are copied.
    pub fn of(space: &Arc<AddressSpace>, catalog: &Catalog) -> Self {
        let mut scales = Scales::default();
        for entry in catalog.kept().filter(|entry| entry.kind == ObjectKind::Dataset) {
            let header = ObjectHeader::read(space, entry.address);
            let read = header.and_then(|header| attributes::readable(space, &header, &mut |_| Ok(())));
            let path = catalog.path(entry);
            for Attribute { name, data, .. } in
                read.unwrap_or_default().into_iter().filter(|_| !is_bare(catalog, &path))
            {
                match name.as_str() {
                    CLASS if data.starts_with(SCALE) => drop(scales.paths.insert(entry.address, path.clone())),
                    NUMBER => drop(scales.numbers.insert(data)),
                    _ => {}
                }
            }
        }
        scales
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
        let object = format!("attribute {}, which is left out", attribute.name);
        let followed = match attribute.name.as_str() {
            SCALES => self.check_scales(space, (catalog, path), attribute).map(|()| true),
            NUMBERS => self.check_numbers(attribute).map(|()| true),
            USERS => Self::follow_users(space, (catalog, path), attribute),
            _ => Ok(true),
        };
        followed.in_object(&object)
    }

    fn check_scales(&self, space: &AddressSpace, (catalog, path): (&Catalog, &str), list: &Attribute) -> Result<()> {
        let targets = Parts::of(space, &list.datatype, &list.data)?.targets();
        match targets.iter().filter(|&&target| !self.is_above(catalog, target, path)).count() {
            0 => Ok(()),
            lost => {
                let detail = format!("{lost} of {} scales of its dimensions are not there", targets.len());
                Err(Error::malformed_data("attribute", detail))
            }
        }
    }

    fn check_numbers(&self, list: &Attribute) -> Result<()> {
        let size = to_usize(list.datatype.size())?.max(1);
        match list.data.chunks(size).all(|number| self.numbers.contains(number)) {
            true => Ok(()),
            false => Err(Error::malformed_data("attribute", "dimensions that it names are not there")),
        }
    }

    fn follow_users(space: &AddressSpace, (catalog, path): (&Catalog, &str), list: &mut Attribute) -> Result<bool> {
        let (before, after) = Self::users(space, catalog, list)?;
        if let (true, Some(losses)) = (after < before, &catalog.losses) {
            let lost = before - after;
            let what = format!("attribute {USERS}: {lost} of {before} datasets along this dimension are not there");
            losses.note(path.to_owned(), what);
        }
        Ok(after > 0)
    }

    /// Whether an object is a scale that whatever lies at a path finds: netCDF looks for dimensions in the groups above a variable.
    fn is_above(&self, catalog: &Catalog, scale: u64, path: &str) -> bool {
        let Some(own) = self.paths.get(&scale) else { return false };
        let group = own.rsplit_once('/').map_or("", |(group, _)| group);
        let is_above = path.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
        is_above || !(catalog.is_found(own) || catalog.is_found(path))
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

/// Whether an object is of another state, and loses what numbers its dimensions have in that.
fn is_bare(catalog: &Catalog, path: &str) -> bool {
    catalog.states.are_several && catalog.is_found(path)
}
