//! The attributes of an object that is changed, wherever they lie: in the header, beside it, or in a heap of shared messages.

use binrw::Endian;

use super::heaps::InUse;
use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::{Message, MAX_BODY};
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::references::{place, Parts, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::{self, Held};
use crate::hdf5::write::attributes::MAX_COMPACT;
use crate::hdf5::write::dense_attributes;
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::wire;
use crate::wire::width::{Addr, Widths};

const RECORD: &str = "attribute message";

/// The attributes of an object, in the order of their creation.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    list: Vec<Attribute>,
    /// Whether any has changed, so that others may lie beside the header than did.
    is_changed: bool,
    /// Whether those beside the header are written anew when the object moves.
    is_rewritten: bool,
}

/// An attribute, as it is or shall be.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    name: Vec<u8>,
    order: u32,
    body: Vec<u8>,
    /// What the header has of one that nobody has changed.
    message: Option<Message>,
    /// Its elements, if they refer to objects.
    parts: Option<Parts>,
    /// Whether `body` does not say yet where those are.
    is_waiting: bool,
    /// The heap that this session has put them into.
    heap: Option<InUse>,
}

impl Attribute {
    fn read(space: &AddressSpace, held: &Held) -> Result<Self> {
        let attribute = held.decode(space)?;
        let parts = match attribute.datatype.has_references() {
            false => Ok(None),
            true => Parts::of(space, &attribute.datatype, &attribute.data).map(Some),
        };
        let parts = parts.in_object(&format!("attribute {}", attribute.name))?;
        let (body, message) = (held.body.clone(), held.message.cloned());
        let (is_waiting, heap) = (false, None);
        Ok(Attribute { name: attribute.raw_name, order: held.order, body, message, parts, is_waiting, heap })
    }

    fn decode(&self) -> Result<AttributeMessage> {
        Ok(wire::decode(RECORD, 0, &self.body, Endian::Little, ())?.0)
    }

    /// The committed datatype that it is of.
    fn committed(&self) -> Option<u64> {
        // Most attributes have none, and need not be taken apart.
        let is_shared = self.body.get(1).is_some_and(|flags| flags & 1 != 0);
        let message = is_shared.then(|| self.decode()).and_then(Result::ok)?;
        committed(&message.datatype)
    }

    /// Has it lead to where objects are now; returns whether it is to be written anew.
    fn follow(&mut self, places: &Places) -> Result<bool> {
        if let Some(to) = self.committed().filter(|at| places.contains_key(at)) {
            let mut message = self.decode()?;
            message.datatype = moved(&message.datatype, place(places, to))?;
            self.body = wire::encode(&message, Endian::Little, ())?;
            self.message = None;
        }
        if self.parts.iter().flat_map(Parts::targets).any(|to| places.contains_key(&to)) {
            self.parts.iter_mut().for_each(|parts| parts.follow(&mut |address| place(places, address)));
            (self.message, self.is_waiting) = (None, true);
        }
        Ok(self.message.is_none())
    }

    /// Adds its elements to `encoded`; what they lead to is among `objects`.
    ///
    /// # Errors
    /// As [`Parts::encode`].
    pub fn encode(&self, objects: &mut Elements, encoded: &mut Encoded) -> Result<()> {
        self.parts.iter().try_for_each(|parts| parts.encode(objects, encoded))
    }

    /// Has it hold elements that lead into a heap.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for a message that cannot be taken apart.
    pub fn placed(&mut self, stored: &[u8], heap: &InUse) -> Result<()> {
        let message = AttributeMessage { data: stored.to_vec(), ..self.decode()? };
        self.body = wire::encode(&message, Endian::Little, ())?;
        (self.is_waiting, self.heap) = (false, Some(InUse::clone(heap)));
        Ok(())
    }

    /// Its message in the header.
    fn in_header(&self, tracked: bool) -> Result<Message> {
        if let Some(message) = &self.message {
            return Ok(message.clone());
        }
        let message = Message::from_body(MessageType::ATTRIBUTE, 0, self.body.clone())?;
        let creation_index = if tracked { u16::try_from(self.order).ok() } else { None };
        Ok(Message { creation_index, ..message })
    }
}

/// The address of the committed datatype that a shared message leads to.
pub(super) fn committed(shared: &[u8]) -> Option<u64> {
    match wire::decode("shared message", 0, shared, Endian::Little, Widths::WIDE).ok()?.0 {
        SharedMessage::Committed { address, .. } | SharedMessage::Header(address) => address.get(),
        SharedMessage::Heap(_) => None,
    }
}

/// A shared message that leads to another address.
pub(super) fn moved(shared: &[u8], to: u64) -> Result<Vec<u8>> {
    let shared = match wire::decode("shared message", 0, shared, Endian::Little, Widths::WIDE)?.0 {
        SharedMessage::Committed { version, .. } => SharedMessage::Committed { version, address: Addr(to) },
        SharedMessage::Header(_) => SharedMessage::Header(Addr(to)),
        heap @ SharedMessage::Heap(_) => heap,
    };
    wire::encode(&shared, Endian::Little, Widths::WIDE)
}

impl Attributes {
    /// Reads the attributes of an object, and takes those of its header out of there.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn take(space: &AddressSpace, header: &mut ObjectHeader) -> Result<Self> {
        let mut list = Vec::new();
        attributes::messages(space, header, &mut |held| {
            list.push(Attribute::read(space, &held?)?);
            Ok(())
        })?;
        if header.tracks_order() {
            list.sort_by_key(|attribute| attribute.order);
        }
        header.messages.retain(|message| message.kind != MessageType::ATTRIBUTE);
        Ok(Attributes { list, is_changed: false, is_rewritten: false })
    }

    /// The objects that they lead to, but for committed datatypes.
    pub fn targets(&self) -> impl Iterator<Item = u64> + '_ {
        self.list.iter().filter_map(|attribute| attribute.parts.as_ref()).flat_map(Parts::targets)
    }

    /// Those whose elements lead to what is not in the file yet.
    pub fn waiting(&mut self) -> impl Iterator<Item = &mut Attribute> {
        self.list.iter_mut().filter(|attribute| attribute.is_waiting)
    }

    /// The committed datatypes that they are of.
    pub fn datatypes(&self) -> impl Iterator<Item = u64> + '_ {
        self.list.iter().filter_map(Attribute::committed)
    }

    /// Has them lead to where objects are now.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for a message that cannot be taken apart.
    pub fn follow(&mut self, places: &Places) -> Result<()> {
        for attribute in &mut self.list {
            let leads = attribute.parts.is_some() || attribute.committed().is_some();
            self.is_rewritten |= leads && attribute.follow(places)?;
        }
        Ok(())
    }

    fn find(&mut self, name: &[u8]) -> Option<&mut Attribute> {
        self.list.iter_mut().find(|attribute| attribute.name == name)
    }

    /// The message of an attribute, if there is one of that name.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for one that cannot be taken apart.
    pub fn get(&self, name: &[u8]) -> Result<Option<AttributeMessage>> {
        let found = self.list.iter().find(|attribute| attribute.name == name);
        found.map(Attribute::decode).transpose()
    }

    /// Puts an attribute in the place of the one of its name, or behind all others; `parts` are its elements, if they refer to
    /// objects.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] for more than 65535 attributes.
    pub fn set(&mut self, header: &mut ObjectHeader, message: &AttributeMessage, parts: Option<Parts>) -> Result<()> {
        let body = wire::encode(message, Endian::Little, ())?;
        let name = message.name.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
        (self.is_changed, self.is_rewritten) = (true, true);
        let (message, is_waiting, heap) = (None, parts.is_some(), None);
        if let Some(old) = self.find(&name) {
            *old = Attribute { body, message, parts, is_waiting, heap, ..old.clone() };
            return Ok(());
        }
        let order = if header.version == 2 { next_index(header)? } else { None };
        let order = order.map_or(0, u32::from);
        self.list.push(Attribute { name, order, body, message, parts, is_waiting, heap });
        Ok(())
    }

    /// Takes an attribute away; returns whether there was one.
    pub fn delete(&mut self, name: &[u8]) -> bool {
        let before = self.list.len();
        self.list.retain(|attribute| attribute.name != name);
        self.is_rewritten |= self.list.len() < before;
        self.list.len() < before
    }

    /// Gives an attribute another name; returns whether there was one.
    ///
    /// # Errors
    /// [`Kind::Usage`] if another one has that name.
    pub fn rename(&mut self, old: &str, new: &str) -> Result<bool> {
        if self.find(new.as_bytes()).is_some() {
            return Err(Error::usage(format!("there is an attribute {new} already")));
        }
        let Some(attribute) = self.find(old.as_bytes()) else { return Ok(false) };
        let mut message = attribute.decode()?;
        message.name = [new.as_bytes(), &[0]].concat();
        if message.version == 3 {
            message.charset = u8::from(!new.is_ascii());
        }
        attribute.body = wire::encode(&message, Endian::Little, ())?;
        (attribute.name, attribute.message) = (new.as_bytes().to_vec(), None);
        self.is_rewritten = true;
        Ok(true)
    }

    /// Adds their messages to a header. What lies beside it goes into `file`, if there is one; without one the messages have the
    /// size that they will have.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] for attributes that are too large for a header of the first version; [`Kind::Io`].
    pub fn put(&self, header: &mut ObjectHeader, file: Option<&FileWriter>) -> Result<()> {
        let is_dense = info(header)?.is_some_and(|info| info.fractal_heap.get().is_some());
        let is_many = header.version == 2 && self.list.len() > MAX_COMPACT;
        let is_large = is_many || self.list.iter().any(|one| one.body.len() > MAX_BODY);
        if !(is_dense || is_large && self.is_changed) || self.list.is_empty() {
            if is_dense {
                put_info(header, &compact_info(header))?;
            }
            let tracked = header.tracks_order();
            let messages = self.list.iter().map(|attribute| attribute.in_header(tracked));
            header.messages.extend(messages.collect::<Result<Vec<_>>>()?);
            return Ok(());
        }
        if header.version == 1 {
            return self.refuse_large();
        }
        match self.is_rewritten || !is_dense {
            true => self.put_dense(header, file),
            false => Ok(()),
        }
    }

    fn refuse_large(&self) -> Result<()> {
        let large = self.list.iter().max_by_key(|attribute| attribute.body.len());
        let name = large.map(|attribute| String::from_utf8_lossy(&attribute.name).into_owned()).unwrap_or_default();
        let detail = "an attribute of 64 KiB or more of an object in the form of HDF5 before 1.8";
        Err(Error::unsupported(detail).in_object(format!("attribute {name}")))
    }

    fn put_dense(&self, header: &mut ObjectHeader, file: Option<&FileWriter>) -> Result<()> {
        let old = info(header)?.unwrap_or_else(|| compact_info(header));
        let mut new = AttributeInfo { next_index: old.next_index.map(|_| self.count()), ..compact_info(header) };
        if let Some(file) = file {
            let names: Vec<&[u8]> = self.list.iter().map(|attribute| attribute.name.as_slice()).collect();
            let bodies: Vec<Vec<u8>> = self.list.iter().map(|attribute| attribute.body.clone()).collect();
            new = dense_attributes::write(file, new, &names, &bodies)?;
        }
        put_info(header, &new)
    }

    fn count(&self) -> u16 {
        u16::try_from(self.list.len()).unwrap_or(u16::MAX)
    }
}

fn info(header: &ObjectHeader) -> Result<Option<AttributeInfo>> {
    let message = header.find(MessageType::ATTRIBUTE_INFO);
    message.map(|message| message.decode("attribute info message", Widths::WIDE)).transpose()
}

/// The message of an object whose attributes lie in its header.
fn compact_info(header: &ObjectHeader) -> AttributeInfo {
    let order = header.flags >> 2 & 3;
    let counted = info(header).ok().flatten().and_then(|info| info.next_index);
    AttributeInfo {
        version: 0,
        flags: order,
        next_index: header.tracks_order().then_some(counted.unwrap_or(0)),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: (order & 2 != 0).then_some(Addr::UNDEFINED),
    }
}

fn put_info(header: &mut ObjectHeader, info: &AttributeInfo) -> Result<()> {
    let message = Message::new(MessageType::ATTRIBUTE_INFO, flags::DONT_SHARE, info, Widths::WIDE)?;
    match header.messages.iter_mut().find(|message| message.kind == MessageType::ATTRIBUTE_INFO) {
        Some(old) => old.body = message.body,
        None => header.messages.push(message),
    }
    Ok(())
}

/// Takes the next number of an attribute, where they are counted.
fn next_index(header: &mut ObjectHeader) -> Result<Option<u16>> {
    let mut info = info(header)?.unwrap_or_else(|| compact_info(header));
    let index = info.next_index;
    if index == Some(u16::MAX) {
        return Err(Error::unsupported("more than 65535 attributes of one object"));
    }
    info.next_index = index.map(|index| index + 1);
    put_info(header, &info)?;
    Ok(index)
}
