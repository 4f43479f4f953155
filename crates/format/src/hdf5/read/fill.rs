//! What elements are that were never written.

use crate::error::Result;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::fill_value::{AllocationTime, FillTime, FillValue, OldFillValue};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;

/// What unwritten elements are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FillStatus {
    /// One element; `None` is zero bytes.
    pub value: Option<Vec<u8>>,
    /// Whether there is none: unwritten elements are anything, and zero bytes here.
    pub undefined: bool,
    /// When it is written: never leaves unwritten elements as they happen to be.
    pub time: FillTime,
    /// When elements get a place, where the header says it.
    pub allocation: Option<AllocationTime>,
}

impl FillStatus {
    /// The fill value message of a header, or the old one.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it cannot be decoded.
    pub fn from_header(space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
        if let Some(message) = header.resolved(space, MessageType::FILL_VALUE)? {
            let fill = message.decode::<FillValue>("fill value message", ())?;
            return Ok(FillStatus {
                value: fill.value,
                undefined: fill.undefined,
                time: FillTime::from_code(fill.write_time),
                allocation: AllocationTime::from_code(fill.allocation_time),
            });
        }
        let old = header.resolved(space, MessageType::OLD_FILL_VALUE)?;
        let value = old.map(|message| message.decode::<OldFillValue>("old fill value message", ())).transpose()?;
        let value = value.map(|old| old.value).filter(|value| !value.is_empty());
        Ok(FillStatus { undefined: value.is_none(), value, time: FillTime::IfSet, allocation: None })
    }

    /// Repeats the value over `target`, whose elements have `size` bytes.
    pub fn fill(&self, target: &mut [u8], size: u64) {
        match &self.value {
            Some(value) if value.len() as u64 == size => {
                for element in target.chunks_exact_mut(value.len()) {
                    element.copy_from_slice(value);
                }
            }
            _ => target.fill(0),
        }
    }
}
