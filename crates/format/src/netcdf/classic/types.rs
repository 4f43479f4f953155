//! `nc_type` codes and versions: which types a classic file has, and how wide its fields are.

use binrw::binrw;

use crate::netcdf::schema::Container;
use crate::netcdf::types::Type;

/// The byte after `CDF`.
#[binrw]
#[brw(repr = u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Cdf1 = 1,
    Cdf2 = 2,
    Cdf5 = 5,
}

impl Version {
    pub fn of(container: Container) -> Option<Self> {
        match container {
            Container::Cdf1 => Some(Version::Cdf1),
            Container::Cdf2 => Some(Version::Cdf2),
            Container::Cdf5 => Some(Version::Cdf5),
            Container::NetCdf4 | Container::NetCdf4Classic => None,
        }
    }

    pub fn container(self) -> Container {
        match self {
            Version::Cdf1 => Container::Cdf1,
            Version::Cdf2 => Container::Cdf2,
            Version::Cdf5 => Container::Cdf5,
        }
    }

    /// The name that users know.
    pub fn name(self) -> &'static str {
        match self {
            Version::Cdf1 => "CDF-1",
            Version::Cdf2 => "CDF-2",
            Version::Cdf5 => "CDF-5",
        }
    }

    /// The width in bytes of `NON_NEG`: counts, lengths and sizes.
    pub fn non_neg(self) -> u64 {
        match self {
            Version::Cdf1 | Version::Cdf2 => 4,
            Version::Cdf5 => 8,
        }
    }

    /// The width in bytes of `OFFSET`.
    pub fn offset(self) -> u64 {
        match self {
            Version::Cdf1 => 4,
            Version::Cdf2 | Version::Cdf5 => 8,
        }
    }

    /// The all-ones `NON_NEG`: the number of records of a file that was streamed.
    pub fn streaming(self) -> u64 {
        match self {
            Version::Cdf1 | Version::Cdf2 => u64::from(u32::MAX),
            Version::Cdf5 => u64::MAX,
        }
    }

    /// The largest length of a dimension.
    pub fn dimension_max(self) -> u64 {
        match self {
            Version::Cdf1 => (1 << 31) - 4,
            Version::Cdf2 => (1 << 32) - 4,
            Version::Cdf5 => u64::MAX - 3,
        }
    }

    /// The largest size of a variable, or of one record of it.
    pub fn variable_max(self) -> u64 {
        match self {
            Version::Cdf1 => (1 << 31) - 4,
            Version::Cdf2 => (1 << 32) - 4,
            Version::Cdf5 => (1 << 63) - 4,
        }
    }

    /// The largest `begin`.
    pub fn begin_max(self) -> u64 {
        match self {
            Version::Cdf1 => (1 << 31) - 1,
            Version::Cdf2 | Version::Cdf5 => (1 << 63) - 1,
        }
    }

    /// Whether a file of this version may declare the type. Files that do it nevertheless are read.
    pub fn allows(self, ty: &Type) -> bool {
        let last = if self == Version::Cdf5 { 11 } else { 6 };
        code(ty).is_some_and(|code| code <= last)
    }
}

/// The types by their codes, from 1 on.
const TYPES: [Type; 11] = [
    Type::Byte,
    Type::Char,
    Type::Short,
    Type::Int,
    Type::Float,
    Type::Double,
    Type::UByte,
    Type::UShort,
    Type::UInt,
    Type::Int64,
    Type::UInt64,
];

/// The type with this code.
pub(super) fn from_code(code: u32) -> Option<Type> {
    let index = usize::try_from(code.checked_sub(1)?).ok()?;
    TYPES.get(index).cloned()
}

/// The code of a type, if a classic file can have it.
pub(super) fn code(ty: &Type) -> Option<u32> {
    (1..).zip(&TYPES).find(|(_, known)| *known == ty).map(|(code, _)| code)
}
