//! Reading object headers: all messages of all blocks.

use std::collections::{HashSet, VecDeque};

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::object::header::{Block, ObjectHeader};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::misc::Continuation;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::record::object_header::{
    MessageHeaderV1, MessageHeaderV2, PrefixV1, PrefixV2, CONTINUATION_SIGNATURE, SIGNATURE,
};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::wire;

const RECORD: &str = "object header";
/// How much that could not be read of a header is told.
const MOST_LOST: usize = 16;

impl ObjectHeader {
    /// Reads the header at `address`. In a torn file it is what of it can be read, without the blocks and the messages that cannot.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed), or [`Kind::Limit`](crate::Kind::Limit) for too many messages.
    pub fn read(space: &AddressSpace, address: u64) -> Result<Self> {
        let start = space.load(RECORD, address, space.remaining(address).min(64), false)?;
        let mut header = ObjectHeader { address, ..ObjectHeader::new() };
        if start.starts_with(&SIGNATURE) {
            header.read_v2(space, &start)?;
        } else {
            header.read_v1(space, &start)?;
        }
        Ok(header)
    }

    fn read_v1(&mut self, space: &AddressSpace, start: &[u8]) -> Result<()> {
        let offset = space.offset(self.address);
        let (prefix, _) = wire::decode::<PrefixV1>(RECORD, offset, start, Endian::Little, ())?;
        (self.version, self.flags, self.reference_count) = (1, 0, prefix.reference_count);
        let first = self.address.saturating_add(PrefixV1::SIZE);
        let mut blocks = Blocks::new(space.offset(self.address), first, prefix.header_size.into());
        while let Some((address, len)) = blocks.next() {
            let there = if space.is_torn { len.min(space.remaining(address)) } else { len };
            let block = if there > 0 { space.load(RECORD, address, there, false)? } else { Vec::new() };
            // The prefix belongs to the first block.
            let prefix = if self.blocks.is_empty() { PrefixV1::SIZE } else { 0 };
            self.blocks.push(Block { address: address - prefix, len: len.saturating_add(prefix) });
            let new = self.messages.len();
            let split = self.split_v1(space, &block, space.offset(address), len);
            self.bear(space, split)?;
            self.follow(space, new, &mut blocks)?;
        }
        Ok(())
    }

    fn read_v2(&mut self, space: &AddressSpace, start: &[u8]) -> Result<()> {
        let offset = space.offset(self.address);
        let (prefix, used) = wire::decode::<PrefixV2>(RECORD, offset, start, Endian::Little, ())?;
        (self.flags, self.times, self.phase_change) = (prefix.flags, prefix.times, prefix.phase_change);
        let whole = prefix.chunk_size.saturating_add(used as u64 + 4);
        let mut blocks = Blocks::new(offset, self.address, whole);
        while let Some((address, len)) = blocks.next() {
            let new = self.messages.len();
            let is_first = address == self.address;
            let read = self.read_block_v2(space, (address, len), if is_first { Some(used) } else { None });
            match is_first {
                true => read?,
                false => self.bear(space, read)?,
            }
            self.follow(space, new, &mut blocks)?;
        }
        Ok(())
    }

    /// Reads a block whose messages begin behind a prefix, or behind the signature of a continuation block.
    fn read_block_v2(&mut self, space: &AddressSpace, (address, len): (u64, u64), prefix: Option<usize>) -> Result<()> {
        let block = space.load(RECORD, address, len, true)?;
        if prefix.is_none() && !block.starts_with(&CONTINUATION_SIGNATURE) {
            return Err(Error::malformed(RECORD, space.offset(address), "a continuation block has no signature"));
        }
        self.blocks.push(Block { address, len });
        let skip = prefix.unwrap_or(CONTINUATION_SIGNATURE.len());
        let body = block.get(skip..block.len().saturating_sub(4)).unwrap_or_default();
        self.split_v2(space, body, space.offset(address).saturating_add(skip as u64))
    }

    /// Goes on without what cannot be read of a torn file.
    fn bear(&mut self, space: &AddressSpace, read: Result<()>) -> Result<()> {
        match read {
            Err(error) if space.bears(&error) => {
                if self.lost.len() < MOST_LOST {
                    self.lost.push(error.to_string());
                }
                Ok(())
            }
            read => read,
        }
    }

    /// Takes a block of `len` bytes apart, of which the end of a torn file may have left less.
    fn split_v1(&mut self, space: &AddressSpace, block: &[u8], offset: u64, len: u64) -> Result<()> {
        let (mut at, mut was_empty) = (0usize, false);
        // The number of messages in the prefix is wrong in files that everybody reads; the blocks are as long as they are.
        while block.len().saturating_sub(at) >= 8 {
            let here = offset.saturating_add(at as u64);
            let rest = block.get(at..).unwrap_or_default();
            let (head, used) = wire::decode::<MessageHeaderV1>(RECORD, here, rest, Endian::Little, ())?;
            // A gap is one message: two without bytes are zeros that took the place of others.
            let is_empty = head.kind == MessageType::NIL && head.size == 0;
            if std::mem::replace(&mut was_empty, is_empty) && is_empty && space.is_torn {
                return Err(Error::malformed(RECORD, here, "zeros where messages were"));
            }
            let message = (head.kind, head.flags, None);
            at = self.push(space, (block, offset, len), at.saturating_add(used), head.size, message)?;
        }
        // What is behind the last message that was there, and has room for another one.
        let behind = len.saturating_sub(at as u64);
        match block.len() as u64 == len || behind < 8 {
            true => Ok(()),
            false => {
                let detail = format!("{behind} bytes of messages lie beyond the end of the file");
                Err(Error::malformed(RECORD, offset.saturating_add(at as u64), detail))
            }
        }
    }

    fn split_v2(&mut self, space: &AddressSpace, block: &[u8], offset: u64) -> Result<()> {
        let tracked = self.tracks_order();
        let smallest = if tracked { 6 } else { 4 };
        let mut at = 0usize;
        // Bytes that cannot hold a message header are a gap.
        while block.len().saturating_sub(at) >= smallest {
            let here = offset.saturating_add(at as u64);
            let rest = block.get(at..).unwrap_or_default();
            let (head, used) = wire::decode::<MessageHeaderV2>(RECORD, here, rest, Endian::Little, (tracked,))?;
            let message = (head.kind, head.flags, head.creation_index);
            at = self.push(space, (block, offset, block.len() as u64), at.saturating_add(used), head.size, message)?;
        }
        Ok(())
    }

    /// Takes a body out of its block, or what is there of it where the end of a torn file cuts the block; returns where the next
    /// message starts.
    fn push(
        &mut self,
        space: &AddressSpace,
        (block, offset, len): (&[u8], u64, u64),
        at: usize,
        size: u16,
        head: (MessageType, u8, Option<u16>),
    ) -> Result<usize> {
        let (kind, flags, creation_index) = head;
        let here = offset.saturating_add(at as u64);
        let end = at.saturating_add(usize::from(size));
        let there = if end as u64 <= len { end.min(block.len()) } else { end };
        let Some(body) = block.get(at..there) else {
            return Err(Error::malformed(
                RECORD,
                here,
                format!("message {:#06x} of {size} bytes leaves its block", kind.0),
            ));
        };
        limits::check(
            "messages of an object header",
            self.messages.len() as u64 + 1,
            space.limits.header_messages as u64,
        )?;
        if flags & flags::FAIL_IF_UNKNOWN != 0 && !kind.is_known() {
            let unknown = Error::unsupported(format!("object header message type {:#06x}", kind.0));
            return self.bear(space, Err(unknown)).map(|()| end);
        }
        let (body, missing) = (body.to_vec(), end.saturating_sub(there));
        self.messages.push(Message { kind, flags, offset: here, creation_index, body, missing });
        Ok(end)
    }

    /// Queues the continuation blocks named by the messages from `new` on.
    fn follow(&mut self, space: &AddressSpace, new: usize, blocks: &mut Blocks) -> Result<()> {
        let continuation = |message: &Message, blocks: &mut Blocks| {
            let next = message.decode::<Continuation>("continuation message", space.widths)?;
            match (next.address.get(), next.length.0) {
                (Some(address), len) if len > 0 => blocks.push(address, len),
                _ => Err(Error::malformed("continuation message", message.offset, "it leads nowhere")),
            }
        };
        let messages = self.messages.iter().skip(new).filter(|m| m.kind == MessageType::CONTINUATION);
        let read: Vec<_> = messages.map(|message| continuation(message, blocks)).filter(Result::is_err).collect();
        read.into_iter().try_for_each(|read| self.bear(space, read))
    }
}

/// The blocks of a header that are still to be read. Most headers have one.
struct Blocks {
    /// The position of the header in the file.
    header: u64,
    first: u64,
    next: Option<(u64, u64)>,
    queue: VecDeque<(u64, u64)>,
    met: HashSet<u64>,
}

impl Blocks {
    /// A header at a position of the file, whose first block has an address and a length.
    fn new(header: u64, first: u64, len: u64) -> Self {
        Blocks { header, first, next: Some((first, len)), queue: VecDeque::new(), met: HashSet::new() }
    }

    fn next(&mut self) -> Option<(u64, u64)> {
        self.next.take().or_else(|| self.queue.pop_front())
    }

    /// Adds a continuation block.
    fn push(&mut self, address: u64, len: u64) -> Result<()> {
        if address == self.first || !self.met.insert(address) {
            let detail = format!("the continuation blocks meet at {address} again");
            return Err(Error::malformed(RECORD, self.header, detail));
        }
        self.queue.push_back((address, len));
        Ok(())
    }
}
