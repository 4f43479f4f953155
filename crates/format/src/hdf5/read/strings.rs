//! Elements of variable length: references into the global heap.

use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collections;
use crate::limits;
use crate::wire::width::read_uint;

/// The bytes of each text of variable length, given the stored references; a null reference is empty.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when a reference leads nowhere.
pub(crate) fn variable_strings(space: &AddressSpace, stored: &[u8]) -> Result<Vec<Vec<u8>>> {
    let size = 8 + usize::from(space.widths.offset);
    let mut collections = Collections::default();
    let mut strings = Vec::new();
    limits::reserve(&mut strings, stored.len().checked_div(size).unwrap_or(0))?;
    for element in stored.chunks_exact(size) {
        let bytes = sequence(space, &mut collections, element)?;
        strings.push(bytes.split(|&b| b == 0).next().unwrap_or_default().to_vec());
    }
    Ok(strings)
}

/// The bytes that one stored reference leads to: count, collection, index.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it leads nowhere.
pub(crate) fn sequence<'c>(space: &AddressSpace, collections: &'c mut Collections, element: &[u8]) -> Result<&'c [u8]> {
    let short = |_| Error::malformed_data("variable-length element", "it is too short");
    let mut fields = element;
    let len = read_uint(&mut fields, 4).map_err(short)?;
    let address = read_uint(&mut fields, space.widths.offset).map_err(short)?;
    let index = read_uint(&mut fields, 4).map_err(short)?;
    if len == 0 || address == 0 {
        return Ok(&[]);
    }
    collections.object(space, address, u32::try_from(index).unwrap_or(u32::MAX))
}
