//! Virtual datasets: elements that are those of other datasets, most often in other files.

mod axis;
mod cast;
mod extent;
mod hyperslab;
mod in_order;
mod mapping;
mod runs;
mod sources;
mod transfer;

use std::sync::OnceLock;

use self::axis::Axis;
use self::cast::Cast;
use self::extent::Extent;
use self::hyperslab::HyperslabSelection;
pub(crate) use self::mapping::declared;
use self::mapping::{Growing, Mapping};
use self::sources::Sources;
use self::transfer::{Destination, Transfer};
use super::fill::FillStatus;
use super::lengths::Lengths;
use super::nesting::Nesting;
use crate::error::{Error, Result};
use crate::grid::cut;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::elsewhere::VirtualMapping;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};
use crate::wire::width::Addr;

const RECORD: &str = "virtual dataset";

/// Bytes that are read at once.
pub(crate) const PART: u64 = 32 << 20;

/// The storage of a virtual dataset.
#[derive(Debug)]
pub(crate) struct Virtual {
    /// Where the mappings are; nowhere if there are none.
    collection: Option<u64>,
    index: u32,
    mappings: OnceLock<Vec<Mapping>>,
    sources: Sources,
    /// How far it has grown, if it may grow with its sources.
    grown: Option<Extent>,
}

/// What a virtual dataset says of its elements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VirtualElements<'a> {
    pub shape: &'a [u64],
    pub datatype: &'a Datatype,
    pub fill: &'a FillStatus,
}

impl Virtual {
    /// The mappings as they are declared.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where they cannot be decoded.
    pub fn stored_mappings(&self, space: &AddressSpace) -> Result<Vec<VirtualMapping>> {
        self.collection.map_or(Ok(Vec::new()), |collection| mapping::declared(space, collection, self.index))
    }

    /// The storage that a layout message points to, in a dataset of this extent. Mappings are read, and sources are opened,
    /// only if the extent may depend on them.
    ///
    /// # Errors
    /// Why the extent is not known: [`Kind::Unsupported`](crate::Kind::Unsupported) when a source that it depends on may not be
    /// opened; otherwise what is wrong with the mappings or with a source. One that is missing has no elements.
    pub fn from_layout(
        space: &AddressSpace,
        (collection, index): (Addr, u32),
        lengths: Lengths,
        nesting: &Nesting,
    ) -> Result<Self> {
        let collection = collection.get().filter(|&address| address != 0);
        let (mappings, sources) = (OnceLock::new(), Sources::default());
        let mut made = Virtual { collection, index, mappings, sources, grown: None };
        let may_grow = lengths.current.iter().zip(lengths.max).any(|(length, max)| length < max);
        if let (true, Some(collection)) = (may_grow, collection) {
            let nesting = nesting.enter(space, collection, index)?;
            made.grown = Some(made.find_extent(space, lengths, &nesting)?);
        }
        Ok(made)
    }

    /// The extent, if it is not the stored one.
    pub fn shape(&self) -> Option<&[u64]> {
        self.grown.as_ref().map(|grown| grown.shape.as_slice())
    }

    /// Fills `target` with the elements of a region.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) when a source may not be opened, or has elements of a type that cannot be
    /// converted; [`Kind::Malformed`](crate::Kind::Malformed) when the mappings are broken.
    pub fn read(
        &self,
        space: &AddressSpace,
        elements: VirtualElements,
        region: &Selection,
        target: &mut [u8],
        nesting: &Nesting,
    ) -> Result<()> {
        elements.fill.fill(target, elements.datatype.size());
        let Some(collection) = self.collection.filter(|_| !region.count.contains(&0)) else { return Ok(()) };
        let nesting = nesting.enter(space, collection, self.index)?;
        let reading = Reading { layout: self, space, elements, nesting: &nesting };
        reading.read_parts(region, target)
    }

    fn mappings(&self, space: &AddressSpace) -> Result<&[Mapping]> {
        if let Some(known) = self.mappings.get() {
            return Ok(known);
        }
        let read = match self.collection {
            Some(collection) => mapping::read(space, collection, self.index)?,
            None => Vec::new(),
        };
        Ok(self.mappings.get_or_init(|| read))
    }
}

/// One reading of a virtual dataset.
struct Reading<'a> {
    layout: &'a Virtual,
    space: &'a AddressSpace,
    elements: VirtualElements<'a>,
    nesting: &'a Nesting<'a>,
}

impl Reading<'_> {
    /// Reads a region part by part, so that sources need buffers of bounded size.
    fn read_parts(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        let mut rest = target;
        let size = self.elements.datatype.size();
        // The sources have chunks that are not known here: the fewer parts, the fewer of them are decoded twice.
        cut(region, 0, (size, PART, &[]), &mut |part| {
            let len = limits::to_usize(shape::bytes(&part.count, size)?)?;
            let split = std::mem::take(&mut rest).split_at_mut_checked(len);
            let (here, later) = split.ok_or_else(|| Error::usage("a selection leaves its buffer"))?;
            rest = later;
            self.read(part, here)
        })
    }

    /// Copies what every mapping has of a region.
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        let mappings = self.layout.mappings(self.space)?;
        if !self.nesting.is_outermost() {
            self.nesting.spend(mappings.len() as u64)?;
        }
        let mut destination = Destination { shape: self.elements.shape, region, target };
        for (n, mapping) in mappings.iter().enumerate() {
            self.read_mapping(n, mapping, &mut destination).map_err(|e| {
                let offset = self.space.offset(self.layout.collection.unwrap_or(0));
                e.at_offset(offset).in_object(format!("mapping {n}"))
            })?;
        }
        Ok(())
    }

    fn read_mapping(&self, n: usize, mapping: &Mapping, destination: &mut Destination) -> Result<()> {
        match mapping.growth {
            None => self.read_source(mapping, 0, &mapping.target, destination),
            Some(Growing::Unlimited { target: axis, .. }) => {
                let extent = self.elements.shape.get(axis).copied().unwrap_or(0);
                let target = mapping.target.map_axis(axis, |axis| axis.first(axis.below(extent)));
                self.read_source(mapping, 0, &target, destination)
            }
            Some(Growing::Printf { axis, start, stride, block }) => {
                let grown = self.layout.grown.as_ref();
                let blocks = grown.and_then(|grown| grown.blocks.get(n).copied()).unwrap_or(0);
                for number in extent::touched(destination.region, (axis, start, stride), blocks) {
                    let first = start.saturating_add(number.saturating_mul(stride));
                    let target = mapping.target.map_axis(axis, |_| Axis::run(first, block));
                    self.read_source(mapping, number, &target, destination)?;
                }
                Ok(())
            }
        }
    }

    /// Copies what one source has of the region, which is nothing if it is missing.
    fn read_source(
        &self,
        mapping: &Mapping,
        number: u64,
        target: &HyperslabSelection,
        destination: &mut Destination,
    ) -> Result<()> {
        if !target.fits(destination.shape) {
            let detail = format!("it selects elements outside of a shape of {:?}", destination.shape);
            return Err(Error::malformed_data(RECORD, detail));
        }
        if !target.touches(destination.region) {
            return Ok(());
        }
        let found = self.layout.sources.find(self.space, mapping, number, self.nesting)?;
        let Some(found) = found else { return Ok(()) };
        let (from, to) = (found.dataset.datatype(), self.elements.datatype);
        if found.file.is_some() && (to.is_variable() || to.has_references()) {
            return Err(Error::unsupported("a virtual dataset of elements that lie in a heap of another file"));
        }
        let (cast, size) = (Cast::between(from, to)?, to.size());
        let (space, dataset) = (found.file.as_deref().unwrap_or(self.space), found.dataset.as_ref());
        let (chosen, target) = mapping.pair(target, dataset.shape());
        Transfer { space, dataset, cast, size, nesting: self.nesting }.copy((&chosen, &target), destination)
    }
}

#[cfg(test)]
mod tests;
