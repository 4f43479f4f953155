//! The header: the grammar of the classic formats, declared once for reading and for writing.

use std::io::{Read, Seek, Write};

use binrw::{binrw, BinRead, BinResult, BinWrite, Endian, Error};

use super::field::{pad, padded, Bounds, Count, Form, NonNeg, Offset};
use super::types::{from_code, Version};

/// What netCDF-C allows, and more than anybody has.
const MAX_RANK: u64 = 1024;

/// `header = magic numrecs dim_list gatt_list var_list`
#[binrw]
#[brw(big, magic = b"CDF", import_raw(bounds: Bounds))]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub version: Version,
    #[br(args_raw(Form { version, bounds }))]
    #[bw(args_raw(Form { version: *version, bounds }))]
    pub numrecs: NonNeg,
    #[br(args_raw(Form { version, bounds }))]
    #[bw(args_raw(Form { version: *version, bounds }))]
    pub dim_list: List<Dim>,
    #[br(args_raw(Form { version, bounds }))]
    #[bw(args_raw(Form { version: *version, bounds }))]
    pub gatt_list: List<Attr>,
    #[br(args_raw(Form { version, bounds }))]
    #[bw(args_raw(Form { version: *version, bounds }))]
    pub var_list: List<Var>,
}

/// The elements of a [`List`].
pub(super) trait Item:
    for<'a> BinRead<Args<'a> = Form> + for<'a> BinWrite<Args<'a> = Form> + Sized + 'static
{
    /// What a list of them starts with.
    const TAG: u32;
    /// What they are, for messages.
    const WHAT: &'static str;
    /// The size of the smallest one.
    fn smallest(version: Version) -> u64;
}

/// `ABSENT | TAG nelems [item ...]`; an empty list is written as `ABSENT`, and any tag is read before a count of 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<T>(pub Vec<T>);

impl<T: Item> BinRead for List<T> {
    type Args<'a> = Form;
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, form: Form) -> BinResult<Self> {
        let pos = reader.stream_position()?;
        let tag = u32::read_options(reader, endian, ())?;
        let count = NonNeg::read_options(reader, endian, form)?.0;
        if count > 0 && tag != T::TAG {
            let message = format!("the tag is {tag:#x}, and that of {} is {:#x}", T::WHAT, T::TAG);
            return Err(Error::AssertFail { pos, message });
        }
        form.room(reader.stream_position()?, T::WHAT, count, T::smallest(form.version))?;
        (0..count).map(|_| T::read_options(reader, endian, form)).collect::<BinResult<_>>().map(List)
    }
}

impl<T: Item> BinWrite for List<T> {
    type Args<'a> = Form;
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, form: Form) -> BinResult<()> {
        let tag = if self.0.is_empty() { 0 } else { T::TAG };
        tag.write_options(writer, endian, ())?;
        NonNeg(self.0.len() as u64).write_options(writer, endian, form)?;
        self.0.write_options(writer, endian, form)
    }
}

/// `dim = name dim_length`; length 0 marks the record dimension.
#[binrw]
#[brw(big, import_raw(form: Form))]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dim {
    #[brw(args_raw(form))]
    pub name: Name,
    #[brw(args_raw(form))]
    pub dim_length: NonNeg,
}

impl Item for Dim {
    const TAG: u32 = 0x0A;
    const WHAT: &'static str = "dimensions";
    fn smallest(version: Version) -> u64 {
        2 * version.non_neg()
    }
}

/// `attr = name nc_type nelems [values ...]`
#[binrw]
#[brw(big, import_raw(form: Form))]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attr {
    #[brw(args_raw(form))]
    pub name: Name,
    pub nc_type: NcType,
    #[br(temp, args_raw(form))]
    #[bw(calc(Count { value: values.len() as u64 / nc_type.size().max(1), form }))]
    nelems: Count,
    #[br(parse_with = padded, args(form, nelems.value, nc_type.size()))]
    #[bw(write_with = pad)]
    pub values: Vec<u8>,
}

impl Item for Attr {
    const TAG: u32 = 0x0C;
    const WHAT: &'static str = "attributes";
    fn smallest(version: Version) -> u64 {
        4 + 2 * version.non_neg()
    }
}

/// `var = name nelems [dimid ...] vatt_list nc_type vsize begin`
#[binrw]
#[brw(big, import_raw(form: Form))]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Var {
    #[brw(args_raw(form))]
    pub name: Name,
    #[br(temp, args_raw(form), assert(nelems.value <= MAX_RANK, "a variable of rank {}", nelems.value))]
    #[bw(calc(Count { value: dimids.len() as u64, form }))]
    nelems: Count,
    #[br(args { count: usize::try_from(nelems.value).unwrap_or_default(), inner: form })]
    #[bw(args_raw(form))]
    pub dimids: Vec<NonNeg>,
    #[brw(args_raw(form))]
    pub vatt_list: List<Attr>,
    pub nc_type: NcType,
    #[brw(args_raw(form))]
    pub vsize: NonNeg,
    #[brw(args_raw(form))]
    pub begin: Offset,
}

impl Item for Var {
    const TAG: u32 = 0x0B;
    const WHAT: &'static str = "variables";
    fn smallest(version: Version) -> u64 {
        8 + 4 * version.non_neg() + version.offset()
    }
}

/// `name = nelems namestring`
#[binrw]
#[brw(big, import_raw(form: Form))]
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    #[br(temp, args_raw(form))]
    #[bw(calc(Count { value: bytes.len() as u64, form }))]
    nelems: Count,
    #[br(parse_with = padded, args(form, nelems.value, 1))]
    #[bw(write_with = pad)]
    pub bytes: Vec<u8>,
}

impl Name {
    pub fn new(name: &str) -> Self {
        Name { bytes: name.as_bytes().to_vec() }
    }

    /// The name as text. Old files count trailing NULs, which are no part of it; bytes that are not UTF-8 appear as `\xNN`.
    pub fn text(&self) -> String {
        crate::text::name(&self.bytes)
    }
}

/// The code of an external type, known to have one.
#[binrw]
#[br(assert(from_code(code).is_some(), "{code} is no external type"))]
#[brw(big)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NcType {
    pub code: u32,
}

impl NcType {
    /// The size of one element in bytes.
    pub fn size(self) -> u64 {
        from_code(self.code).map_or(0, |ty| ty.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use binrw::Endian;
    use proptest::prelude::*;

    use crate::wire;

    fn version() -> impl Strategy<Value = Version> {
        prop_oneof![Just(Version::Cdf1), Just(Version::Cdf2), Just(Version::Cdf5)]
    }

    fn name() -> impl Strategy<Value = Name> {
        prop::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| Name { bytes })
    }

    fn attrs() -> impl Strategy<Value = List<Attr>> {
        let attr = (name(), 1u32..12, 0usize..4).prop_map(|(name, code, count)| {
            let nc_type = NcType { code };
            let values = vec![7; count * usize::try_from(nc_type.size()).unwrap()];
            Attr { name, nc_type, values }
        });
        prop::collection::vec(attr, 0..4).prop_map(List)
    }

    prop_compose! {
        fn var()(
            name in name(),
            dimids in prop::collection::vec(any::<u32>(), 0..4),
            vatt_list in attrs(),
            code in 1u32..12,
            numbers in any::<(u32, u32)>(),
        ) -> Var {
            let dimids = dimids.into_iter().map(|id| NonNeg(id.into())).collect();
            let (vsize, begin) = (NonNeg(numbers.0.into()), Offset(numbers.1.into()));
            Var { name, dimids, vatt_list, nc_type: NcType { code }, vsize, begin }
        }
    }

    prop_compose! {
        fn header()(
            version in version(),
            numrecs in any::<u32>(),
            dims in prop::collection::vec((name(), any::<u32>()), 0..4),
            gatt_list in attrs(),
            vars in prop::collection::vec(var(), 0..4),
        ) -> Header {
            let dim = |(name, length): (Name, u32)| Dim { name, dim_length: NonNeg(length.into()) };
            let (dim_list, var_list) = (List(dims.into_iter().map(dim).collect()), List(vars));
            Header { version, numrecs: NonNeg(numrecs.into()), dim_list, gatt_list, var_list }
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(header in header()) {
            let bytes = wire::encode(&header, Endian::Big, Bounds::NONE).unwrap();
            let bounds = Bounds { file: bytes.len() as u64, limit: u64::MAX };
            let (decoded, used) = wire::decode::<Header>("header", 0, &bytes, Endian::Big, bounds).unwrap();
            prop_assert_eq!(used, bytes.len());
            prop_assert_eq!(decoded, header);
        }
    }

    #[test]
    fn the_smallest_headers() {
        for (version, len) in [(Version::Cdf1, 32), (Version::Cdf2, 32), (Version::Cdf5, 48)] {
            let (dim_list, gatt_list, var_list) = (List(Vec::new()), List(Vec::new()), List(Vec::new()));
            let header = Header { version, numrecs: NonNeg(0), dim_list, gatt_list, var_list };
            assert_eq!(wire::encode(&header, Endian::Big, Bounds::NONE).unwrap().len(), len);
        }
    }

    #[test]
    fn values_that_do_not_fit_are_errors() {
        let dim = Dim { name: Name::new("n"), dim_length: NonNeg(1 << 32) };
        let encode = |version| wire::encode(&dim, Endian::Big, Form { version, bounds: Bounds::NONE });
        assert!(encode(Version::Cdf1).is_err() && encode(Version::Cdf2).is_err() && encode(Version::Cdf5).is_ok());
    }
}
