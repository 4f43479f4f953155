//! Elements on their way into another file: what they lead to goes along, and references lead to the copies.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, Member};
use crate::hdf5::read::elements::{part, Elements as Stored};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::limits::to_usize;

/// Bytes of an address, and of the name of a heap object.
const ADDRESS: usize = 8;
const NAME: usize = 12;
/// The flag of a reference of HDF5 1.12 that leads into another file.
const EXTERNAL: u8 = 1;
/// The kind of a reference of HDF5 1.12 to an object.
const OBJECT: u8 = 2;

/// Where the copies of objects are, by the addresses of the objects.
pub(super) type Places = HashMap<u64, u64>;

/// Whether elements hold addresses.
pub(super) fn has_addresses(datatype: &Datatype) -> bool {
    datatype.is_variable() || datatype.has_references()
}

/// Takes elements of one file apart, and puts them together for another one.
pub(super) struct Translator<'t> {
    stored: Stored<'t>,
    places: &'t Places,
    /// References to what is not there; they lead nowhere in the copy.
    pub lost: u64,
}

impl<'t> Translator<'t> {
    pub fn new(space: &'t AddressSpace, places: &'t Places) -> Self {
        Translator { stored: Stored::new(space), places, lost: 0 }
    }

    /// The elements as they are stored in `file`, with what they lead to.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they lead nowhere, [`Kind::Io`](crate::Kind::Io).
    pub fn translate(&mut self, datatype: &Datatype, stored: &[u8], file: &FileWriter) -> Result<Vec<u8>> {
        if !has_addresses(datatype) {
            return Ok(stored.to_vec());
        }
        let (mut objects, mut target) = (Elements::default(), Encoded::default());
        self.elements(datatype, stored, &mut objects, &mut target)?;
        objects.place(file, target)
    }

    fn elements(
        &mut self,
        datatype: &Datatype,
        stored: &[u8],
        objects: &mut Elements,
        target: &mut Encoded,
    ) -> Result<()> {
        if !has_addresses(datatype) {
            target.bytes(stored);
            return Ok(());
        }
        for element in stored.chunks_exact(to_usize(datatype.size())?.max(1)) {
            match datatype {
                Datatype::VariableString(_) => {
                    let text = self.stored.object(element, 1)?.map(|(_, bytes)| bytes);
                    objects.text(text, target)?;
                }
                Datatype::Sequence { base, .. } => {
                    let (count, held) = self.stored.list(base, element)?;
                    let mut inner = Encoded::default();
                    self.elements(base, &held, objects, &mut inner)?;
                    objects.sequence(to_usize(count)?, inner, target)?;
                }
                Datatype::Compound { members, .. } => self.compound(members, element, objects, target)?,
                Datatype::Array { base, .. } => self.elements(base, element, objects, target)?,
                Datatype::Reference { kind: 0, .. } => target.bytes(&self.address(element)?),
                Datatype::Reference { kind: 1, .. } => self.region(element, objects, target)?,
                Datatype::Reference { .. } => self.revised(element, objects, target)?,
                _ => target.bytes(element),
            }
        }
        Ok(())
    }

    /// The members of a record, and the gaps between them.
    fn compound(
        &mut self,
        members: &[Member],
        element: &[u8],
        objects: &mut Elements,
        target: &mut Encoded,
    ) -> Result<()> {
        let mut members: Vec<&Member> = members.iter().collect();
        members.sort_by_key(|member| member.offset);
        let mut end = 0u64;
        for member in members {
            target.bytes(part(element, end, member.offset.saturating_sub(end))?);
            let size = member.datatype.size();
            self.elements(&member.datatype, part(element, member.offset, size)?, objects, target)?;
            end = member.offset.saturating_add(size);
        }
        target.bytes(element.get(to_usize(end)?..).unwrap_or_default());
        Ok(())
    }

    /// Where the copy of the object is that an address leads to; nowhere, if there is none.
    fn address(&mut self, stored: &[u8]) -> Result<[u8; ADDRESS]> {
        let short = |_| Error::malformed_data("reference", "an address that is too short");
        let address = u64::from_le_bytes(stored.try_into().map_err(short)?);
        let place = self.places.get(&address).copied();
        if place.is_none() && address != 0 && address != u64::MAX {
            self.lost += 1;
        }
        Ok(place.unwrap_or(0).to_le_bytes())
    }

    /// A reference to a region: a heap object with the address of the dataset and the selection (section VIII.A of the format
    /// specification).
    fn region(&mut self, element: &[u8], objects: &mut Elements, target: &mut Encoded) -> Result<()> {
        let held = self.stored.named(element)?.map(<[u8]>::to_vec).unwrap_or_default();
        let place = match held.get(..ADDRESS) {
            Some(address) => self.address(address)?,
            None => [0; ADDRESS],
        };
        if place == [0; ADDRESS] {
            target.bytes(&[0; NAME]);
            return Ok(());
        }
        objects.region(&[&place, held.get(ADDRESS..).unwrap_or_default()].concat(), target);
        Ok(())
    }

    /// A reference of HDF5 1.12: a kind and flags, then the length and the address of an object, or a heap object of so many
    /// bytes that begins with them.
    fn revised(&mut self, element: &[u8], objects: &mut Elements, target: &mut Encoded) -> Result<()> {
        let start = target.len();
        let (head, rest) = element.split_at_checked(2).unwrap_or_default();
        match head {
            [OBJECT, flags] if flags & EXTERNAL == 0 => {
                let place = self.address(token(rest)?.0)?;
                let head = [OBJECT, *flags, 8];
                target.bytes(if place == [0; ADDRESS] { &[] } else { &head });
                target.bytes(if place == [0; ADDRESS] { &[] } else { &place });
            }
            [0, _] | [] => {}
            [_, flags] => {
                let (size, name) = rest.split_at_checked(4).unwrap_or_default();
                let held = self.stored.named(name.get(..NAME).unwrap_or_default())?.map(<[u8]>::to_vec);
                let held = held.unwrap_or_default();
                let block = match flags & EXTERNAL {
                    // Objects of another file stay where they are.
                    0 => self.block(&held)?,
                    _ => Some(held),
                };
                if let Some(block) = block {
                    target.bytes(head);
                    target.bytes(size);
                    objects.region(&block, target);
                }
            }
            _ => return Err(Error::malformed_data("reference", "an element that is too short")),
        }
        target.pad(start.saturating_add(element.len()));
        Ok(())
    }

    /// The block of a reference of HDF5 1.12, with the address of the copy; none if there is none.
    fn block(&mut self, held: &[u8]) -> Result<Option<Vec<u8>>> {
        let (address, rest) = token(held)?;
        let place = self.address(address)?;
        Ok((place != [0; ADDRESS]).then(|| [&[8], place.as_slice(), rest].concat()))
    }
}

/// The address that a token holds, and what follows it.
fn token(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let split = bytes.split_first().filter(|(&len, _)| usize::from(len) == ADDRESS);
    let split = split.and_then(|(_, rest)| rest.split_at_checked(ADDRESS));
    split.ok_or_else(|| Error::malformed_data("reference", "a token of another length than an address"))
}
