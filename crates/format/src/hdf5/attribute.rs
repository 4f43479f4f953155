//! Attributes: small named values of an object.

use std::sync::Arc;

use super::datatype::Datatype;
use super::read::elements::{Elements, Visitor};
use super::space::AddressSpace;
use super::strings::Strings;
use super::walk::attributes::Attribute as Stored;
use crate::element::{self, ByteOrder, Element};
use crate::error::{Context, Error, Result};
use crate::{limits, shape};

/// A named value of an object.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Schema, Value, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # schema.set_attribute("title", Value::text("a wing"));
/// # schema.set_attribute("revision", Value::Int(vec![3]));
/// # Writer::create(&path, schema, false)?.finish()?;
/// let root = hyperslab::hdf5::File::open(&path)?.root()?;
/// for attribute in root.attributes()? {
///     println!("{}: {} {:?}", attribute.name(), attribute.datatype(), attribute.shape());
/// }
/// assert_eq!(root.attribute("title")?.unwrap().read_strings()?, ["a wing"]);
/// assert_eq!(root.attribute("revision")?.unwrap().read::<i64>()?, [3]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Attribute {
    pub(super) space: Arc<AddressSpace>,
    pub(super) stored: Stored,
}

impl Attribute {
    /// The name.
    pub fn name(&self) -> &str {
        &self.stored.name
    }

    /// The type of its elements.
    pub fn datatype(&self) -> &Datatype {
        &self.stored.datatype
    }

    /// The lengths; `None` for a null dataspace, which has no elements, and empty for a single element.
    pub fn shape(&self) -> Option<&[u64]> {
        self.stored.shape.as_deref()
    }

    /// The elements as stored, in C order.
    pub fn bytes(&self) -> &[u8] {
        &self.stored.data
    }

    /// The elements, if they are numbers that `T` holds exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another type, or a number that `T` cannot hold.
    pub fn read<T: Element>(&self) -> Result<Vec<T>> {
        let (number, order) = self.datatype().number().ok_or_else(|| {
            Error::usage(format!("elements of {} are no standard numbers", self.datatype()))
                .in_object(format!("attribute {}", self.name()))
        })?;
        let len = limits::to_usize(self.shape().map_or(Ok(0), shape::count)?)?;
        let mut values = Vec::new();
        limits::reserve(&mut values, len)?;
        values.resize(len, T::default());
        element::convert(number, order, self.bytes(), &mut values).in_object(&format!("attribute {}", self.name()))?;
        Ok(values)
    }

    /// The texts, as [`Dataset::read_strings`](super::Dataset::read_strings) gives them.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another type; otherwise as [`Attribute::visit`].
    pub fn read_strings(&self) -> Result<Vec<String>> {
        let mut strings = Strings::of(self.datatype()).in_object(&format!("attribute {}", self.name()))?;
        self.visit(&mut strings)?;
        Ok(strings.texts.iter().map(|text| crate::text::shown(text)).collect())
    }

    /// The byte order of numbers; little-endian for what has none.
    pub fn order(&self) -> ByteOrder {
        self.datatype().number().map_or(ByteOrder::Little, |(_, order)| order)
    }

    /// Takes all elements apart, whatever their type.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when data of variable length are not there; the errors of the visitor.
    pub fn visit(&self, visitor: &mut dyn Visitor) -> Result<()> {
        let name = format!("attribute {}", self.name());
        Elements::new(&self.space).visit(self.datatype(), self.bytes(), visitor).in_object(&name)
    }
}
