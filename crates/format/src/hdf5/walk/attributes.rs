//! Attributes of an object, however they are stored: in the header or dense.

use binrw::Endian;

use super::btree_v2;
use super::dense::DenseObjects;
use super::shared::{self, fetch};
use crate::error::{Error, Result};
use crate::hdf5::datatype::{name, Datatype};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::btree_v2::{AttributeName, AttributeOrder};
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, Allowance};
use crate::shape;
use crate::wire;

const NAME_RECORD: &str = "attribute record";

/// A named value of an object, undecoded.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub name: String,
    /// The name as stored.
    pub raw_name: Vec<u8>,
    pub datatype: Datatype,
    /// The header of the committed datatype that it is.
    pub committed: Option<u64>,
    /// Lengths; `None` for a null dataspace.
    pub shape: Option<Vec<u64>>,
    /// The elements as stored.
    pub data: Vec<u8>,
    /// How many of these bytes lie beyond the end of a torn file, and are zeros.
    missing: u64,
    order: u32,
}

/// All attributes: in creation order where it is tracked, in stored order otherwise.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the structure that is broken.
pub(crate) fn attributes(space: &AddressSpace, object: &ObjectHeader) -> Result<Vec<Attribute>> {
    readable(space, object, &mut Err)
}

/// [`attributes`] that can be read; of the others `lost` is told, whose error ends it.
///
/// # Errors
/// Those of `lost`.
pub(crate) fn readable(
    space: &AddressSpace,
    object: &ObjectHeader,
    lost: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<Vec<Attribute>> {
    let mut attributes = List::new(space);
    let mut stopped = false;
    let read = messages(space, object, &mut |held| {
        let decoded = held.and_then(|held| {
            let attribute = held.decode(space)?;
            let is_whole = attribute.check_whole(held.offset);
            attributes.push(attribute).and(is_whole)
        });
        decoded.or_else(&mut *lost).inspect_err(|_| stopped = true)
    });
    match read {
        Err(error) if !stopped => lost(error)?,
        read => read?,
    }
    let mut attributes = attributes.found;
    if object.tracks_order() {
        attributes.sort_by_key(|attribute| attribute.order);
    }
    Ok(attributes)
}

/// The message of an attribute, wherever it lies.
#[derive(Debug)]
pub(crate) struct Held<'o> {
    /// What the message says.
    pub body: Vec<u8>,
    /// How many bytes of it lie beyond the end of a torn file.
    pub missing: usize,
    /// Where it says that, for errors.
    pub offset: u64,
    /// Its place in the order of creation.
    pub order: u32,
    /// The message of the object header, if it lies there, or that leads to a heap of shared ones.
    pub message: Option<&'o Message>,
}

impl Attribute {
    /// Refuses one of which a part is missing.
    fn check_whole(&self, offset: u64) -> Result<()> {
        let Attribute { name, missing, data, .. } = self;
        match missing {
            0 => Ok(()),
            _ => {
                let detail = format!("{missing} of {} bytes lie beyond the end of the file, and are zeros", data.len());
                Err(Error::malformed("attribute message", offset, detail).in_object(format!("attribute {name}")))
            }
        }
    }
}

impl Held<'_> {
    /// Takes the message apart.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is broken.
    pub fn decode(&self, space: &AddressSpace) -> Result<Attribute> {
        decode(space, self)
    }
}

/// Receives the message of an attribute, or why it is lost.
type Visit<'v> = &'v mut dyn FnMut(Result<Held<'_>>) -> Result<()>;

/// Calls `visit` with the messages of all attributes, in stored order, and with what is wrong with single ones.
///
/// # Errors
/// As [`attributes`]; those of `visit`.
pub(crate) fn messages(space: &AddressSpace, object: &ObjectHeader, visit: Visit) -> Result<()> {
    for message in object.messages.iter().filter(|m| m.kind == MessageType::ATTRIBUTE) {
        visit(in_header(space, message))?;
    }
    match info(space, object)? {
        Some(info) => dense_attributes(space, &info, visit),
        None => Ok(()),
    }
}

/// The message of an attribute in an object header, or in a heap of shared ones.
fn in_header<'o>(space: &AddressSpace, message: &'o Message) -> Result<Held<'o>> {
    let order = message.creation_index.map_or(0, u32::from);
    let (body, offset) = match message.flags & flags::SHARED {
        0 => (message.body.clone(), message.offset),
        _ => {
            let shared = message.decode::<SharedMessage>("shared message", space.widths)?;
            let found = fetch(space, MessageType::ATTRIBUTE, shared, message.offset)?;
            (found.body, found.offset)
        }
    };
    Ok(Held { body, missing: message.missing, offset, order, message: Some(message) })
}

/// Attributes in a heap. Where the name index of a torn file is lost, that of the creation order leads to them as well.
fn dense_attributes(space: &AddressSpace, info: &AttributeInfo, visit: Visit) -> Result<()> {
    let Some(heap) = info.fractal_heap.get() else { return Ok(()) };
    let order = info.order_index.and_then(|index| index.get()).filter(|_| space.is_torn);
    let by_name = info
        .name_index
        .get()
        .filter(|&index| order.is_none() || btree_v2::records(space, index, &mut |_| Ok(())).is_ok());
    match (by_name, order) {
        (Some(index), _) => dense(space, heap, (index, &by_name_record), visit),
        (None, Some(index)) => dense(space, heap, (index, &by_order_record), visit),
        (None, None) if space.is_torn => {
            Err(Error::malformed_data("attribute info message", "a heap without an index"))
        }
        (None, None) => Ok(()),
    }
}

/// The attributes of an object, as far as they were read.
struct List<'s> {
    space: &'s AddressSpace,
    found: Vec<Attribute>,
    allowance: Allowance,
}

impl<'s> List<'s> {
    fn new(space: &'s AddressSpace) -> Self {
        let allowance = Allowance::of_file(space.source.len(), "the attributes of an object exceed the file by far");
        List { space, found: Vec::new(), allowance }
    }

    fn push(&mut self, attribute: Attribute) -> Result<()> {
        limits::check("attributes of an object", self.found.len() as u64 + 1, self.space.limits.objects as u64)?;
        let bytes = attribute.name.len().saturating_add(attribute.data.len());
        limits::check("bytes of an attribute", bytes as u64, self.space.limits.value_bytes)?;
        self.allowance.spend((bytes as u64).saturating_add(LEAST))?;
        self.found.push(attribute);
        Ok(())
    }
}

/// What the smallest attribute takes of a file.
const LEAST: u64 = 16;

/// What a record of an index says: where the message is, the flags, the place in the order of creation.
type Record = ([u8; 8], u8, u32);
type ReadRecord<'r> = &'r dyn Fn(&[u8], u64) -> Result<Record>;

fn by_name_record(record: &[u8], offset: u64) -> Result<Record> {
    let (record, _) = wire::decode::<AttributeName>(NAME_RECORD, offset, record, Endian::Little, ())?;
    Ok((record.heap_id, record.flags, record.order))
}

fn by_order_record(record: &[u8], offset: u64) -> Result<Record> {
    let (record, _) = wire::decode::<AttributeOrder>(NAME_RECORD, offset, record, Endian::Little, ())?;
    Ok((record.heap_id, record.flags, record.order))
}

/// Every record of an index (type 8 or 9) leads to an attribute message in the heap.
fn dense(space: &AddressSpace, heap: u64, (index, read): (u64, ReadRecord), visit: Visit) -> Result<()> {
    let mut objects = DenseObjects::open(space, heap)?;
    let offset = space.offset(index);
    btree_v2::records(space, index, &mut |record| {
        let (heap_id, bits, order) = read(record, offset)?;
        let body = match bits & flags::SHARED {
            0 => objects.take(space, (NAME_RECORD, offset), &heap_id)?,
            _ => Some(shared::in_heap(space, MessageType::ATTRIBUTE, &heap_id, offset)?),
        };
        body.map_or(Ok(()), |body| visit(Ok(Held { body, missing: 0, offset, order, message: None })))
    })?;
    objects.losses("attributes").try_for_each(|error| visit(Err(error)))
}

/// The datatype of an attribute, whose message lies at an offset.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it is broken, or shared and cannot be found.
pub(crate) fn datatype(space: &AddressSpace, message: &AttributeMessage, offset: u64) -> Result<Datatype> {
    let datatype = part(space, MessageType::DATATYPE, offset, &message.datatype, message.flags & 1 != 0)?;
    let (stored, _) = wire::decode::<DatatypeMessage>("datatype message", offset, &datatype, Endian::Little, ())?;
    Ok(Datatype::from_message(&stored, space.widths))
}

/// The message that leads to the attributes beside a header, if there is one.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it cannot be decoded.
pub(crate) fn info(space: &AddressSpace, object: &ObjectHeader) -> Result<Option<AttributeInfo>> {
    let message = object.find(MessageType::ATTRIBUTE_INFO);
    message.map(|message| message.decode("attribute info message", space.widths)).transpose()
}

fn decode(space: &AddressSpace, held: &Held) -> Result<Attribute> {
    let &Held { ref body, offset, order, .. } = held;
    let (message, _) = wire::decode::<AttributeMessage>("attribute message", offset, body, Endian::Little, ())?;
    let name = name(&message.name);
    let parts = || -> Result<Attribute> {
        let datatype = datatype(space, &message, offset)?;
        let dataspace = part(space, MessageType::DATASPACE, offset, &message.dataspace, message.flags & 2 != 0)?;
        let (extent, _) =
            wire::decode::<Dataspace>("dataspace message", offset, &dataspace, Endian::Little, space.widths)?;
        let shape = (!extent.is_null()).then(|| extent.dims.iter().map(|dim| dim.0).collect::<Vec<_>>());
        let len = shape.as_deref().map_or(Ok(0), |shape| shape::bytes(shape, datatype.size()))?;
        let there = message.data.len() as u64;
        let missing = len.saturating_sub(there);
        if missing > held.missing as u64 {
            let detail = format!("{len} bytes of data are declared, and {there} are there");
            return Err(Error::malformed("attribute message", offset, detail));
        }
        let mut data = message.data.clone();
        data.resize(limits::to_usize(len)?, 0);
        let raw_name = message.name.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
        let is_shared = message.flags & 1 != 0;
        let committed = is_shared.then(|| shared::committed(space, &message.datatype, offset)).transpose()?.flatten();
        Ok(Attribute { name: name.clone(), raw_name, datatype, committed, shape, data, missing, order })
    };
    parts().map_err(|e| e.in_object(format!("attribute {name}")))
}

/// The bytes of the datatype or dataspace, which may be a shared message.
fn part(space: &AddressSpace, kind: MessageType, offset: u64, bytes: &[u8], shared: bool) -> Result<Vec<u8>> {
    if !shared {
        return Ok(bytes.to_vec());
    }
    let (shared, _) = wire::decode::<SharedMessage>("shared message", offset, bytes, Endian::Little, space.widths)?;
    Ok(fetch(space, kind, shared, offset)?.body)
}
