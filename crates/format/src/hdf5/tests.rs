//! Tests on databases that are spread over several files.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::datatype::Datatype;
use super::external::External;
use super::member_files::{Files, OpenFile};
use super::object::header::ObjectHeader;
use super::read::dataset::Dataset;
use super::read::elements::Elements;
use super::read::open;
use super::record::message::link::LinkTarget;
use super::space::{AddressSpace, ExternalFile};
use super::walk::links;
use super::walk::path::{self, Place};
use crate::element::ByteOrder;
use crate::{shape, Kind, Limits, Result, Selection, Source};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/multi")
}

/// How one file is opened: read, and out of memory, where everything is borrowed.
const WAYS: [fn(&Path) -> Result<Source>; 2] =
    [|path| Source::open(path), |path| Ok(Source::from_bytes(std::fs::read(path).unwrap()))];

/// Opens a database of the fixtures.
fn opened(name: &str, external: External, way: fn(&Path) -> Result<Source>) -> AddressSpace {
    let source = Source::gather(folder().join(name), &way).unwrap();
    let base = open::find(&source).unwrap().unwrap();
    let mut opened = open::open(source, base, Limits::default()).unwrap();
    opened.external = std::sync::Arc::new(external);
    opened
}

fn followed(name: &str, way: fn(&Path) -> Result<Source>) -> AddressSpace {
    opened(name, External::beside(folder().join(name)).unwrap().opened_by(way), way)
}

/// The dataset at a path, and the file that it is in.
fn dataset(opened: &AddressSpace, path: &str) -> Result<(Place, Dataset)> {
    let place = path::follow(opened, path.as_bytes())?.unwrap();
    let space = place.file.as_deref().unwrap_or(opened);
    let dataset = Dataset::from_header(space, &ObjectHeader::read(space, place.address)?)?;
    Ok((place, dataset))
}

fn read(opened: &AddressSpace, path: &str, region: impl FnOnce(&Dataset) -> Selection) -> Result<(Vec<u64>, Vec<u8>)> {
    let (place, dataset) = dataset(opened, path)?;
    let space = place.file.as_deref().unwrap_or(opened);
    let region = region(&dataset);
    let size = dataset.datatype.size();
    let mut bytes = vec![0xee; usize::try_from(shape::bytes(&region.count, size)?).unwrap()];
    dataset.read(space, &region, &mut bytes)?;
    match (&dataset.datatype, dataset.datatype.number()) {
        (Datatype::VariableString(_), _) => {
            let mut elements = Elements::new(space);
            let mut texts = Vec::new();
            for element in bytes.chunks_exact(usize::try_from(size).unwrap()) {
                let text = elements.string(element)?.unwrap_or_default();
                texts.extend([&(text.len() as u64).to_le_bytes()[..], text].concat());
            }
            bytes = texts;
        }
        (_, Some((number, ByteOrder::Big))) => {
            bytes.chunks_exact_mut(usize::try_from(number.size()).unwrap()).for_each(<[u8]>::reverse);
        }
        _ => {}
    }
    Ok((dataset.shape.clone(), bytes))
}

fn all(opened: &AddressSpace, path: &str) -> Result<(Vec<u64>, Vec<u8>)> {
    read(opened, path, |dataset| Selection::all(&dataset.shape))
}

fn refusal(opened: &AddressSpace, path: &str) -> crate::Error {
    all(opened, path).unwrap_err()
}

/// A line of the truth: file, path, digest if the library reads it, shape.
struct Line {
    file: String,
    path: String,
    digest: Option<String>,
    shape: Vec<u64>,
}

fn truth() -> Vec<Line> {
    let text = std::fs::read_to_string(folder().join("truth.json")).unwrap();
    let line = |line: &str| {
        let line = line.trim_end_matches(',').strip_prefix('[')?.strip_suffix(']')?;
        let mut fields = line.split(", ").map(|field| field.trim_matches('"').to_owned());
        let (file, path, digest) = (fields.next()?, fields.next()?, fields.next()?);
        let digest = Some(digest).filter(|digest| digest != "null");
        Some(Line { file, path, digest, shape: fields.map(|length| length.parse().unwrap()).collect() })
    };
    let lines: Vec<Line> = text.lines().filter_map(line).collect();
    assert!(lines.len() > 80);
    lines
}

#[test]
fn all_of_it_is_what_the_library_reads() {
    for way in WAYS {
        for Line { file, path, digest, shape } in truth() {
            // What leads out of the directory is another matter.
            let Some(digest) = digest.filter(|_| path != "away") else { continue };
            let (found, bytes) = all(&followed(&file, way), &path).unwrap_or_else(|e| panic!("{file} {path}: {e}"));
            assert_eq!(found, shape, "{file} {path}");
            let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(sum, digest, "{file} {path}");
        }
    }
}

#[test]
fn what_the_library_does_not_read_is_refused() {
    let kind = |file, path| refusal(&followed(file, WAYS[0]), path).kind();
    assert_eq!(kind("virtual_nested_again.h5", "away"), Kind::Unsupported);
    assert_eq!(kind("virtual_nested_again.h5", "itself"), Kind::Malformed);
    assert_eq!(kind("virtual_converted.h5", "impossible"), Kind::Unsupported);
    assert_eq!(kind("external.h5", "missing"), Kind::Io);
}

#[test]
fn a_source_that_grows_counts_as_it_is_now() {
    let (_, grown) = all(&followed("virtual_growing.h5", WAYS[0]), "in_turn").unwrap();
    let (_, nested) = all(&followed("virtual_nested.h5", WAYS[0]), "in_turn").unwrap();
    let wide: Vec<u8> =
        grown.chunks(4).flat_map(|n| i64::from(i32::from_le_bytes(n.try_into().unwrap())).to_le_bytes()).collect();
    assert_eq!(nested, wide[..nested.len()]);
}

#[test]
fn links_lead_to_objects_in_other_files() {
    let opened = followed("links.h5", WAYS[0]);
    let root = ObjectHeader::read(&opened, opened.root).unwrap();
    let target = |name: &[u8]| match links::find(&opened, &root, name).unwrap().unwrap().target {
        LinkTarget::External { file, path } => (opened.external.file(&file, &Limits::default()).unwrap(), path),
        other => panic!("{other:?}"),
    };
    let (Some(ExternalFile::Other(file)), path) = target(b"data") else { panic!("source_a.h5 is there") };
    let rows = all(&file, std::str::from_utf8(&path).unwrap()).unwrap();
    assert_eq!(rows, all(&followed("source_a.h5", WAYS[0]), "rows").unwrap());
    assert!(target(b"nowhere").0.is_none());
}

#[test]
fn paths_lead_through_external_links_where_that_is_allowed() {
    let opened_links = followed("links.h5", WAYS[0]);
    assert_eq!(all(&opened_links, "/data").unwrap(), all(&followed("source_a.h5", WAYS[0]), "rows").unwrap());
    assert!(path::follow(&opened_links, b"nowhere").unwrap().is_none());
    let refused = refusal(&opened("links.h5", External::default(), WAYS[0]), "/data");
    assert_eq!(refused.kind(), Kind::Unsupported);
    assert!(refused.to_string().contains("(external files are not followed unless that is allowed)"), "{refused}");
}

#[test]
fn what_a_path_stands_for() {
    for (name, files) in [
        ("source_a.h5", Files::One),
        ("nowhere.h5", Files::One),
        ("nowhere%d.h5", Files::One),
        ("family%05d.h5", Files::Family),
        ("family00001.h5", Files::One),
        ("split", Files::Split),
    ] {
        assert_eq!(Files::of(folder().join(name)), files, "{name}");
    }
    let open: &OpenFile = &|path| Source::open(path);
    let kind = |opened: Result<Source>| opened.unwrap_err().kind();
    assert_eq!(kind(Source::gather(folder().join("nowhere.h5"), open)), Kind::Io);
    assert_eq!(kind(Source::family(folder().join("source_a.h5"), open)), Kind::Usage);
    assert_eq!(kind(Source::split(folder().join("nowhere"), open)), Kind::Usage);
    assert_eq!(kind(Source::family(folder().join("truth%d.json"), open)), Kind::Io);
    assert_eq!(kind(Source::family(folder().join("family0000%d.h5%%"), open)), Kind::Io);
}

#[test]
fn nothing_is_followed_unless_asked_for() {
    for (file, path) in
        [("virtual_fixed.h5", "stacked"), ("virtual_growing.h5", "numbered_apart"), ("external.h5", "one")]
    {
        let closed = opened(file, External::default(), WAYS[0]);
        let wanted = |dataset: &Dataset| Selection::block(vec![0; dataset.shape.len()], vec![1; dataset.shape.len()]);
        let e = read(&closed, path, wanted).unwrap_err();
        assert_eq!(e.kind(), Kind::Unsupported, "{file} {path}");
        assert!(e.to_string().contains("(external files are not followed unless that is allowed)"), "{e}");
    }
    // What needs no other file is read.
    let closed = opened("virtual_own.h5", External::default(), WAYS[0]);
    assert_eq!(all(&closed, "twice").unwrap(), all(&closed, "plain").unwrap());
}

#[test]
fn an_extent_that_depends_on_files_that_may_not_be_opened_is_an_error() {
    let closed = opened("virtual_growing.h5", External::default(), WAYS[0]);
    for path in ["together", "in_turn", "with_fixed", "missing", "numbered", "numbered_apart"] {
        let e = dataset(&closed, path).unwrap_err();
        assert_eq!(e.kind(), Kind::Unsupported, "{path}");
        assert!(e.to_string().contains("(external files are not followed unless that is allowed)"), "{e}");
    }
    // The public face has no shape for it, and netCDF no variable.
    let path = folder().join("virtual_growing.h5");
    let object = crate::hdf5::File::open(&path).unwrap().object("/together").unwrap();
    let refused = object.dataset().unwrap_err();
    assert!(refused.kind() == Kind::Unsupported && refused.to_string().starts_with("/together: "), "{refused}");
    assert_eq!(object.datatype().unwrap().to_string(), "i32le");
    let hidden = crate::netcdf::File::open(&path).unwrap().schema().hidden.clone();
    assert!(hidden.len() == 7 && hidden.iter().all(|hidden| hidden.unread), "{hidden:?}");
    assert!(hidden.iter().any(|hidden| hidden.path == "/together" && hidden.reason.contains("source_a.h5")));
}

#[test]
fn sources_that_are_missing_have_no_elements() {
    let nothing = tempfile::tempdir().unwrap();
    let options = || crate::OpenOptions::new().external(External::within(nothing.path()).unwrap());
    let bytes = std::fs::read(folder().join("virtual_growing.h5")).unwrap();
    let alone = crate::hdf5::File::from_source_with(Source::from_bytes(bytes), &options()).unwrap();
    // The same that libhdf5 2.0 says of the file in a folder of its own.
    for (path, length) in [("together", 0), ("in_turn", 0), ("in_pairs", 0), ("numbered", 0), ("with_fixed", 9)] {
        let dataset = alone.object(path).unwrap().dataset().unwrap();
        assert_eq!(dataset.shape(), [length, 4], "{path}");
        assert_eq!(dataset.read_all::<i32>().unwrap(), vec![-1; usize::try_from(length).unwrap() * 4], "{path}");
    }
}

/// A region inside a shape, out of numbers.
fn region(shape: &[u64], numbers: &[(u64, u64, u64)]) -> Selection {
    let mut region = Selection::all(shape);
    for (axis, &(start, count, stride)) in numbers.iter().enumerate().take(shape.len()) {
        region.start[axis] = start % shape[axis].max(1);
        region.stride[axis] = stride;
        region.count[axis] = count.min((shape[axis] - region.start[axis].min(shape[axis])).div_ceil(stride));
    }
    region
}

/// The elements of a region, one by one.
fn picked(whole: &[u8], shape: &[u64], region: &Selection) -> Vec<u8> {
    let count = shape::count(shape).unwrap().max(1);
    let size = whole.len() / usize::try_from(count).unwrap();
    let strides = shape::strides(shape);
    let inner = shape::strides(&region.count);
    let element = |n: u64| {
        let index = |axis: usize| region.start[axis] + n / inner[axis] % region.count[axis] * region.stride[axis];
        let at = (0..shape.len()).map(|axis| index(axis) * strides[axis]).sum::<u64>();
        let at = usize::try_from(at).unwrap() * size;
        whole[at..at + size].to_vec()
    };
    (0..shape::count(&region.count).unwrap()).flat_map(element).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_region_is_a_part_of_all(numbers in prop::collection::vec((0u64..20, 0u64..20, 1u64..5), 3)) {
        for Line { file, path, digest, .. } in truth() {
            let spread = ["virtual", "external", "family", "split"].iter().any(|start| file.starts_with(start));
            if digest.is_none() || !spread || ["away", "words", "strings", "group/text"].contains(&path.as_str()) {
                continue;
            }
            let opened = followed(&file, WAYS[0]);
            let (shape, whole) = all(&opened, &path).unwrap();
            let region = region(&shape, &numbers);
            let (_, part) = read(&opened, &path, |_| region.clone()).unwrap();
            prop_assert_eq!(part, picked(&whole, &shape, &region), "{} {} {:?}", file, path, region);
        }
    }
}
