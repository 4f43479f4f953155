//! Conversions change what is asked for, and nothing else; what cannot be held is refused before there is a file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::ops::ControlFlow;
use std::sync::Arc;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    convert, Attribute, Choices, Container, ConvertOptions, Dimension, Field, File, GroupId, Layout, Quantization,
    QuantizeMode, Schema, Type, UserClass, UserType, UserValue, Value, Variable, VariableId, Writer,
};
use hyperslab::{Error, Kind, Memory, Selection, Source};

fn finished(writer: Writer, place: &Memory) -> File {
    writer.finish().unwrap();
    File::from_source(Source::from_bytes(place.take().unwrap())).unwrap()
}

/// Two groups: in the root `t(t)`, `n(t, x)` of which the last record is not written, `name(x)`; in `g` a variable `w(x)`.
fn input() -> File {
    let mut schema = Schema::new(Container::NetCdf4);
    let (t, x) = (schema.add_dimension("t", 0, true), schema.add_dimension("x", 3, false));
    let unused = schema.add_dimension("unused", 5, false);
    let times = schema.add_variable(Variable::new("t", Type::Double, vec![t]));
    let mut n = Variable::new("n", Type::Int, vec![t, x]);
    n.attributes.push(Attribute::new("valid_max", Value::Int(vec![9])));
    n.attributes.push(Attribute::new("level", Value::Int(vec![1])));
    n.storage.layout = Layout::Chunked(vec![2, 2]);
    n.storage.filters = vec![Filter::shuffle(), Filter::deflate(4)];
    let n = schema.add_variable(n);
    let name = schema.add_variable(Variable::new("name", Type::String, vec![x]));
    schema.groups.push(hyperslab::netcdf::Group {
        name: "g".into(),
        parent: Some(GroupId::ROOT),
        ..Default::default()
    });
    schema.dimensions.push(Dimension { name: "own".into(), length: 2, unlimited: false, group: GroupId(1) });
    let w = Variable { group: GroupId(1), ..Variable::new("w", Type::Float, vec![x]) };
    let w = schema.add_variable(w);
    assert_eq!(unused.0, 2);
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, schema).unwrap();
    writer.write(times, &Selection::all(&[3]), &[0.5, 1.0, 1.5]).unwrap();
    writer.write(n, &Selection::all(&[2, 3]), &[1, 2, 3, 4, 5, 6]).unwrap();
    writer.write_strings(name, &Selection::all(&[3]), &[b"a".to_vec(), Vec::new(), b"long".to_vec()]).unwrap();
    writer.write(w, &Selection::all(&[3]), &[0.1f32, 0.2, 0.3]).unwrap();
    finished(writer, &place)
}

/// The input without what classic containers do not have.
fn root_alone() -> ConvertOptions {
    ConvertOptions { only: ["t", "n", "name"].map(String::from).to_vec(), ..ConvertOptions::default() }
}

fn converted(options: &ConvertOptions) -> Result<(File, u64), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let done = convert(&input(), &path, options, &|_| ControlFlow::Continue(()));
    if done.is_err() {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    let size = done?.continue_value().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len() as u64, size);
    Ok((File::from_bytes(bytes).unwrap(), size))
}

fn choice<T>(variable: Option<&str>, value: T) -> Choices<T> {
    let mut choices = Choices::default();
    choices.push(variable.map(String::from), value);
    choices
}

#[test]
fn nothing_is_asked_for_and_nothing_changes() {
    let (from, (to, _)) = (input(), converted(&ConvertOptions::default()).unwrap());
    assert_eq!(to.schema(), from.schema());
    for (a, b) in from.arrays().iter().zip(to.arrays()) {
        assert_eq!(a.read_values(..).unwrap(), b.read_values(..).unwrap(), "{}", a.path());
    }
}

#[test]
fn a_part_has_what_it_needs() {
    let names = |only: &str| {
        let options = ConvertOptions { only: vec![only.to_owned()], ..ConvertOptions::default() };
        let (file, _) = converted(&options).unwrap();
        let schema = file.schema().clone();
        let variables: Vec<_> = schema.variables.iter().map(|v| schema.path(v)).collect();
        let dimensions: Vec<_> = schema.dimensions.iter().map(|d| d.name.clone()).collect();
        (variables.join(" "), dimensions.join(" "), schema.groups.len())
    };
    let words = |variables: &str, dimensions: &str, groups| (variables.to_owned(), dimensions.to_owned(), groups);
    assert_eq!(names("n"), words("/t /n", "t x", 1));
    assert_eq!(names("/g/w"), words("/g/w", "x", 2));
    assert_eq!(names("g"), words("/g/w", "x own", 2));
    assert_eq!(names("name"), words("/name", "x", 1));
}

/// In the root `plain(x)`, in `empty` the type `other`, in `g` the type `list` and `w(x)` of it, in `g/below` the type `record`, of lists,
/// and `v(x)` of it.
fn input_with_types() -> File {
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 3, false);
    for (name, parent) in [("empty", 0), ("g", 0), ("below", 2)] {
        let parent = Some(GroupId(parent));
        schema.groups.push(hyperslab::netcdf::Group { name: name.into(), parent, ..Default::default() });
    }
    let user = |name: &str, group: usize, class| {
        Arc::new(UserType { name: name.into(), group: GroupId(group), size: 16, class })
    };
    let list = user("list", 2, UserClass::Vlen(Type::Int));
    let other = user("other", 1, UserClass::Opaque);
    let field = Field { name: "f".into(), offset: 0, ty: Type::User(list.clone()), dims: Vec::new() };
    let record = user("record", 3, UserClass::Compound(vec![field]));
    schema.types = vec![other, list.clone(), record.clone()];
    schema.add_variable(Variable::new("plain", Type::Int, vec![x]));
    schema.add_variable(Variable { group: GroupId(3), ..Variable::new("v", Type::User(record), vec![x]) });
    schema.add_variable(Variable { group: GroupId(2), ..Variable::new("w", Type::User(list), vec![x]) });
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, schema).unwrap();
    writer.write(VariableId(0), &Selection::all(&[3]), &[1, 2, 3]).unwrap();
    let [list_type, record_type] = [1, 2].map(|n| writer.schema().types[n].clone());
    let lists = |numbers: &[i32]| numbers.iter().map(|&n| UserValue::Vlen(Value::Int(vec![n, n]))).collect();
    let list = |numbers: &[i32]| Value::User(list_type.clone(), lists(numbers));
    let records = (1..4).map(|n| UserValue::Compound(vec![list(&[n])])).collect();
    let all = Selection::all(&[3]);
    writer.write_values(VariableId(1), &all, &Value::User(record_type, records)).unwrap();
    writer.write_values(VariableId(2), &all, &list(&[4, 5, 6])).unwrap();
    finished(writer, &place)
}

#[test]
fn a_part_has_the_groups_and_types_that_it_needs_alone() {
    let input = input_with_types();
    let take = |only: &str, container| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.nc");
        let options = ConvertOptions { only: vec![only.to_owned()], container, ..ConvertOptions::default() };
        assert!(convert(&input, &path, &options, &|_| ControlFlow::Continue(())).unwrap().is_continue());
        let file = File::from_bytes(std::fs::read(&path).unwrap()).unwrap();
        let schema = file.schema().clone();
        let groups: Vec<_> = (0..schema.groups.len()).map(|n| schema.group_path(GroupId(n))).collect();
        let types: Vec<_> =
            schema.types.iter().map(|user| (user.name.clone(), schema.group_path(user.group))).collect();
        (file, groups.join(" "), types)
    };
    let (file, groups, types) = take("plain", Some(Container::Cdf5));
    assert_eq!(
        (file.find("plain").unwrap().read_all::<i32>().unwrap(), groups.as_str(), types.len()),
        (vec![1, 2, 3], "/", 0)
    );
    for (name, groups_taken, types_taken) in [
        ("/g/w", "/ /g", vec![("list", "/g")]),
        ("/g/below/v", "/ /g /g/below", vec![("list", "/g"), ("record", "/g/below")]),
        ("/g/below", "/ /g /g/below", vec![("list", "/g"), ("record", "/g/below")]),
    ] {
        let (file, groups, types) = take(name, None);
        assert_eq!(groups, groups_taken, "{name}");
        let types: Vec<_> = types.iter().map(|(name, group)| (name.as_str(), group.as_str())).collect();
        assert_eq!(types, types_taken, "{name}");
        let name = if name == "/g/below" { "/g/below/v" } else { name };
        // The groups before it are fewer by one.
        let numbered = |text: String| {
            (2..4).fold(text, |text, n| text.replace(&format!("GroupId({n})"), &format!("GroupId({})", n - 1)))
        };
        let read = |file: &File| format!("{:?}", file.find(name).unwrap().read_values(..).unwrap());
        assert_eq!(read(&file), numbered(read(&input)), "{name}");
    }
    let (_, groups, types) = take("empty", None);
    assert_eq!((groups.as_str(), types), ("/ /empty", vec![("other".to_owned(), "/empty".to_owned())]));
}

#[test]
fn what_was_never_written_stays_so_in_another_type() {
    let options = ConvertOptions { types: choice(None, Type::Int64), ..ConvertOptions::default() };
    let (file, _) = converted(&options).unwrap();
    let n = file.find("n").unwrap();
    assert_eq!(
        n.read::<i64>((1.., ..)).unwrap(),
        [4, 5, 6].into_iter().chain([-9_223_372_036_854_775_806; 3]).collect::<Vec<_>>()
    );
    assert_eq!(n.variable().attribute("valid_max"), Some(&Value::Int64(vec![9])));
    assert_eq!(n.variable().attribute("level"), Some(&Value::Int(vec![1])));
    assert_eq!(file.find("t").unwrap().variable().ty, Type::Double);
}

#[test]
fn texts_become_characters_where_there_are_no_others() {
    let options = ConvertOptions { container: Some(Container::Cdf1), ..root_alone() };
    let (file, _) = converted(&options).unwrap();
    let name = file.find("name").unwrap();
    assert_eq!(name.shape(), [3, 4]);
    assert_eq!(name.read_strings(..).unwrap(), ["a", "", "long"]);
    let error = converted(&ConvertOptions { keep_strings: true, ..options }).unwrap_err();
    assert!(error.kind() == Kind::Unsupported && error.to_string().contains("/name"), "{error}");
}

#[test]
fn headers_have_room_to_grow() {
    let size = |header_padding| {
        let options = ConvertOptions { container: Some(Container::Cdf5), header_padding, ..root_alone() };
        converted(&options).unwrap().1
    };
    assert_eq!([size(0) + 4000, size(0) + 8], [size(4000), size(5)]);
}

#[test]
fn storage_is_what_is_asked_for() {
    let options = ConvertOptions {
        compression: choice(Some("n"), vec![Filter::zstd(3)]),
        fletcher32: choice(None, true),
        chunk_lengths: vec![("x".to_owned(), 1)],
        fixed: vec!["t".to_owned()],
        ..ConvertOptions::default()
    };
    let (file, _) = converted(&options).unwrap();
    let storage = |name: &str| file.find(name).unwrap().variable().storage.clone();
    let ids = |name: &str| storage(name).filters.iter().map(|filter| filter.id).collect::<Vec<_>>();
    assert_eq!((ids("n"), ids("t"), ids("name")), (vec![2, 32015, 3], vec![3], vec![]));
    assert_eq!(storage("n").layout, Layout::Chunked(vec![2, 1]));
    assert!(!file.schema().dimensions[0].unlimited);
    assert_eq!(file.find("n").unwrap().read::<i32>((..2, ..)).unwrap(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn wishes_that_cannot_be_had_are_refused_by_name() {
    let classic = || ConvertOptions { container: Some(Container::Cdf2), ..root_alone() };
    let quantization = Quantization { mode: QuantizeMode::BitRound, digits: 3 };
    let whole =
        || ConvertOptions { fixed: vec!["t".into()], chunks: choice(Some("n"), vec![]), ..ConvertOptions::default() };
    let n = converted(&whole()).unwrap().0.find("n").unwrap().variable().storage.clone();
    assert_eq!((n.layout, n.filters), (Layout::Contiguous, Vec::new()));
    let cases = [
        (ConvertOptions { container: Some(Container::Cdf2), ..ConvertOptions::default() }, "/g"),
        (ConvertOptions { only: vec!["q".into()], ..ConvertOptions::default() }, "no variable and no group q"),
        (ConvertOptions { fixed: vec!["q".into()], ..ConvertOptions::default() }, "no dimension q"),
        (ConvertOptions { compression: choice(Some("q"), vec![]), ..ConvertOptions::default() }, "no variable q"),
        (ConvertOptions { types: choice(Some("t"), Type::Int), ..ConvertOptions::default() }, "/t"),
        (ConvertOptions { types: choice(Some("name"), Type::Int), ..ConvertOptions::default() }, "/name"),
        (ConvertOptions { types: choice(Some("n"), Type::Int64), ..classic() }, "/n"),
        (ConvertOptions { unlimited: vec!["x".into()], ..classic() }, "unlimited"),
        (ConvertOptions { quantize: choice(None, quantization), ..classic() }, "quantized values"),
        (ConvertOptions { quantize: choice(Some("n"), quantization), ..ConvertOptions::default() }, "/n"),
        (ConvertOptions { chunks: choice(Some("n"), vec![2]), ..ConvertOptions::default() }, "/n"),
        (
            ConvertOptions { chunks: choice(Some("n"), vec![]), ..ConvertOptions::default() },
            "/n: data in one piece along the unlimited dimension t",
        ),
        (ConvertOptions { shuffle: choice(Some("n"), true), ..whole() }, "/n: filters of data in one piece"),
    ];
    for (options, named) in cases {
        let error = converted(&options).unwrap_err();
        assert!(error.to_string().contains(named), "{error} names no {named}");
        assert!(matches!(error.kind(), Kind::Usage | Kind::Unsupported | Kind::NotFound), "{error:?}");
    }
}

#[test]
fn a_writer_rounds_what_it_is_given_and_says_so() {
    for mode in [QuantizeMode::BitGroom, QuantizeMode::GranularBitRound, QuantizeMode::BitRound] {
        let mut schema = Schema::new(Container::NetCdf4);
        let x = schema.add_dimension("x", 3, false);
        let quantization = Some(Quantization { mode, digits: 3 });
        schema.add_variable(Variable { quantization, ..Variable::new("v", Type::Float, vec![x]) });
        let place = Memory::new();
        let writer = Writer::create_in_memory(&place, schema).unwrap();
        writer.write(VariableId(0), &Selection::all(&[3]), &[1.234_567, 9.969_21e36, f64::INFINITY]).unwrap_err();
        writer.write_rounded(VariableId(0), &Selection::all(&[3]), &[1.234_567f64, 9.5, 9.969_21e36]).unwrap();
        let file = finished(writer, &place);
        let v = file.find("v").unwrap();
        assert_eq!(v.variable().attributes[0], Attribute::new(mode.attribute(), Value::Int(vec![3])));
        let read = v.read_all::<f32>().unwrap();
        assert!(read[0].to_bits().trailing_zeros() >= 8 && (read[0] - 1.234_567).abs() < 0.1, "{read:?}");
        assert_eq!(read[2], 9.969_21e36);
    }
}
