//! Elements that lead to objects and into heaps, taken apart and put together: what they refer to has another place then, in the
//! same file or in another one (section VIII of the format specification).

use std::collections::HashMap;

use super::datatype::{Datatype, Member};
use super::read::elements::{part, Elements as Stored};
use super::space::AddressSpace;
use super::write::elements::{Elements, Encoded};
use super::write::file::FileWriter;
use crate::error::{Error, Result};
use crate::limits::to_usize;

/// Bytes of an address, and of the name of a heap object.
const ADDRESS: usize = 8;
const NAME: usize = 12;
/// The flag of a reference of HDF5 1.12 that leads into another file.
const EXTERNAL: u8 = 1;
/// The kind of a reference of HDF5 1.12 to an object.
const OBJECT: u8 = 2;

/// Where objects were, and are.
pub(crate) type Places = HashMap<u64, u64>;

/// The new place of an object.
pub(crate) fn place(places: &Places, address: u64) -> u64 {
    places.get(&address).copied().unwrap_or(address)
}

/// Whether elements hold addresses.
pub(crate) fn has_addresses(datatype: &Datatype) -> bool {
    datatype.is_variable() || datatype.has_references()
}

/// Stored elements, taken apart as far as they lead elsewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Bytes(Vec<u8>),
    /// The address of an object, 0 for none.
    Object(u64),
    /// A region of a dataset: its address, 0 for none, and the selection.
    Region(u64, Vec<u8>),
    /// A reference of HDF5 1.12.
    Revised(Revised),
    /// So many elements in a heap.
    Sequence(usize, Parts),
    /// A text in a heap, if there is one.
    Text(Option<Vec<u8>>),
}

/// A reference of HDF5 1.12: its kind and flags, then the length and the address of an object, or a heap object of so many bytes
/// that begins with them.
#[derive(Debug, Clone)]
struct Revised {
    /// Kind and flags, and the length of the heap object if there is one.
    head: Vec<u8>,
    /// The address of the object, 0 for none; nothing where it is in another file.
    to: Option<u64>,
    /// What follows it in the heap object; nothing where there is none.
    rest: Option<Vec<u8>>,
    /// The bytes of an element.
    size: usize,
}

impl Parts {
    /// Takes elements apart.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they lead nowhere.
    pub fn of(space: &AddressSpace, datatype: &Datatype, stored: &[u8]) -> Result<Self> {
        Apart::new(space).parts(datatype, stored)
    }

    /// Sequences of one reference each.
    pub fn sequences(to: &[u64]) -> Self {
        Parts(to.iter().map(|&object| Part::Sequence(1, Parts(vec![Part::Object(object)]))).collect())
    }

    /// The objects that they refer to.
    pub fn targets(&self) -> Vec<u64> {
        let target = |part: &Part| match part {
            Part::Object(address) | Part::Region(address, _) => vec![*address],
            Part::Revised(revised) => revised.to.into_iter().collect(),
            Part::Sequence(_, parts) => parts.targets(),
            Part::Bytes(_) | Part::Text(_) => Vec::new(),
        };
        self.0.iter().flat_map(target).collect()
    }

    /// Has references lead to where the objects are now; to 0 where there is none any more.
    pub fn follow(&mut self, place: &mut dyn FnMut(u64) -> u64) {
        for part in &mut self.0 {
            match part {
                Part::Object(address) | Part::Region(address, _) => *address = place(*address),
                Part::Revised(revised) => revised.to.iter_mut().for_each(|address| *address = place(*address)),
                Part::Sequence(_, parts) => parts.follow(place),
                Part::Bytes(_) | Part::Text(_) => {}
            }
        }
    }

    /// The stored form; what they lead to in heaps goes into `file`.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn stored(&self, file: &FileWriter) -> Result<Vec<u8>> {
        let (mut objects, mut encoded) = (Elements::default(), Encoded::default());
        self.encode(&mut objects, &mut encoded)?;
        objects.place(file, encoded)
    }

    /// Adds the stored form to `target`; what it leads to in heaps is among `objects`.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a sequence above 4 GiB.
    pub fn encode(&self, objects: &mut Elements, target: &mut Encoded) -> Result<()> {
        for part in &self.0 {
            match part {
                Part::Bytes(bytes) => target.bytes(bytes),
                Part::Object(address) => target.bytes(&address.to_le_bytes()),
                Part::Region(0, _) => target.bytes(&[0; NAME]),
                Part::Region(address, selection) => {
                    objects.region(&[address.to_le_bytes().as_slice(), selection].concat(), target);
                }
                Part::Revised(revised) => revised.encode(objects, target),
                Part::Text(text) => objects.text(text.as_deref(), target)?,
                Part::Sequence(count, parts) => {
                    let mut inner = Encoded::default();
                    parts.encode(objects, &mut inner)?;
                    objects.sequence(*count, inner, target)?;
                }
            }
        }
        Ok(())
    }
}

impl Revised {
    fn encode(&self, objects: &mut Elements, target: &mut Encoded) {
        let end = target.len().saturating_add(self.size);
        let token = self.to.map(|to| [&[8], to.to_le_bytes().as_slice()].concat());
        if self.to != Some(0) {
            target.bytes(&self.head);
            match &self.rest {
                Some(rest) => objects.region(&[token.as_deref().unwrap_or_default(), rest].concat(), target),
                None => target.bytes(token.as_deref().unwrap_or_default()),
            }
        }
        target.pad(end);
    }
}

/// Takes elements of one file apart.
pub(crate) struct Apart<'s> {
    stored: Stored<'s>,
    /// Whether a part that leads nowhere is a null, and the others stay.
    bears: bool,
    /// Why the first of these parts is one.
    lost: Option<Error>,
}

impl<'s> Apart<'s> {
    pub fn new(space: &'s AddressSpace) -> Self {
        Apart { stored: Stored::new(space), bears: false, lost: None }
    }

    /// The same, where of a torn file a part that leads nowhere is a null.
    pub fn bearing(space: &'s AddressSpace) -> Self {
        Apart { bears: space.is_torn, ..Apart::new(space) }
    }

    /// Why a part became a null since this was asked before.
    pub fn take_lost(&mut self) -> Option<Error> {
        self.lost.take()
    }

    /// As [`Parts::of`].
    pub fn parts(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<Parts> {
        let mut parts = Parts::default();
        self.add(datatype, stored, &mut parts)?;
        Ok(parts)
    }

    /// Adds more elements to those that were taken apart.
    ///
    /// # Errors
    /// As [`Parts::of`].
    pub fn add(&mut self, datatype: &Datatype, stored: &[u8], parts: &mut Parts) -> Result<()> {
        self.read(datatype, stored, &mut parts.0)
    }

    /// A part, or a null where it leads nowhere and that is borne.
    fn part_or(&mut self, null: Part, part: Result<Part>) -> Result<Part> {
        match part {
            Err(error) if self.bears && error.is_of_file() => {
                self.lost.get_or_insert(error);
                Ok(null)
            }
            part => part,
        }
    }

    fn read(&mut self, datatype: &Datatype, stored: &[u8], parts: &mut Vec<Part>) -> Result<()> {
        if !has_addresses(datatype) {
            parts.push(Part::Bytes(stored.to_vec()));
            return Ok(());
        }
        for element in stored.chunks_exact(to_usize(datatype.size())?.max(1)) {
            match datatype {
                Datatype::VariableString(_) => {
                    let text = self.stored.object(element, 1).map(|text| text.map(|(_, bytes)| bytes.to_vec()));
                    parts.push(self.part_or(Part::Text(None), text.map(Part::Text))?);
                }
                Datatype::Sequence { base, .. } => {
                    let sequence = self.sequence(base, element);
                    parts.push(self.part_or(Part::Sequence(0, Parts::default()), sequence)?);
                }
                Datatype::Compound { members, .. } => self.compound(members, element, parts)?,
                Datatype::Array { base, .. } => self.read(base, element, parts)?,
                Datatype::Reference { kind: 0, .. } => parts.push(Part::Object(address(element)?)),
                Datatype::Reference { kind: 1, .. } => {
                    let region = self.region(element);
                    parts.push(self.part_or(Part::Region(0, Vec::new()), region)?);
                }
                Datatype::Reference { .. } => {
                    let null =
                        Part::Revised(Revised { head: Vec::new(), to: Some(0), rest: None, size: element.len() });
                    let revised = self.revised(element);
                    parts.push(self.part_or(null, revised)?);
                }
                _ => parts.push(Part::Bytes(element.to_vec())),
            }
        }
        Ok(())
    }

    fn sequence(&mut self, base: &Datatype, element: &[u8]) -> Result<Part> {
        let (count, held) = self.stored.list(base, element)?;
        Ok(Part::Sequence(to_usize(count)?, self.parts(base, &held)?))
    }

    /// The members of a record, and the gaps between them.
    fn compound(&mut self, members: &[Member], element: &[u8], parts: &mut Vec<Part>) -> Result<()> {
        let mut members: Vec<&Member> = members.iter().collect();
        members.sort_by_key(|member| member.offset);
        let mut end = 0u64;
        for member in members {
            parts.push(Part::Bytes(part(element, end, member.offset.saturating_sub(end))?.to_vec()));
            let size = member.datatype.size();
            self.read(&member.datatype, part(element, member.offset, size)?, parts)?;
            end = member.offset.saturating_add(size);
        }
        parts.push(Part::Bytes(element.get(to_usize(end)?..).unwrap_or_default().to_vec()));
        Ok(())
    }

    /// A reference to a region: a heap object with the address of the dataset and the selection.
    fn region(&mut self, element: &[u8]) -> Result<Part> {
        let held = self.stored.named(element)?.unwrap_or_default();
        Ok(match held.split_at_checked(ADDRESS) {
            Some((to, selection)) => Part::Region(address(to)?, selection.to_vec()),
            None => Part::Region(0, Vec::new()),
        })
    }

    fn revised(&mut self, element: &[u8]) -> Result<Part> {
        let (size, short) = (element.len(), || Error::malformed_data("reference", "an element that is too short"));
        let (head, rest) = element.split_at_checked(2).ok_or_else(short)?;
        Ok(Part::Revised(match head {
            [0, _] => Revised { head: Vec::new(), to: Some(0), rest: None, size },
            [OBJECT, flags] if flags & EXTERNAL == 0 => {
                Revised { head: head.to_vec(), to: Some(token(rest)?.0), rest: None, size }
            }
            [_, flags] => {
                let (len, name) = rest.split_at_checked(4).ok_or_else(short)?;
                let head = [head, len].concat();
                let held = self.stored.named(name.get(..NAME).ok_or_else(short)?)?.unwrap_or_default();
                // Objects of another file stay where they are.
                let (to, rest) = match flags & EXTERNAL {
                    0 => token(held).map(|(to, rest)| (Some(to), rest))?,
                    _ => (None, held),
                };
                Revised { head, to, rest: Some(rest.to_vec()), size }
            }
            _ => return Err(short()),
        }))
    }
}

fn address(stored: &[u8]) -> Result<u64> {
    let short = |_| Error::malformed_data("reference", "an address that is too short");
    stored.try_into().map(u64::from_le_bytes).map_err(short)
}

/// The address that a token holds, and what follows it.
fn token(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let split = bytes.split_first().filter(|(&len, _)| usize::from(len) == ADDRESS);
    let split = split.and_then(|(_, rest)| rest.split_at_checked(ADDRESS));
    let (to, rest) =
        split.ok_or_else(|| Error::malformed_data("reference", "a token of another length than an address"))?;
    Ok((address(to)?, rest))
}
