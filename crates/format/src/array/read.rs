//! Regions as copies: one pass from the source to the destination, converting on the way.

use super::{Array, Region};
use crate::element::{self, Conversion, Element};
use crate::error::{Error, Result};
use crate::limits;
use crate::shape::{self, Selection};

impl Array {
    /// Fills `target` with the numbers of a region, in C order. Any stored number is converted if `T` holds every value
    /// exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the array, a target of another length, elements that are
    /// no numbers, or a number that `T` cannot hold; otherwise what is wrong with the file.
    pub fn read_into<'r, T: Element>(&self, region: impl Region<'r>, target: &mut [T]) -> Result<()> {
        self.convert_into(region, target, Conversion::Exact)
    }

    /// [`Array::read_into`], with a rule for numbers that `T` cannot hold.
    ///
    /// # Errors
    /// As [`Array::read_into`].
    pub fn convert_into<'r, T: Element>(
        &self,
        region: impl Region<'r>,
        target: &mut [T],
        conversion: Conversion,
    ) -> Result<()> {
        let region = self.select(region)?;
        if shape::count(&region.count)? != target.len() as u64 {
            let detail = format!("a target of {} elements for a region of {:?}", target.len(), region.count);
            return Err(self.named(Error::usage(detail)));
        }
        self.told(self.fill(&region, target, conversion))
    }

    fn fill<T: Element>(&self, region: &Selection, target: &mut [T], conversion: Conversion) -> Result<()> {
        let element = self.raw.element();
        if element.number == Some(T::TYPE) {
            self.raw.read(region, bytemuck::cast_slice_mut(target))?;
            element::to_native(target, element.order);
            return Ok(());
        }
        let decoder = match element.number {
            Some(_) => None,
            None => {
                Some(self.raw.decoder().ok_or_else(|| Error::usage(format!("{} is no number", self.raw.type_name())))?)
            }
        };
        let mut rest = target;
        self.for_each_block(region, &mut |stored| {
            let len = stored.len() / limits::to_usize(element.size)?.max(1);
            let (now, later) = std::mem::take(&mut rest).split_at_mut_checked(len).unwrap_or_default();
            rest = later;
            match (element.number, &decoder) {
                (Some(number), _) => element::convert_by(conversion, number, element.order, stored, now),
                (None, Some(decode)) => element::decoded(decode, element.size, conversion, stored, now),
                (None, None) => Ok(()),
            }
        })
    }

    /// The numbers of a region, in C order.
    ///
    /// # Errors
    /// As [`Array::read_into`], and [`Kind::Limit`](crate::Kind::Limit) for more than the limits allow, or when there is no
    /// memory for them.
    pub fn read<'r, T: Element>(&self, region: impl Region<'r>) -> Result<Vec<T>> {
        let region = self.select(region)?;
        let count = shape::count(&region.count)?;
        self.admit(self.stored_bytes(&region)?.max(count.saturating_mul(size_of::<T>() as u64)))?;
        let mut values = self.told(crate::source::zeroed(count))?;
        self.read_into(&*region, &mut values)?;
        Ok(values)
    }

    /// All numbers.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read_all<T: Element>(&self) -> Result<Vec<T>> {
        self.read(..)
    }

    /// The stored bytes of a region, copied, in C order.
    ///
    /// # Errors
    /// As [`Array::read`], without the conversion.
    pub fn read_bytes<'r>(&self, region: impl Region<'r>) -> Result<Vec<u8>> {
        let region = self.select(region)?;
        let len = self.stored_bytes(&region)?;
        self.admit(len)?;
        let mut bytes = self.told(limits::buffer(len))?;
        self.read_bytes_into(&*region, &mut bytes)?;
        Ok(bytes)
    }

    /// The stored bytes of a region, copied, in C order, into a buffer that is used again and grows where it has to.
    ///
    /// # Errors
    /// As [`Array::read_bytes`].
    pub fn read_bytes_again<'r>(&self, region: impl Region<'r>, buffer: &mut Vec<u8>) -> Result<()> {
        let region = self.select(region)?;
        let len = self.stored_bytes(&region)?;
        // What is held already need not be admitted, nor cleared.
        if len > buffer.capacity() as u64 {
            self.admit(len)?;
            *buffer = Vec::new();
            *buffer = self.told(limits::buffer(len))?;
        }
        buffer.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
        self.told(self.raw.read(&region, buffer))
    }

    /// Fills `target` with the stored bytes of a region, in C order.
    ///
    /// # Errors
    /// As [`Array::read_bytes`], and [`Kind::Usage`](crate::Kind::Usage) for a target of another size.
    pub fn read_bytes_into<'r>(&self, region: impl Region<'r>, target: &mut [u8]) -> Result<()> {
        let region = self.select(region)?;
        if self.stored_bytes(&region)? != target.len() as u64 {
            return Err(self.named(Error::usage("the target has another size than the region")));
        }
        self.told(self.raw.read(&region, target))
    }
}
