//! Random files: a schema, and for every variable the stored bytes of its elements.

use std::path::Path;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, Dimension, DimensionId, File, Fill, GroupId, Layout, Schema, Storage, Type, Value, Variable,
    VariableId, Writer,
};
use hyperslab::{ByteOrder, Selection};
use proptest::prelude::*;

/// What the elements of a variable are, in C order.
#[derive(Debug, Clone)]
pub enum Data {
    Stored(Vec<u8>),
    Strings(Vec<Vec<u8>>),
}

/// A file to be written.
#[derive(Debug, Clone)]
pub struct Model {
    pub schema: Schema,
    /// Final lengths of the dimensions.
    pub lengths: Vec<u64>,
    pub data: Vec<Data>,
    /// Whether records are written one by one, and backwards.
    pub by_record: bool,
    pub backwards: bool,
    /// Rows of the boxes in which other variables are written; 0 for all at once.
    pub rows: u64,
}

fn types(container: Container) -> Vec<Type> {
    let mut types = vec![Type::Byte, Type::Char, Type::Short, Type::Int, Type::Float, Type::Double];
    if matches!(container, Container::Cdf5 | Container::NetCdf4) {
        types.extend([Type::UByte, Type::UShort, Type::UInt, Type::Int64, Type::UInt64]);
    }
    if container == Container::NetCdf4 {
        types.push(Type::String);
    }
    types
}

fn value(container: Container) -> impl Strategy<Value = Value> {
    fn list<T: Arbitrary>() -> impl Strategy<Value = Vec<T>> {
        prop::collection::vec(any::<T>(), 1..6)
    }
    let text = || prop::collection::vec(1u8.., 0..20);
    let basic = prop_oneof![
        list().prop_map(Value::Byte),
        text().prop_map(Value::Char),
        list().prop_map(Value::Short),
        list().prop_map(Value::Int),
        list().prop_map(Value::Float),
        list().prop_map(Value::Double),
    ];
    let extended = prop_oneof![
        list().prop_map(Value::UByte),
        list().prop_map(Value::UShort),
        list().prop_map(Value::UInt),
        list().prop_map(Value::Int64),
        list().prop_map(Value::UInt64),
    ];
    let strings = prop::collection::vec(text().prop_map(Some), 1..4).prop_map(Value::String);
    match container {
        Container::NetCdf4 => prop_oneof![2 => basic, 2 => extended, 1 => strings].boxed(),
        Container::Cdf5 => prop_oneof![basic, extended].boxed(),
        _ => basic.boxed(),
    }
}

/// One element.
fn fill_value(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Byte => any::<i8>().prop_map(|v| Value::Byte(vec![v])).boxed(),
        Type::Char => any::<u8>().prop_map(|v| Value::Char(vec![v])).boxed(),
        Type::Short => any::<i16>().prop_map(|v| Value::Short(vec![v])).boxed(),
        Type::Int => any::<i32>().prop_map(|v| Value::Int(vec![v])).boxed(),
        Type::Float => any::<f32>().prop_map(|v| Value::Float(vec![v])).boxed(),
        Type::Double => any::<f64>().prop_map(|v| Value::Double(vec![v])).boxed(),
        Type::UByte => any::<u8>().prop_map(|v| Value::UByte(vec![v])).boxed(),
        Type::UShort => any::<u16>().prop_map(|v| Value::UShort(vec![v])).boxed(),
        Type::UInt => any::<u32>().prop_map(|v| Value::UInt(vec![v])).boxed(),
        Type::Int64 => any::<i64>().prop_map(|v| Value::Int64(vec![v])).boxed(),
        Type::UInt64 => any::<u64>().prop_map(|v| Value::UInt64(vec![v])).boxed(),
        Type::String | Type::User(_) => "[a-z]{1,9}".prop_map(|v| Value::String(vec![Some(v.into_bytes())])).boxed(),
    }
}

fn attributes(container: Container) -> impl Strategy<Value = Vec<Attribute>> {
    prop::collection::vec(value(container), 0..4).prop_map(|values| {
        values.into_iter().enumerate().map(|(n, value)| Attribute::new(format!("attribute_{n}"), value)).collect()
    })
}

/// The dimensions: perhaps an unlimited one first, then fixed ones. With their final lengths.
fn dimensions() -> impl Strategy<Value = Vec<(u64, bool)>> {
    (prop::option::of(0u64..12), prop::collection::vec(1u64..9, 0..3)).prop_map(|(unlimited, fixed)| {
        let first = unlimited.map(|length| (length, true));
        first.into_iter().chain(fixed.into_iter().map(|length| (length, false))).collect()
    })
}

fn layout(axes: &[(u64, bool)]) -> BoxedStrategy<Layout> {
    if axes.is_empty() {
        return Just(Layout::Contiguous).boxed();
    }
    let chunk: Vec<_> = axes.iter().map(|&(length, unlimited)| 1..=if unlimited { 5 } else { length }).collect();
    let chunked = chunk.prop_map(Layout::Chunked);
    if axes.iter().any(|axis| axis.1) {
        return chunked.boxed();
    }
    prop_oneof![chunked, Just(Layout::Contiguous), Just(Layout::Compact)].boxed()
}

fn storage(container: Container, ty: &Type, axes: &[(u64, bool)]) -> BoxedStrategy<Storage> {
    if !container.is_hdf5() {
        return Just(Storage::default()).boxed();
    }
    let filtered = *ty != Type::String;
    (layout(axes), any::<[bool; 2]>(), prop::option::of(1u8..=9))
        .prop_map(move |(layout, [shuffle, fletcher32], deflate)| {
            let filters =
                [fletcher32.then(Filter::fletcher32), shuffle.then(Filter::shuffle), deflate.map(Filter::deflate)];
            let filters = filters.into_iter().flatten().filter(|_| filtered && matches!(layout, Layout::Chunked(_)));
            Storage { filters: filters.collect(), layout }
        })
        .boxed()
}

/// How a variable is stored, with what shuffle takes from the type.
fn completed(variable: &Variable) -> Storage {
    let mut storage = variable.storage.clone();
    let size = u32::try_from(variable.ty.size()).unwrap();
    storage.filters.iter_mut().filter(|f| f.id == Filter::SHUFFLE).for_each(|f| f.parameters = vec![size]);
    storage
}

fn data(ty: &Type, count: usize) -> BoxedStrategy<Data> {
    match ty {
        Type::String => {
            let text = prop::collection::vec(any::<u8>().prop_map(|b| b | 1), 0..20);
            prop::collection::vec(text, count).prop_map(Data::Strings).boxed()
        }
        _ => {
            let size = usize::try_from(ty.size()).unwrap();
            prop::collection::vec(any::<u8>(), count * size).prop_map(Data::Stored).boxed()
        }
    }
}

fn variable(container: Container, n: usize, axes: Vec<(u64, bool)>) -> BoxedStrategy<(Variable, Data)> {
    let skip = 0..=axes.len();
    let order = if container.is_hdf5() { vec![ByteOrder::Little, ByteOrder::Big] } else { vec![ByteOrder::Big] };
    let choices = (prop::sample::select(types(container)), skip, prop::sample::select(order));
    choices
        .prop_flat_map(move |(ty, skip, order)| {
            // A suffix of all dimensions, so that an unlimited one comes first.
            let used: Vec<_> = axes.iter().copied().skip(skip).collect();
            let ids: Vec<_> = (skip..axes.len()).map(DimensionId).collect();
            let count = usize::try_from(used.iter().map(|axis| axis.0).product::<u64>()).unwrap();
            let fill = prop::option::of(fill_value(&ty));
            let parts = (storage(container, &ty, &used), data(&ty, count), fill, attributes(container));
            parts.prop_map(move |(storage, data, fill, attributes)| {
                let mut variable = Variable::new(format!("variable_{n}"), ty.clone(), ids.clone());
                variable.order = if ty.number().is_some() || !container.is_hdf5() { order } else { ByteOrder::Little };
                variable.storage = storage;
                variable.attributes = attributes;
                // Classic files say it by an attribute only.
                if let Some(fill) = fill.filter(|_| container.is_hdf5()) {
                    variable.fill = Fill::Value(fill);
                }
                (variable, data)
            })
        })
        .boxed()
}

pub fn model(container: Container) -> impl Strategy<Value = Model> {
    let order = (any::<bool>(), any::<bool>(), 0u64..4);
    (dimensions(), 0usize..5, attributes(container), order).prop_flat_map(move |(axes, count, attributes, order)| {
        let variables: Vec<_> = (0..count).map(|n| variable(container, n, axes.clone())).collect();
        variables.prop_map(move |variables| {
            let mut schema = Schema::new(container);
            schema.groups[0].attributes.clone_from(&attributes);
            for (n, &(length, unlimited)) in axes.iter().enumerate() {
                let length = if unlimited { 0 } else { length };
                let name = format!("dimension_{n}");
                schema.dimensions.push(Dimension { name, length, unlimited, group: GroupId::ROOT });
            }
            let (variables, data) = variables.into_iter().unzip();
            schema.variables = variables;
            let (by_record, backwards, rows) = order;
            let lengths = axes.iter().map(|axis| axis.0).collect();
            Model { schema, lengths, data, by_record, backwards, rows }
        })
    })
}

impl Model {
    fn shape(&self, variable: &Variable) -> Vec<u64> {
        variable.dimensions.iter().map(|id| self.lengths[id.0]).collect()
    }

    /// The boxes of rows in which a variable is written: all together they cover it once.
    fn boxes(&self, shape: &[u64], is_record: bool) -> Vec<Selection> {
        let rows = if is_record && self.by_record { 1 } else { self.rows };
        let Some(&length) = shape.first().filter(|_| rows > 0) else {
            return vec![Selection::all(shape)];
        };
        let starts = (0..length).step_by(usize::try_from(rows).unwrap());
        let mut boxes: Vec<_> = starts.map(|at| Selection::rows(shape, at..length.min(at + rows))).collect();
        if self.backwards {
            boxes.reverse();
        }
        boxes
    }

    /// Writes the file; the boxes of all variables take turns.
    pub fn write(&self, path: &Path) {
        let writer = Writer::create(path, self.schema.clone(), false).unwrap();
        let mut work = Vec::new();
        for (n, variable) in self.schema.variables.iter().enumerate() {
            let shape = self.shape(variable);
            let boxes = self.boxes(&shape, self.schema.is_record(variable));
            work.extend(boxes.into_iter().enumerate().map(|(turn, region)| (turn, n, shape.clone(), region)));
        }
        work.sort_by_key(|(turn, n, ..)| (*turn, *n));
        for (_, n, shape, region) in work {
            self.write_box(&writer, n, &shape, &region);
        }
        let size = writer.finish().unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().len(), size);
    }

    fn write_box(&self, writer: &Writer, n: usize, shape: &[u64], region: &Selection) {
        // Boxes are whole rows: one range of the elements.
        let inner: u64 = shape.iter().skip(1).product();
        let first = region.start.first().map_or(0, |&at| at * inner);
        let count: u64 = region.count.iter().product();
        let range =
            |size: u64| usize::try_from(first * size).unwrap()..usize::try_from((first + count) * size).unwrap();
        let id = VariableId(n);
        match &self.data[n] {
            Data::Stored(bytes) => {
                let size = self.schema.variables[n].ty.size();
                writer.write_stored(id, region, &bytes[range(size)]).unwrap();
            }
            Data::Strings(list) => writer.write_strings(id, region, &list[range(1)]).unwrap(),
        }
    }

    /// Compares a file with what was written into it.
    pub fn compare(&self, file: &File) -> Result<(), TestCaseError> {
        let schema = file.schema();
        prop_assert_eq!(schema.container, self.schema.container);
        prop_assert_eq!(&schema.groups, &self.schema.groups);
        let mut dimensions = self.schema.dimensions.clone();
        for (n, (dimension, &length)) in dimensions.iter_mut().zip(&self.lengths).enumerate() {
            // An unlimited dimension has grown only if a variable uses it.
            let used = |v: &Variable| v.dimensions.contains(&DimensionId(n)) && !self.shape(v).contains(&0);
            let grown = !dimension.unlimited || self.schema.variables.iter().any(used);
            dimension.length = if grown { length } else { 0 };
        }
        prop_assert_eq!(&schema.dimensions, &dimensions);
        prop_assert_eq!(schema.variables.len(), self.schema.variables.len());
        for (n, (found, written)) in schema.variables.iter().zip(&self.schema.variables).enumerate() {
            self.compare_variable(n, found, written)?;
            let array = file.array(VariableId(n)).unwrap();
            let all = Selection::all(array.shape());
            match &self.data[n] {
                Data::Stored(bytes) => prop_assert_eq!(&array.read_bytes(&all).unwrap(), bytes),
                Data::Strings(list) => prop_assert_eq!(&array.read_string_bytes(&all).unwrap(), list),
            }
        }
        Ok(())
    }

    fn compare_variable(&self, n: usize, found: &Variable, written: &Variable) -> Result<(), TestCaseError> {
        // The attribute of a fill value is added where it is not the default.
        if let Some(told) = found.attribute("_FillValue").filter(|_| written.attribute("_FillValue").is_none()) {
            prop_assert_eq!(&Fill::Value(told.clone()), &written.fill, "variable {}", n);
        }
        let attributes = |v: &Variable| -> Vec<_> {
            v.attributes.iter().filter(|a| a.name != "_FillValue" || written.attributes.contains(a)).cloned().collect()
        };
        let shown = |v: &Variable| (v.name.clone(), v.ty.clone(), v.dimensions.clone(), attributes(v), v.order);
        prop_assert_eq!(shown(found), shown(written), "variable {}", n);
        if self.schema.container.is_hdf5() {
            prop_assert_eq!(&found.storage, &completed(written), "variable {}", n);
            if let Fill::Value(_) = written.fill {
                prop_assert_eq!(&found.fill, &written.fill, "variable {}", n);
            }
        }
        Ok(())
    }
}
