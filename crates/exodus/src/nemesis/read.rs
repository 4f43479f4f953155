//! From the lists of a file to the model.

use std::ops::Range;

use hyperslab::{Error, Result};

use super::names::{self, Globals, Maps, Parts};
use super::{ElementMap, FileType, GlobalBlock, GlobalSet, Nemesis, NodeMap, Processor};
use crate::kind::EntityType;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// How many processors the model is decomposed for; 0 if it is whole.
    pub fn num_processors(&self) -> u64 {
        self.dimension(names::PROCESSORS)
    }

    /// What the file of a decomposed model says of the whole and of its neighbours; `None` for a whole model.
    ///
    /// # Errors
    /// When the lists cannot be read, or contradict each other.
    pub fn nemesis(&self) -> Result<Option<Nemesis>> {
        let declared = [names::PROCESSORS, names::PROCESSORS_IN_FILE].iter().any(|name| self.dimension(name) > 0);
        match declared {
            true => read(self).map(Some),
            false => Ok(None),
        }
    }
}

fn read(file: &ExodusFile) -> Result<Nemesis> {
    let version = |name: &str| file.attribute(name).and_then(hyperslab::netcdf::Value::as_f64);
    let scalar = file.integers(names::FILE_TYPE)?.is_some_and(|list| list.first() == Some(&1));
    let blocks = table(file, &names::ELEMENT_BLOCKS)?;
    Ok(Nemesis {
        file_version: version(names::FILE_VERSION),
        api_version: version(names::API_VERSION),
        num_processors: file.dimension(names::PROCESSORS),
        file_type: if scalar { FileType::Scalar } else { FileType::Parallel },
        num_nodes_global: file.dimension(names::NODES_GLOBAL),
        num_elements_global: file.dimension(names::ELEMENTS_GLOBAL),
        element_blocks: blocks.into_iter().map(|[id, len, _]| GlobalBlock { id, len }).collect(),
        node_sets: sets(file, &names::NODE_SETS)?,
        side_sets: sets(file, &names::SIDE_SETS)?,
        processors: processors(file)?,
    })
}

fn sets(file: &ExodusFile, globals: &Globals) -> Result<Vec<GlobalSet>> {
    let rows = table(file, globals)?;
    Ok(rows.into_iter().map(|[id, len, num_factors]| GlobalSet { id, len, num_factors }).collect())
}

/// One row for each identifier; columns that are not there are 0.
fn table(file: &ExodusFile, globals: &Globals) -> Result<Vec<[i64; 3]>> {
    let mut rows: Vec<[i64; 3]> = Vec::new();
    for (column, name) in globals.columns.iter().enumerate() {
        let values = file.integers(name)?.unwrap_or_default();
        if column == 0 {
            rows = vec![[0; 3]; values.len()];
        }
        for (row, value) in rows.iter_mut().zip(values) {
            if let Some(place) = row.get_mut(column) {
                *place = value;
            }
        }
    }
    Ok(rows)
}

fn processors(file: &ExodusFile) -> Result<Vec<Processor>> {
    // The lists that are there bound what a hostile count may ask for.
    let listed = file.array(names::LOAD_BALANCE[0].status).map_or(Ok(1), |array| array.len())?;
    let count = listed.min(file.dimension(names::PROCESSORS_IN_FILE).max(1));
    let mut processors =
        vec![Processor::default(); usize::try_from(count).map_err(|_| Error::limit("too many processors"))?];
    for (list, parts) in names::LOAD_BALANCE.iter().enumerate() {
        let values = file.integers(parts.values)?.unwrap_or_default();
        let status = file.integers(parts.status)?;
        let ranges = ranges(file, parts.ends, processors.len(), values.len())?;
        for (n, (processor, range)) in processors.iter_mut().zip(ranges).enumerate() {
            let present = status.as_ref().and_then(|status| status.get(n)).is_none_or(|&status| status != 0);
            if let (Some(target), true) = (processor.lists_mut().into_iter().nth(list), present) {
                *target = values.get(range).unwrap_or_default().to_vec();
            }
        }
    }
    let count = processors.len();
    for (processor, maps) in processors.iter_mut().zip(maps(file, &names::NODE_MAPS, count)?) {
        processor.node_maps = maps.into_iter().map(node_map).collect();
    }
    for (processor, maps) in processors.iter_mut().zip(maps(file, &names::ELEMENT_MAPS, count)?) {
        processor.element_maps = maps.into_iter().map(element_map).collect();
    }
    Ok(processors)
}

/// Identifier and columns of a map.
type Columns = (i64, Vec<Vec<i64>>);

fn node_map((id, columns): Columns) -> NodeMap {
    let mut columns = columns.into_iter();
    let mut next = || columns.next().unwrap_or_default();
    NodeMap { id, nodes: next(), processors: next() }
}

fn element_map((id, columns): Columns) -> ElementMap {
    let mut columns = columns.into_iter();
    let mut next = || columns.next().unwrap_or_default();
    ElementMap { id, elements: next(), sides: next(), processors: next() }
}

/// The communication maps of every processor.
fn maps(file: &ExodusFile, names: &Maps, processors: usize) -> Result<Vec<Vec<Columns>>> {
    let Parts { values: data_ends, ends, status, .. } = names.maps;
    let ids = file.integers(names.ids)?.unwrap_or_default();
    let status = file.integers(status)?;
    let columns: Vec<Vec<i64>> =
        names.columns.iter().map(|name| Ok(file.integers(name)?.unwrap_or_default())).collect::<Result<_>>()?;
    let len = columns.iter().map(Vec::len).min().unwrap_or(0);
    let data = ranges(file, data_ends, ids.len(), len)?;
    let map = |n: usize| {
        let present = status.as_ref().and_then(|status| status.get(n)).is_none_or(|&status| status != 0);
        let range = data.get(n).filter(|_| present).cloned().unwrap_or_default();
        let cut = |column: &Vec<i64>| column.get(range.clone()).unwrap_or_default().to_vec();
        (ids.get(n).copied().unwrap_or(0), columns.iter().map(cut).collect())
    };
    let owned = ranges(file, ends, processors, ids.len())?;
    Ok(owned.into_iter().map(|range| range.map(map).collect()).collect())
}

/// The parts of a list of `len` entries: from the end of the one before to its own end; all of it, where no ends are
/// told and there is one part only.
fn ranges(file: &ExodusFile, ends: &str, parts: usize, len: usize) -> Result<Vec<Range<usize>>> {
    let wrong = |what: String| Error::usage(what).in_object(format!("/{ends}"));
    let Some(ends) = file.integers(ends)? else {
        return match parts {
            0 => Ok(Vec::new()),
            1 => Ok(std::iter::once(0..len).collect()),
            _ if len == 0 => Ok(vec![0..0; parts]),
            _ => Err(wrong(format!("{parts} parts of a list, and nothing that says where they end"))),
        };
    };
    let mut start = 0;
    ends.into_iter()
        .take(parts)
        .map(|end| {
            let end = usize::try_from(end).ok().filter(|&end| end >= start && end <= len);
            let end =
                end.ok_or_else(|| wrong(format!("the parts of a list of {len} entries do not follow each other")))?;
            Ok(std::mem::replace(&mut start, end)..end)
        })
        .collect()
}

/// The processors that the model of a file is decomposed for; 0 for a whole model.
pub(crate) fn num_processors(file: &ExodusFile) -> u64 {
    file.dimension(names::PROCESSORS)
}

/// The identifiers that the whole model has of a kind, as far as the file tells.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn global_ids(file: &ExodusFile, kind: EntityType) -> Result<Vec<i64>> {
    let globals = match kind {
        EntityType::ElementBlock => &names::ELEMENT_BLOCKS,
        EntityType::NodeSet => &names::NODE_SETS,
        EntityType::SideSet => &names::SIDE_SETS,
        _ => return Ok(Vec::new()),
    };
    Ok(table(file, globals)?.into_iter().map(|[id, ..]| id).collect())
}
