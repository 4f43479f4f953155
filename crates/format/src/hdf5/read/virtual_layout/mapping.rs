//! Mappings: which elements of which dataset of which file stand in for which elements.

use std::borrow::Cow;
use std::sync::Arc;

use binrw::Endian;

use super::hyperslab::HyperslabSelection;
use crate::error::{Error, Result};
use crate::hdf5::elsewhere::VirtualMapping;
use crate::hdf5::record::selection::UNLIMITED;
use crate::hdf5::record::virtual_dataset::{SourceName, StoredMapping, VirtualDataset};
use crate::hdf5::selection::DataspaceSelection;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::global_heap::Collection;
use crate::wire::{self, checksum};

use super::RECORD;

/// A mapping in a form to work with.
#[derive(Debug)]
pub(super) struct Mapping {
    pub file: Arc<Name>,
    pub dataset: Arc<Name>,
    pub source: HyperslabSelection,
    pub target: HyperslabSelection,
    pub growth: Option<Growing>,
}

/// A mapping that grows with its sources.
#[derive(Debug, Clone, Copy)]
pub(super) enum Growing {
    /// Both sides grow, along these dimensions of the source and of the target.
    Unlimited { source: usize, target: usize },
    /// Every block of the target has a source of its own, which has its number in its name.
    Printf { axis: usize, start: u64, stride: u64, block: u64 },
}

/// The name of a source: what is before, between and after the places of the number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name(Vec<Vec<u8>>);

impl Name {
    /// Splits a name at every `%b`; `%%` is a per cent sign.
    fn parse(name: &[u8]) -> Result<Name> {
        let mut parts = vec![Vec::new()];
        let mut rest = name.iter();
        while let Some(&byte) = rest.next() {
            match (byte == b'%').then(|| rest.next()) {
                Some(Some(b'b')) => parts.push(Vec::new()),
                None | Some(Some(b'%')) => parts.last_mut().into_iter().for_each(|part| part.push(byte)),
                Some(_) => {
                    let name = String::from_utf8_lossy(name);
                    return Err(Error::malformed_data(RECORD, format!("the name {name:?} has a % without meaning")));
                }
            }
        }
        Ok(Name(parts))
    }

    fn is_numbered(&self) -> bool {
        self.0.len() > 1
    }

    /// The name with a number.
    pub fn numbered(&self, n: u64) -> Vec<u8> {
        self.0.join(n.to_string().as_bytes())
    }
}

/// Reads the mappings, which are an object of a global heap.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when they contradict the format.
pub(super) fn read(space: &AddressSpace, collection: u64, index: u32) -> Result<Vec<Mapping>> {
    let offset = space.offset(collection);
    let stored = stored(space, collection, index)?;
    let mut names: Vec<[Arc<Name>; 2]> = Vec::new();
    let mut mappings = Vec::new();
    for (n, stored) in stored.mappings.iter().enumerate() {
        let at = |e: Error| e.at_offset(offset).in_object(format!("mapping {n}"));
        let name = |stored: &SourceName, side: usize| match stored {
            SourceName::Given(name) => Name::parse(name).map(Arc::new),
            SourceName::Own => Ok(Arc::new(Name(vec![b".".to_vec()]))),
            SourceName::SharedWith(earlier) => {
                let earlier = usize::try_from(*earlier).ok().and_then(|n| names.get(n)?.get(side));
                earlier.cloned().ok_or_else(|| Error::malformed_data(RECORD, "a shared name is not there"))
            }
        };
        let own = [name(&stored.file, 0).map_err(at)?, name(&stored.dataset, 1).map_err(at)?];
        names.push(own.clone());
        mappings.push(Mapping::new(own, stored).map_err(at)?);
    }
    Ok(mappings)
}

/// The mappings as they are stored.
fn stored(space: &AddressSpace, collection: u64, index: u32) -> Result<VirtualDataset> {
    let offset = space.offset(collection);
    let collection = Collection::open(space, collection)?;
    let block = checksum::verify(RECORD, offset, collection.get(space, index)?)?;
    Ok(wire::decode::<VirtualDataset>(RECORD, offset, block, Endian::Little, space.widths)?.0)
}

/// The mappings as users see them.
///
/// # Errors
/// As [`read`].
pub(crate) fn declared(space: &AddressSpace, collection: u64, index: u32) -> Result<Vec<VirtualMapping>> {
    let mut declared: Vec<VirtualMapping> = Vec::new();
    for mapping in stored(space, collection, index)?.mappings {
        let earlier = |n: &u64| usize::try_from(*n).ok().and_then(|n| declared.get(n));
        let name = |stored: &SourceName, of: fn(&VirtualMapping) -> &String| match stored {
            SourceName::Given(name) => Ok(crate::text::shown(name)),
            SourceName::Own => Ok(".".to_owned()),
            SourceName::SharedWith(n) => {
                let shared = earlier(n).map(|mapping| of(mapping).clone());
                shared.ok_or_else(|| Error::malformed_data(RECORD, "a shared name is not there"))
            }
        };
        let (file, dataset) = (name(&mapping.file, |m| &m.file)?, name(&mapping.dataset, |m| &m.dataset)?);
        let (source, target) = (&mapping.source, &mapping.target);
        let (source, target) = (DataspaceSelection::from_record(source), DataspaceSelection::from_record(target));
        declared.push(VirtualMapping { target, file, dataset, source });
    }
    Ok(declared)
}

impl Mapping {
    fn new([file, dataset]: [Arc<Name>; 2], stored: &StoredMapping) -> Result<Self> {
        let (source, source_growth) = HyperslabSelection::from_record(&stored.source)?;
        let (target, target_growth) = HyperslabSelection::from_record(&stored.target)?;
        let numbered = file.is_numbered() || dataset.is_numbered();
        let growth = match (source_growth, target_growth) {
            (None, None) if !numbered => None,
            (Some((source, _)), Some((target, _))) if !numbered => Some(Growing::Unlimited { source, target }),
            (None, Some((axis, blocks))) if numbered && blocks.block != UNLIMITED => {
                Some(Growing::Printf { axis, start: blocks.start, stride: blocks.stride, block: blocks.block })
            }
            _ => {
                let detail = "an unlimited selection needs an unlimited source, or sources with numbers in their names";
                return Err(Error::malformed_data(RECORD, detail));
            }
        };
        Ok(Mapping { file, dataset, source, target, growth })
    }

    /// The elements of a source of this shape, and those of the target that they stand for: as many as both have, where both
    /// grow.
    pub fn pair<'m>(
        &'m self,
        target: &'m HyperslabSelection,
        shape: &[u64],
    ) -> (Cow<'m, HyperslabSelection>, Cow<'m, HyperslabSelection>) {
        let Some(Growing::Unlimited { source, target: axis }) = self.growth else {
            return (Cow::Borrowed(&self.source), Cow::Borrowed(target));
        };
        let reached = self.source.axis(source).map_or(0, |axis| axis.below(shape.get(source).copied().unwrap_or(0)));
        let len = target.axis(axis).map_or(0, |axis| axis.len().min(reached));
        let cut = |chosen: &HyperslabSelection, axis| Cow::Owned(chosen.map_axis(axis, |axis| axis.first(len)));
        (cut(&self.source, source), cut(target, axis))
    }

    /// The dimension of the target that grows.
    pub fn growing_axis(&self) -> Option<usize> {
        self.growth.map(|growth| match growth {
            Growing::Unlimited { target, .. } => target,
            Growing::Printf { axis, .. } => axis,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, n: u64) -> Option<String> {
        Some(String::from_utf8(Name::parse(name.as_bytes()).ok()?.numbered(n)).unwrap())
    }

    #[test]
    fn names_with_numbers() {
        assert_eq!(named("f-%b.h5", 12).unwrap(), "f-12.h5");
        assert_eq!(named("%b/%b%%", 3).unwrap(), "3/3%");
        assert_eq!(named("plain", 3).unwrap(), "plain");
        assert_eq!((named("%", 0), named("a%d", 0), named("%%%", 0)), (None, None, None));
        assert!(Name::parse(b"a%b").unwrap().is_numbered() && !Name::parse(b"a%%b").unwrap().is_numbered());
    }
}
