//! The filter pipeline message (section IV.A.2.l).

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian};

use crate::wire::refuse;

/// The most filters that a pipeline holds: a filter mask has one bit for each.
const MAX_FILTERS: u8 = 32;
/// Filters from this number on are registered by others, and have their names stored in version 2.
const FIRST_REGISTERED: u16 = 256;

/// The filter pipeline message (section IV.A.2.l), versions 1 and 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterPipeline {
    pub version: u8,
    /// In the order of writing.
    pub filters: Vec<FilterDescription>,
}

/// One filter of a pipeline (section IV.A.2.l).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterDescription {
    /// The registered number of the filter.
    pub id: u16,
    /// Bit 0: a chunk is written without the filter where the filter fails.
    pub flags: u16,
    /// The name without its terminator; absent in version 2 for the filters of the library.
    pub name: Option<Vec<u8>>,
    /// What the specification calls client data.
    pub parameters: Vec<u32>,
}

impl BinRead for FilterPipeline {
    type Args<'a> = ();
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (): ()) -> BinResult<Self> {
        let [version, count] = <[u8; 2]>::read_options(reader, endian, ())?;
        if !matches!(version, 1 | 2) {
            return Err(refuse(format!("version {version} of a filter pipeline")));
        }
        if count > MAX_FILTERS {
            return Err(refuse(format!("{count} filters in a pipeline")));
        }
        if version == 1 {
            <[u8; 6]>::read_options(reader, endian, ())?;
        }
        let filters = (0..count).map(|_| FilterDescription::read_options(reader, endian, (version,)));
        Ok(FilterPipeline { version, filters: filters.collect::<BinResult<_>>()? })
    }
}

impl BinWrite for FilterPipeline {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        let count = u8::try_from(self.filters.len()).map_err(|e| refuse(e.to_string()))?;
        [self.version, count].write_options(writer, endian, ())?;
        if self.version == 1 {
            [0u8; 6].write_options(writer, endian, ())?;
        }
        self.filters.iter().try_for_each(|filter| filter.write_options(writer, endian, (self.version,)))
    }
}

impl BinRead for FilterDescription {
    type Args<'a> = (u8,);
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, (version,): (u8,)) -> BinResult<Self> {
        let id = u16::read_options(reader, endian, ())?;
        let name_length = if named(version, id) { u16::read_options(reader, endian, ())? } else { 0 };
        if version == 1 && name_length % 8 != 0 {
            return Err(refuse(format!("a filter name of {name_length} bytes is not padded")));
        }
        let [flags, count] = <[u16; 2]>::read_options(reader, endian, ())?;
        let mut name = vec![0; usize::from(name_length)];
        reader.read_exact(&mut name)?;
        name.truncate(name.iter().position(|&b| b == 0).unwrap_or(name.len()));
        let parameters = (0..count).map(|_| u32::read_options(reader, endian, ()));
        let parameters = parameters.collect::<BinResult<Vec<_>>>()?;
        if version == 1 && count % 2 == 1 {
            u32::read_options(reader, endian, ())?;
        }
        Ok(FilterDescription { id, flags, name: (name_length > 0).then_some(name), parameters })
    }
}

impl BinWrite for FilterDescription {
    type Args<'a> = (u8,);
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (version,): (u8,)) -> BinResult<()> {
        let mut name = self.name.clone().map(|mut name| {
            name.push(0);
            name
        });
        if let (1, Some(name)) = (version, &mut name) {
            name.resize(name.len().next_multiple_of(8), 0);
        }
        let name = name.unwrap_or_default();
        let length = |len: usize| u16::try_from(len).map_err(|e| refuse(e.to_string()));
        self.id.write_options(writer, endian, ())?;
        if named(version, self.id) {
            length(name.len())?.write_options(writer, endian, ())?;
            [self.flags, length(self.parameters.len())?].write_options(writer, endian, ())?;
            writer.write_all(&name)?;
        } else {
            [self.flags, length(self.parameters.len())?].write_options(writer, endian, ())?;
        }
        self.parameters.write_options(writer, endian, ())?;
        if version == 1 && self.parameters.len() % 2 == 1 {
            0u32.write_options(writer, endian, ())?;
        }
        Ok(())
    }
}

/// Whether the length of the name is stored.
fn named(version: u8, id: u16) -> bool {
    version == 1 || id >= FIRST_REGISTERED
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn filter(version: u8) -> impl Strategy<Value = FilterDescription> {
        let name = prop::option::of(prop::collection::vec(1u8.., 0..20));
        (0u16..600, any::<u16>(), name, prop::collection::vec(any::<u32>(), 0..6)).prop_map(
            move |(id, flags, name, parameters)| {
                let name = name.filter(|_| named(version, id));
                FilterDescription { id, flags, name, parameters }
            },
        )
    }

    proptest! {
        #[test]
        fn pipelines_round_trip(value in (1u8..=2).prop_flat_map(|version| {
            prop::collection::vec(filter(version), 0..5)
                .prop_map(move |filters| FilterPipeline { version, filters })
        })) {
            round_trip(&value, ())?;
        }
    }
}
