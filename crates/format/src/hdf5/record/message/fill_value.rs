//! Fill Value messages: the old one (section IV.A.2.e) and versions 1 to 3 (section IV.A.2.f).

use std::io::{Read, Seek, Write};

use binrw::{binrw, BinRead, BinResult, BinWrite, Endian};

use crate::wire::refuse;

/// Old Fill Value: only the bytes.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OldFillValue {
    #[br(temp)]
    #[bw(try_calc = u32::try_from(value.len()))]
    size: u32,
    #[br(parse_with = super::bytes, args(u64::from(size)))]
    pub value: Vec<u8>,
}

/// When the library writes the fill value to new elements (`H5Pset_fill_time`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FillTime {
    /// Whenever they get a place.
    Always,
    /// Never: they are what happens to lie there.
    Never,
    /// When they get a place, if there is a value.
    #[default]
    IfSet,
}

/// When the library makes room for elements (`H5Pset_alloc_time`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AllocationTime {
    /// When the dataset is created.
    Early,
    /// For all of them, when the first is written.
    Late,
    /// For each chunk, when something of it is written.
    Incremental,
}

impl FillTime {
    /// What a message says.
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            1 => FillTime::Never,
            2 => FillTime::IfSet,
            _ => FillTime::Always,
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            FillTime::Always => 0,
            FillTime::Never => 1,
            FillTime::IfSet => 2,
        }
    }
}

impl AllocationTime {
    /// What a message says; `None` for what it does not say.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(AllocationTime::Early),
            2 => Some(AllocationTime::Late),
            3 => Some(AllocationTime::Incremental),
            _ => None,
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            AllocationTime::Early => 1,
            AllocationTime::Late => 2,
            AllocationTime::Incremental => 3,
        }
    }
}

/// Fill Value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FillValue {
    pub version: u8,
    pub allocation_time: u8,
    pub write_time: u8,
    /// Whether the value is declared undefined (version 3), or not defined (versions 1 and 2).
    pub undefined: bool,
    /// The value; `None` stands for the default, zero bytes.
    pub value: Option<Vec<u8>>,
}

impl BinRead for FillValue {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (): ()) -> BinResult<Self> {
        let version = u8::read_options(reader, endian, ())?;
        match version {
            1 | 2 => read_v1(reader, endian, version),
            3 => read_v3(reader, endian),
            _ => Err(refuse(format!("version {version} is unknown"))),
        }
    }
}

fn read_v1<R: Read + Seek>(reader: &mut R, endian: Endian, version: u8) -> BinResult<FillValue> {
    let [allocation_time, write_time, defined] = <[u8; 3]>::read_options(reader, endian, ())?;
    let size = match (version, defined) {
        (2, 0) => 0,
        // Version 1 stores the size always, but files exist that end here when nothing is defined.
        (1, 0) => i32::read_options(reader, endian, ()).unwrap_or(0),
        _ => i32::read_options(reader, endian, ())?,
    };
    let size = u64::try_from(size).ok();
    let value = match size {
        Some(size) if size > 0 => Some(super::read_bytes(reader, size)?),
        _ => None,
    };
    Ok(FillValue { version, allocation_time, write_time, undefined: defined == 0 || size.is_none(), value })
}

fn read_v3<R: Read + Seek>(reader: &mut R, endian: Endian) -> BinResult<FillValue> {
    let flags = u8::read_options(reader, endian, ())?;
    if flags & 0xc0 != 0 || flags & 0x30 == 0x30 {
        return Err(refuse(format!("contradictory flags {flags:#04x}")));
    }
    let value = match flags & 0x20 {
        0 => None,
        _ => {
            let size = u32::read_options(reader, endian, ())?;
            Some(super::read_bytes(reader, u64::from(size))?).filter(|value| !value.is_empty())
        }
    };
    Ok(FillValue {
        version: 3,
        allocation_time: flags & 3,
        write_time: (flags >> 2) & 3,
        undefined: flags & 0x10 != 0,
        value,
    })
}

impl BinWrite for FillValue {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        let size =
            || u32::try_from(self.value.as_ref().map_or(0, Vec::len)).map_err(|_| refuse("the value is too long"));
        if self.version == 3 {
            let given = if self.value.is_some() { 0x20 } else { 0 };
            let flags = self.allocation_time | self.write_time << 2 | u8::from(self.undefined) << 4 | given;
            [3, flags].write_options(writer, endian, ())?;
            if self.value.is_some() {
                size()?.write_options(writer, endian, ())?;
            }
        } else {
            [self.version, self.allocation_time, self.write_time, u8::from(!self.undefined)].write_options(
                writer,
                endian,
                (),
            )?;
            if self.version == 1 || !self.undefined {
                size()?.write_options(writer, endian, ())?;
            }
        }
        writer.write_all(self.value.as_deref().unwrap_or_default())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn fill_value() -> impl Strategy<Value = FillValue> {
        let value = prop::option::of(prop::collection::vec(any::<u8>(), 1..20));
        (1u8..=3, 0u8..4, 0u8..4, any::<bool>(), value).prop_map(
            |(version, allocation_time, write_time, undefined, value)| FillValue {
                version,
                allocation_time,
                write_time,
                undefined,
                value: value.filter(|_| !undefined),
            },
        )
    }

    proptest! {
        #[test]
        fn fill_values_round_trip(value in fill_value()) {
            if value.version == 1 && value.undefined {
                // May end before its size, so that a prefix is a message too.
                let bytes = crate::wire::encode(&value, Endian::Little, ()).unwrap();
                prop_assert_eq!(worked::<FillValue, ()>(&bytes, ()), value);
            } else {
                round_trip(&value, ())?;
            }
        }

        #[test]
        fn old_fill_values_round_trip(value in prop::collection::vec(any::<u8>(), 0..20)) {
            round_trip(&OldFillValue { value }, ())?;
        }
    }

    fn decoded(text: &str) -> crate::Result<FillValue> {
        crate::wire::decode("fill value", 0, &hex(text), Endian::Little, ()).map(|(value, _)| value)
    }

    #[test]
    fn what_the_versions_say() {
        let default = decoded("02 02 02 01 00000000").unwrap();
        assert_eq!((default.undefined, default.value), (false, None));
        let minus_one = decoded("01 02 02 01 ffffffff").unwrap();
        assert_eq!((minus_one.undefined, minus_one.value), (true, None));
        let short = decoded("01 02 02 00").unwrap();
        assert_eq!((short.undefined, short.value), (true, None));
        let given = decoded("03 29 04000000 01020304").unwrap();
        assert_eq!((given.allocation_time, given.write_time), (AllocationTime::Early.code(), FillTime::IfSet.code()));
        assert_eq!(given.value, Some(vec![1, 2, 3, 4]));
    }

    #[test]
    fn what_is_refused() {
        for bytes in ["04 00", "03 30 00000000", "03 40", "03 80", "03 20 04000000 0102", "02 02 02 01 04000000 01"] {
            assert!(decoded(bytes).is_err(), "{bytes}");
        }
    }
}
