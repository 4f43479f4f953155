//! What may be asked for of a conversion.

use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::hdf5::Filter;
use crate::netcdf::ids::VariableId;
use crate::netcdf::quantize::Quantization;
use crate::netcdf::schema::{Container, Schema};
use crate::netcdf::types::Type;

/// What is chosen for variables: for all, for which it makes sense, or for one by its path, which counts more. Of several
/// choices for the same the last one counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices<T>(Vec<(Option<String>, T)>);

impl<T> Default for Choices<T> {
    fn default() -> Self {
        Choices(Vec::new())
    }
}

impl<T> Choices<T> {
    /// Chooses for all variables, or for the one at a path, such as `/group/v`; the root's have no need of a slash.
    pub fn push(&mut self, variable: Option<String>, choice: T) {
        self.0.push((variable, choice));
    }

    /// Whether nothing was chosen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was chosen.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().map(|(_, choice)| choice)
    }

    /// What was chosen for this very variable.
    pub(super) fn by_name(&self, schema: &Schema, id: VariableId) -> Option<&T> {
        let is_it = |name: &Option<String>| name.as_deref().is_some_and(|path| schema.variable_at(path) == Some(id));
        self.0.iter().rev().find(|(name, _)| is_it(name)).map(|(_, choice)| choice)
    }

    /// What was chosen for all variables, the last choice first.
    pub(super) fn for_all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().rev().filter(|(name, _)| name.is_none()).map(|(_, choice)| choice)
    }

    /// What counts for a variable.
    pub(super) fn of(&self, schema: &Schema, id: VariableId) -> Option<&T> {
        self.by_name(schema, id).or_else(|| self.for_all().next())
    }

    /// Refuses names of variables that there are not.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) with the name.
    pub(super) fn check(&self, schema: &Schema) -> Result<()> {
        let mut names = self.0.iter().filter_map(|(name, _)| name.as_deref());
        match names.find(|path| schema.variable_at(path).is_none()) {
            Some(path) => Err(Error::not_found(format!("there is no variable {path}"))),
            None => Ok(()),
        }
    }
}

/// What becomes of a file when it is converted. What is not asked for stays as it is, as far as the container has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConvertOptions {
    /// The container of the output; the input's if there is none.
    pub container: Option<Container>,
    /// The variables and groups that are taken, by their paths, with the dimensions and the coordinate variables that they
    /// need; everything if the list is empty.
    pub only: Vec<String>,
    /// Dimensions that can grow in the output, by their paths; `*` stands for all of them.
    pub unlimited: Vec<String>,
    /// Dimensions that have a fixed length in the output.
    pub fixed: Vec<String>,
    /// Other types of variables: for one by its path any numeric type; for all [`Type::Float`] and [`Type::Double`] are
    /// those of the floating-point variables, integer types those of the variables of integers of 16 bits and more.
    /// Floating-point numbers are rounded, everything else has to fit.
    pub types: Choices<Type>,
    /// Integers of types that the container does not have become those of the next type that it has, if every one fits.
    pub narrow: bool,
    /// Texts of any length stay what they are, and are refused in containers without them. Otherwise they become characters
    /// there, with a dimension as long as the longest one.
    pub keep_strings: bool,
    /// The byte orders of numbers.
    pub order: Choices<ByteOrder>,
    /// Shapes of chunks; an empty one stands for data in one piece.
    pub chunks: Choices<Vec<u64>>,
    /// Lengths of chunks along dimensions, by the names of those, in all variables that have them.
    pub chunk_lengths: Vec<(String, u64)>,
    /// The filters that compress, in place of those of the input; an empty list for none. Of all variables those whose chunks
    /// can pass through them: szip has to have a block of elements.
    pub compression: Choices<Vec<Filter>>,
    /// Whether bytes of equal significance are brought together before.
    pub shuffle: Choices<bool>,
    /// Whether chunks have checksums.
    pub fletcher32: Choices<bool>,
    /// How floating-point numbers are rounded; of all variables those that are no coordinates.
    pub quantize: Choices<Quantization>,
    /// Bytes that the header of a classic file can grow by without moving data.
    pub header_padding: u64,
    /// Whether a file that is there may be replaced.
    pub overwrite: bool,
    /// How many threads work; as many as there are cores if there is no number.
    pub threads: Option<usize>,
}

impl ConvertOptions {
    /// Whether anything is asked for that HDF5 files alone have.
    pub(super) fn needs_hdf5(&self) -> Option<&'static str> {
        let compresses = self.compression.iter().any(|filters| !filters.is_empty());
        let asked = [
            (compresses, "compression"),
            (self.shuffle.iter().any(|&on| on), "shuffle"),
            (self.fletcher32.iter().any(|&on| on), "fletcher32"),
            (!self.chunks.is_empty() || !self.chunk_lengths.is_empty(), "chunks"),
            (!self.order.is_empty(), "a choice of byte orders"),
            (!self.quantize.is_empty(), "quantized values"),
        ];
        asked.into_iter().find(|(asked, _)| *asked).map(|(_, what)| what)
    }

    /// Refuses names of variables that there are not.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) with the name.
    pub(super) fn check_names(&self, schema: &Schema) -> Result<()> {
        self.types.check(schema)?;
        self.order.check(schema)?;
        self.chunks.check(schema)?;
        self.compression.check(schema)?;
        self.quantize.check(schema)?;
        self.shuffle.check(schema)?;
        self.fletcher32.check(schema)
    }
}
