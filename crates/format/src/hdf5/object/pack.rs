//! Laying the messages of an object header over its blocks (section IV.A.1).

use binrw::Endian;

use super::header::{Block, ObjectHeader};
use super::message::Message;
use crate::error::{Error, Result};
use crate::hdf5::record::message::misc::Continuation;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::object_header::{
    MessageHeaderV1, MessageHeaderV2, PrefixV1, PrefixV2, CONTINUATION_SIGNATURE,
};
use crate::limits;
use crate::sink::SECTOR;
use crate::wire::width::{Addr, Len, Widths};
use crate::wire::{self, checksum};

const CHECKSUM: u64 = 4;

/// A header as it goes into the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed {
    /// The block that the address of the object leads to.
    pub first: Vec<u8>,
    /// What did not fit: a block of its own, which must be in the file before the first one is.
    pub rest: Option<(Block, Vec<u8>)>,
}

impl ObjectHeader {
    /// The bytes of a header in one block, as a new one has it.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for more messages than the version can express.
    pub fn size(&self) -> Result<u64> {
        let content = || self.messages.iter().filter(|message| message.is_content());
        let all = content().map(|message| self.message_size(message.body.len())).sum();
        Ok(self.prefix(all, content().count())?.len() as u64 + all + self.checksum_size())
    }

    /// Lays the messages over blocks. A header that has none yet gets one that holds them all. One that is in a file keeps
    /// its first block, which nothing else moves, as far as it lies in one sector: it is written whole or not at all, and
    /// what was behind it stays as it was. What it cannot hold goes into one new block, which `room` gives a place for. The
    /// other old blocks are not used any more.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where the first block cannot even say where the messages are; what
    /// `room` returns.
    pub fn pack(&self, w: Widths, room: &mut dyn FnMut(u64) -> Result<u64>) -> Result<Packed> {
        let content: Vec<&Message> = self.messages.iter().filter(|message| message.is_content()).collect();
        let all = content.iter().map(|message| self.message_size(message.body.len())).sum::<u64>();
        let Some(block) = self.blocks.first() else {
            return Ok(Packed { first: self.first_block(&content, all, content.len())?, rest: None });
        };
        let len = self.first_room(*block, w)?;
        if all <= len {
            return Ok(Packed { first: self.first_block(&content, len, content.len())?, rest: None });
        }
        self.pack_beyond(w, &content, len, room)
    }

    /// The bytes for messages in the part of the first block that lies in one sector.
    fn first_room(&self, block: Block, w: Widths) -> Result<u64> {
        let sector = SECTOR - block.address % SECTOR;
        let frame = self.prefix(0, 0)?.len() as u64 + self.checksum_size();
        let room = block.len.min(sector).checked_sub(frame);
        let room = room.filter(|&room| block.len <= sector || room >= self.link_size(w));
        let room = room.ok_or_else(|| {
            Error::unsupported(format!(
                "changing an object header that begins {sector} bytes before the end of a sector: a crash could tear it"
            ))
        })?;
        // Messages of version 1 end at multiples of 8.
        Ok(if self.version == 1 { room / 8 * 8 } else { room })
    }

    /// The bytes of the message that leads to another block.
    fn link_size(&self, w: Widths) -> u64 {
        self.message_size(usize::from(w.offset) + usize::from(w.length))
    }

    /// Fills the first block, and a second one with what is left over.
    fn pack_beyond(
        &self,
        w: Widths,
        content: &[&Message],
        len: u64,
        room: &mut dyn FnMut(u64) -> Result<u64>,
    ) -> Result<Packed> {
        let left = len.checked_sub(self.link_size(w));
        let mut left = left.ok_or_else(|| {
            Error::unsupported(format!("more messages in an object header whose first block has {len} bytes for them"))
        })?;
        let (mut here, mut beyond, mut size) = (Vec::new(), Vec::new(), self.continuation_frame());
        for &message in content {
            let own = self.message_size(message.body.len());
            if own <= left {
                left -= own;
                here.push(message);
            } else {
                size += own;
                beyond.push(message);
            }
        }
        let block = Block { address: room(size)?, len: size };
        let continuation = Continuation { address: Addr(block.address), length: Len(size) };
        let continuation = Message::new(MessageType::CONTINUATION, 0, &continuation, w)?;
        here.push(&continuation);
        let first = self.first_block(&here, len, content.len() + 1)?;
        Ok(Packed { first, rest: Some((block, self.continuation_block(&beyond, size)?)) })
    }

    /// The first block with room for `len` bytes of messages. `count` is the number of messages of all blocks, without those
    /// that fill this one.
    fn first_block(&self, messages: &[&Message], len: u64, count: usize) -> Result<Vec<u8>> {
        let mut body = self.body(messages, len)?;
        let filled = self.fill(&mut body, len)?;
        let mut block = self.prefix(len, count + usize::from(filled))?;
        block.extend(body);
        if self.version == 2 {
            checksum::seal(&mut block);
        }
        Ok(block)
    }

    fn prefix(&self, len: u64, count: usize) -> Result<Vec<u8>> {
        if self.version == 1 {
            let fits = (u16::try_from(count), u32::try_from(len));
            let (Ok(message_count), Ok(header_size)) = fits else {
                return Err(Error::unsupported(format!("{count} messages in an object header of version 1")));
            };
            let prefix = PrefixV1 { version: 1, message_count, reference_count: self.reference_count, header_size };
            return wire::encode(&prefix, Endian::Little, ());
        }
        let (times, phase_change) = (self.times, self.phase_change);
        let prefix = PrefixV2 { version: 2, flags: self.prefix_flags(len), times, phase_change, chunk_size: len };
        wire::encode(&prefix, Endian::Little, ())
    }

    /// The flags, with the width of the size of the first block: a header that is in a file keeps its own.
    fn prefix_flags(&self, len: u64) -> u8 {
        let width = match len {
            _ if !self.blocks.is_empty() => self.flags & 3,
            0..=0xff => 0,
            0x100..=0xffff => 1,
            0x1_0000..=0xffff_ffff => 2,
            _ => 3,
        };
        self.flags & !3 | width
    }

    fn continuation_block(&self, messages: &[&Message], size: u64) -> Result<Vec<u8>> {
        let body = self.body(messages, size)?;
        if self.version == 1 {
            return Ok(body);
        }
        let mut block = CONTINUATION_SIGNATURE.to_vec();
        block.extend(body);
        checksum::seal(&mut block);
        Ok(block)
    }

    /// The messages one after the other, in at most `len` bytes.
    fn body(&self, messages: &[&Message], len: u64) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        limits::reserve(&mut body, limits::to_usize(len)?)?;
        messages.iter().try_for_each(|message| self.encode_message(&mut body, message))?;
        Ok(body)
    }

    /// Fills the first block up to `len` bytes with a message that says nothing, if there is room for one; bytes that cannot
    /// hold it stay zero.
    fn fill(&self, body: &mut Vec<u8>, len: u64) -> Result<bool> {
        let len = limits::to_usize(len)?;
        let room = len.saturating_sub(body.len()).checked_sub(limits::to_usize(self.message_size(0))?);
        if let Some(room) = room {
            self.encode_message(body, &Message::from_body(MessageType::NIL, 0, vec![0; room])?)?;
        }
        body.resize(len, 0);
        Ok(room.is_some())
    }

    fn encode_message(&self, target: &mut Vec<u8>, message: &Message) -> Result<()> {
        let (kind, flags) = (message.kind, message.flags);
        let padded = match self.version {
            1 => message.body.len().next_multiple_of(8),
            _ => message.body.len(),
        };
        let too_long = |_| Error::unsupported(format!("an object header message of {padded} bytes"));
        let size = u16::try_from(padded).map_err(too_long)?;
        let end = target.len() + limits::to_usize(self.message_size(padded))?;
        target.extend(match self.version {
            1 => wire::encode(&MessageHeaderV1 { kind, size, flags }, Endian::Little, ())?,
            _ => {
                let creation_index = self.tracks_order().then(|| message.creation_index.unwrap_or(0));
                let head = MessageHeaderV2 { kind, size, flags, creation_index };
                wire::encode(&head, Endian::Little, (creation_index.is_some(),))?
            }
        });
        target.extend_from_slice(&message.body);
        target.resize(end, 0);
        Ok(())
    }

    /// The bytes of a message with a body of this size.
    fn message_size(&self, body: usize) -> u64 {
        match (self.version, self.tracks_order()) {
            (1, _) => 8 + body.next_multiple_of(8) as u64,
            (_, false) => 4 + body as u64,
            (_, true) => 6 + body as u64,
        }
    }

    fn checksum_size(&self) -> u64 {
        if self.version == 1 {
            0
        } else {
            CHECKSUM
        }
    }

    /// The bytes of a continuation block that are no messages.
    fn continuation_frame(&self) -> u64 {
        match self.version {
            1 => 0,
            _ => CONTINUATION_SIGNATURE.len() as u64 + CHECKSUM,
        }
    }
}
