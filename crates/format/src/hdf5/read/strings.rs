//! Elements of variable length: references into the global heap.

use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap;
use crate::limits;
use crate::wire::width::read_uint;

/// The bytes of each text of variable length, given the stored references; a null reference is empty.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when a reference leads nowhere.
pub(crate) fn variable_strings(space: &AddressSpace, stored: &[u8]) -> Result<Vec<Vec<u8>>> {
    let size = 8 + usize::from(space.widths.offset);
    let mut strings = Vec::new();
    limits::reserve(&mut strings, stored.len().checked_div(size).unwrap_or(0))?;
    for element in stored.chunks_exact(size) {
        let mut bytes = sequence(space, element)?;
        if let Some(end) = bytes.iter().position(|&b| b == 0) {
            bytes.truncate(end);
        }
        strings.push(bytes);
    }
    Ok(strings)
}

/// The bytes that one stored reference leads to.
fn sequence(space: &AddressSpace, element: &[u8]) -> Result<Vec<u8>> {
    let short = |_| Error::limit("a variable-length element is too short");
    let mut fields = element;
    let len = read_uint(&mut fields, 4).map_err(short)?;
    let address = read_uint(&mut fields, space.widths.offset).map_err(short)?;
    let index = read_uint(&mut fields, 4).map_err(short)?;
    if len == 0 || address == 0 {
        return Ok(Vec::new());
    }
    let mut bytes = global_heap::object(space, address, u32::try_from(index).unwrap_or(u32::MAX))?;
    bytes.truncate(limits::to_usize(len)?);
    Ok(bytes)
}
