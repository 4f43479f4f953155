//! Elements of any type, taken apart: through compounds, arrays, and references into the global heap.

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::global_heap::Reference;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collections;
use crate::limits;
use crate::wire;

/// Receives the parts of elements, in C order.
pub trait Visitor {
    /// Elements of a type that has no parts, one after the other, as stored.
    ///
    /// # Errors
    /// Whatever stops the visit.
    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()>;

    /// A text of any length without its terminator; `None` is a null pointer.
    ///
    /// # Errors
    /// Whatever stops the visit.
    fn text(&mut self, text: Option<&[u8]>) -> Result<()>;

    /// What follows, up to the matching [`Visitor::end`], are the members of a compound, the elements of an array or of a
    /// sequence, or the two parts of complex numbers: `count` of them.
    ///
    /// # Errors
    /// Whatever stops the visit.
    fn begin(&mut self, _datatype: &Datatype, _count: u64) -> Result<()> {
        Ok(())
    }

    /// All parts were there.
    ///
    /// # Errors
    /// Whatever stops the visit.
    fn end(&mut self, _datatype: &Datatype) -> Result<()> {
        Ok(())
    }
}

/// Takes elements apart.
#[derive(Debug)]
pub(crate) struct Elements<'s> {
    space: &'s AddressSpace,
    collections: Collections,
    /// Bytes that may still be taken out of heaps. Honest files refer to each object once; others make a small file endless.
    budget: u64,
}

impl<'s> Elements<'s> {
    pub fn new(space: &'s AddressSpace) -> Self {
        let budget = space.source.len().saturating_mul(16).saturating_add(16 << 20);
        Elements { space, collections: Collections::default(), budget }
    }

    /// Visits all elements of `stored`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when a reference leads nowhere, [`Kind::Limit`](crate::Kind::Limit) when
    /// the elements share so many objects that they exceed the file by far; those of the visitor.
    pub fn visit(&mut self, datatype: &Datatype, stored: &[u8], visitor: &mut dyn Visitor) -> Result<()> {
        let size = limits::to_usize(datatype.size())?.max(1);
        match datatype {
            Datatype::VariableString(_) => {
                stored.chunks_exact(size).try_for_each(|element| self.text(element, visitor))
            }
            Datatype::Sequence { base, .. } => {
                stored.chunks_exact(size).try_for_each(|element| self.sequence(datatype, base, element, visitor))
            }
            Datatype::Compound { members, .. } => stored.chunks_exact(size).try_for_each(|element| {
                visitor.begin(datatype, members.len() as u64)?;
                for member in members {
                    let bytes = part(element, member.offset, member.datatype.size())?;
                    self.visit(&member.datatype, bytes, visitor)?;
                }
                visitor.end(datatype)
            }),
            Datatype::Array { base, dims } => stored.chunks_exact(size).try_for_each(|element| {
                visitor.begin(datatype, crate::shape::count(dims)?)?;
                self.visit(base, element, visitor)?;
                visitor.end(datatype)
            }),
            Datatype::Complex(base) => stored.chunks_exact(size).try_for_each(|element| {
                visitor.begin(datatype, 2)?;
                self.visit(base, element, visitor)?;
                visitor.end(datatype)
            }),
            _ => visitor.leaves(datatype, stored),
        }
    }

    fn text(&mut self, element: &[u8], visitor: &mut dyn Visitor) -> Result<()> {
        visitor.text(self.string(element)?)
    }

    fn sequence(
        &mut self,
        datatype: &Datatype,
        base: &Datatype,
        element: &[u8],
        visitor: &mut dyn Visitor,
    ) -> Result<()> {
        let (count, held) = self.list(base, element)?;
        visitor.begin(datatype, count)?;
        self.visit(base, &held, visitor)?;
        visitor.end(datatype)
    }

    /// A text of variable length without its terminator; `None` for a null pointer.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn string(&mut self, element: &[u8]) -> Result<Option<&[u8]>> {
        let object = self.object(element)?;
        Ok(object.map(|(_, bytes)| bytes.split(|&b| b == 0).next().unwrap_or_default()))
    }

    /// The number of elements in a sequence, and these elements as stored. They are a copy: what lies in the heap is only
    /// lent, and nested references need the heap again.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn list(&mut self, base: &Datatype, element: &[u8]) -> Result<(u64, Vec<u8>)> {
        let size = base.size().max(1);
        let (count, bytes) = self.object(element)?.unwrap_or_default();
        let declared = limits::to_usize(count.saturating_mul(size))?;
        match bytes.get(..declared) {
            Some(bytes) => Ok((count, bytes.to_vec())),
            None => {
                let detail = format!("{count} elements of {size} bytes in an object of {}", bytes.len());
                Err(Error::malformed_data("variable-length element", detail))
            }
        }
    }

    /// The length of a stored reference, and the object that it leads to; `None` for a null pointer.
    fn object(&mut self, element: &[u8]) -> Result<Option<(u64, &[u8])>> {
        let reference =
            wire::decode::<Reference>("variable-length element", 0, element, Endian::Little, self.space.widths);
        let Reference { len, address, index } = reference?.0;
        let Some(address) = address.get().filter(|&address| address != 0) else { return Ok(None) };
        let len = u64::from(len);
        if len == 0 {
            return Ok(Some((0, &[])));
        }
        let bytes = self.collections.object(self.space, address, index)?;
        let left = self.budget.checked_sub(bytes.len() as u64);
        self.budget = left.ok_or_else(|| Error::limit("elements of variable length share their data too often"))?;
        Ok(Some((len, bytes)))
    }
}

/// A member of a record.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it leaves the record.
pub(crate) fn part(element: &[u8], offset: u64, size: u64) -> Result<&[u8]> {
    let range = || {
        let start = usize::try_from(offset).ok()?;
        element.get(start..)?.get(..usize::try_from(size).ok()?)
    };
    range().ok_or_else(|| Error::malformed_data("datatype message", "a member extends outside its compound type"))
}
