//! Elements on their way into another file: what they lead to goes along, and references lead to the copies.

use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::references::{has_addresses, Apart, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;

/// Takes elements of one file apart, and puts them together for another one.
pub(super) struct Translator<'t> {
    apart: Apart<'t>,
    places: &'t Places,
    /// References to what is not there; they lead nowhere in the copy.
    pub lost: u64,
}

impl<'t> Translator<'t> {
    pub fn new(space: &'t AddressSpace, places: &'t Places) -> Self {
        Translator { apart: Apart::new(space), places, lost: 0 }
    }

    /// The elements as they are stored in `file`, with what they lead to.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they lead nowhere, [`Kind::Io`](crate::Kind::Io).
    pub fn translate(&mut self, datatype: &Datatype, stored: &[u8], file: &FileWriter) -> Result<Vec<u8>> {
        if !has_addresses(datatype) {
            return Ok(stored.to_vec());
        }
        let mut parts = self.apart.parts(datatype, stored)?;
        let Translator { places, lost, .. } = self;
        parts.follow(&mut |address| {
            let place = places.get(&address).copied();
            *lost += u64::from(place.is_none() && address != 0 && address != u64::MAX);
            place.unwrap_or(0)
        });
        parts.stored(file)
    }
}
