//! Elements of any type, taken apart: through compounds, arrays, and references into the global heap.

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::global_heap::Reference;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collections;
use crate::limits::{self, Allowance};
use crate::{text, wire};

/// Receives the parts of elements, in C order; see [`Dataset::visit`](crate::hdf5::Dataset::visit).
///
/// ```
/// use hyperslab::hdf5::{Datatype, File, Visitor};
/// use hyperslab::Result;
///
/// /// Counts bytes of numbers, texts, and compounds.
/// #[derive(Default)]
/// struct Counts {
///     bytes: usize,
///     texts: usize,
///     compounds: usize,
/// }
///
/// impl Visitor for Counts {
///     fn leaves(&mut self, _: &Datatype, stored: &[u8]) -> Result<()> {
///         self.bytes += stored.len();
///         Ok(())
///     }
///
///     fn text(&mut self, _: Option<&[u8]>) -> Result<()> {
///         self.texts += 1;
///         Ok(())
///     }
///
///     fn begin(&mut self, datatype: &Datatype, _: u64) -> Result<()> {
///         self.compounds += usize::from(matches!(datatype, Datatype::Compound { .. }));
///         Ok(())
///     }
/// }
///
/// # fn main() -> Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = hyperslab::example(directory.path())?;
/// let mut counts = Counts::default();
/// File::open(&path)?.object("/u")?.dataset()?.visit(.., &mut counts)?;
/// assert_eq!((counts.bytes, counts.texts, counts.compounds), (96, 0, 0));
/// # Ok(())
/// # }
/// ```
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
    allowance: Allowance,
}

/// Bytes of an object that cost nothing: elements that were never written share the one that is their fill value.
const SHARED: u64 = 256;

impl<'s> Elements<'s> {
    pub fn new(space: &'s AddressSpace) -> Self {
        // Honest files refer to each large object once; others make a small file endless.
        let reason = "elements of variable length share their data too often";
        let allowance = Allowance::of_file(space.source.len(), reason);
        Elements { space, collections: Collections::new(space), allowance }
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
        Ok(self.object(element, 1)?.map(|(_, bytes)| text::until_nul(bytes)))
    }

    /// As [`Elements::string`], with the NULs in it: most readers stop at the first, and whoever copies must not.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn whole_string(&mut self, element: &[u8]) -> Result<Option<&[u8]>> {
        Ok(self.object(element, 1)?.map(|(_, bytes)| text::without_padding(bytes)))
    }

    /// The number of elements in a sequence, and these elements as stored. They are a copy: what lies in the heap is only
    /// lent, and nested references need the heap again.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn list(&mut self, base: &Datatype, element: &[u8]) -> Result<(u64, Vec<u8>)> {
        let (count, bytes) = self.object(element, base.size().max(1))?.unwrap_or_default();
        Ok((count, bytes.to_vec()))
    }

    /// The number of elements of `size` bytes that a stored reference speaks of, and the object that it leads to, which holds
    /// these and nothing else; `None` for a null pointer.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn object(&mut self, element: &[u8], size: u64) -> Result<Option<(u64, &[u8])>> {
        let reference =
            wire::decode::<Reference>("variable-length element", 0, element, Endian::Little, self.space.widths);
        let Reference { len, address, index } = reference?.0;
        let address = match address.get() {
            Some(0) => return Ok(None),
            Some(address) => address,
            None => return Err(Error::malformed_data("variable-length element", "an undefined address")),
        };
        let bytes = self.collections.object(self.space, address, index)?;
        if u64::from(len).checked_mul(size) != Some(bytes.len() as u64) {
            let detail = format!("{len} elements of {size} bytes in an object of {}", bytes.len());
            return Err(Error::malformed_data("variable-length element", detail));
        }
        self.allowance.spend((bytes.len() as u64).saturating_sub(SHARED))?;
        Ok(Some((u64::from(len), bytes)))
    }

    /// An object of a heap by its name, as references to regions have it; `None` for a null pointer.
    ///
    /// # Errors
    /// As [`Elements::visit`].
    pub fn named(&mut self, name: &[u8]) -> Result<Option<&[u8]>> {
        let named = [[0; 4].as_slice(), name].concat();
        let found = wire::decode::<Reference>("reference to a region", 0, &named, Endian::Little, self.space.widths)?.0;
        let Some(address) = found.address.get().filter(|&address| address != 0) else { return Ok(None) };
        let bytes = self.collections.object(self.space, address, found.index)?;
        self.allowance.spend((bytes.len() as u64).saturating_sub(SHARED))?;
        Ok(Some(bytes))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::{ByteOrder, NumberType};
    use crate::hdf5::datatype::{Padding, StringType};
    use crate::hdf5::record::global_heap::{CollectionHead, ObjectHead};
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::{Addr, Len};
    use crate::Kind;

    /// Counts bytes of texts.
    struct Count(usize);

    impl Visitor for Count {
        fn leaves(&mut self, _: &Datatype, _: &[u8]) -> Result<()> {
            Ok(())
        }

        fn text(&mut self, text: Option<&[u8]>) -> Result<()> {
            self.0 += text.map_or(0, <[u8]>::len);
            Ok(())
        }
    }

    /// Visits so many elements that all are the one text of a file.
    fn visit(text: usize, elements: usize) -> Result<usize> {
        visit_as(text, u32::try_from(text).unwrap(), elements)
    }

    /// The same where the elements say that their text is `len` bytes long.
    fn visit_as(text: usize, len: u32, elements: usize) -> Result<usize> {
        let mut image = Image(vec![0; 8]);
        let size = Len(16 + 16 + text.next_multiple_of(8) as u64);
        let mut block = bytes(&CollectionHead { version: 1, size }, W);
        block.extend(bytes(&ObjectHead { index: 1, references: 0, size: Len(text as u64) }, W));
        block.resize(32 + text.next_multiple_of(8), b'x');
        let address = image.put(&block);
        let reference = Reference { len, address: Addr(address), index: 1 };
        let stored = bytes(&reference, W).repeat(elements);
        let mut count = Count(0);
        let datatype = Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: false });
        Elements::new(&image.space()).visit(&datatype, &stored, &mut count)?;
        Ok(count.0)
    }

    #[test]
    fn elements_are_as_long_as_the_objects_that_hold_them() {
        assert_eq!(visit(8, 1).unwrap(), 8);
        assert_eq!(visit(0, 1).unwrap(), 0);
        for len in [0, 3, 9, u32::MAX] {
            assert_eq!(visit_as(8, len, 1).unwrap_err().kind(), Kind::Malformed, "{len}");
        }
        // Three integers of 4 bytes in an object of 12 bytes.
        let mut image = Image(vec![0; 8]);
        let mut block = bytes(&CollectionHead { version: 1, size: Len(48) }, W);
        block.extend(bytes(&ObjectHead { index: 1, references: 0, size: Len(12) }, W));
        block.resize(48, 0);
        let address = image.put(&block);
        let space = image.space();
        let number = Datatype::Number(NumberType::I32, ByteOrder::Little);
        let list = |len, address| {
            let element = bytes(&Reference { len, address: Addr(address), index: 1 }, W);
            Elements::new(&space).list(&number, &element).map(|(count, held)| (count, held.len())).map_err(|e| e.kind())
        };
        assert_eq!(list(3, address), Ok((3, 12)));
        for len in [0, 2, 4] {
            assert_eq!(list(len, address), Err(Kind::Malformed), "{len}");
        }
        // A null pointer is 0; an undefined address is none.
        assert_eq!((list(3, 0), list(3, u64::MAX)), (Ok((0, 0)), Err(Kind::Malformed)));
    }

    #[test]
    fn elements_share_short_texts_as_often_as_they_like_and_long_ones_now_and_then() {
        assert_eq!(visit(13, 1_000_000).unwrap(), 13_000_000);
        assert_eq!(visit(60_000, 50).unwrap(), 3_000_000);
        assert_eq!(visit(60_000, 10_000).unwrap_err().kind(), Kind::Limit);
    }
}
