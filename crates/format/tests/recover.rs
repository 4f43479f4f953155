//! Torn HDF5 and netCDF-4 files: what comes back is what was there, and the rest is named or refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_precision_loss)]
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, DatasetSpec, FileOptions, FillSpec, GroupSpec, LayoutSpec, Level, LinkSpec,
};
use hyperslab::hdf5::{Datatype, Editor, File, Fill, FillTime, Filter, IndexKind, Object, ObjectKind};
use hyperslab::recover::{self, Finding, Recovered};
use hyperslab::{ByteOrder, Kind, Memory, NumberType, OpenOptions, Selection};

const FILES: [&str; 4] = ["hdf5", "netcdf", "exodus", "."];
/// Larger files take too long here.
const LARGEST: usize = 64 << 10;

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found: Vec<PathBuf> = FILES
        .iter()
        .flat_map(|directory| fs::read_dir(root.join(directory)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.is_file() && fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\x89HDF") && bytes.len() < LARGEST)
        })
        .collect();
    found.sort();
    assert!(found.len() > 10, "{} fixtures", found.len());
    found
}

/// Recovers what bytes hold; the new file opens, and all of its objects do.
fn recovered(bytes: &[u8]) -> Result<(Recovered, File), Kind> {
    let directory = tempfile::tempdir().unwrap();
    let (torn, whole) = (directory.path().join("torn"), directory.path().join("whole"));
    fs::write(&torn, bytes).unwrap();
    let done = recover::recover(&torn, &whole, false, &OpenOptions::new(), &|_| ControlFlow::Continue(()));
    let recovered = match done {
        Ok(done) => done.continue_value().unwrap(),
        Err(error) => {
            assert!(!whole.exists(), "an output beside an error");
            return Err(error.kind());
        }
    };
    Ok((recovered, File::from_bytes(fs::read(&whole).unwrap()).unwrap()))
}

/// The numbers of every dataset of a file, by the paths of hard links.
fn numbers(file: &File) -> Vec<(String, Vec<u64>, Vec<u64>)> {
    let mut found = Vec::new();
    visit(&file.root().unwrap(), "", &mut found, 0);
    found
}

fn visit(group: &Object, path: &str, found: &mut Vec<(String, Vec<u64>, Vec<u64>)>, depth: usize) {
    let Ok(links) = group.links() else { return };
    for link in links.into_iter().filter(|_| depth < 4) {
        let path = format!("{path}/{}", link.name);
        let Ok(object) = group.file().object(&path) else { continue };
        match object.kind() {
            ObjectKind::Group => visit(&object, &path, found, depth + 1),
            ObjectKind::Dataset => {
                let Ok(dataset) = object.dataset() else { continue };
                let Ok(values) = dataset.read_all::<f64>() else { continue };
                found.push((path, dataset.shape().to_vec(), values.into_iter().map(f64::to_bits).collect()));
            }
            ObjectKind::Datatype => {}
        }
    }
}

#[test]
fn what_is_whole_comes_back_whole() {
    let mut compared = 0;
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let Ok(file) = File::from_bytes(bytes.clone()) else { continue };
        let ((recovered, copy), before) = (recovered(&bytes).unwrap(), numbers(&file));
        assert!(recovered.lost.is_empty() && recovered.found.is_empty(), "{}: {recovered:?}", path.display());
        assert_eq!(before, numbers(&copy), "{}", path.display());
        compared += before.len();
    }
    assert!(compared > 30, "{compared} datasets");
}

/// Headers and indexes are no data, and nothing of them is lost, however many there are. What lies behind the end of a file is none of it.
#[test]
fn a_file_of_much_that_is_no_data_is_whole() {
    let place = Memory::default();
    let builder =
        Builder::in_memory_with(&place, &FileOptions { level: Level::Earliest, ..FileOptions::default() }).unwrap();
    let group = |n: usize| LinkSpec::hard(format!("g{n:04}"), builder.add_group(&GroupSpec::default()).unwrap());
    let links = (0..1000).map(group).collect();
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let mut bytes = place.take().unwrap();
    assert!(bytes.len() > 400 << 10, "{} bytes", bytes.len());
    assert_eq!(recovered(&bytes).unwrap().0.lost, []);
    bytes.resize(bytes.len() + (1 << 20), 1);
    let lost = recovered(&bytes).unwrap().0.lost;
    assert!(lost.len() == 1 && lost[0].what.contains("1048576 behind the end"), "{lost:?}");
}

#[test]
fn files_that_were_cut_off_give_back_what_is_in_them() {
    let mut kept = 0;
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        for tenths in [1, 5, 8, 9] {
            let cut = &bytes[..bytes.len() * tenths / 10];
            match recovered(cut) {
                Ok((_, copy)) => kept += numbers(&copy).len(),
                Err(kind) => assert!(!matches!(kind, Kind::Io | Kind::Usage), "{}: {kind:?}", path.display()),
            }
        }
    }
    assert!(kept > 10, "{kept} datasets");
}

#[test]
fn blocks_of_zeros_cost_what_they_hold() {
    let (mut kept, mut lost) = (0, 0);
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        for block in [1, 3, 7, 12] {
            let mut torn = bytes.clone();
            let Some(range) = torn.get_mut(block * 512..(block + 1) * 512) else { continue };
            range.fill(0);
            match recovered(&torn) {
                Ok((recovered, copy)) => {
                    kept += numbers(&copy).len();
                    lost += recovered.lost.len();
                }
                Err(kind) => assert!(kind != Kind::Io, "{}: {kind:?}", path.display()),
            }
        }
    }
    assert!(kept > 10 && lost > 0, "{kept} datasets, {lost} losses");
}

#[test]
fn a_file_without_contents_says_so() {
    for bytes in [&b""[..], &[0; 48], &[0; 96]] {
        assert_eq!(recovered(bytes).unwrap_err(), Kind::Malformed);
    }
}

/// A dataset of chunks with checksums, of which one is damaged: the others come back.
#[test]
fn a_torn_chunk_costs_its_rows() {
    use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 100, false);
    let mut variable = Variable::new("u", Type::Double, vec![time, node]);
    variable.storage.layout = hyperslab::netcdf::Layout::Chunked(vec![1, 100]);
    variable.storage.filters = vec![Filter::fletcher32()];
    let u = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    writer.write(u, &hyperslab::Selection::all(&[10, 100]), &values).unwrap();
    writer.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let needle: Vec<u8> = (320..330).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at] ^= 1;
    let (recovered, copy) = recovered(&bytes).unwrap();
    assert_eq!(recovered.lost.len(), 1, "{:?}", recovered.lost);
    let finding = &recovered.lost[0];
    assert!(finding.object == "/u" && finding.what.starts_with("1 of its chunks, in the rows 3 to 3"), "{finding:?}");
    let back = copy.object("/u").unwrap().dataset().unwrap().read_all::<f64>().unwrap();
    for (n, (&was, &is)) in values.iter().zip(&back).enumerate() {
        assert_eq!(was == is, !(300..400).contains(&n), "{n}: {is}");
    }
}

/// Lengths, stored elements one by one, and the fill value.
type Stored = (Vec<u64>, Vec<Vec<u8>>, Vec<u8>);

/// The stored elements of every dataset without addresses, by the paths of hard links.
fn elements(file: &File) -> BTreeMap<String, Stored> {
    let mut found = BTreeMap::new();
    for (path, shape, _) in numbers(file) {
        let dataset = file.object(&path).unwrap().dataset().unwrap();
        let size = usize::try_from(dataset.datatype().size()).unwrap();
        let Ok(bytes) = dataset.read_bytes(..) else { continue };
        let fill = match dataset.fill() {
            Fill::Value(value) => value,
            _ => vec![0; size],
        };
        found.insert(path, (shape, bytes.chunks_exact(size).map(<[u8]>::to_vec).collect(), fill));
    }
    found
}

/// Whether a report speaks of an object, or of what is above it.
fn is_named(recovered: &Recovered, path: &str) -> bool {
    let above = |object: &str| object == "/" || path == object || path.starts_with(&format!("{object}/"));
    let in_steps = recovered.records.iter().any(|records| records.kept < records.told);
    in_steps || recovered.lost.iter().any(|finding| above(&finding.object))
}

/// What netCDF fills numbers of 4 and 8 bytes with, in little-endian order.
fn netcdf_fills() -> [Vec<u8>; 4] {
    let (int, float) = (-2_147_483_647_i32, 9.969_21e36_f32);
    let int64 = -9_223_372_036_854_775_806_i64;
    [
        int.to_le_bytes().to_vec(),
        float.to_le_bytes().to_vec(),
        int64.to_le_bytes().to_vec(),
        UNWRITTEN.to_le_bytes().to_vec(),
    ]
}

/// What came back of a file that was cut off: of each dataset no other elements than it had, in no other places; and where some
/// are not there, the report says so.
fn check_subset(name: &str, original: &File, recovered: &Recovered, copy: &File) -> usize {
    let (before, after) = (elements(original), elements(copy));
    let mut kept = 0;
    for (path, (shape, elements, _)) in &before {
        let Some((new_shape, new, fill)) = after.get(path) else {
            assert!(is_named(recovered, path), "{name}: {path} is lost, and {:?}", recovered.lost);
            continue;
        };
        assert!(new_shape.len() == shape.len() && new_shape.iter().zip(shape).all(|(new, old)| new <= old));
        // Only the first dimension becomes shorter: the elements that are left are the first ones.
        for (n, (old, new)) in elements.iter().zip(new).enumerate() {
            let is_filled = new == fill || netcdf_fills().contains(new);
            assert!(old == new || is_filled, "{name}: element {n} of {path}");
        }
        assert!(elements == new || is_named(recovered, path), "{name}: {path} is not whole, and {:?}", recovered.lost);
        kept += usize::from(elements == new);
    }
    kept
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 8).unwrap() % end.max(1)
    }
}

/// The files of these tests, with a few from the fixtures, and how often they are damaged: `RECOVER_CASES` times.
fn torn_files() -> (Vec<(String, Vec<u8>)>, usize) {
    let cases = std::env::var("RECOVER_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(6);
    let mut files: Vec<(String, Vec<u8>)> = fixtures()
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .filter(|(_, bytes)| bytes.len() < 24 << 10)
        .collect();
    files.extend([Level::Earliest, Level::Latest].map(|level| (format!("{level:?}"), groups_of(level))));
    files.push(("steps".to_owned(), steps().1));
    (files, cases)
}

#[test]
fn of_files_that_were_cut_off_nothing_else_comes_back() {
    let ((files, cases), mut random, mut kept) = (torn_files(), Random(1), 0);
    for (name, bytes) in files {
        let Ok(original) = File::from_bytes(bytes.clone()) else { continue };
        for _ in 0..cases {
            let len = random.below(bytes.len());
            match recovered(&bytes[..len]) {
                Ok((recovered, copy)) => {
                    kept += check_subset(&format!("{name}, {len} bytes"), &original, &recovered, &copy)
                }
                Err(kind) => assert!(!matches!(kind, Kind::Io | Kind::Usage), "{name}: {kind:?}"),
            }
        }
    }
    assert!(kept > 100, "{kept} datasets");
}

#[test]
fn files_that_were_poked_give_files_that_open_or_typed_errors() {
    let ((files, cases), mut random, mut whole) = (torn_files(), Random(2), 0);
    for (name, bytes) in files {
        for _ in 0..cases {
            let mut torn = bytes.clone();
            for _ in 0..=random.below(8) {
                let (at, byte) = (random.below(torn.len()), random.below(256));
                torn[at] = u8::try_from(byte).unwrap();
            }
            torn.truncate(bytes.len() - random.below(2) * random.below(bytes.len() / 2));
            match recovered(&torn) {
                Ok((recovered, _)) => whole += usize::from(recovered.lost.is_empty()),
                Err(kind) => assert!(!matches!(kind, Kind::Io | Kind::Usage), "{name}: {kind:?}"),
            }
        }
    }
    assert!(whole > 10, "{whole} files");
}

/// A file of groups with datasets of every layout, as old and as new as there are.
fn groups_of(level: Level) -> Vec<u8> {
    let (double, place) = (Datatype::Number(NumberType::F64, ByteOrder::Little), Memory::default());
    let builder = Builder::in_memory_with(&place, &FileOptions { level, ..FileOptions::default() }).unwrap();
    let bytes: Vec<u8> = (1..=1200).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let all = Selection::all(&[120, 10]);
    let chunked = LayoutSpec::Chunked { chunk: vec![1, 10], index: IndexKind::BTreeV1 };
    let mut groups = Vec::new();
    for name in ["a", "b", "c"] {
        let mut links = Vec::new();
        for (kind, layout) in [("piece", LayoutSpec::Contiguous), ("chunks", chunked.clone())] {
            let spec = DatasetSpec { layout, max_shape: vec![120, 10], ..DatasetSpec::new(double.clone(), &[120, 10]) };
            let dataset = builder.dataset(spec).unwrap();
            builder.write(&dataset, &all, &bytes).unwrap();
            let attributes = vec![AttributeSpec::text("of", name)];
            links.push(LinkSpec::hard(kind, builder.add_dataset(dataset, &[120, 10], attributes).unwrap()));
        }
        let group = GroupSpec { links, ..GroupSpec::default() };
        groups.push(LinkSpec::hard(name, builder.add_group(&group).unwrap()));
    }
    let root = builder.add_group(&GroupSpec { links: groups, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    place.take().unwrap()
}

fn offset_of(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).unwrap()
}

#[test]
fn without_a_superblock_the_root_group_is_found() {
    for level in [Level::Earliest, Level::Latest] {
        let bytes = groups_of(level);
        let mut torn = bytes.clone();
        torn[..48].fill(0);
        let (recovered, copy) = recovered(&torn).unwrap();
        assert_eq!(numbers(&copy), numbers(&File::from_bytes(bytes).unwrap()), "{level:?}");
        assert!(recovered.lost.len() == 1 && recovered.lost[0].object == "/", "{recovered:?}");
    }
}

#[test]
fn objects_that_no_link_leads_to_are_found() {
    for level in [Level::Earliest, Level::Latest] {
        let bytes = groups_of(level);
        let file = File::from_bytes(bytes.clone()).unwrap();
        let at = |path: &str| file.object(path).unwrap().address();
        let (root, a) = (at("/"), at("/a"));
        for (group, lost) in [(root, "/"), (a, "/a")] {
            let mut torn = bytes.clone();
            torn[usize::try_from(group).unwrap()..][..16].fill(0xee);
            let (recovered, copy) = recovered(&torn).unwrap();
            let below: Vec<_> = numbers(&file).into_iter().filter(|(path, ..)| path.starts_with(lost)).collect();
            let found: Vec<_> =
                numbers(&copy).into_iter().filter(|(path, ..)| path.starts_with("/lost+found/")).collect();
            let values = |found: &[(String, Vec<u64>, Vec<u64>)]| {
                found.iter().map(|(.., values)| values.clone()).collect::<Vec<_>>()
            };
            assert_eq!(values(&found), values(&below), "{level:?} {lost}: {recovered:?}");
            assert!(!recovered.lost.is_empty() && !recovered.found.is_empty(), "{recovered:?}");
        }
    }
}

/// Leaves of a version 1 B-tree whose root is gone give their chunks back, and to no other dataset.
#[test]
fn chunks_that_no_index_leads_to_are_found() {
    let bytes = groups_of(Level::Earliest);
    let file = File::from_bytes(bytes.clone()).unwrap();
    let mut torn = bytes.clone();
    // Of the three trees of two leaves each, the root of one.
    let roots: Vec<usize> = (0..bytes.len() - 8).filter(|&at| bytes[at..].starts_with(b"TREE\x01\x01")).collect();
    assert_eq!(roots.len(), 3);
    torn[roots[1]..roots[1] + 512].fill(0);
    let (recovered, copy) = recovered(&torn).unwrap();
    assert_eq!(numbers(&copy), numbers(&file), "{recovered:?}");
}

/// A netCDF-4 file of ten steps of two variables, and where the last row of the first one is.
fn steps() -> (usize, Vec<u8>) {
    use hyperslab::netcdf::{Container, Layout, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 100, false);
    let variables = ["u", "v"].map(|name| {
        let mut variable = Variable::new(name, Type::Double, vec![time, node]);
        variable.storage.layout = Layout::Chunked(vec![1, 100]);
        variable.storage.filters = vec![Filter::fletcher32()];
        schema.add_variable(variable)
    });
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (1..=1000).map(f64::from).collect();
    for variable in variables {
        writer.write(variable, &Selection::all(&[10, 100]), &values).unwrap();
    }
    writer.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    let row: Vec<u8> = (901..905).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    (offset_of(&bytes, &row), bytes)
}

/// Where the last step of a variable is lost, the others end before it, too.
#[test]
fn steps_are_kept_as_far_as_they_are_whole() {
    let (last, bytes) = steps();
    assert_eq!(recovered(&bytes).unwrap().0.records[0].kept, 10);
    let mut torn = bytes;
    torn[last] ^= 1;
    let (recovered, copy) = recovered(&torn).unwrap();
    let records = &recovered.records[0];
    assert_eq!((records.told, records.kept), (10, 9), "{recovered:?}");
    let is_told = |finding: &Finding| finding.what == "the step 9 is not whole in /u";
    assert!(recovered.lost.len() == 1 && is_told(&recovered.lost[0]), "{recovered:?}");
    let values: Vec<f64> = (1..=900).map(f64::from).collect();
    for path in ["/u", "/v"] {
        assert_eq!(copy.object(path).unwrap().dataset().unwrap().read_all::<f64>().unwrap(), values, "{path}");
    }
}

/// Each unlimited dimension has its steps; where none of a variable is whole, it is named.
#[test]
fn steps_are_told_of_each_dimension() {
    use hyperslab::netcdf::{Container, Layout, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let dimensions = ["a", "b"].map(|name| schema.add_dimension(name, 0, true));
    let variables = [("u", 0, 3u64), ("v", 0, 3), ("w", 1, 5)].map(|(name, dimension, rows)| {
        let mut variable = Variable::new(name, Type::Double, vec![dimensions[dimension]]);
        variable.storage.layout = Layout::Chunked(vec![1]);
        variable.storage.filters = vec![Filter::fletcher32()];
        (schema.add_variable(variable), rows)
    });
    let writer = Writer::create(&path, schema, false).unwrap();
    let value = |n: usize, row: u64| 1e9 + (n * 10) as f64 + row as f64;
    for (n, (variable, rows)) in variables.into_iter().enumerate() {
        let values: Vec<f64> = (0..rows).map(|row| value(n, row)).collect();
        writer.write(variable, &Selection::all(&[rows]), &values).unwrap();
    }
    writer.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    for (n, row) in [(1, 0), (1, 1), (1, 2), (2, 4)] {
        let at = offset_of(&bytes, &value(n, row).to_le_bytes());
        bytes[at] ^= 1;
    }
    let mut records = recovered(&bytes).unwrap().0.records;
    records.sort_by(|a, b| a.dimension.cmp(&b.dimension));
    let of = |dimension: &str, told, kept, blank: &[&str]| {
        let blank = blank.iter().map(|name| (*name).to_owned()).collect();
        recover::Records { dimension: dimension.to_owned(), told, kept, blank }
    };
    assert_eq!(records, [of("/a", 3, 3, &["/v"]), of("/b", 5, 4, &[])]);
}

/// The classic model of netCDF-4 takes it for granted that dimensions have the numbers from 0 on.
#[test]
fn dimensions_that_are_left_are_numbered_anew() {
    use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let [a, b, c] = [("a", 3), ("b", 4), ("c", 5)].map(|(name, len)| schema.add_dimension(name, len, false));
    // A variable that is the scale of one of its dimensions says which these are.
    schema.add_variable(Variable::new("c", Type::Double, vec![c, b]));
    schema.add_variable(Variable::new("w", Type::Double, vec![a]));
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let file = File::from_bytes(bytes.clone()).unwrap();
    let lost = usize::try_from(file.object("/a").unwrap().address()).unwrap();
    bytes[lost] = 0;
    let (_, copy) = recovered(&bytes).unwrap();
    let numbers = |object: &str, name: &str| {
        copy.object(object).unwrap().attribute(name).unwrap().map(|found| found.read::<i32>().unwrap())
    };
    let told = ["/b", "/c"].map(|name| numbers(name, "_Netcdf4Dimid").unwrap());
    assert_eq!(told, [[0], [1]]);
    assert_eq!(numbers("/c", "_Netcdf4Coordinates").unwrap(), [1, 0]);
}

/// What netCDF fills doubles with.
const UNWRITTEN: f64 = 9.969_209_968_386_869e36;

/// Where the library fills nothing in, lost elements are written: else they are what lies in the memory of the reader.
#[test]
fn lost_elements_are_fill_values_where_nothing_is_filled_in() {
    use hyperslab::netcdf::{Container, Fill, Layout, Schema, Type, Variable, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 1000, false);
    let mut variable = Variable::new("v", Type::Double, vec![x]);
    (variable.storage.filters, variable.storage.layout) = (vec![Filter::fletcher32()], Layout::Chunked(vec![100]));
    variable.fill = Fill::None;
    let v = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (1..=1000).map(f64::from).collect();
    writer.write(v, &Selection::all(&[1000]), &values).unwrap();
    writer.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let chunk = offset_of(&bytes, &values[400..500].iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>());
    bytes[chunk] ^= 1;
    let (recovered, copy) = recovered(&bytes).unwrap();
    let v = copy.object("/v").unwrap().dataset().unwrap();
    assert_ne!(v.fill_time(), FillTime::Never);
    assert!(v.chunk_at(&[400]).unwrap().is_some(), "{recovered:?}");
    for (n, value) in v.read_all::<f64>().unwrap().into_iter().enumerate() {
        let expected = if (400..500).contains(&n) { UNWRITTEN } else { values[n] };
        assert_eq!(value.to_bits(), expected.to_bits(), "{n}");
    }
}

/// What nothing encoded is kept up to the last element before the end.
#[test]
fn the_head_of_what_crosses_the_end_is_kept() {
    let chunked = LayoutSpec::Chunked { chunk: vec![10, 10], index: IndexKind::BTreeV1 };
    let fills = [(FillTime::IfSet, 37, 0.0), (FillTime::Never, 37, UNWRITTEN), (FillTime::Never, 0, UNWRITTEN)];
    for (layout, (time, held, unwritten)) in
        [LayoutSpec::Contiguous, chunked].into_iter().flat_map(|layout| fills.map(|fill| (layout.clone(), fill)))
    {
        let (place, is_piece) = (Memory::default(), layout == LayoutSpec::Contiguous);
        let builder =
            Builder::in_memory_with(&place, &FileOptions { level: Level::Earliest, ..FileOptions::default() }).unwrap();
        let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
        let fill = FillSpec { time, ..FillSpec::default() };
        let spec = DatasetSpec { layout, fill, max_shape: vec![10, 10], ..DatasetSpec::new(double, &[10, 10]) };
        let dataset = builder.dataset(spec).unwrap();
        let bytes: Vec<u8> = (1..=100).flat_map(|n| f64::from(n).to_le_bytes()).collect();
        builder.write(&dataset, &Selection::all(&[10, 10]), &bytes).unwrap();
        let attributes = vec![AttributeSpec::text("CLASS", "DIMENSION_SCALE")];
        let links = vec![LinkSpec::hard("x", builder.add_dataset(dataset, &[10, 10], attributes).unwrap())];
        let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
        builder.finish(root).unwrap();
        let mut file = place.take().unwrap();
        // The elements move behind everything else, where the file ends in the 38th of them.
        let (from, to) = (offset_of(&file, &bytes), file.len());
        // After the version and the class of the layout message, or the sizes and offsets of the first key of the tree.
        let before = if is_piece { vec![3, 1] } else { [&800u64.to_le_bytes()[..], &[0; 24]].concat() };
        let leads = offset_of(&file, &[&before[..], &(from as u64).to_le_bytes()].concat()) + before.len();
        file[leads..leads + 8].copy_from_slice(&(to as u64).to_le_bytes());
        file.extend(&bytes[..held * 8 + held.min(3)]);
        let (recovered, copy) = recovered(&file).unwrap();
        let back = copy.object("/x").unwrap().dataset().unwrap().read_all::<f64>().unwrap();
        let expected = (1..=100).map(|n| if n <= held { n as f64 } else { unwritten });
        assert_eq!(back, expected.collect::<Vec<f64>>());
        assert!(recovered.lost.len() == 1 && recovered.lost[0].object == "/x", "{recovered:?}");
    }
}

/// Groups whose links are in a heap, and objects whose attributes are: a lost index of them is told, and what it led to is read without it
/// where that can be.
#[test]
fn a_lost_index_is_told_and_links_are_read_without_it() {
    let (mut told, mut kept) = (0, 0);
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let Ok(file) = File::from_bytes(bytes.clone()) else { continue };
        let Ok((whole, _)) = recovered(&bytes) else { continue };
        let indexes =
            (0..bytes.len() - 8).filter(|&at| bytes[at..].starts_with(b"BTHD\x00") && (5..10).contains(&bytes[at + 5]));
        for at in indexes.take(6) {
            let mut torn = bytes.clone();
            torn[at] = 0;
            let Ok((recovered, copy)) = recovered(&torn) else { continue };
            assert!(recovered.lost != whole.lost, "{} at {at}: {recovered:?}", path.display());
            told += usize::from(recovered.lost.iter().any(|finding| finding.what.contains("the index of the ")));
            kept += usize::from(numbers(&copy) == numbers(&file));
        }
    }
    assert!(told > 4 && kept > 4, "{told} are told, {kept} files are whole");
}

/// A netCDF-4 file that steps were added to, each of which was published by itself; with a dataset that is called `lost+found` if so wished.
fn appended(steps: u64, is_taken: bool) -> Vec<u8> {
    use hyperslab::netcdf::{Container, Layout, Schema, Type, Variable, VariableId, Writer};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 10, false);
    for name in ["u", "v"] {
        let mut variable = Variable::new(name, Type::Double, vec![time, node]);
        variable.storage.layout = Layout::Chunked(vec![1, 10]);
        schema.add_variable(variable);
    }
    if is_taken {
        schema.add_variable(Variable::new("lost+found", Type::Double, vec![node]));
    }
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let writer = Writer::append(&path).unwrap();
    for step in 0..steps {
        for variable in 0..2 {
            let region = Selection::block(vec![step, 0], vec![1, 10]);
            let value = step as f64 + 1.0 + 100.0 * variable as f64;
            writer.write(VariableId(variable), &region, &[value; 10]).unwrap();
        }
        writer.publish().unwrap();
    }
    writer.finish().unwrap();
    fs::read(&path).unwrap()
}

/// What the steps of a file are that was cut, or damaged; all of them are right.
fn check_steps(copy: &File, recovered: &Recovered) -> u64 {
    let records = &recovered.records[0];
    assert!(records.kept <= records.told, "{recovered:?}");
    for (name, first) in [("/u", 1.0), ("/v", 101.0)] {
        let values = copy.object(name).unwrap().dataset().unwrap().read_all::<f64>().unwrap();
        let expected: Vec<f64> = (0..records.kept).flat_map(|step| [first + step as f64; 10]).collect();
        assert_eq!(values, expected, "{name} {recovered:?}");
    }
    let file = hyperslab::netcdf::File::from_bytes(copy.source().copy(0, copy.size()).unwrap()).unwrap();
    assert_eq!(file.find("u").unwrap().shape()[0], records.kept);
    records.kept
}

/// Wherever a file is cut that steps were added to, the last state comes back that is there, or what it had of a newer one.
#[test]
fn older_states_come_back_when_the_end_is_cut_off() {
    let (bytes, mut random, mut kept, mut newer) = (appended(12, false), Random(3), Vec::new(), 0);
    for _ in 0..60 {
        let len = random.below(bytes.len());
        let Ok((recovered, copy)) = recovered(&bytes[..len]) else { continue };
        if copy.object("/u").is_err() {
            continue;
        }
        kept.push(check_steps(&copy, &recovered));
        let records = &recovered.records[0];
        newer += usize::from(records.told > records.kept);
        let found = recovered.found.iter().filter(|finding| finding.what.contains("of a newer state")).count();
        assert!(found > 0 || records.told == records.kept, "{recovered:?}");
        // Behind the newest root there is the heap with what leads to the dimensions.
        let is_told =
            |finding: &Finding| finding.what.contains("older state") || finding.what.contains("DIMENSION_LIST");
        assert!(recovered.lost.iter().any(is_told), "{recovered:?}");
    }
    kept.sort_unstable();
    kept.dedup();
    assert!(kept.len() > 8 && newer > 0, "{kept:?}, {newer} told of newer ones");
}

/// A file that was added to has more bytes of older states than of its own: nothing of it is lost. Nor do they come back when it is damaged.
#[test]
fn older_states_are_left_out_where_the_newest_one_is_there() {
    let bytes = appended(12, false);
    let (whole, copy) = recovered(&bytes).unwrap();
    assert!(whole.lost.is_empty() && whole.found.is_empty() && check_steps(&copy, &whole) == 12, "{whole:?}");
    let file = File::from_bytes(bytes.clone()).unwrap();
    let u = usize::try_from(file.object("/u").unwrap().address()).unwrap();
    let mut torn = bytes;
    torn[u] = 0;
    let (recovered, copy) = recovered(&torn).unwrap();
    // The newest copy of what is lost comes back without its place.
    let found: Vec<_> =
        recovered.found.iter().filter(|finding| finding.what.contains("older state of the file has as /u")).collect();
    assert!(found.len() == 1 && recovered.found.len() == 2, "{recovered:?}");
    let values = copy.object(&found[0].object).unwrap().dataset().unwrap().read_all::<f64>().unwrap();
    assert!(values.len() == 110 || values.len() == 120, "{recovered:?}");
    assert!(recovered.lost.iter().any(|finding| finding.object == "/u" || finding.object == "/"), "{recovered:?}");
}

/// The group of what was found has a name of its own, and the report says which.
#[test]
fn what_was_found_has_a_name_that_is_free() {
    let bytes = appended(6, true);
    for at in (1..10).map(|tenth| bytes.len() * tenth / 10) {
        let Ok((recovered, copy)) = recovered(&bytes[..at]) else { continue };
        for finding in recovered.found.iter().filter(|finding| finding.object != "/") {
            assert!(
                finding.object.starts_with("/lost+found+/")
                    || copy.object("/lost+found").is_ok_and(|object| object.kind() == ObjectKind::Group),
                "{finding:?}"
            );
            assert!(copy.object(&finding.object).is_ok(), "{finding:?}");
        }
    }
}

#[test]
fn a_header_that_is_cut_costs_what_is_in_its_last_block() {
    let directory = tempfile::tempdir().unwrap();
    for level in [Level::Earliest, Level::V110] {
        let (path, bytes) = (directory.path().join("a.h5"), groups_of(level));
        fs::write(&path, bytes).unwrap();
        let int = Datatype::Number(NumberType::I32, ByteOrder::Little);
        let mut editor = Editor::open(&path).unwrap();
        let before = elements(&File::open(&path).unwrap());
        let dataset = before.keys().find(|path| path.contains('/')).unwrap().clone();
        for name in ["first", "second"] {
            editor.set_attribute(&dataset, &AttributeSpec::scalar(name, int.clone(), vec![7; 4])).unwrap();
        }
        editor.close().unwrap();
        let bytes = fs::read(&path).unwrap();
        let at = bytes.windows(6).rposition(|window| window == b"second").unwrap();
        let (recovered, copy) = recovered(&bytes[..at]).unwrap();
        assert_eq!(elements(&copy).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        let named: Vec<_> = recovered.lost.iter().map(|finding| finding.object.as_str()).collect();
        assert!(named == [dataset.as_str()] && recovered.found.is_empty(), "{recovered:?}");
        // Old headers have no checksum: what is before the cut is read.
        let first = copy.object(&dataset).unwrap().attribute("first").unwrap();
        assert_eq!(first.is_some(), level == Level::Earliest);
    }
}

#[test]
fn zeros_in_old_indexes_are_no_empty_groups_and_datasets() {
    let bytes = groups_of(Level::Earliest);
    let (before, mut damaged) = (elements(&File::from_bytes(bytes.clone()).unwrap()), 0);
    for signature in [b"SNOD", b"TREE"] {
        let places = bytes.windows(4).enumerate().filter(|(_, window)| window == signature).map(|(at, _)| at);
        for at in places {
            let mut torn = bytes.clone();
            torn[at + 5 - usize::from(signature == b"TREE")..at + 21].fill(0);
            let (recovered, copy) = recovered(&torn).unwrap();
            // Where nothing is lost, leaves were found without what led to them.
            let after = elements(&copy);
            assert!(!recovered.lost.is_empty() || after == before, "zeros at {at}: {recovered:?}");
            assert_eq!(after.len(), before.len(), "zeros at {at}: {recovered:?}");
            damaged += 1;
        }
    }
    assert!(damaged > 8, "{damaged}");
}

#[test]
fn objects_whose_names_are_lost_are_found() {
    let bytes = groups_of(Level::Earliest);
    let before = elements(&File::from_bytes(bytes.clone()).unwrap());
    for (from, to) in [(&b"piece\0"[..], &b"\0\0\0\0\0\0"[..]), (b"chunks\0", b"a/\xffb\0\0\0")] {
        let mut torn = bytes.clone();
        let at = offset_of(&bytes, from);
        torn[at..at + to.len()].copy_from_slice(to);
        let (recovered, copy) = recovered(&torn).unwrap();
        assert!(!recovered.lost.is_empty() && recovered.found.len() == 1, "{recovered:?}");
        let after = elements(&copy);
        assert_eq!(after.len(), before.len());
        let found = after.iter().find(|(path, _)| path.contains("lost+found")).unwrap().1;
        assert!(before.values().any(|was| was == found));
    }
}
