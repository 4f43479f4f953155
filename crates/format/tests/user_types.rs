//! User-defined types: declared, committed, and their values written and read back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::sync::Arc;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, Field, File, Fill, Group, GroupId, Layout, Schema, Storage, Transfer, Type, UserClass,
    UserType, UserValue, Value, Variable, VariableId, Writer,
};
use hyperslab::netcdf::{Job, Progress};
use hyperslab::{Kind, Memory, Selection, Source};
use std::ops::ControlFlow;

fn user(name: &str, group: GroupId, size: u64, class: UserClass) -> Arc<UserType> {
    Arc::new(UserType { name: name.to_owned(), group, size, class })
}

fn field(name: &str, offset: u64, ty: Type, dims: &[u64]) -> Field {
    Field { name: name.to_owned(), offset, ty, dims: dims.to_vec() }
}

/// One type of each class, and one that holds all of them; the last in a group.
struct Types {
    colour: Arc<UserType>,
    list: Arc<UserType>,
    texts: Arc<UserType>,
    blob: Arc<UserType>,
    point: Arc<UserType>,
    all: Arc<UserType>,
}

impl Types {
    fn new() -> Self {
        let root = GroupId::ROOT;
        let members = vec![("red".to_owned(), -1), ("green".to_owned(), 300)];
        let colour = user("colour", root, 2, UserClass::Enum { base: Type::Short, members });
        let list = user("list", root, 16, UserClass::Vlen(Type::Double));
        let texts = user("texts", root, 16, UserClass::Vlen(Type::String));
        let blob = user("blob", root, 3, UserClass::Opaque);
        let point = user(
            "point",
            root,
            24,
            UserClass::Compound(vec![field("x", 8, Type::Double, &[2]), field("id", 0, Type::Int, &[])]),
        );
        let all = user(
            "all",
            GroupId(1),
            100,
            UserClass::Compound(vec![
                field("colour", 0, Type::User(colour.clone()), &[]),
                field("letters", 2, Type::Char, &[2, 3]),
                field("name", 8, Type::String, &[]),
                field("lists", 24, Type::User(list.clone()), &[2]),
                field("blob", 56, Type::User(blob.clone()), &[]),
                field("point", 60, Type::User(point.clone()), &[]),
                field("texts", 84, Type::User(texts.clone()), &[]),
            ]),
        );
        Types { colour, list, texts, blob, point, all }
    }

    fn declared(&self) -> Vec<Arc<UserType>> {
        [&self.colour, &self.list, &self.texts, &self.blob, &self.point, &self.all].map(Clone::clone).to_vec()
    }

    /// So many elements of each type.
    fn values(&self, count: i32) -> Vec<Value> {
        let each = |make: &dyn Fn(i32) -> UserValue| (0..count).map(make).collect::<Vec<_>>();
        let colour = |n| UserValue::Enum(if n % 2 == 0 { -1 } else { 300 });
        let list = |n: i32| UserValue::Vlen(Value::Double((0..n % 4).map(f64::from).collect()));
        let text = |n: i32| (n % 3 > 0).then(|| format!("größe {n}").into_bytes());
        let texts = |n: i32| UserValue::Vlen(Value::String((1..=n % 3).map(text).collect()));
        let blob = |n: i32| UserValue::Opaque(vec![n.to_le_bytes()[0]; 3]);
        let point = |n: i32| UserValue::Compound(vec![Value::Double(vec![0.5, f64::from(n)]), Value::Int(vec![n])]);
        let all = |n: i32| {
            UserValue::Compound(vec![
                Value::User(self.colour.clone(), vec![colour(n)]),
                Value::Char(b"abcdef".to_vec()),
                Value::String(vec![Some(b"name".repeat(usize::try_from(n % 3 + 1).unwrap()))]),
                Value::User(self.list.clone(), vec![list(n), list(n + 1)]),
                Value::User(self.blob.clone(), vec![blob(n)]),
                Value::User(self.point.clone(), vec![point(n)]),
                Value::User(self.texts.clone(), vec![texts(n)]),
            ])
        };
        vec![
            Value::User(self.colour.clone(), each(&colour)),
            Value::User(self.list.clone(), each(&list)),
            Value::User(self.texts.clone(), each(&texts)),
            Value::User(self.blob.clone(), each(&blob)),
            Value::User(self.point.clone(), each(&point)),
            Value::User(self.all.clone(), each(&all)),
        ]
    }
}

/// A variable of seven elements of each type, with an attribute and a fill value of it.
fn schema(types: &Types, storage: &Storage) -> Schema {
    let mut schema = Schema::new(Container::NetCdf4);
    schema.groups.push(Group { name: "inner".to_owned(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    schema.types = types.declared();
    let x = schema.add_dimension("x", 7, false);
    for (fill, note) in types.values(1).into_iter().zip(types.values(2)) {
        let ty = fill.ty();
        let mut variable = Variable::new(format!("v_{}", ty.name()), ty.clone(), vec![x]);
        if ty == Type::User(types.all.clone()) {
            variable.group = GroupId(1);
        }
        variable.fill = Fill::Value(fill);
        variable.attributes.push(Attribute::new("note", note.clone()));
        variable.storage = storage.clone();
        schema.add_variable(variable);
        schema.groups[1].attributes.push(Attribute::new(format!("all_{}", ty.name()), note));
    }
    schema
}

fn written(schema: Schema, write: impl FnOnce(&Writer)) -> File {
    let memory = Memory::new();
    let writer = Writer::create_in_memory(&memory, schema).unwrap();
    write(&writer);
    writer.finish().unwrap();
    File::from_source(Source::from_bytes(memory.take().unwrap())).unwrap()
}

fn storages() -> [Storage; 4] {
    let chunked = |filters| Storage { layout: Layout::Chunked(vec![3]), filters };
    let deflated = vec![Filter::deflate(1)];
    [Storage::default(), Storage { layout: Layout::Compact, ..Storage::default() }, chunked(vec![]), chunked(deflated)]
}

#[test]
fn types_and_values_of_every_class_come_back() {
    let types = Types::new();
    for storage in storages() {
        let declared = schema(&types, &storage);
        let file = written(declared.clone(), |writer| {
            for (n, values) in types.values(7).iter().enumerate() {
                writer.write_values(VariableId(n), &Selection::all(&[7]), values).unwrap();
            }
        });
        assert_eq!(file.schema().types, declared.types);
        assert_eq!(file.schema().groups, declared.groups);
        for (n, (read, variable)) in file.schema().variables.iter().zip(&declared.variables).enumerate() {
            let Fill::Value(fill) = variable.fill.clone() else { panic!("{:?}", variable.fill) };
            let mut told = variable.clone();
            told.attributes.insert(0, Attribute::new("_FillValue", fill));
            assert_eq!(read, &told);
            let values = file.array(VariableId(n)).unwrap().read_values(Selection::all(&[7])).unwrap();
            assert_eq!(values, types.values(7)[n], "{storage:?}");
        }
    }
}

#[test]
fn unwritten_elements_are_the_fill_value() {
    let types = Types::new();
    for storage in storages() {
        let file = written(schema(&types, &storage), |writer| {
            for (n, values) in types.values(2).iter().enumerate() {
                writer.write_values(VariableId(n), &Selection::block(vec![1], vec![2]), values).unwrap();
            }
        });
        for (n, values) in types.values(2).into_iter().enumerate() {
            let read = file.array(VariableId(n)).unwrap().read_values(Selection::all(&[7])).unwrap();
            let (Value::User(_, read), Value::User(_, values)) = (read, values) else { panic!("no user values") };
            // The fill value is the first of the values.
            let fill = || values[0].clone();
            let expected = [fill(), values[0].clone(), values[1].clone(), fill(), fill(), fill(), fill()];
            assert_eq!(read, expected, "{storage:?}");
        }
    }
}

#[test]
fn a_transfer_copies_values_and_never_addresses() {
    let types = Types::new();
    let [plain, .., filtered] = storages();
    for (from, to) in [(&plain, &filtered), (&filtered, &plain)] {
        let input = written(schema(&types, from), |writer| {
            for (n, values) in types.values(7).iter().enumerate() {
                writer.write_values(VariableId(n), &Selection::all(&[7]), values).unwrap();
            }
        });
        let mut declared = input.schema().clone();
        declared.variables.iter_mut().for_each(|variable| variable.storage = to.clone());
        // What the output refers to must lie elsewhere than in the input.
        declared.groups[0].attributes.push(Attribute::new("long", Value::text(&"x".repeat(10_000))));
        let output = written(declared, |writer| {
            let mut transfer = Transfer::new(writer).threads(2);
            for id in (0..6).map(VariableId) {
                transfer = transfer.job(Job::new(input.array(id).unwrap(), id));
            }
            assert_eq!(transfer.run(&|_: Progress| ControlFlow::Continue(())).unwrap(), ControlFlow::Continue(()));
        });
        for (n, values) in types.values(7).into_iter().enumerate() {
            let read = output.array(VariableId(n)).unwrap().read_values(Selection::all(&[7])).unwrap();
            assert_eq!(read, values);
        }
    }
}

#[test]
fn values_of_another_type_are_refused() {
    let types = Types::new();
    written(schema(&types, &Storage::default()), |writer| {
        let all = Selection::all(&[7]);
        let values = types.values(7);
        let refused = |id: usize, values: &Value| writer.write_values(VariableId(id), &all, values).unwrap_err();
        assert_eq!(refused(0, &values[1]).kind(), Kind::Usage);
        assert_eq!(refused(1, &Value::Int(vec![0; 7])).kind(), Kind::Usage);
        assert_eq!(refused(0, &types.values(6)[0]).kind(), Kind::Usage);
        let wrong = Value::User(types.blob.clone(), vec![UserValue::Opaque(vec![0; 2]); 7]);
        let error = refused(3, &wrong);
        assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Usage, Some("/v_blob")));
        // Their stored form would be addresses.
        assert_eq!(writer.write_stored(VariableId(1), &all, &[0; 112]).unwrap_err().kind(), Kind::Usage);
    });
}

#[test]
fn numbers_of_enumerations_are_those_of_their_type() {
    for (base, good, bad) in [
        (Type::Byte, [-128, 127], [-129, 128]),
        (Type::UByte, [0, 255], [-1, 256]),
        (Type::Short, [-32768, 32767], [-32769, 32768]),
        (Type::UInt, [0, 4_294_967_295], [-1, 4_294_967_296]),
    ] {
        let members = vec![("one".to_owned(), 1)];
        let ty = user("colour", GroupId::ROOT, base.size(), UserClass::Enum { base: base.clone(), members });
        let value = |number| Value::User(ty.clone(), vec![UserValue::Enum(number)]);
        let schema = |attribute| {
            let mut schema = Schema::new(Container::NetCdf4);
            schema.types.push(ty.clone());
            let mut v = Variable::new("v", Type::User(ty.clone()), Vec::new());
            v.attributes.push(Attribute::new("a", value(attribute)));
            schema.add_variable(v);
            schema
        };
        for number in bad {
            let error = Writer::create_in_memory(&Memory::new(), schema(number)).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{base:?} {number}: {error}");
        }
        for number in good {
            let place = Memory::new();
            let writer = Writer::create_in_memory(&place, schema(number)).unwrap();
            for bad in bad {
                let error = writer.write_values(VariableId(0), &Selection::all(&[]), &value(bad)).unwrap_err();
                assert_eq!(error.kind(), Kind::Usage, "{base:?} {bad}: {error}");
            }
            writer.write_values(VariableId(0), &Selection::all(&[]), &value(number)).unwrap();
            writer.finish().unwrap();
            let file = File::from_source(Source::from_bytes(place.take().unwrap())).unwrap();
            let v = file.find("/v").unwrap();
            assert_eq!(v.read_values(Selection::all(&[])).unwrap(), value(number));
            assert_eq!(v.variable().attribute("a"), Some(&value(number)));
        }
    }
}
