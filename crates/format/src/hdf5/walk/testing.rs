//! Files in memory for the tests of walks and indexes.

use binrw::{BinWrite, Endian};

use crate::hdf5::space::AddressSpace;
use crate::wire::checksum::seal;
use crate::wire::encode;
use crate::wire::width::Widths;
use crate::{Limits, Source};

pub(crate) const W: Widths = Widths::WIDE;

/// The bytes of a file to be.
#[derive(Debug, Default, Clone)]
pub(crate) struct Image(pub Vec<u8>);

impl Image {
    /// Appends a block; returns its address.
    pub fn put(&mut self, bytes: &[u8]) -> u64 {
        let address = self.0.len() as u64;
        self.0.extend_from_slice(bytes);
        address
    }

    /// Appends a block with its checksum; returns its address.
    pub fn put_sealed(&mut self, mut bytes: Vec<u8>) -> u64 {
        seal(&mut bytes);
        self.put(&bytes)
    }

    /// Ends the file after so many bytes.
    pub fn cut(&mut self, len: u64) {
        self.0.truncate(len.try_into().unwrap());
    }

    pub fn space(self) -> AddressSpace {
        AddressSpace::new(Source::from_bytes(self.0), 0, W, Limits::default())
    }
}

pub(crate) fn bytes<T: BinWrite>(record: &T, args: T::Args<'_>) -> Vec<u8> {
    encode(record, Endian::Little, args).unwrap()
}
