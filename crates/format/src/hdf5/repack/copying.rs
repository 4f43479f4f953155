//! Every object gets its place first, so that links and references can lead there; then the objects are written.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::catalog::{Catalog, Entry};
use super::data::Data;
use super::describe::{self, Types, Values};
use super::elements::{Places, Translator};
use super::{Pace, Repack, Summary};
use crate::error::{Error, Result};
use crate::hdf5::builder::{
    AttributeSpec, Builder, DatasetHeader, DatasetSpec, DatasetWriter, Describe, GroupSpec, ObjectAddress,
};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::hard_links::Counted;

/// A copy that is being made.
pub(super) struct Copying<'c> {
    pub space: &'c Arc<AddressSpace>,
    pub file: &'c FileWriter,
    pub choices: &'c Repack,
    /// The file beside which others may lie for a while.
    pub beside: &'c Path,
    catalog: Catalog,
    types: Types,
    /// The places of the objects, and the sizes of their headers there, by the addresses where they were.
    placed: HashMap<u64, (ObjectAddress, u64)>,
    places: Places,
    lost: u64,
}

impl<'c> Copying<'c> {
    /// Finds everything and gives it places.
    ///
    /// # Errors
    /// What is wrong with the file; [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot be written;
    /// [`Kind::NotFound`](crate::Kind::NotFound) for choices that name no dataset.
    pub fn new(
        space: &'c Arc<AddressSpace>,
        builder: &'c Builder,
        (choices, beside): (&'c Repack, &'c Path),
    ) -> Result<Self> {
        if space.base > 0 {
            return Err(Error::unsupported("copying a file with a user block"));
        }
        let (file, catalog) = (builder.file(), Catalog::read(space)?);
        let (types, placed, places) = (Types::new(), HashMap::new(), Places::new());
        let mut copying = Copying { space, file, choices, beside, catalog, types, placed, places, lost: 0 };
        copying.check_names()?;
        copying.commit_types()?;
        copying.place_all()?;
        Ok(copying)
    }

    /// Copies everything; returns the root.
    ///
    /// # Errors
    /// As [`Copying::new`]; [`Kind::Io`](crate::Kind::Io).
    pub fn run(&mut self, pace: &Pace) -> Result<(ObjectAddress, Summary)> {
        let mut lost = 0;
        for entry in &self.catalog.entries {
            lost += self.catalog.named(entry, || self.write(entry, pace))?;
        }
        self.lost = lost;
        let root = self.place(self.space.root)?;
        let objects = self.catalog.entries.len() as u64;
        Ok((root, Summary { objects, lost_references: self.lost, ..Summary::default() }))
    }

    /// Refuses choices for datasets that are not there.
    fn check_names(&self) -> Result<()> {
        if !self.choices.has_names() {
            return Ok(());
        }
        let datasets = self.catalog.entries.iter().filter(|entry| entry.kind == ObjectKind::Dataset);
        let paths: HashSet<String> = datasets.map(|entry| self.catalog.path(entry)).collect();
        match self.choices.named().find(|name| !paths.contains(*name)) {
            Some(name) => Err(Error::not_found(format!("there is no dataset {name} (the first path of each counts)"))),
            None => Ok(()),
        }
    }

    fn commit_types(&mut self) -> Result<()> {
        for entry in self.catalog.entries.iter().filter(|entry| entry.kind == ObjectKind::Datatype) {
            let stored = self.catalog.named(entry, || {
                let header = ObjectHeader::read(self.space, entry.address)?;
                if !describe::attributes(self.space, &self.types, &header, &mut Values::Sizes)?.is_empty() {
                    return Err(Error::unsupported("copying a committed datatype with attributes"));
                }
                let missing = || Error::malformed_data("object header", "a committed datatype without a type");
                let datatype = header.datatype(self.space)?.ok_or_else(missing)?;
                let stored = describe::stored_type(self.space, &self.types, &datatype, None)?;
                self.file.commit_datatype(stored.datatype().clone())
            })?;
            if let Some(address) = stored.address() {
                self.placed.insert(entry.address, (address, 0));
                self.places.insert(entry.address, address.offset());
            }
            self.types.insert(entry.address, stored);
        }
        Ok(())
    }

    /// Gives every group and dataset a place.
    fn place_all(&mut self) -> Result<()> {
        for entry in self.catalog.entries.iter().filter(|entry| entry.kind != ObjectKind::Datatype) {
            let placed = self.catalog.named(entry, || {
                let header = ObjectHeader::read(self.space, entry.address)?;
                match entry.kind {
                    ObjectKind::Dataset => self.place_dataset(entry, &header),
                    _ => self.placed_at(&self.group(&header, &|_| Ok(self.file.nowhere()), &mut Values::Sizes)?),
                }
            })?;
            self.placed.insert(entry.address, placed);
            self.places.insert(entry.address, placed.0.offset());
        }
        Ok(())
    }

    fn placed_at(&self, object: &dyn Describe) -> Result<(ObjectAddress, u64)> {
        let header = Counted(object).header(None)?;
        Ok((self.file.place_header(object.kind(), &header)?, header.size()?))
    }

    fn place_dataset(&self, entry: &Entry, header: &ObjectHeader) -> Result<(ObjectAddress, u64)> {
        let from = Dataset::from_header(self.space, header)?;
        let writer = DatasetWriter::unwritten(self.file, self.spec(entry, header, &from)?)?;
        // Without data it leads nowhere, and is as long.
        let written = writer.complete(self.file)?;
        let attributes = self.attributes(header, &mut Values::Sizes)?;
        self.placed_at(&DatasetHeader { dataset: &written, shape: from.shape.clone(), attributes })
    }

    /// What a dataset is in the copy.
    fn spec(&self, entry: &Entry, header: &ObjectHeader, from: &Dataset) -> Result<DatasetSpec> {
        let datatype = describe::dataset_type(self.space, &self.types, header, &from.datatype)?;
        let path = self.choices.has_names().then(|| self.catalog.path(entry));
        self.choices.spec(from, path.as_deref(), datatype)
    }

    fn attributes(&self, header: &ObjectHeader, values: &mut Values) -> Result<Vec<AttributeSpec>> {
        describe::attributes(self.space, &self.types, header, values)
    }

    fn group(
        &self,
        header: &ObjectHeader,
        place: &dyn Fn(u64) -> Result<ObjectAddress>,
        values: &mut Values,
    ) -> Result<GroupSpec> {
        let attributes = self.attributes(header, values)?;
        Ok(GroupSpec { attributes, ..describe::group(self.space, header, place)? })
    }

    fn place(&self, address: u64) -> Result<ObjectAddress> {
        let placed = self.placed.get(&address).map(|(place, _)| *place);
        placed.ok_or_else(|| Error::usage(format!("the object at {address} has no place")))
    }

    /// Writes an object to its place; returns the number of its references that lead nowhere now.
    fn write(&self, entry: &Entry, pace: &Pace) -> Result<u64> {
        let header = ObjectHeader::read(self.space, entry.address)?;
        let mut translator = Translator::new(self.space, &self.places);
        match entry.kind {
            ObjectKind::Datatype => {}
            ObjectKind::Dataset => self.write_dataset(entry, &header, &mut translator, pace)?,
            ObjectKind::Group => {
                let mut values = Values::Into(self.file, &mut translator);
                let group = self.group(&header, &|address| self.place(address), &mut values)?;
                self.write_placed(entry, &group)?;
            }
        }
        Ok(translator.lost)
    }

    fn write_dataset(
        &self,
        entry: &Entry,
        header: &ObjectHeader,
        translator: &mut Translator,
        pace: &Pace,
    ) -> Result<()> {
        let from = Dataset::from_header(self.space, header)?;
        let mut spec = self.spec(entry, header, &from)?;
        if let Some(fill) = &mut spec.fill.value {
            *fill = translator.translate(&from.datatype, fill, self.file)?;
        }
        let writer = match from.storage {
            Storage::Contiguous(None) => DatasetWriter::unwritten(self.file, spec)?,
            _ => DatasetWriter::new(self.file, spec)?,
        };
        Data { copying: self, from: &from, to: &writer, pace }.copy(translator)?;
        let written = writer.complete(self.file)?;
        let attributes = self.attributes(header, &mut Values::Into(self.file, translator))?;
        self.write_placed(entry, &DatasetHeader { dataset: &written, shape: from.shape.clone(), attributes })
    }

    /// Writes a header to its place, which is as large as it was thought.
    fn write_placed(&self, entry: &Entry, object: &dyn Describe) -> Result<()> {
        let header = Counted(object).header(Some(self.file))?;
        match self.placed.get(&entry.address) {
            Some((place, size)) if header.size()? == *size => self.file.write_header(place.offset(), &header),
            _ => Err(Error::usage("an object header that is larger than its place")),
        }
    }
}
