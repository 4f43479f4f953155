//! References to objects that lie in elements: which they are, and where they lead when those objects have moved.

use std::collections::{BTreeSet, HashMap};

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements::{self, Visitor};
use crate::hdf5::record::global_heap::Reference;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collections;
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::limits::to_usize;
use crate::wire;

/// Bytes of a reference to an object, in files of wide addresses.
const REFERENCE: usize = 8;

/// The objects that elements refer to.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for references of another kind; those of a broken heap.
pub(super) fn targets(space: &AddressSpace, datatype: &Datatype, stored: &[u8]) -> Result<BTreeSet<u64>> {
    let mut found = Targets(BTreeSet::new());
    elements::Elements::new(space).visit(datatype, stored, &mut found)?;
    Ok(found.0)
}

struct Targets(BTreeSet<u64>);

impl Visitor for Targets {
    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()> {
        if let Datatype::Reference { kind, size } = datatype {
            check(*kind, *size)?;
            self.0.extend(stored.chunks_exact(REFERENCE).map(address));
        }
        Ok(())
    }

    fn text(&mut self, _: Option<&[u8]>) -> Result<()> {
        Ok(())
    }
}

/// Objects are named by references of the oldest kind alone.
fn check(kind: u8, size: u64) -> Result<()> {
    match (kind, size) {
        (0, 8) => Ok(()),
        _ => Err(Error::unsupported("moving objects in a file with references to regions, or of HDF5 1.12")),
    }
}

fn address(stored: &[u8]) -> u64 {
    stored.try_into().map_or(u64::MAX, u64::from_le_bytes)
}

/// Elements as they are when objects have moved: what of them is of variable length is written anew.
pub(super) struct Moving<'m> {
    pub space: &'m AddressSpace,
    /// Where objects were, and are.
    pub places: &'m HashMap<u64, u64>,
}

impl Moving<'_> {
    /// The new place of an object.
    pub fn place(&self, address: u64) -> u64 {
        self.places.get(&address).copied().unwrap_or(address)
    }

    /// The stored form of elements; what they lead to goes into `file`.
    ///
    /// # Errors
    /// As [`targets`]; [`Kind::Io`](crate::Kind::Io).
    pub fn elements(&self, file: &FileWriter, datatype: &Datatype, stored: &[u8]) -> Result<Vec<u8>> {
        let (mut objects, mut target) = (Elements::default(), Encoded::default());
        self.copy(&mut Heaps::new(self.space), &mut objects, (datatype, stored), &mut target)?;
        objects.place(file, target)
    }

    fn copy(
        &self,
        heaps: &mut Heaps,
        objects: &mut Elements,
        (datatype, stored): (&Datatype, &[u8]),
        target: &mut Encoded,
    ) -> Result<()> {
        if !datatype.is_variable() && !datatype.has_references() {
            target.bytes(stored);
            return Ok(());
        }
        for element in stored.chunks_exact(to_usize(datatype.size())?.max(1)) {
            match datatype {
                Datatype::Reference { kind, size } => {
                    check(*kind, *size)?;
                    target.bytes(&self.place(address(element)).to_le_bytes());
                }
                Datatype::Sequence { base, .. } => {
                    let (count, held) = heaps.get(self.space, element)?;
                    let mut inner = Encoded::default();
                    self.copy(heaps, objects, (base, &held), &mut inner)?;
                    objects.sequence(count, inner, target)?;
                }
                Datatype::VariableString(_) => {
                    let (count, held) = heaps.get(self.space, element)?;
                    objects.text((count > 0).then_some(held.as_slice()), target)?;
                }
                Datatype::Compound { members, size } => {
                    let start = target.len();
                    for member in members {
                        let bytes = elements::part(element, member.offset, member.datatype.size())?;
                        target.pad(start.saturating_add(to_usize(member.offset)?));
                        self.copy(heaps, objects, (&member.datatype, bytes), target)?;
                    }
                    target.pad(start.saturating_add(to_usize(*size)?));
                }
                Datatype::Array { base, .. } => self.copy(heaps, objects, (base, element), target)?,
                _ => target.bytes(element),
            }
        }
        Ok(())
    }
}

/// The heaps that elements lead into.
struct Heaps(Collections);

impl Heaps {
    fn new(space: &AddressSpace) -> Self {
        Heaps(Collections::new(space))
    }

    /// How many elements a reference leads to, and their bytes.
    fn get(&mut self, space: &AddressSpace, reference: &[u8]) -> Result<(usize, Vec<u8>)> {
        let (reference, _) = wire::decode::<Reference>("reference", 0, reference, Endian::Little, space.widths)?;
        match reference.address.get().filter(|&address| address != 0 && reference.len > 0) {
            None => Ok((0, Vec::new())),
            Some(address) => {
                let held = self.0.object(space, address, reference.index)?.to_vec();
                Ok((to_usize(reference.len.into())?, held))
            }
        }
    }
}
