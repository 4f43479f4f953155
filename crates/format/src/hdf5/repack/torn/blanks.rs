//! What lost elements are where the library would fill nothing in: without that they are whatever happens to lie in the memory of who
//! reads them.

use super::heads::is_absurd;
use super::steps::{CLASS, SCALES};
use crate::element::{ByteOrder, NumberType};
use crate::error::{Error, Result};
use crate::grid::{bounded, for_each_part};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::record::message::fill_value::FillTime;
use crate::hdf5::references::has_addresses;
use crate::hdf5::repack::data::{Data, BLOCK};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes;
use crate::limits;
use crate::shape;
use crate::shape::Selection;
use crate::written::{repeat, repeated};

/// What numbers are that were lost, of each type in little-endian order.
pub(crate) type Blanks = Vec<(NumberType, Vec<u8>)>;

/// What elements of a dataset along dimensions are that were lost, if nothing is filled in and the dataset has no value for it.
pub(in crate::hdf5::repack) fn blank(
    space: &AddressSpace,
    header: &ObjectHeader,
    from: &Dataset,
    blanks: &Blanks,
) -> Option<Vec<u8>> {
    if from.fill.time != FillTime::Never || from.fill.value.is_some() {
        return None;
    }
    let (number, order) = from.datatype.number()?;
    let (_, value) = blanks.iter().find(|(of, _)| *of == number)?;
    let attributes = attributes::readable(space, header, &mut |_| Ok(())).ok()?;
    let has_dimensions = attributes.iter().any(|attribute| [CLASS, SCALES].contains(&attribute.name.as_str()));
    let value: Vec<u8> = match order {
        ByteOrder::Little => value.clone(),
        ByteOrder::Big => value.iter().rev().copied().collect(),
    };
    has_dimensions.then_some(value)
}

/// A null for what is lost of elements of variable length in chunks that have a fill value: libhdf5 cannot read chunks of such
/// that are not there.
pub(in crate::hdf5::repack) fn null(from: &Dataset) -> Option<Vec<u8>> {
    let is_needed =
        matches!(from.storage, Storage::Chunked(_)) && has_addresses(&from.datatype) && from.fill.value.is_some();
    is_needed.then(|| limits::buffer(from.datatype.size()).ok()).flatten()
}

impl Data<'_> {
    /// Makes elements what they are where they are lost.
    pub fn fill(&self, target: &mut [u8]) {
        match &self.blank {
            Some(blank) => repeat(blank, target),
            None => self.from.fill.fill(target, self.from.datatype.size()),
        }
    }

    /// Writes what lost elements are all over a dataset in one piece, before those that are there.
    ///
    /// # Errors
    /// Those of writing.
    pub(super) fn blank_piece(&self) -> Result<()> {
        let Some(blank) = &self.blank else { return Ok(()) };
        let (all, size) = (Selection::all(&self.from.shape), self.from.datatype.size());
        let mut bytes = Vec::new();
        for_each_part(&all, &bounded(all.count.clone(), size, BLOCK), &mut |part| {
            bytes.resize(limits::to_usize(shape::bytes(&part.count, size)?)?, 0);
            repeat(blank, &mut bytes);
            self.to.write(self.copying.file, &Selection::block(part.start.clone(), part.count.clone()), &bytes)
        })
    }

    /// Writes the chunks that are not there, unless they are more than the file can be thought to have lost.
    ///
    /// # Errors
    /// Those of writing.
    pub fn blank_chunks(&self) -> Result<()> {
        let Some(blank) = self.blank.as_ref().filter(|_| self.to.chunk().is_some()) else { return Ok(()) };
        let is_too_much = shape::bytes(&self.from.shape, self.from.datatype.size())
            .map_or(true, |bytes| is_absurd(self.copying.space, bytes));
        if is_too_much {
            return Ok(());
        }
        let filled = self.to.fill_chunks(self.copying.file, &self.from.shape, &repeated(blank));
        // Filters that cannot be written leave zeros.
        filled.or_else(|error: Error| if error.is_of_file() { Ok(()) } else { Err(error) })
    }
}
