//! Object headers, version 2, in one block.

use binrw::{BinWrite, Endian};

use super::dense_attributes;
use super::file::FileWriter;
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::record::object_header::{MessageHeaderV2, PrefixV2};
use crate::wire::width::{Addr, Len, Widths};
use crate::wire::{self, checksum};

/// The largest message body.
const MAX_BODY: usize = 65_535;
/// Objects with more attributes keep them beside the header.
const MAX_COMPACT: usize = 64;

/// An attribute to write.
#[derive(Debug, Clone)]
pub(crate) struct AttributeSpec {
    pub name: String,
    pub datatype: Datatype,
    /// Lengths: empty for a scalar, `None` for a null dataspace.
    pub shape: Option<Vec<u64>>,
    pub data: Vec<u8>,
}

impl AttributeSpec {
    /// One element.
    pub fn scalar(name: &str, datatype: Datatype, data: Vec<u8>) -> Self {
        AttributeSpec { name: name.to_owned(), datatype, shape: Some(Vec::new()), data }
    }
}

/// A header being put together.
#[derive(Debug)]
pub(crate) struct HeaderBuilder {
    messages: Vec<u8>,
}

impl HeaderBuilder {
    pub fn new() -> Self {
        HeaderBuilder { messages: Vec::new() }
    }

    /// Adds a message from its record.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a body above 64 KiB.
    pub fn message<'a, T: BinWrite>(
        &mut self,
        kind: MessageType,
        flags: u8,
        record: &T,
        args: T::Args<'a>,
    ) -> Result<()> {
        let body = wire::encode(record, Endian::Little, args)?;
        self.body(kind, flags, &body, 0)
    }

    fn body(&mut self, kind: MessageType, flags: u8, body: &[u8], index: u16) -> Result<()> {
        let size = u16::try_from(body.len()).ok().filter(|_| body.len() <= MAX_BODY);
        let size =
            size.ok_or_else(|| Error::unsupported(format!("an object header message of {} bytes", body.len())))?;
        let head = MessageHeaderV2 { kind, size, flags, creation_index: Some(index) };
        self.messages.extend(wire::encode(&head, Endian::Little, (true,))?);
        self.messages.extend_from_slice(body);
        Ok(())
    }

    /// Adds the dataspace, with maximum lengths; `u64::MAX` is unlimited.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a rank above 32.
    pub fn dataspace(&mut self, shape: &[u64], max_shape: &[u64]) -> Result<()> {
        let space = dataspace(Some(shape), Some(max_shape))?;
        self.message(MessageType::DATASPACE, 0, &space, Widths::WIDE)
    }

    /// Adds the attributes: to the header, or beside it if they are many or large. Then they are written to `file`;
    /// without one the header has the size that it will have, and leads nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for more than 65535 attributes, [`Kind::Io`](crate::Kind::Io).
    pub fn attributes(&mut self, file: Option<&FileWriter>, attributes: &[AttributeSpec]) -> Result<()> {
        let bodies = attributes.iter().map(encode_attribute).collect::<Result<Vec<_>>>()?;
        let dense = bodies.len() > MAX_COMPACT || bodies.iter().any(|body| body.len() > MAX_BODY);
        let count = u16::try_from(attributes.len());
        let mut info = AttributeInfo {
            version: 0,
            flags: 3,
            next_index: Some(count.map_err(|_| Error::unsupported("more than 65535 attributes of one object"))?),
            fractal_heap: Addr::UNDEFINED,
            name_index: Addr::UNDEFINED,
            order_index: Some(Addr::UNDEFINED),
        };
        if let (true, Some(file)) = (dense, file) {
            let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
            info = dense_attributes::write(file, info, &names, &bodies)?;
        }
        self.message(MessageType::ATTRIBUTE_INFO, flags::DONT_SHARE, &info, Widths::WIDE)?;
        for (body, index) in bodies.iter().zip(0..).filter(|_| !dense) {
            self.body(MessageType::ATTRIBUTE, 0, body, index)?;
        }
        Ok(())
    }

    /// The finished block.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a header above 4 GiB.
    pub fn finish(self) -> Result<Vec<u8>> {
        let width = match self.messages.len() {
            0..=0xff => 0,
            0x100..=0xffff => 1,
            _ => 2,
        };
        let prefix = PrefixV2 {
            version: 2,
            flags: width | PrefixV2::ATTRIBUTE_ORDER_TRACKED | PrefixV2::ATTRIBUTE_ORDER_INDEXED,
            times: None,
            phase_change: None,
            chunk_size: self.messages.len() as u64,
        };
        let mut block = wire::encode(&prefix, Endian::Little, ())?;
        block.extend_from_slice(&self.messages);
        checksum::seal(&mut block);
        Ok(block)
    }
}

fn dataspace(shape: Option<&[u64]>, max_shape: Option<&[u64]>) -> Result<Dataspace> {
    let dims: Vec<Len> = shape.unwrap_or_default().iter().map(|&n| Len(n)).collect();
    let rank = u8::try_from(dims.len()).ok().filter(|&rank| rank <= crate::hdf5::record::message::dataspace::MAX_RANK);
    let rank = rank.ok_or_else(|| Error::unsupported(format!("{} dimensions: HDF5 has 32 at most", dims.len())))?;
    let max_dims = max_shape.filter(|_| rank > 0).map(|max| max.iter().map(|&n| Len(n)).collect());
    let kind = match (shape, rank) {
        (None, _) => 2,
        (Some(_), 0) => 0,
        _ => 1,
    };
    Ok(Dataspace { version: 2, rank, flags: u8::from(max_dims.is_some()), kind, dims, max_dims })
}

fn encode_attribute(attribute: &AttributeSpec) -> Result<Vec<u8>> {
    let mut name = attribute.name.as_bytes().to_vec();
    name.push(0);
    let shape = attribute.shape.as_deref();
    let message = AttributeMessage {
        version: 3,
        flags: 0,
        charset: u8::from(!attribute.name.is_ascii()),
        name,
        datatype: wire::encode(&attribute.datatype.to_message()?, Endian::Little, ())?,
        dataspace: wire::encode(&dataspace(shape, shape)?, Endian::Little, Widths::WIDE)?,
        data: attribute.data.clone(),
    };
    wire::encode(&message, Endian::Little, ())
}
