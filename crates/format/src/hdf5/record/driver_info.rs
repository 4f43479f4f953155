//! Driver information: how one address space is spread over several files (sections II.B and IV.A.2.u).

use std::io::{Read, Seek, Write};

use binrw::{binrw, BinRead, BinResult, BinWrite, Endian};

use super::message::bytes;
use crate::wire::refuse;

/// The name of the family driver.
const FAMILY: [u8; 8] = *b"NCSAfami";
/// The name of the multi driver; the specification has a letter more.
const MULTI: [u8; 8] = *b"NCSAmult";
/// Kinds of storage that the multi driver tells apart.
const USES: usize = 6;

/// The block beside a superblock of versions 0 and 1 (section II.B).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DriverInfoBlock {
    #[br(assert(version == 0, "version {version} is unknown"))]
    #[brw(pad_after = 3)]
    pub version: u8,
    #[br(temp)]
    #[bw(try_calc = u32::try_from(data.len()))]
    size: u32,
    pub name: [u8; 8],
    #[br(parse_with = bytes, args(u64::from(size)))]
    pub data: Vec<u8>,
}

impl DriverInfoBlock {
    /// More bytes than a block has: a head, and what six members with the longest names take.
    pub const LARGEST: u64 = 1 << 16;
}

/// The message in a superblock extension (section IV.A.2.u).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DriverInfoMessage {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    pub name: [u8; 8],
    #[br(temp)]
    #[bw(try_calc = u16::try_from(data.len()))]
    size: u16,
    #[br(parse_with = bytes, args(u64::from(size)))]
    pub data: Vec<u8>,
}

/// What the data of a driver say. The name comes first in both places where they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DriverInfo {
    /// All members have this size, but the last.
    Family {
        member_size: u64,
    },
    Multi(MultiInfo),
    /// A driver that is not known here.
    Other([u8; 8]),
}

/// The members of the multi driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MultiInfo {
    /// For each use (superblock, B-tree, raw data, global heap, local heap, object header) the use, counted from 1, whose
    /// member holds it.
    pub map: [u8; USES],
    /// The members in the order in which the map first names them.
    pub members: Vec<MultiMember>,
}

/// A member of the multi driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MultiMember {
    /// Its first address.
    pub start: u64,
    /// The end of what is used of it.
    pub end: u64,
    /// Its name, with `%s` for what all members share.
    pub name: Vec<u8>,
}

/// The number of members that a map names.
fn distinct(map: [u8; USES]) -> usize {
    map.iter().enumerate().filter(|&(n, member)| !map.iter().take(n).any(|earlier| earlier == member)).count()
}

impl BinRead for DriverInfo {
    type Args<'a> = [u8; 8];
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, name: [u8; 8]) -> BinResult<Self> {
        match name {
            FAMILY => Ok(DriverInfo::Family { member_size: u64::read_options(reader, endian, ())? }),
            MULTI => MultiInfo::read_options(reader, endian, ()).map(DriverInfo::Multi),
            other => Ok(DriverInfo::Other(other)),
        }
    }
}

impl BinWrite for DriverInfo {
    type Args<'a> = [u8; 8];
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, _: [u8; 8]) -> BinResult<()> {
        match self {
            DriverInfo::Family { member_size } => member_size.write_options(writer, endian, ()),
            DriverInfo::Multi(info) => info.write_options(writer, endian, ()),
            DriverInfo::Other(_) => Ok(()),
        }
    }
}

impl BinRead for MultiInfo {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (): ()) -> BinResult<Self> {
        let map = <[u8; USES]>::read_options(reader, endian, ())?;
        <[u8; 2]>::read_options(reader, endian, ())?;
        if map.iter().any(|&member| !(1..=6).contains(&member)) {
            return Err(refuse(format!("the map {map:?} names members that do not exist")));
        }
        let ranges: Vec<[u64; 2]> =
            (0..distinct(map)).map(|_| <[u64; 2]>::read_options(reader, endian, ())).collect::<BinResult<_>>()?;
        let member = |[start, end]: [u64; 2]| Ok(MultiMember { start, end, name: padded_name(reader)? });
        Ok(MultiInfo { map, members: ranges.into_iter().map(member).collect::<BinResult<_>>()? })
    }
}

/// A name with its terminator, in whole groups of eight bytes.
fn padded_name<R: Read + Seek>(reader: &mut R) -> BinResult<Vec<u8>> {
    let mut name = Vec::new();
    loop {
        let group = <[u8; 8]>::read_options(reader, Endian::Little, ())?;
        let end = group.iter().position(|&b| b == 0);
        name.extend(group.iter().take(end.unwrap_or(8)));
        if end.is_some() {
            return Ok(name);
        }
    }
}

impl BinWrite for MultiInfo {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        if self.members.len() != distinct(self.map) {
            return Err(refuse(format!("the map {:?} with {} members", self.map, self.members.len())));
        }
        writer.write_all(&self.map)?;
        writer.write_all(&[0; 2])?;
        for member in &self.members {
            [member.start, member.end].write_options(writer, endian, ())?;
        }
        for member in &self.members {
            let mut name = member.name.clone();
            name.resize((name.len() + 1).next_multiple_of(8), 0);
            writer.write_all(&name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn multi() -> impl Strategy<Value = MultiInfo> {
        let map = prop::array::uniform6(1u8..=6);
        let member = (any::<u64>(), any::<u64>(), prop::collection::vec(1u8.., 0..20))
            .prop_map(|(start, end, name)| MultiMember { start, end, name });
        (map, prop::collection::vec(member, 6)).prop_map(|(map, mut members)| {
            members.truncate(distinct(map));
            MultiInfo { map, members }
        })
    }

    proptest! {
        #[test]
        fn envelopes_round_trip(name: [u8; 8], data in prop::collection::vec(any::<u8>(), 0..40)) {
            round_trip(&DriverInfoBlock { version: 0, name, data: data.clone() }, ())?;
            round_trip(&DriverInfoMessage { version: 0, name, data }, ())?;
        }

        #[test]
        fn drivers_round_trip(member_size: u64, multi in multi()) {
            round_trip(&DriverInfo::Family { member_size }, FAMILY)?;
            round_trip(&DriverInfo::Multi(multi), MULTI)?;
        }
    }

    #[test]
    fn a_split_file() {
        let info: MultiInfo = worked(
            &hex("010103010101 0000 0000000000000000 0008000000000000 ffffffffffffff7f 0008000000000000 \
                  25732d6d2e683500 25732d722e683500"),
            (),
        );
        let members: Vec<_> = info.members.iter().map(|m| (m.start, m.end, m.name.as_slice())).collect();
        assert_eq!(members, [(0, 2048, &b"%s-m.h5"[..]), (i64::MAX as u64, 2048, &b"%s-r.h5"[..])]);
    }

    #[test]
    fn a_map_to_nowhere() {
        let bytes = [hex("010107010101 0000"), vec![0; 64]].concat();
        assert!(crate::wire::decode::<MultiInfo>("driver", 0, &bytes, Endian::Little, ()).is_err());
    }
}
