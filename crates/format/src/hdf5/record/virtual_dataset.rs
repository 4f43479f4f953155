//! The mappings of a virtual dataset (section III.F), versions 0 and 1.

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use super::selection::StoredSelection;
use crate::wire::refuse;
use crate::wire::width::{read_uint, Len, Widths};

/// The block in the global heap; a checksum follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VirtualDataset {
    pub version: u8,
    pub mappings: Vec<StoredMapping>,
}

/// Elements of a source that stand in for elements of the virtual dataset (section III.F).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMapping {
    pub file: SourceName,
    pub dataset: SourceName,
    /// Elements of the source.
    pub source: StoredSelection,
    /// Elements of the virtual dataset.
    pub target: StoredSelection,
}

/// The name of a source file or dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceName {
    Given(Vec<u8>),
    /// That of an earlier mapping, counted from 0. Version 1.
    SharedWith(u64),
    /// The file of the virtual dataset itself. Version 1; version 0 has the name `.` for it.
    Own,
}

const FILE_SHARED: u8 = 1;
const DATASET_SHARED: u8 = 2;
const OWN_FILE: u8 = 4;

impl BinRead for VirtualDataset {
    type Args<'a> = Widths;
    fn read_options<R: Read + Seek>(reader: &mut R, e: Endian, w: Widths) -> BinResult<Self> {
        let version = u8::read_options(reader, e, ())?;
        if version > 1 {
            return Err(refuse(format!("version {version} is unknown")));
        }
        let count = Len::read_options(reader, e, w)?.0;
        // One by one: nothing is allocated for mappings that are not there.
        let mappings = (0..count).map(|n| StoredMapping::read(reader, e, (version, n), w)).collect::<BinResult<_>>()?;
        Ok(VirtualDataset { version, mappings })
    }
}

impl StoredMapping {
    fn read<R: Read + Seek>(reader: &mut R, e: Endian, (version, n): (u8, u64), w: Widths) -> BinResult<Self> {
        let flags = if version == 0 { 0 } else { u8::read_options(reader, e, ())? };
        if flags > 7 || flags & (FILE_SHARED | OWN_FILE) == FILE_SHARED | OWN_FILE {
            return Err(refuse(format!("flags {flags:#04x} of a mapping")));
        }
        let mut name = |shared| match shared {
            true => match Len::read_options(reader, e, w)?.0 {
                earlier if earlier < n => Ok(SourceName::SharedWith(earlier)),
                other => Err(refuse(format!("mapping {n} has the name of mapping {other}"))),
            },
            false => terminated(reader).map(SourceName::Given),
        };
        let file = if flags & OWN_FILE != 0 { SourceName::Own } else { name(flags & FILE_SHARED != 0)? };
        let dataset = name(flags & DATASET_SHARED != 0)?;
        let source = StoredSelection::read_options(reader, e, ())?;
        Ok(StoredMapping { file, dataset, source, target: StoredSelection::read_options(reader, e, ())? })
    }

    fn flags(&self) -> u8 {
        let file = match self.file {
            SourceName::Given(_) => 0,
            SourceName::SharedWith(_) => FILE_SHARED,
            SourceName::Own => OWN_FILE,
        };
        file | if matches!(self.dataset, SourceName::Given(_)) { 0 } else { DATASET_SHARED }
    }
}

fn terminated<R: Read>(reader: &mut R) -> BinResult<Vec<u8>> {
    let mut name = Vec::new();
    loop {
        match read_uint(reader, 1)?.to_le_bytes() {
            [0, ..] => return Ok(name),
            [byte, ..] => name.push(byte),
        }
    }
}

impl BinWrite for VirtualDataset {
    type Args<'a> = Widths;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, e: Endian, w: Widths) -> BinResult<()> {
        self.version.write_options(writer, e, ())?;
        Len(self.mappings.len() as u64).write_options(writer, e, w)?;
        for mapping in &self.mappings {
            match (self.version, mapping.flags()) {
                (0, 0) => {}
                (1, flags) => flags.write_options(writer, e, ())?,
                (version, _) => return Err(refuse(format!("version {version} has no shared names"))),
            }
            for name in [&mapping.file, &mapping.dataset] {
                match name {
                    SourceName::Given(name) => writer.write_all(&[name, &b"\0"[..]].concat())?,
                    SourceName::SharedWith(earlier) => Len(*earlier).write_options(writer, e, w)?,
                    SourceName::Own => {}
                }
            }
            mapping.source.write_options(writer, e, ())?;
            mapping.target.write_options(writer, e, ())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::selection::tests::selection;
    use crate::hdf5::record::testing::*;

    fn name(version: u8, n: u64) -> BoxedStrategy<SourceName> {
        let given = prop::collection::vec(1u8.., 0..12).prop_map(SourceName::Given);
        match (version, n) {
            (0, _) | (_, 0) => given.boxed(),
            _ => prop_oneof![given, (0..n).prop_map(SourceName::SharedWith)].boxed(),
        }
    }

    fn mapping(version: u8, n: u64) -> impl Strategy<Value = StoredMapping> {
        let own = prop::bool::weighted(if version == 0 { 0.0 } else { 0.3 });
        (own, name(version, n), name(version, n), selection(), selection()).prop_map(
            |(own, file, dataset, source, target)| {
                let file = if own { SourceName::Own } else { file };
                StoredMapping { file, dataset, source, target }
            },
        )
    }

    fn block() -> impl Strategy<Value = (Widths, VirtualDataset)> {
        (widths(), 0u8..=1, 0u64..4).prop_flat_map(|(w, version, count)| {
            let mappings: Vec<_> = (0..count).map(|n| mapping(version, n)).collect();
            mappings.prop_map(move |mappings| (w, VirtualDataset { version, mappings }))
        })
    }

    proptest! {
        #[test]
        fn mappings_round_trip((w, value) in block()) {
            round_trip(&value, w)?;
        }
    }

    #[test]
    fn what_is_refused() {
        let all = "0300000001000000 0000000000000000";
        for bytes in [
            "02 0000".to_owned(),
            "00 ffff".to_owned(),
            format!("01 0100 08 6100 6200 {all} {all}"),
            format!("01 0100 05 6200 {all} {all}"),
            format!("01 0100 01 0000 6200 {all} {all}"),
        ] {
            let w = Widths { offset: 2, length: 2 };
            let decoded = crate::wire::decode::<VirtualDataset>("mappings", 0, &hex(&bytes), Endian::Little, w);
            assert!(decoded.is_err(), "{bytes}");
        }
    }
}
