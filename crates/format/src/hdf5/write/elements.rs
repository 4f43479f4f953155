//! Elements of any type, put together: references into the global heap, and the objects that they lead to. The mirror of
//! reading: what is encoded here never was an address of another file.

use super::file::FileWriter;
use super::heap::{ObjectId, Room, REFERENCE};
use crate::error::{Error, Result};

/// Encoded elements. Their references lead to objects that [`Elements::place`] still has to give an address.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    bytes: Vec<u8>,
    /// Where in `bytes` the names of objects lie, and which object each is.
    references: Vec<Reference>,
}

#[derive(Debug, Clone, Copy)]
struct Reference {
    at: usize,
    object: usize,
}

impl Encoded {
    /// Adds bytes that hold no references.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds zero bytes until there are `len`: the gaps of compound types.
    pub fn pad(&mut self, len: usize) {
        self.bytes.resize(len.max(self.bytes.len()), 0);
    }

    /// The number of bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a reference, or none (a null pointer).
    fn reference(&mut self, count: u32, object: Option<usize>) {
        if let Some(object) = object {
            self.references.push(Reference { at: self.bytes.len() + 4, object });
        }
        self.bytes.extend_from_slice(&count.to_le_bytes());
        self.bytes.extend_from_slice(&[0; REFERENCE - 4]);
    }

    /// Puts the addresses of the objects into the references. `start` is where in `bytes` these elements begin.
    fn resolve(&self, bytes: &mut [u8], start: usize, objects: &[ObjectId]) -> Result<()> {
        for reference in &self.references {
            let at = start.saturating_add(reference.at);
            let target = bytes.get_mut(at..).and_then(|rest| rest.get_mut(..REFERENCE - 4));
            let (Some(target), Some(id)) = (target, objects.get(reference.object)) else {
                return Err(Error::usage("a reference to an object that was not encoded"));
            };
            target.copy_from_slice(&id.to_bytes());
        }
        Ok(())
    }
}

/// Heap objects that wait for a place, each before those that refer to it.
#[derive(Debug, Default)]
pub(crate) struct Elements {
    objects: Vec<Encoded>,
}

impl Elements {
    /// Adds a text of any length to `target`; `None` is a null pointer.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) above 4 GiB.
    pub fn text(&mut self, text: Option<&[u8]>, target: &mut Encoded) -> Result<()> {
        let Some(text) = text else {
            target.reference(0, None);
            return Ok(());
        };
        self.object(text.len(), Encoded { bytes: text.to_vec(), references: Vec::new() }, target)
    }

    /// Adds a sequence of `count` elements to `target`.
    ///
    /// # Errors
    /// As [`Elements::text`].
    pub fn sequence(&mut self, count: usize, elements: Encoded, target: &mut Encoded) -> Result<()> {
        if count == 0 {
            target.reference(0, None);
            return Ok(());
        }
        self.object(count, elements, target)
    }

    /// Adds a reference to a region, which an object describes, to `target`.
    pub fn region(&mut self, object: &[u8], target: &mut Encoded) {
        target.references.push(Reference { at: target.bytes.len(), object: self.objects.len() });
        target.bytes.extend_from_slice(&[0; REFERENCE - 4]);
        self.objects.push(Encoded { bytes: object.to_vec(), references: Vec::new() });
    }

    fn object(&mut self, count: usize, object: Encoded, target: &mut Encoded) -> Result<()> {
        let fits = u32::try_from(object.bytes.len()).and_then(|_| u32::try_from(count));
        let count = fits.map_err(|_| Error::limit("an element of variable length above 4 GiB"))?;
        target.reference(count, Some(self.objects.len()));
        self.objects.push(object);
        Ok(())
    }

    /// Writes the objects; returns the bytes of `elements`, which now refer to them.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn place(self, file: &FileWriter, elements: Encoded) -> Result<Vec<u8>> {
        let ids = file.place_objects(&self.objects)?;
        let Encoded { mut bytes, references } = elements;
        Encoded { bytes: Vec::new(), references }.resolve(&mut bytes, 0, &ids)?;
        Ok(bytes)
    }
}

impl FileWriter {
    /// Writes objects into the collection that has room for them, and what it has no room for into new ones; returns what they
    /// are called.
    fn place_objects(&self, objects: &[Encoded]) -> Result<Vec<ObjectId>> {
        let (mut ids, mut rest) = (Vec::with_capacity(objects.len()), objects);
        self.in_heap(|room| {
            while !rest.is_empty() {
                let lens = || rest.iter().map(Encoded::len);
                let mut target = match room.fitting(lens()) {
                    0 => Room::new(lens(), |len| self.allocate(len, 8))?,
                    _ => *room,
                };
                let (now, later) = rest.split_at(target.fitting(lens()).clamp(1, rest.len()));
                self.add_objects(&mut target, now, &mut ids)?;
                if target.follows(room) {
                    *room = target;
                }
                rest = later;
            }
            Ok(())
        })?;
        Ok(ids)
    }

    /// Writes objects into a collection that has room for them, and adds what they are called.
    fn add_objects(&self, room: &mut Room, objects: &[Encoded], ids: &mut Vec<ObjectId>) -> Result<()> {
        let bytes: Vec<&[u8]> = objects.iter().map(|object| object.bytes.as_slice()).collect();
        let mut part = room.add(&bytes)?;
        ids.extend(part.objects.iter().map(|(_, id)| id));
        for (object, &(start, _)) in objects.iter().zip(&part.objects) {
            object.resolve(&mut part.block, start, ids)?;
        }
        self.write(part.address, &part.block)
    }

    /// Writes one object that refers to no other; returns what it is called.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(super) fn place_in_heap(&self, object: Vec<u8>) -> Result<ObjectId> {
        let ids = self.place_objects(&[Encoded { bytes: object, references: Vec::new() }])?;
        ids.first().copied().ok_or_else(|| Error::usage("an object without a place"))
    }
}
