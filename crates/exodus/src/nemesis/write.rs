//! From the model to the lists of a file.

use hyperslab::netcdf::{DimensionId, Fill, Schema, Type, Value, Variable};
use hyperslab::ByteOrder;

use super::names::{self, Globals, Maps};
use super::{FileType, GlobalSet, Nemesis, Processor};

/// The versions that new files state where the model has none.
const FILE_VERSION: f32 = 2.6;
const API_VERSION: f32 = 9.06;

/// A variable of the file.
struct Column {
    variable: &'static str,
    dimension: Option<&'static str>,
    values: Vec<i64>,
    /// Whether the variable is as wide as other numbers of the file; flags are 32 bits wide.
    wide: bool,
}

impl Nemesis {
    /// Adds dimensions, variables and attributes to the schema of a new file.
    pub fn declare(&self, schema: &mut Schema, int64: bool) {
        for (name, version, default) in [
            (names::FILE_VERSION, self.file_version, FILE_VERSION),
            (names::API_VERSION, self.api_version, API_VERSION),
        ] {
            schema.set_attribute(name, Value::Float(vec![version.map_or(default, single)]));
        }
        for (name, length) in [
            (names::PROCESSORS, self.num_processors),
            (names::PROCESSORS_IN_FILE, self.processors.len() as u64),
            (names::NODES_GLOBAL, self.num_nodes_global),
            (names::ELEMENTS_GLOBAL, self.num_elements_global),
        ] {
            dimension(schema, name, length);
        }
        let order = if schema.container.is_hdf5() { ByteOrder::Little } else { ByteOrder::Big };
        for column in columns(self) {
            let dimension = column.dimension.and_then(|name| dimension(schema, name, column.values.len() as u64));
            let ty = if int64 && column.wide { Type::Int64 } else { Type::Int };
            let mut variable = Variable::new(column.variable, ty, dimension.into_iter().collect());
            (variable.order, variable.fill) = (order, Fill::None);
            schema.add_variable(variable);
        }
    }

    /// The values of every variable that [`Nemesis::declare`] adds.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, Vec<i64>)> {
        columns(self).into_iter().map(|column| (column.variable, column.values))
    }
}

#[allow(clippy::cast_possible_truncation)] // versions are of single precision
fn single(version: f64) -> f32 {
    version as f32
}

/// A dimension of the schema, added if it is not there; nothing has a dimension of length 0.
fn dimension(schema: &mut Schema, name: &str, length: u64) -> Option<DimensionId> {
    schema.find_dimension(name).or_else(|| (length > 0).then(|| schema.add_dimension(name, length, false)))
}

fn columns(nemesis: &Nemesis) -> Vec<Column> {
    let mut columns = vec![Column {
        variable: names::FILE_TYPE,
        dimension: None,
        values: vec![i64::from(nemesis.file_type == FileType::Scalar)],
        wide: false,
    }];
    let blocks = nemesis.element_blocks.iter().map(|block| [block.id, block.len, 0]).collect();
    let sets = |sets: &[GlobalSet]| sets.iter().map(|set| [set.id, set.len, set.num_factors]).collect();
    globals(&mut columns, &names::ELEMENT_BLOCKS, blocks);
    globals(&mut columns, &names::NODE_SETS, sets(&nemesis.node_sets));
    globals(&mut columns, &names::SIDE_SETS, sets(&nemesis.side_sets));
    load_balance(&mut columns, &nemesis.processors);
    let nodes = |processor: &Processor| {
        processor.node_maps.iter().map(|map| (map.id, vec![map.nodes.clone(), map.processors.clone()])).collect()
    };
    let elements = |processor: &Processor| {
        let columns = |map: &super::ElementMap| vec![map.elements.clone(), map.sides.clone(), map.processors.clone()];
        processor.element_maps.iter().map(|map| (map.id, columns(map))).collect()
    };
    maps(&mut columns, &names::NODE_MAPS, nemesis.processors.iter().map(nodes).collect());
    maps(&mut columns, &names::ELEMENT_MAPS, nemesis.processors.iter().map(elements).collect());
    columns.retain(|column| column.dimension.is_none() || !column.values.is_empty());
    columns
}

fn globals(columns: &mut Vec<Column>, globals: &Globals, rows: Vec<[i64; 3]>) {
    for (n, variable) in globals.columns.iter().enumerate() {
        let values = rows.iter().filter_map(|row| row.get(n).copied()).collect();
        columns.push(Column { variable, dimension: Some(globals.dimension), values, wide: true });
    }
}

/// Where each part of a list ends.
fn ends(lengths: impl Iterator<Item = usize>) -> Vec<i64> {
    let mut end = 0i64;
    lengths
        .map(|length| {
            end = end.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
            end
        })
        .collect()
}

fn load_balance(columns: &mut Vec<Column>, processors: &[Processor]) {
    for (n, parts) in names::LOAD_BALANCE.iter().enumerate() {
        let lists: Vec<&Vec<i64>> = processors.iter().filter_map(|p| p.lists().into_iter().nth(n)).collect();
        let status = lists.iter().map(|list| i64::from(!list.is_empty())).collect();
        let per_processor = Some(names::PROCESSORS_IN_FILE);
        columns.push(Column { variable: parts.status, dimension: per_processor, values: status, wide: false });
        let values: Vec<i64> = lists.iter().flat_map(|list| list.iter().copied()).collect();
        if processors.len() > 1 && !values.is_empty() {
            let ends = ends(lists.iter().map(|list| list.len()));
            columns.push(Column { variable: parts.ends, dimension: per_processor, values: ends, wide: true });
        }
        columns.push(Column { variable: parts.values, dimension: Some(parts.dimension), values, wide: true });
    }
}

/// The maps of every processor: identifier and columns of each.
fn maps(columns: &mut Vec<Column>, names: &Maps, processors: Vec<Vec<(i64, Vec<Vec<i64>>)>>) {
    let counts = ends(processors.iter().map(Vec::len));
    let maps: Vec<(i64, Vec<Vec<i64>>)> = processors.into_iter().flatten().collect();
    let lengths: Vec<usize> = maps.iter().map(|(_, columns)| columns.iter().map(Vec::len).min().unwrap_or(0)).collect();
    let dimension = Some(names.maps.dimension);
    let ids = maps.iter().map(|(id, _)| *id).collect();
    let status = lengths.iter().map(|&length| i64::from(length > 0)).collect();
    columns.push(Column { variable: names.ids, dimension, values: ids, wide: true });
    columns.push(Column { variable: names.maps.status, dimension, values: status, wide: false });
    if counts.len() > 1 && !maps.is_empty() {
        let per_processor = Some(names::PROCESSORS_IN_FILE);
        columns.push(Column { variable: names.maps.ends, dimension: per_processor, values: counts, wide: true });
    }
    let data_ends = ends(lengths.iter().copied());
    columns.push(Column { variable: names.maps.values, dimension, values: data_ends, wide: true });
    for (n, variable) in names.columns.iter().enumerate() {
        let cut = maps.iter().zip(&lengths).filter_map(|((_, columns), &length)| columns.get(n)?.get(..length));
        let values = cut.flatten().copied().collect();
        columns.push(Column { variable, dimension: Some(names.entries), values, wide: true });
    }
}
