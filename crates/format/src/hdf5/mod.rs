//! HDF5: records, navigation, chunks, filters, and the objects that users see.

pub(crate) mod chunk;
pub(crate) mod datatype;
pub(crate) mod filter;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod space;
pub(crate) mod walk;
pub(crate) mod write;
