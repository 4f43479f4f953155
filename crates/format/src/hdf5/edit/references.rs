//! References to objects that lie in elements: which they are, and where they lead when those objects have moved.

use std::collections::HashMap;

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements;
use crate::hdf5::record::global_heap::Reference;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collections;
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::limits::to_usize;
use crate::wire;

/// Where objects were, and are.
pub(super) type Places = HashMap<u64, u64>;

/// The new place of an object.
pub(super) fn place(places: &Places, address: u64) -> u64 {
    places.get(&address).copied().unwrap_or(address)
}

/// Stored elements, taken apart as far as they lead elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Bytes(Vec<u8>),
    /// A reference to an object.
    Object(u64),
    /// So many elements in a heap.
    Sequence(usize, Parts),
    /// A text in a heap, if there is one.
    Text(Option<Vec<u8>>),
}

impl Parts {
    /// Takes elements apart.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for references of another kind than to objects; what is wrong with the
    /// heap.
    pub fn of(space: &AddressSpace, datatype: &Datatype, stored: &[u8]) -> Result<Self> {
        let mut parts = Parts::default();
        Reader { space, heaps: Collections::new(space) }.read(datatype, stored, &mut parts.0)?;
        Ok(parts)
    }

    /// Sequences of one reference each.
    pub fn sequences(to: &[u64]) -> Self {
        Parts(to.iter().map(|&object| Part::Sequence(1, Parts(vec![Part::Object(object)]))).collect())
    }

    /// The objects that they refer to.
    pub fn targets(&self) -> Vec<u64> {
        let target = |part: &Part| match part {
            Part::Object(address) => vec![*address],
            Part::Sequence(_, parts) => parts.targets(),
            Part::Bytes(_) | Part::Text(_) => Vec::new(),
        };
        self.0.iter().flat_map(target).collect()
    }

    /// Has references lead to where the objects are now.
    pub fn follow(&mut self, places: &Places) {
        for part in &mut self.0 {
            match part {
                Part::Object(address) => *address = place(places, *address),
                Part::Sequence(_, parts) => parts.follow(places),
                Part::Bytes(_) | Part::Text(_) => {}
            }
        }
    }

    /// The stored form; what they lead to in heaps goes into `file`.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn stored(&self, file: &FileWriter) -> Result<Vec<u8>> {
        let mut objects = Elements::default();
        let encoded = self.encode(&mut objects)?;
        objects.place(file, encoded)
    }

    fn encode(&self, objects: &mut Elements) -> Result<Encoded> {
        let mut target = Encoded::default();
        for part in &self.0 {
            match part {
                Part::Bytes(bytes) => target.bytes(bytes),
                Part::Object(address) => target.bytes(&address.to_le_bytes()),
                Part::Text(text) => objects.text(text.as_deref(), &mut target)?,
                Part::Sequence(count, parts) => {
                    let inner = parts.encode(objects)?;
                    objects.sequence(*count, inner, &mut target)?;
                }
            }
        }
        Ok(target)
    }
}

struct Reader<'s> {
    space: &'s AddressSpace,
    heaps: Collections,
}

impl Reader<'_> {
    fn read(&mut self, datatype: &Datatype, stored: &[u8], parts: &mut Vec<Part>) -> Result<()> {
        if !datatype.is_variable() && !datatype.has_references() {
            parts.push(Part::Bytes(stored.to_vec()));
            return Ok(());
        }
        for element in stored.chunks_exact(to_usize(datatype.size())?.max(1)) {
            match datatype {
                Datatype::Reference { kind: 0, size: 8 } => {
                    let address = element.try_into().map_or(u64::MAX, u64::from_le_bytes);
                    parts.push(Part::Object(address));
                }
                Datatype::Reference { .. } => {
                    let detail = "moving objects in a file with references to regions, or of HDF5 1.12";
                    return Err(Error::unsupported(detail));
                }
                Datatype::Sequence { base, .. } => {
                    let (count, held) = self.held(element)?;
                    let mut inner = Vec::new();
                    self.read(base, &held, &mut inner)?;
                    parts.push(Part::Sequence(count, Parts(inner)));
                }
                Datatype::VariableString(_) => {
                    let (count, held) = self.held(element)?;
                    parts.push(Part::Text((count > 0).then_some(held)));
                }
                Datatype::Compound { members, .. } => self.compound(members, element, parts)?,
                Datatype::Array { base, .. } => self.read(base, element, parts)?,
                _ => parts.push(Part::Bytes(element.to_vec())),
            }
        }
        Ok(())
    }

    /// The members of a record, and the gaps between them.
    fn compound(&mut self, members: &[crate::hdf5::Member], element: &[u8], parts: &mut Vec<Part>) -> Result<()> {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by_key(|member| member.offset);
        let mut end = 0;
        for member in members {
            if let Some(gap) = element.get(to_usize(end)?..to_usize(member.offset)?) {
                parts.push(Part::Bytes(gap.to_vec()));
            }
            let bytes = elements::part(element, member.offset, member.datatype.size())?;
            self.read(&member.datatype, bytes, parts)?;
            end = member.offset.saturating_add(member.datatype.size());
        }
        parts.push(Part::Bytes(element.get(to_usize(end)?..).unwrap_or_default().to_vec()));
        Ok(())
    }

    /// How many elements a reference into a heap leads to, and their bytes.
    fn held(&mut self, reference: &[u8]) -> Result<(usize, Vec<u8>)> {
        let (reference, _) = wire::decode::<Reference>("reference", 0, reference, Endian::Little, self.space.widths)?;
        match reference.address.get().filter(|&address| address != 0 && reference.len > 0) {
            None => Ok((0, Vec::new())),
            Some(address) => {
                let held = self.heaps.object(self.space, address, reference.index)?.to_vec();
                Ok((to_usize(reference.len.into())?, held))
            }
        }
    }
}
