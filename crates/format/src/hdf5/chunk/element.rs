//! Elements of fixed and extensible arrays, read out of verified blocks.

use std::sync::Arc;

use binrw::Endian;

use super::ChunkLocation;
use crate::error::{Error, Result};
use crate::hdf5::record::fixed_array::{Element, ElementArgs, CHUNKS, FILTERED_CHUNKS};
use crate::hdf5::space::AddressSpace;
use crate::limits::to_usize;
use crate::wire::decode;
use crate::wire::width::Addr;

/// How the elements of an array are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements {
    args: ElementArgs,
    chunk_bytes: u64,
}

/// Some elements in a block.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub record: &'static str,
    pub block: Arc<[u8]>,
    /// The position of the block in the file.
    pub offset: u64,
    /// Where the elements start in the block.
    pub start: u64,
    /// The number of elements.
    pub count: u64,
}

/// Refuses a block of another array, which a pointer that is out of date may lead to.
pub(super) fn check_header(
    space: &AddressSpace,
    (record, block): (&'static str, u64),
    found: Addr,
    header: u64,
) -> Result<()> {
    match found.get() == Some(header) {
        true => Ok(()),
        false => Err(Error::malformed(
            record,
            space.offset(block),
            format!("it is of the array at {found:?}, not of that at {header}"),
        )),
    }
}

impl Elements {
    /// Takes the sizes of the fields from the size of an element: the layout message and the chunk determine them too,
    /// but versions 4 and 5 do it differently.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when client or size contradict the presence of filters.
    pub fn new(
        space: &AddressSpace,
        (record, address): (&'static str, u64),
        (client, size): (u8, u8),
        chunk_bytes: u64,
        filtered: bool,
    ) -> Result<Self> {
        let bad = |detail: String| Error::malformed(record, space.offset(address), detail);
        let expected = if filtered { FILTERED_CHUNKS } else { CHUNKS };
        if client != expected {
            return Err(bad(format!("client {client} where the filters need {expected}")));
        }
        let width = size.checked_sub(space.widths.offset);
        let size_width = match (filtered, width) {
            (false, Some(0)) => None,
            (true, Some(5..=12)) => width.map(|width| width - 4),
            _ => return Err(bad(format!("elements of {size} bytes"))),
        };
        Ok(Elements { args: ElementArgs { widths: space.widths, size_width }, chunk_bytes })
    }

    /// The number of bytes of an element.
    pub fn size(&self) -> u64 {
        self.args.size()
    }

    /// The element `index` of a run; `None` if its chunk was never written.
    pub fn get(&self, run: &Run, index: u64) -> Result<Option<ChunkLocation>> {
        let at = run.start.saturating_add(index.saturating_mul(self.size()));
        let offset = run.offset.saturating_add(at);
        let bytes = run.block.get(to_usize(at)?..).unwrap_or_default();
        let (element, _) = decode::<Element>(run.record, offset, bytes, Endian::Little, self.args)?;
        let location = element.address.get().map(|address| match element.filtered {
            Some(filtered) => ChunkLocation { address, size: filtered.size.0, mask: filtered.mask },
            None => ChunkLocation { address, size: self.chunk_bytes, mask: 0 },
        });
        Ok(location)
    }

    /// Calls `f` with every element of a run whose chunk was written.
    pub fn visit(&self, run: &Run, f: &mut dyn FnMut(u64, ChunkLocation) -> Result<()>) -> Result<()> {
        for index in 0..run.count {
            if let Some(location) = self.get(run, index)? {
                f(index, location)?;
            }
        }
        Ok(())
    }
}

/// Whether bit `number` is set, most significant bit of the first byte first.
pub(super) fn bit(bitmap: &[u8], number: u64) -> bool {
    let byte = usize::try_from(number / 8).ok().and_then(|index| bitmap.get(index));
    byte.is_some_and(|byte| byte & 0x80 >> (number % 8) != 0)
}
