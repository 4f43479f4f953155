//! Link message, version 1 (section IV.A.2.g).

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use super::read_bytes;
use crate::wire::refuse;
use crate::wire::width::{read_uint, write_uint, Addr, Widths};

/// A named link to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Bits 0-1: width of the name's length; 2: creation order; 3: link type; 4: character set.
    pub flags: u8,
    pub creation_order: Option<i64>,
    pub charset: Option<u8>,
    pub name: Vec<u8>,
    pub target: LinkTarget,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkTarget {
    Hard(Addr),
    Soft(Vec<u8>),
    /// An object in another file, by the names of both.
    External {
        file: Vec<u8>,
        path: Vec<u8>,
    },
    /// A type code above 64 (user-defined), and its data; or 64 with data that name no object.
    Other(u8, Vec<u8>),
}

/// The type code of an external link.
const EXTERNAL: u8 = 64;

const TRACKED: u8 = 0x04;
const TYPED: u8 = 0x08;
const CHARSET: u8 = 0x10;

impl Link {
    /// The most bytes of a message, padding included, beside its name and its value.
    pub const MOST_OVERHEAD: usize = 40;

    /// A link that records its creation order, with the smallest encoding.
    pub fn new(name: &str, target: LinkTarget, creation_order: i64) -> Self {
        let charset = (!name.is_ascii()).then_some(1);
        let width = width(name.len());
        let typed = if matches!(target, LinkTarget::Hard(_)) { 0 } else { TYPED };
        let flags = width | TRACKED | typed | if charset.is_some() { CHARSET } else { 0 };
        let name = name.as_bytes().to_vec();
        Link { flags, creation_order: Some(creation_order), charset, name, target }
    }

    /// The same link in a group that keeps no order.
    pub fn without_order(self) -> Self {
        Link { flags: self.flags & !TRACKED, creation_order: None, ..self }
    }
}

impl Link {
    /// A link whose order nobody tracks, with the smallest encoding; the name is in whatever characters it is.
    pub fn untracked(name: &[u8], target: LinkTarget) -> Self {
        let width = width(name.len());
        let typed = if matches!(target, LinkTarget::Hard(_)) { 0 } else { TYPED };
        Link { flags: width | typed, creation_order: None, charset: None, name: name.to_vec(), target }
    }
}

/// The bits of the flags that say how wide the length of a name is: 1, 2 or 4 bytes.
fn width(name: usize) -> u8 {
    match name {
        0..=0xff => 0,
        0x100..=0xffff => 1,
        _ => 2,
    }
}

impl BinRead for Link {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, w: Widths) -> BinResult<Self> {
        let [version, flags] = <[u8; 2]>::read_options(reader, endian, ())?;
        if version != 1 || flags & 0xe0 != 0 {
            return Err(refuse(format!("version {version} with flags {flags:#04x} is unknown")));
        }
        let kind = if flags & TYPED != 0 { u8::read_options(reader, endian, ())? } else { 0 };
        let creation_order = if flags & TRACKED != 0 { Some(i64::read_options(reader, endian, ())?) } else { None };
        let charset = if flags & CHARSET != 0 { Some(u8::read_options(reader, endian, ())?) } else { None };
        let size = read_uint(reader, 1 << (flags & 3))?;
        let name = read_bytes(reader, size)?;
        let target = match kind {
            0 => LinkTarget::Hard(Addr::read_options(reader, endian, w)?),
            1 => LinkTarget::Soft(counted(reader, endian)?),
            EXTERNAL..=255 => LinkTarget::from_data(kind, counted(reader, endian)?),
            _ => return Err(refuse(format!("link type {kind} is unknown"))),
        };
        Ok(Link { flags, creation_order, charset, name, target })
    }
}

fn counted<R: Read + Seek>(reader: &mut R, endian: Endian) -> BinResult<Vec<u8>> {
    let size = u16::read_options(reader, endian, ())?;
    read_bytes(reader, u64::from(size))
}

impl BinWrite for Link {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, w: Widths) -> BinResult<()> {
        [1, self.flags].write_options(writer, endian, ())?;
        if self.flags & TYPED != 0 {
            self.target.kind().write_options(writer, endian, ())?;
        }
        self.creation_order.write_options(writer, endian, ())?;
        self.charset.write_options(writer, endian, ())?;
        write_uint(writer, self.name.len() as u64, 1 << (self.flags & 3))?;
        writer.write_all(&self.name)?;
        match &self.target {
            LinkTarget::Hard(address) => address.write_options(writer, endian, w),
            LinkTarget::Soft(data) | LinkTarget::Other(_, data) => write_counted(writer, data),
            LinkTarget::External { file, path } => {
                write_counted(writer, &[&[0], file.as_slice(), &[0], path, &[0]].concat())
            }
        }
    }
}

fn write_counted<W: Write>(writer: &mut W, data: &[u8]) -> BinResult<()> {
    write_uint(writer, data.len() as u64, 2)?;
    Ok(writer.write_all(data)?)
}

impl LinkTarget {
    /// An external link: version and flags in one byte, both 0, then two terminated names.
    fn from_data(kind: u8, data: Vec<u8>) -> Self {
        let mut parts = data.split(|&b| b == 0);
        match (kind, parts.next(), parts.next(), parts.next()) {
            (EXTERNAL, Some([]), Some(file), Some(path)) => {
                LinkTarget::External { file: file.to_vec(), path: path.to_vec() }
            }
            _ => LinkTarget::Other(kind, data),
        }
    }

    /// The length of the value of a link that is not hard, of which a message has room for 65535.
    pub fn value_len(&self) -> usize {
        match self {
            LinkTarget::Hard(_) => 0,
            LinkTarget::Soft(data) | LinkTarget::Other(_, data) => data.len(),
            LinkTarget::External { file, path } => file.len().saturating_add(path.len()).saturating_add(3),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            LinkTarget::Hard(_) => 0,
            LinkTarget::Soft(_) => 1,
            LinkTarget::External { .. } => EXTERNAL,
            LinkTarget::Other(kind, _) => *kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn link() -> impl Strategy<Value = (Widths, Link)> {
        let bytes = || prop::collection::vec(any::<u8>(), 0..20);
        let text = || prop::collection::vec(1u8.., 0..20);
        (widths(), 0u8..0x20, any::<i64>(), any::<u8>(), bytes()).prop_flat_map(
            move |(w, flags, order, charset, name)| {
                let target = prop_oneof![
                    addr(w).prop_map(LinkTarget::Hard),
                    bytes().prop_map(LinkTarget::Soft),
                    (text(), text()).prop_map(|(file, path)| LinkTarget::External { file, path }),
                    (64u8.., bytes()).prop_map(|(kind, data)| LinkTarget::from_data(kind, data)),
                ];
                target.prop_map(move |target| {
                    // Only a hard link goes without its type.
                    let flags = if matches!(target, LinkTarget::Hard(_)) { flags } else { flags | TYPED };
                    let link = Link {
                        flags,
                        creation_order: (flags & TRACKED != 0).then_some(order),
                        charset: (flags & CHARSET != 0).then_some(charset),
                        name: name.clone(),
                        target,
                    };
                    (w, link)
                })
            },
        )
    }

    proptest! {
        #[test]
        fn links_round_trip((w, value) in link()) {
            round_trip(&value, w)?;
        }

        #[test]
        fn hard_links_round_trip(name in ".{0,300}", address in 0..u64::MAX, order: i64) {
            let value = Link::new(&name, LinkTarget::Hard(Addr(address)), order);
            round_trip(&value, Widths::WIDE)?;
        }
    }

    #[test]
    fn external_links() {
        let link = |data: &str| {
            let size = format!("{:02x}00", hex(data).len());
            let bytes = hex(&format!("01 08 40 01 78 {size} {data}"));
            worked::<Link, _>(&bytes, Widths::WIDE).target
        };
        let target = LinkTarget::External { file: b"a.h5".to_vec(), path: b"/x".to_vec() };
        assert_eq!(link("00 612e683500 2f7800"), target);
        for other in ["01 612e683500 2f7800", "00 612e6835", ""] {
            assert!(matches!(link(other), LinkTarget::Other(64, _)), "{other}");
        }
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            "02 00 01 61 0000000000000000",
            "01 20 01 61 0000000000000000",
            "01 08 02 01 61 0000",
            "01 03 ffffffffffffffff 61",
        ] {
            let decoded = crate::wire::decode::<Link>("link", 0, &hex(bytes), Endian::Little, Widths::WIDE);
            assert!(decoded.is_err(), "{bytes}");
        }
    }
}
