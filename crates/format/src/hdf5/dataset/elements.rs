//! Elements of any type: members of compounds, texts, single points.

use super::Dataset;
use crate::array::Region;
use crate::element::{Conversion, Element};
use crate::error::{Context, Error, Result};
use crate::hdf5::convert;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements::{Elements, Visitor};
use crate::hdf5::strings::Strings;
use crate::limits;
use crate::shape;

impl Dataset {
    /// Takes the elements of a region apart, whatever their type, in bounded memory.
    ///
    /// # Errors
    /// What is wrong with the file; the errors of the visitor.
    pub fn visit<'r>(&self, region: impl Region<'r>, visitor: &mut dyn Visitor) -> Result<()> {
        let region = self.select(region)?;
        let mut elements = Elements::new(&self.reader.space);
        let visit = self.for_each_block(&region, &mut |block| elements.visit(self.datatype(), block, visitor));
        visit.in_object(&self.reader.path)
    }

    /// The texts of a region, in C order: of a fixed size without their padding, of any length without their terminator;
    /// null pointers are empty. Bytes that are not UTF-8 appear as `\xNN`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for elements of another type; otherwise as [`read`](crate::Array::read).
    pub fn read_strings<'r>(&self, region: impl Region<'r>) -> Result<Vec<String>> {
        Ok(self.read_string_bytes(region)?.iter().map(|text| crate::text::shown(text)).collect())
    }

    /// [`Dataset::read_strings`] as the bytes that are stored.
    ///
    /// # Errors
    /// As [`Dataset::read_strings`].
    pub fn read_string_bytes<'r>(&self, region: impl Region<'r>) -> Result<Vec<Vec<u8>>> {
        let mut strings = Strings::of(self.datatype()).in_object(&self.reader.path)?;
        self.visit(region, &mut strings)?;
        Ok(strings.texts)
    }

    /// The numbers of single elements, in the order of the points. Points in the same chunk cost its decoding once.
    ///
    /// # Errors
    /// As [`read`](crate::Array::read).
    pub fn read_points<T: Element>(&self, points: &[Vec<u64>]) -> Result<Vec<T>> {
        let read = || {
            let bytes = self.dataset().read_points(&self.reader.space, points)?;
            let mut values = crate::source::zeroed(points.len() as u64)?;
            convert::numbers(self.datatype(), Conversion::Exact, &bytes, &mut values)?;
            Ok(values)
        };
        read().in_object(&self.reader.path)
    }

    /// The numbers of one member of a compound, in C order; members of members are separated by dots.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) when there is no such member; otherwise as [`read`](crate::Array::read).
    pub fn read_member<'r, T: Element>(&self, member: &str, region: impl Region<'r>) -> Result<Vec<T>> {
        let member = self.member(member).in_object(&self.reader.path)?;
        let region = self.select(region)?;
        self.admit(shape::bytes(&region.count, size_of::<T>() as u64)?)?;
        let mut values: Vec<T> = crate::source::zeroed(shape::count(&region.count)?)?;
        let size = limits::to_usize(member.datatype.size())?.max(1);
        let mut rest = values.as_mut_slice();
        // Members of a block at a time, so that the copy stays small.
        let mut stored = Vec::new();
        let read = self.for_each_block(&region, &mut |block| {
            stored.clear();
            member.copy(block, &mut stored)?;
            let (now, later) = std::mem::take(&mut rest).split_at_mut_checked(stored.len() / size).unwrap_or_default();
            rest = later;
            convert::numbers(&member.datatype, Conversion::Exact, &stored, now)
        });
        read.in_object(&self.reader.path)?;
        Ok(values)
    }

    /// One member of a compound as stored, in C order, with its type.
    ///
    /// # Errors
    /// As [`Dataset::read_member`].
    pub fn read_member_bytes<'r>(&self, member: &str, region: impl Region<'r>) -> Result<(Datatype, Vec<u8>)> {
        let member = self.member(member).in_object(&self.reader.path)?;
        let region = self.select(region)?;
        let mut bytes = Vec::new();
        let len = shape::bytes(&region.count, member.datatype.size())?;
        self.admit(len)?;
        limits::reserve(&mut bytes, limits::to_usize(len)?)?;
        let read = self.for_each_block(&region, &mut |block| member.copy(block, &mut bytes));
        read.in_object(&self.reader.path)?;
        Ok((member.datatype, bytes))
    }

    /// Where a member is, and its type.
    fn member(&self, path: &str) -> Result<Member> {
        let (mut offset, mut datatype) = (0u64, self.datatype());
        for name in path.split('.') {
            let member = datatype.member(name);
            let member = member.ok_or_else(|| Error::not_found(format!("there is no member {name} in {datatype}")))?;
            offset = offset.saturating_add(member.offset);
            datatype = &member.datatype;
        }
        let whole = limits::to_usize(self.datatype().size())?.max(1);
        Ok(Member { whole, offset: limits::to_usize(offset)?, datatype: datatype.clone() })
    }
}

/// A member of elements of `whole` bytes.
struct Member {
    whole: usize,
    offset: usize,
    datatype: Datatype,
}

impl Member {
    /// Adds the member of all elements of a block.
    fn copy(&self, block: &[u8], target: &mut Vec<u8>) -> Result<()> {
        let lost = || Error::malformed_data("datatype message", "a member extends outside its compound type");
        let size = limits::to_usize(self.datatype.size())?;
        for element in block.chunks_exact(self.whole) {
            target.extend_from_slice(element.get(self.offset..).and_then(|rest| rest.get(..size)).ok_or_else(lost)?);
        }
        Ok(())
    }
}
