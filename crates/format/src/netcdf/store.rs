//! What a container must offer: stored bytes of regions out of a file, and into one.

use std::sync::Arc;

use crate::array::Raw;
use crate::element::ByteOrder;
use crate::error::Result;
use crate::hdf5::write::assemble::ChangingStore;
use crate::netcdf::edit::{Done, Owner, Published};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Group, Schema, Variable};
use crate::netcdf::transfer::Progress;
use crate::netcdf::types::{Type, UserType};
use crate::netcdf::value::{Attribute, Value};
use crate::shape::Selection;
use crate::source::Source;
use crate::watched::Watched;

/// The data of one variable of an open file.
pub(crate) trait VariableReader: Raw {
    /// The elements of a region of a variable of type string or of a user-defined type, which is `ty`, in C order.
    ///
    /// # Errors
    /// What is wrong with the file; [`Kind::Usage`](crate::Kind::Usage) for a variable of another type.
    fn read_values(&self, ty: &Type, region: &Selection) -> Result<Value>;
}

/// What a container makes of a file.
#[derive(Debug)]
pub(crate) struct Opened {
    pub schema: Arc<Schema>,
    /// One for each variable of the schema.
    pub readers: Vec<Arc<dyn VariableReader>>,
    /// Where the bytes come from.
    pub source: Source,
    /// What is there, if data are missing at the end.
    pub truncated: Option<Truncated>,
}

/// A file that is shorter than its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Truncated {
    /// The size it should have.
    pub needed: u64,
    /// How many records are there in all variables; `None` if variables without records are cut off too.
    pub whole_records: Option<u64>,
}

/// The raw data of a file being written. Bytes are as stored. Methods that take `&self` may be called by any thread.
pub(crate) trait Store: std::fmt::Debug + Send + Sync {
    /// The byte order in which a variable's elements are stored.
    fn order(&self, variable: VariableId) -> ByteOrder;

    /// Bytes of a stored element.
    fn size(&self, variable: VariableId) -> u64;

    /// The chunk shape, if the variable is chunked.
    fn chunk(&self, _variable: VariableId) -> Option<&[u64]> {
        None
    }

    /// The way to the chunks of a variable that is written chunk by chunk, because they pass through filters. Boxes of
    /// all others are written by [`Store::write`].
    fn chunks(&self, _variable: VariableId) -> Option<&dyn ChangingStore> {
        None
    }

    /// Refuses boxes that would make a variable larger than a file can be, before anything of them is taken.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit).
    fn admit(&self, variable: VariableId, region: &Selection) -> Result<()>;

    /// Writes the stored bytes of a box (stride 1). The box may lie beyond the current length of an unlimited dimension,
    /// which then grows.
    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()>;

    /// The stored elements of values of the variable's type, whatever that is.
    fn encode_values(&self, variable: VariableId, values: &Value) -> Result<Vec<u8>>;

    /// Makes what was written so far part of a file that was there before: durable first, then reachable, all of it at once.
    /// A new file has nothing to publish before it is complete.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    fn publish(&self) -> Result<()> {
        Ok(())
    }

    /// Completes the file and makes it visible.
    fn finish(self: Box<Self>) -> Result<Finished>;
}

/// What became of a file that is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Finished {
    /// The bytes of the file.
    pub size: u64,
    /// Those of them in which nothing lies any more since it was gone on with: headers and indexes that others took the place of,
    /// chunks that were written again. A copy of the file ([`Repack`](crate::hdf5::Repack)) does not have them. A new file has
    /// none, and no classic one has.
    pub unused: u64,
}

/// A file that is there, and is changed. What is changed becomes part of the file when it is published, all of it at once.
pub(crate) trait Existing: std::fmt::Debug {
    /// Puts an attribute in the place of the one of its name.
    fn set_attribute(&mut self, owner: Owner, attribute: &Attribute) -> Result<()>;

    /// Gives an attribute that is there another name.
    fn rename_attribute(&mut self, owner: Owner, old: &str, new: &str) -> Result<()>;

    /// Takes an attribute away that is there.
    fn delete_attribute(&mut self, owner: Owner, name: &str) -> Result<()>;

    /// Refuses a dimension that the file does not name.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported).
    fn check_dimension(&self, _id: DimensionId) -> Result<()> {
        Ok(())
    }

    /// The stored elements of values of the variable's type, whatever that is.
    fn encode(&mut self, id: VariableId, values: &Value) -> Result<Vec<u8>>;

    /// Writes the stored elements of a box. It may lie beyond the current length of an unlimited dimension.
    fn write(&mut self, id: VariableId, region: &Selection, stored: Vec<u8>) -> Result<()>;

    /// Adds a dimension behind all others; `schema` is what the file declares without it.
    fn add_dimension(&mut self, schema: &Schema, dimension: &Dimension) -> Result<()>;

    /// Takes a dimension away that no variable has; `schema` still has it.
    fn delete_dimension(&mut self, schema: &Schema, id: DimensionId) -> Result<()>;

    /// Gives a dimension that is not unlimited another length, and all variables that have it; `schema` has the old one.
    fn resize_dimension(&mut self, schema: &Schema, id: DimensionId, length: u64) -> Result<()>;

    /// Adds a variable behind all others, with its attributes; `schema` is what the file declares without it.
    fn add_variable(&mut self, schema: &Schema, variable: &Variable) -> Result<()>;

    /// Takes a variable away; `schema` still has it.
    fn delete_variable(&mut self, schema: &Schema, id: VariableId) -> Result<()>;

    /// Adds a group behind all others; `schema` is what the file declares without it.
    fn add_group(&mut self, schema: &Schema, group: &Group) -> Result<()>;

    /// Takes a group away in which nothing is left but types; `schema` still has it.
    fn delete_group(&mut self, schema: &Schema, id: GroupId) -> Result<()>;

    /// Refuses groups that cannot be taken away.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported).
    fn check_groups(&self, _ids: &[GroupId]) -> Result<()> {
        Ok(())
    }

    /// Adds a user-defined type behind all others; `schema` is what the file declares without it.
    fn add_type(&mut self, schema: &Schema, user: &Arc<UserType>) -> Result<()>;

    /// Gives a user-defined type another name; `schema` still has the old one.
    fn rename_type(&mut self, schema: &Schema, user: &UserType, name: &str) -> Result<()>;

    /// Takes a user-defined type away that nothing of the schema is of; `schema` still has it.
    fn delete_type(&mut self, schema: &Schema, user: &UserType) -> Result<()>;

    /// How the file would become one that declares `schema`: the names in it may be other ones. It stays as it is.
    ///
    /// # Errors
    /// As [`Existing::publish`], but for what is wrong with the disk.
    fn plan(self: Box<Self>, schema: &Schema) -> Result<Done>;

    /// Has the file become one that declares `schema`; how far one that is written anew has come is told.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot be changed; where it is broken
    /// off. Then the file is as it was.
    fn publish(self: Box<Self>, schema: &Schema, watched: &Watched<Progress>) -> Result<Published>;
}
