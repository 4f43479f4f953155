//! [Digests](crate::digest) of netCDF values.

use super::array::Array;
use super::types::Type;
use super::types::{UserClass, UserType};
use super::value::UserValue;
use super::value::Value;
use crate::digest::Digest;
use crate::element::ByteOrder;
use crate::error::Result;
use crate::grid::cut;
use crate::limits;
use crate::shape::Selection;
use crate::text::until_nul;

/// Bytes of elements that are taken at once.
const BLOCK: u64 = 1 << 20;

impl Array {
    /// The [digest](crate::digest) of all elements. Memory is bounded by a row of chunks.
    ///
    /// # Errors
    /// As [`Array::read_values`].
    pub fn digest(&self) -> Result<String> {
        let mut digest = Digest::new();
        // A string is a reference of 16 bytes.
        let size = Some(self.variable().ty.size()).filter(|&size| size > 0).unwrap_or(16);
        let chunk = self.chunk().unwrap_or_default();
        if !self.is_empty() {
            let all = Selection::all(self.shape());
            cut(&all, 0, (size, BLOCK, chunk), &mut |region| self.feed(region, size, &mut digest))?;
        }
        Ok(digest.finish())
    }

    fn feed(&self, region: &Selection, size: u64, digest: &mut Digest) -> Result<()> {
        match (&self.variable().ty, self.order()) {
            (Type::String | Type::User(_), _) => value(&self.read_values(region)?, digest),
            (_, ByteOrder::Big) => digest.reversed(limits::to_usize(size)?, &self.read_bytes(region)?)?,
            (_, ByteOrder::Little) => digest.bytes(&self.read_bytes(region)?),
        }
        Ok(())
    }
}

impl Value {
    /// The [digest](crate::digest) of all elements.
    pub fn digest(&self) -> String {
        let mut digest = Digest::new();
        value(self, &mut digest);
        digest.finish()
    }
}

fn value(elements: &Value, digest: &mut Digest) {
    match elements {
        Value::String(texts) => texts.iter().for_each(|text| digest.text(text.as_deref().map(until_nul))),
        Value::User(ty, list) => list.iter().for_each(|element| user(ty, element, digest)),
        numbers => digest.bytes(&numbers.to_bytes(ByteOrder::Little)),
    }
}

fn user(ty: &UserType, element: &UserValue, digest: &mut Digest) {
    match (&ty.class, element) {
        (UserClass::Enum { base, .. }, UserValue::Enum(number)) => {
            let size = usize::try_from(base.size()).unwrap_or(8);
            digest.bytes(number.to_le_bytes().get(..size).unwrap_or_default());
        }
        (_, UserValue::Vlen(list)) => {
            digest.bytes(&(list.len() as u64).to_le_bytes());
            value(list, digest);
        }
        (_, UserValue::Opaque(bytes)) => digest.bytes(bytes),
        (_, UserValue::Compound(fields)) => fields.iter().for_each(|field| value(field, digest)),
        // A number without its type: all of it.
        (_, UserValue::Enum(number)) => digest.bytes(&number.to_le_bytes()),
    }
}
