//! Every object gets its place first, so that links and references can lead there; then the objects are written.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::catalog::{Catalog, Entry};
use super::data::Data;
use super::describe::{self, Types, Values};
use super::elements::Translator;
use super::torn::{blank, found_name, is_void, null, Cuts, Losses, Scales, Torn};
use super::{Pace, Repack, Summary};
use crate::error::{Error, Kind, Result};
use crate::hdf5::builder::{
    AttributeSpec, Builder, DatasetHeader, DatasetSpec, DatasetWriter, Describe, GroupSpec, LayoutSpec, LinkSpec,
    ObjectAddress, ObjectSpec,
};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::Object;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::references::Places;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::Attribute;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::hard_links::Counted;
use crate::hdf5::write::object::Output;

/// A copy that is being made.
pub(super) struct Copying<'c> {
    pub space: &'c Arc<AddressSpace>,
    pub file: &'c FileWriter,
    pub choices: &'c Repack,
    /// The file beside which others may lie for a while.
    pub beside: Option<&'c Path>,
    pub catalog: Catalog,
    types: Types,
    /// The places of the objects, and the sizes of their headers there, by the addresses where they were.
    placed: HashMap<u64, (ObjectAddress, u64)>,
    places: Places,
    cuts: Cuts,
    /// Of a torn file.
    scales: Option<Scales>,
    /// The group of what nothing led to, if there is one.
    lost_found: Option<ObjectAddress>,
}

impl<'c> Copying<'c> {
    /// Gives everything a place.
    ///
    /// # Errors
    /// What is wrong with the objects; [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot be written;
    /// [`Kind::NotFound`](crate::Kind::NotFound) for choices that name no dataset.
    pub fn new(
        space: &'c Arc<AddressSpace>,
        catalog: Catalog,
        builder: &'c Builder,
        (choices, beside): (&'c Repack, Option<&'c Path>),
    ) -> Result<Self> {
        let file = builder.file();
        let (types, placed, places) = (Types::new(), HashMap::new(), Places::new());
        let cuts = catalog.losses.as_ref().map_or_else(|| Ok(Cuts::default()), |_| Cuts::of(space, &catalog))?;
        let mut copying = Copying {
            space,
            file,
            choices,
            beside,
            catalog,
            types,
            placed,
            places,
            cuts,
            scales: None,
            lost_found: None,
        };
        copying.check_names()?;
        copying.commit_types()?;
        copying.leave_out()?;
        copying.scales = copying.catalog.losses.is_some().then(|| Scales::of(space, &copying.catalog));
        copying.place_all()?;
        copying.place_found()?;
        Ok(copying)
    }

    /// Copies everything; returns the root.
    ///
    /// # Errors
    /// As [`Copying::new`]; [`Kind::Io`](crate::Kind::Io).
    pub fn run(self, pace: &Pace) -> Result<(ObjectAddress, Summary, Torn)> {
        let mut lost = 0;
        for entry in self.catalog.kept() {
            lost += self.catalog.named(entry, || self.write(entry, pace))?;
        }
        let root = self.root()?;
        let found = self.catalog.found();
        let objects = self.catalog.kept().count() as u64;
        let torn = Torn {
            found,
            lost: self.catalog.losses.map(Losses::into_list).unwrap_or_default(),
            steps: self.cuts.steps,
        };
        Ok((root, Summary { objects, lost_references: lost, ..Summary::default() }, torn))
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
                let (object, spec) = describe::object(self.space, entry.address)?;
                let datatype = object.datatype()?;
                let stored = describe::stored_type(self.space, &self.types, &datatype, None, None)?;
                let attributes = self.attributes(object.header(), &mut self.sizes())?;
                self.file.commit_datatype(stored.datatype().clone(), attributes, spec)
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
        for entry in self.catalog.kept().filter(|entry| entry.kind != ObjectKind::Datatype) {
            let header = self.catalog.named(entry, || self.header_of_size(entry))?;
            let place = self.file.place_header(entry.kind, &header)?;
            self.placed.insert(entry.address, (place, header.size()?));
            self.places.insert(entry.address, place.offset());
        }
        Ok(())
    }

    /// The header of a group or a dataset, which leads nowhere yet.
    fn header_of_size(&self, entry: &Entry) -> Result<ObjectHeader> {
        let (object, spec) = describe::object(self.space, entry.address)?;
        if entry.kind == ObjectKind::Dataset {
            return self.dataset_of_size(entry, object.header(), spec);
        }
        let group = self.group(&object, spec, &|_| Ok(self.file.nowhere()), &mut self.sizes())?;
        Counted(&group).header(Output::size_for(self.file))
    }

    /// Leaves out the objects of a torn file that say what no file can have: links to them are lost then, too.
    fn leave_out(&mut self) -> Result<()> {
        let Some(losses) = &self.catalog.losses else { return Ok(()) };
        let mut left_out = Vec::new();
        for entry in self.catalog.kept().filter(|entry| entry.kind != ObjectKind::Datatype) {
            match self.header_of_size(entry) {
                Err(error) if error.kind() == Kind::Io => return Err(error),
                Err(error) => {
                    losses.note(self.catalog.path(entry), error.to_string());
                    left_out.push(entry.address);
                }
                Ok(_) => {}
            }
        }
        self.catalog.forget(self.space, &left_out);
        Ok(())
    }

    fn sizes(&self) -> Values<'c, 'c> {
        Values::Sizes(self.file.nowhere())
    }

    /// The header of a dataset that leads nowhere, and is as long as the one that it will have.
    fn dataset_of_size(&self, entry: &Entry, header: &ObjectHeader, object: ObjectSpec) -> Result<ObjectHeader> {
        let spec = match describe::virtual_dataset(self.space, &self.types, header)? {
            // Wherever the mappings are, what leads to them is as long.
            Some(spec) => DatasetSpec { layout: LayoutSpec::Virtual(Vec::new()), ..spec },
            None => self.spec(entry, header, &self.dataset(header)?)?,
        };
        let shape = spec.lengths().to_vec();
        let attributes = self.attributes(header, &mut self.sizes())?;
        let (header, taken) = self.file.taking(|| {
            let writer = DatasetWriter::unwritten(self.file, DatasetSpec { object, ..spec })?;
            let written = writer.complete(self.file)?;
            Counted(&DatasetHeader { dataset: &written, shape, attributes }).header(Output::size_for(self.file))
        })?;
        taken.into_iter().for_each(|extent| self.file.free(extent));
        Ok(header)
    }

    /// A dataset as far as it is copied.
    ///
    /// # Errors
    /// What is wrong with its header.
    pub fn dataset(&self, header: &ObjectHeader) -> Result<Dataset> {
        let mut dataset = Dataset::from_header(self.space, header)?;
        self.cuts.cut(header.address, &mut dataset);
        Ok(dataset)
    }

    /// What a dataset is in the copy.
    ///
    /// # Errors
    /// As [`Repack::spec`].
    pub fn spec(&self, entry: &Entry, header: &ObjectHeader, from: &Dataset) -> Result<DatasetSpec> {
        let datatype = describe::dataset_type(self.space, &self.types, header, &from.datatype)?;
        let path = self.choices.has_names().then(|| self.catalog.path(entry));
        self.choices.spec(from, path.as_deref(), datatype)
    }

    fn attributes(&self, header: &ObjectHeader, values: &mut Values) -> Result<Vec<AttributeSpec>> {
        let mut lost = |error| self.catalog.bear(header.address, Err::<(), _>(error)).map(|_| ());
        let path = self.catalog.path_at(header.address).unwrap_or_default();
        let keep = |attribute: &mut Attribute| match &self.scales {
            Some(scales) => scales.follow(self.space, (&self.catalog, &path), attribute),
            None => Ok(true),
        };
        describe::attributes(self.space, &self.types, (header, &keep), values, &mut lost)
    }

    fn group(
        &self,
        from: &Object,
        object: ObjectSpec,
        place: &dyn Fn(u64) -> Result<ObjectAddress>,
        values: &mut Values,
    ) -> Result<GroupSpec> {
        let mut lost = |error| self.catalog.bear(from.header().address, Err::<(), _>(error)).map(|_| ());
        let place = |address| match self.catalog.has(address) {
            true => place(address),
            false => Err(Error::malformed_data("link", format!("the object at {address} cannot be read"))),
        };
        let mut links = describe::links(self.space, from.header(), &place, &mut lost)?;
        if self.catalog.root == Some(from.header().address) && !self.catalog.found.is_empty() {
            let found = self.lost_found.unwrap_or_else(|| self.file.nowhere());
            links.push(LinkSpec::hard(&self.catalog.lost_found, found));
        }
        let attributes = self.attributes(from.header(), values)?;
        Ok(GroupSpec { links, attributes, link_order: Some(from.link_order()?), object })
    }

    /// The root group: that of the file, or one with what was found.
    fn root(&self) -> Result<ObjectAddress> {
        match self.catalog.root {
            Some(root) => self.place(root),
            None => {
                let links =
                    self.lost_found.into_iter().map(|place| LinkSpec::hard(&self.catalog.lost_found, place)).collect();
                self.file.add_object(&Counted(&GroupSpec { links, ..GroupSpec::default() }))
            }
        }
    }

    /// Writes the group of what nothing led to, if anything was found.
    fn place_found(&mut self) -> Result<()> {
        let link = |&address| Ok(LinkSpec::hard(found_name(self.space, address), self.place(address)?));
        let links = self.catalog.found.iter().map(link).collect::<Result<Vec<_>>>()?;
        if !links.is_empty() {
            let group = GroupSpec { links, ..GroupSpec::default() };
            self.lost_found = Some(self.file.add_object(&Counted(&group))?);
        }
        Ok(())
    }

    fn place(&self, address: u64) -> Result<ObjectAddress> {
        let placed = self.placed.get(&address).map(|(place, _)| *place);
        placed.ok_or_else(|| Error::usage(format!("the object at {address} has no place")))
    }

    /// Writes an object to its place; returns the number of its references that lead nowhere now.
    fn write(&self, entry: &Entry, pace: &Pace) -> Result<u64> {
        let (object, spec) = describe::object(self.space, entry.address)?;
        let mut translator = Translator::new(self.space, &self.places);
        match entry.kind {
            ObjectKind::Dataset => self.write_dataset(entry, (object.header(), spec), &mut translator, pace)?,
            ObjectKind::Group => {
                let mut values = Values::Into(self.file, &mut translator);
                let group = self.group(&object, spec, &|address| self.place(address), &mut values)?;
                self.write_placed(entry, &group)?;
            }
            ObjectKind::Datatype => {
                let attributes = self.attributes(object.header(), &mut Values::Into(self.file, &mut translator))?;
                let stored = self.types.get(&entry.address);
                stored.map_or(Ok(()), |stored| self.file.set_committed_attributes(stored, attributes))?;
            }
        }
        Ok(translator.lost)
    }

    fn write_dataset(
        &self,
        entry: &Entry,
        (header, object): (&ObjectHeader, ObjectSpec),
        translator: &mut Translator,
        pace: &Pace,
    ) -> Result<()> {
        let writer = match describe::virtual_dataset(self.space, &self.types, header)? {
            Some(spec) => DatasetWriter::unwritten(self.file, DatasetSpec { object, ..spec })?,
            None => self.copy_data(entry, (header, object), translator, pace)?,
        };
        let written = writer.complete(self.file)?;
        let attributes = self.attributes(header, &mut Values::Into(self.file, translator))?;
        let shape = writer.spec().lengths().to_vec();
        self.write_placed(entry, &DatasetHeader { dataset: &written, shape, attributes })
    }

    fn copy_data(
        &self,
        entry: &Entry,
        (header, object): (&ObjectHeader, ObjectSpec),
        translator: &mut Translator,
        pace: &Pace,
    ) -> Result<DatasetWriter> {
        let from = self.dataset(header)?;
        let mut spec = DatasetSpec { object, ..self.spec(entry, header, &from)? };
        if let Some(fill) = &mut spec.fill.value {
            let translated = translator.translate(&from.datatype, fill, self.file);
            // It has its place already: what cannot be read is an empty one.
            *fill = self.catalog.bear(entry.address, translated)?.unwrap_or_else(|| vec![0; fill.len()]);
            self.note(entry, translator.take_nulls().among(1).map(|what| format!("the fill value: {what}")));
        }
        let blanks = self.catalog.losses.as_ref().and(self.choices.blanks.as_ref());
        let blank = blanks.and_then(|blanks| blank(self.space, header, &from, blanks).or_else(|| null(&from)));
        let void = self.catalog.losses.is_some() && is_void(self.space, &from, blank.is_some());
        let mut writer = match from.storage {
            Storage::Contiguous(None) => DatasetWriter::unwritten(self.file, spec)?,
            _ if void => DatasetWriter::unwritten(self.file, spec)?,
            _ => DatasetWriter::new(self.file, spec)?,
        };
        let leaves = self.catalog.leaves.get(&entry.address).map(Vec::as_slice).unwrap_or_default();
        let data = Data { copying: self, from: &from, to: &writer, pace, leaves, blank };
        let Some(losses) = &self.catalog.losses else { return data.copy(translator).map(|()| writer) };
        if let Some(what) = data.salvage(translator)? {
            data.blank_chunks()?;
            losses.note(self.catalog.path(entry), what);
            writer.fill_if_set();
        }
        self.note(entry, translator.take_nulls().in_rows());
        Ok(writer)
    }

    /// Notes what is missing of an object of a torn file, if anything is.
    fn note(&self, entry: &Entry, what: Option<String>) {
        if let (Some(losses), Some(what)) = (&self.catalog.losses, what) {
            losses.note(self.catalog.path(entry), what);
        }
    }

    /// Writes a header to its place, which is as large as it was thought.
    fn write_placed(&self, entry: &Entry, object: &dyn Describe) -> Result<()> {
        let header = Counted(object).header(self.file.into())?;
        match self.placed.get(&entry.address) {
            Some((place, size)) if header.size()? == *size => self.file.write_header(place.offset(), &header),
            _ => Err(Error::usage("an object header that is larger than its place")),
        }
    }
}
