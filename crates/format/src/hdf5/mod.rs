//! HDF5: records, navigation, chunks, filters, and the objects that users see.

pub(crate) mod chunk;
pub(crate) mod datatype;
pub(crate) mod drivers;
pub(crate) mod external;
pub(crate) mod filter;
pub(crate) mod read;
pub(crate) mod record;
#[cfg(test)]
mod several_files;
pub(crate) mod space;
pub(crate) mod walk;
pub(crate) mod write;
