//! Random schemas that a container can hold, with values for every variable.

use std::sync::Arc;

use hyperslab::hdf5::{BloscCodec, BloscShuffle, Filter};
use hyperslab::netcdf::{
    Attribute, Container, Dimension, DimensionId, Fill, Group, GroupId, Layout, Quantization, QuantizeMode, Schema,
    Storage, Type, Value, Variable,
};
use hyperslab::ByteOrder;

use super::choices::Choices;
use super::{names, types, values};

/// How many elements a variable has at most.
const MOST: u64 = 2000;

/// A file to be written.
#[derive(Debug, Clone)]
pub struct Case {
    pub schema: Schema,
    /// The lengths of the dimensions in the end.
    pub lengths: Vec<u64>,
    /// The elements of every variable, in C order.
    pub values: Vec<Value>,
    /// How each variable is written.
    pub orders: Vec<Order>,
}

/// The parts in which a variable is written.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The axis along which it is cut.
    pub axis: usize,
    /// Indices in each part; 0 for all at once.
    pub step: u64,
    pub backwards: bool,
    /// Whether one part is left out, which then reads as the fill value.
    pub gap: bool,
}

impl Case {
    pub fn shape(&self, variable: &Variable) -> Vec<u64> {
        variable.dimensions.iter().map(|id| self.lengths[id.0]).collect()
    }

    /// Gives lengths and values to what was added to the schema.
    pub fn complete(&mut self, choices: &mut Choices) {
        self.lengths.extend(self.schema.dimensions.iter().skip(self.lengths.len()).map(|d| d.length));
        for n in self.values.len()..self.schema.variables.len() {
            let variable = &self.schema.variables[n];
            let count: u64 = self.shape(variable).iter().product();
            let count = usize::try_from(count).unwrap();
            self.values.push(values::random(&variable.ty, count, &mut choices.stream()));
            self.orders.push(Order { axis: 0, step: 0, backwards: false, gap: false });
        }
    }
}

/// A number for names, so that no two are the same.
struct Maker<'a> {
    choices: &'a mut Choices,
    case: Case,
    named: usize,
}

/// A case that the container holds.
pub fn legal(container: Container, choices: &mut Choices) -> Case {
    let case = Case { schema: Schema::new(container), lengths: Vec::new(), values: Vec::new(), orders: Vec::new() };
    let mut maker = Maker { choices, case, named: 0 };
    if container == Container::NetCdf4 {
        maker.groups();
        maker.types();
    }
    maker.dimensions();
    (0..maker.choices.below(6)).for_each(|_| maker.variable());
    for group in 0..maker.case.schema.groups.len() {
        maker.case.schema.groups[group].attributes = maker.attributes();
    }
    maker.case
}

impl Maker<'_> {
    fn name(&mut self) -> String {
        self.named += 1;
        names::tame(self.choices, self.named)
    }

    fn container(&self) -> Container {
        self.case.schema.container
    }

    fn group(&mut self) -> GroupId {
        GroupId(self.choices.below(self.case.schema.groups.len()))
    }

    fn groups(&mut self) {
        for _ in 0..self.choices.below(4) {
            let (name, parent) = (self.name(), Some(self.group()));
            self.case.schema.groups.push(Group { name, parent, attributes: Vec::new() });
        }
    }

    fn types(&mut self) {
        for _ in 0..self.choices.below(5) {
            self.named += 1;
            let known = self.case.schema.types.clone();
            let user = types::defined(self.choices, &known, self.named, GroupId::ROOT);
            self.case.schema.types.push(Arc::new(user));
        }
    }

    fn dimensions(&mut self) {
        let several = self.container() == Container::NetCdf4;
        for n in 0..1 + self.choices.below(6) {
            let unlimited = (several || n == 0) && self.choices.chance(35);
            let length = self.choices.of(&[1, 2, 3, 4, 5, 7, 20]);
            let length = if unlimited && self.choices.chance(10) { 0 } else { length };
            let declared = if unlimited && !self.choices.chance(20) { 0 } else { length };
            let (name, group) = (self.name(), self.group());
            self.case.schema.dimensions.push(Dimension { name, length: declared, unlimited, group });
            self.case.lengths.push(length);
        }
    }

    /// A type that the container has, or the file.
    fn some_type(&mut self) -> Type {
        let defined = self.case.schema.types.clone();
        match self.choices.chance(40) && !defined.is_empty() {
            true => Type::User(self.choices.of(&defined)),
            false => self.choices.of(&types::atomic(self.container())),
        }
    }

    /// The dimensions that a group sees: its own and those of the groups above.
    fn visible(&self, group: GroupId) -> Vec<DimensionId> {
        let schema = &self.case.schema;
        let above = std::iter::successors(Some(group), |group| schema.groups[group.0].parent);
        let above: Vec<_> = above.collect();
        let seen = |(n, d): (usize, &Dimension)| above.contains(&d.group).then_some(DimensionId(n));
        schema.dimensions.iter().enumerate().filter_map(seen).collect()
    }

    /// Dimensions of a variable; most have few, some have up to 32.
    fn shape(&mut self, group: GroupId) -> Vec<DimensionId> {
        let (seen, most) = (self.visible(group), if self.choices.chance(15) { 33 } else { 5 });
        let (mut ids, mut count) = (Vec::new(), 1);
        for _ in 0..self.choices.below(most) {
            let free = ids.is_empty() || self.container() == Container::NetCdf4;
            let fits = |id: &&DimensionId| {
                count * self.case.lengths[id.0].max(1) <= MOST && (free || !self.case.schema.dimensions[id.0].unlimited)
            };
            let able: Vec<_> = seen.iter().filter(fits).copied().collect();
            if able.is_empty() {
                break;
            }
            let id = self.choices.of(&able);
            count *= self.case.lengths[id.0].max(1);
            ids.push(id);
        }
        ids
    }

    fn variable(&mut self) {
        let group = self.group();
        let dimensions = self.shape(group);
        let ty = self.some_type();
        let mut variable = Variable::new(self.variable_name(group, &dimensions), ty, dimensions);
        variable.group = group;
        variable.attributes = self.attributes();
        variable.order = self.order(&variable.ty);
        if self.container().is_hdf5() {
            variable.storage = self.storage(&variable);
            variable.quantization = self.quantization(&variable.ty);
        }
        variable.fill = self.fill(&variable);
        let count: u64 = self.case.shape(&variable).iter().product();
        let count = usize::try_from(count).unwrap();
        self.case.values.push(values::random(&variable.ty, count, &mut self.choices.stream()));
        let order = Order {
            axis: self.choices.below(variable.dimensions.len()),
            step: self.choices.below(4) as u64,
            backwards: self.choices.chance(50),
            gap: self.choices.chance(30) && values::fill(&variable).is_some(),
        };
        self.case.orders.push(order);
        self.case.schema.variables.push(variable);
    }

    /// A new name, or that of a dimension: a coordinate variable, or one that only looks like it.
    fn variable_name(&mut self, group: GroupId, dimensions: &[DimensionId]) -> String {
        let schema = &self.case.schema;
        let free = |name: &String| !schema.variables.iter().any(|v| v.group == group && v.name == *name);
        let mut own = schema.dimensions.iter().filter(|d| d.group == group).map(|d| d.name.clone());
        let first = dimensions.first().map(|id| &schema.dimensions[id.0]).filter(|d| d.group == group);
        let taken = match self.choices.below(8) {
            1 | 2 => first.map(|d| d.name.clone()),
            3 => own.next_back(),
            _ => None,
        };
        taken.filter(free).unwrap_or_else(|| self.name())
    }

    fn order(&mut self, ty: &Type) -> ByteOrder {
        match (self.container().is_hdf5(), ty.number()) {
            (false, _) => ByteOrder::Big,
            (true, Some(_)) => self.choices.of(&[ByteOrder::Little, ByteOrder::Big]),
            (true, None) => ByteOrder::Little,
        }
    }

    fn storage(&mut self, variable: &Variable) -> Storage {
        let grows = variable.dimensions.iter().any(|id| self.case.schema.dimensions[id.0].unlimited);
        let plain = variable.ty.number().is_some() || variable.ty == Type::Char;
        let layout = match self.choices.below(4) {
            1 if !grows && plain => Layout::Compact,
            2 | 3 if !variable.dimensions.is_empty() => {
                let lengths = variable.dimensions.iter().map(|id| self.case.lengths[id.0].max(1));
                let lengths: Vec<_> = lengths.collect();
                Layout::Chunked(lengths.into_iter().map(|n| 1 + self.choices.below(n as usize) as u64).collect())
            }
            _ => Layout::Contiguous,
        };
        let mut storage = Storage { layout, ..Storage::default() };
        if matches!(storage.layout, Layout::Chunked(_)) && plain {
            let shuffle = self.choices.chance(40).then(Filter::shuffle);
            let fletcher32 = self.choices.chance(40).then(Filter::fletcher32);
            let compression = self.choices.chance(50).then(|| self.compression());
            storage.filters = [shuffle, compression, fletcher32].into_iter().flatten().collect();
        }
        storage
    }

    fn compression(&mut self) -> Filter {
        match self.choices.below(10) {
            7 => Filter::zstd(3),
            8 => Filter::bzip2(1),
            9 => Filter::blosc(BloscCodec::Lz4, 5, BloscShuffle::Bytes),
            _ => Filter::deflate(self.choices.of(&[1, 2, 4, 6, 9])),
        }
    }

    /// All bits of the mantissa: the values stay.
    fn quantization(&mut self, ty: &Type) -> Option<Quantization> {
        let digits = match ty {
            Type::Float => 23,
            Type::Double => 52,
            _ => return None,
        };
        self.choices.chance(20).then_some(Quantization { mode: QuantizeMode::BitRound, digits })
    }

    fn fill(&mut self, variable: &Variable) -> Fill {
        match self.choices.below(4) {
            1 => Fill::None,
            2 => Fill::Value(values::random(&variable.ty, 1, &mut self.choices.stream())),
            _ => Fill::Default,
        }
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut list = Vec::new();
        for _ in 0..self.choices.below(4) {
            let ty = self.some_type();
            let count = 1 + self.choices.below(5);
            list.push(Attribute::new(self.name(), values::random(&ty, count, &mut self.choices.stream())));
        }
        list
    }
}
