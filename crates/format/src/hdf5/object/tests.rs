//! Headers of both versions are laid over their blocks and read back.

use proptest::prelude::*;

use super::header::{Block, ObjectHeader};
use super::message::Message;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::walk::testing::{Image, W};
use crate::Kind;

const FIRST: u64 = 8;
/// What of a header there lies in its first sector.
const IN_SECTOR: u64 = 512 - FIRST;

/// A header with messages of these sizes, the third unknown to everybody.
fn header(version: u8, flags: u8, sizes: &[usize]) -> ObjectHeader {
    let messages = sizes.iter().zip(0u8..).map(|(&size, n)| Message {
        kind: [MessageType::ATTRIBUTE, MessageType::LINK, MessageType(0x7d)][usize::from(n) % 3],
        flags: 0,
        offset: 0,
        creation_index: (version == 2 && flags & 4 != 0).then_some(n.into()),
        body: vec![n + 1; size],
        missing: 0,
    });
    let flags = if version == 1 { 0 } else { flags };
    let times = (flags & 0x20 != 0).then_some([1, 2, 3, 4]);
    let phase_change = (flags & 0x10 != 0).then_some([9, 7]);
    ObjectHeader { version, flags, times, phase_change, messages: messages.collect(), ..ObjectHeader::new() }
}

/// Writes a header behind its first block, and reads it.
fn reread(header: &ObjectHeader) -> ObjectHeader {
    let first = header.blocks.first().map_or_else(|| header.size().unwrap(), |block| block.len);
    let packed = header.pack(W, &mut |_| Ok(FIRST + first)).unwrap();
    let written = if header.blocks.is_empty() { first } else { first.min(IN_SECTOR) };
    assert_eq!(packed.first.len() as u64, written);
    let mut image = Image(vec![0; 8]);
    image.put(&packed.first);
    image.0.resize(usize::try_from(FIRST + first).unwrap(), 0xff);
    if let Some((block, bytes)) = packed.rest {
        assert_eq!((block.address, block.len), (FIRST + first, bytes.len() as u64));
        image.put(&bytes);
    }
    let space = image.space();
    ObjectHeader::read(&space, FIRST).unwrap()
}

/// The messages that say something, as far as they do not depend on their place. Version 1 pads bodies.
fn content(header: &ObjectHeader) -> Vec<(MessageType, Option<u16>, Vec<u8>)> {
    let mut list: Vec<_> = header
        .messages
        .iter()
        .filter(|m| m.is_content())
        .map(|m| {
            let padded = if header.version == 1 { m.body.len().next_multiple_of(8) } else { m.body.len() };
            let mut body = m.body.clone();
            body.resize(padded, 0);
            (m.kind, m.creation_index, body)
        })
        .collect();
    // What is moved to another block comes later.
    list.sort_by(|a, b| a.2.cmp(&b.2));
    list
}

proptest! {
    #[test]
    fn a_header_keeps_its_messages_over_any_edit(
        version in 1u8..=2,
        flags in prop::sample::select(vec![0u8, 4, 0x0c, 0x3c, 0x20]),
        before in prop::collection::vec(1usize..300, 1..20),
        after in prop::collection::vec(1usize..300, 0..40),
    ) {
        let new = header(version, flags, &before);
        let read = reread(&new);
        prop_assert_eq!(content(&read), content(&new));
        let first = new.size().unwrap();
        prop_assert_eq!(&read.blocks, &[Block { address: FIRST, len: first }]);
        let edited = ObjectHeader { messages: header(version, flags, &after).messages, ..read.clone() };
        let needed = ObjectHeader { blocks: Vec::new(), ..edited.clone() }.size().unwrap();
        if needed > first && first < 128 {
            // There may be no room to say where the messages are.
            return Ok(());
        }
        let reread = reread(&edited);
        prop_assert_eq!(content(&reread), content(&edited));
        prop_assert_eq!((reread.times, reread.phase_change), (new.times, new.phase_change));
        prop_assert_eq!(reread.blocks.first(), Some(&Block { address: FIRST, len: first.min(IN_SECTOR) }));
    }
}

#[test]
fn room_that_is_left_is_filled_with_a_message_that_says_nothing() {
    for version in 1..=2 {
        for removed in (0..400).chain([1000, 70_000]).map(|n: usize| n.next_multiple_of(8)) {
            let whole = reread(&header(version, 4, &[20, removed / 2, removed - removed / 2]));
            let mut edited = whole.clone();
            edited.messages.truncate(1);
            let read = reread(&edited);
            assert_eq!(content(&read), content(&edited), "version {version}, {removed} bytes less");
            assert_eq!(read.blocks[0].len, whole.blocks[0].len.min(IN_SECTOR));
        }
    }
}

#[test]
fn a_first_block_that_begins_close_to_the_end_of_a_sector_is_refused() {
    // The prefix, a message that leads to another block, and the checksum.
    for (version, least) in [(1, 16 + 24), (2, 8 + 20 + 4)] {
        let whole = header(version, 1, &[300]);
        let at = |left: u64| {
            let block = Block { address: 1024 - left, len: whole.size().unwrap() };
            ObjectHeader { address: block.address, blocks: vec![block], ..whole.clone() }
        };
        for left in 1..=512 {
            let packed = at(left).pack(W, &mut |_| Ok(4096));
            match packed {
                Ok(packed) => assert!(left >= least && packed.first.len() as u64 <= left),
                Err(e) => assert!(left < least && e.kind() == Kind::Unsupported, "{left}: {e}"),
            }
        }
    }
}

#[test]
fn a_first_block_without_room_for_a_link_is_refused() {
    let small = reread(&header(2, 4, &[1]));
    let mut edited = small.clone();
    edited.messages.extend(header(2, 4, &[300]).messages);
    let error = edited.pack(W, &mut |_| Ok(0)).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
}

/// A header of a first block and another one, as a torn file has it that ends `less` bytes before the second one does.
fn torn(version: u8, less: u64) -> ObjectHeader {
    let whole = reread(&header(version, 4, &[40]));
    let grown = ObjectHeader { messages: header(version, 4, &[40, 48, 56, 64]).messages, ..whole };
    let packed = grown.pack(W, &mut |_| Ok(4096)).unwrap();
    let mut image = Image(vec![0; 8]);
    image.put(&packed.first);
    image.0.resize(4096, 0xff);
    image.put(&packed.rest.unwrap().1);
    image.cut((image.0.len() as u64 - less).max(2048));
    let mut space = image.space();
    assert!(less == 0 || ObjectHeader::read(&space, FIRST).is_err());
    space.is_torn = true;
    ObjectHeader::read(&space, FIRST).unwrap()
}

#[test]
fn of_a_torn_header_all_messages_before_the_cut_are_read() {
    let bodies = |header: &ObjectHeader| -> Vec<usize> {
        header.messages.iter().filter(|message| message.is_content()).map(|message| message.body.len()).collect()
    };
    for version in 1..=2 {
        let whole = torn(version, 0);
        assert_eq!((bodies(&whole).len(), whole.lost.len()), (4, 0));
    }
    // The old ones have no checksum: of the last message a part is left, and of those behind it nothing.
    let whole = bodies(&torn(1, 0));
    let last = whole[3] as u64;
    assert_eq!((bodies(&torn(1, 3)), torn(1, 3).lost.len()), ([&whole[..3], &[whole[3] - 3]].concat(), 0));
    let cut = torn(1, last + 8 + 4);
    assert_eq!((bodies(&cut), cut.lost.len()), ([&whole[..2], &[whole[2] - 4]].concat(), 1));
    let none = torn(1, 4096);
    assert_eq!((bodies(&none).len() < 4, none.lost.len()), (true, 1));
    // Of the new ones the block is lost, and the first one is not.
    let cut = torn(2, 1);
    assert_eq!(cut.lost.len(), 1);
    assert!(bodies(&cut).len() < 4 && cut.messages.iter().any(|message| message.kind == MessageType::CONTINUATION));
}
