//! A file written again holds what it held: the same objects, shared as they were, and references to the copies.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hyperslab::digest::{objects, Digested, Facts, Found};
use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, CreationOrder, DatasetSpec, ElementData, GroupSpec, LayoutSpec, Level, LinkSpec, LinkTo,
    ObjectSpec,
};
use hyperslab::hdf5::{Datatype, File, Filter, IndexKind, Layout, LayoutChoice, Padding, Repack, StringType};
use hyperslab::{ByteOrder, Kind, NumberType, Selection};

const DOUBLE: Datatype = Datatype::Number(NumberType::F64, ByteOrder::Little);

/// A file with objects that several links lead to, a committed type, references, and chunks.
fn written(directory: &Path) -> PathBuf {
    let path = directory.join("in.h5");
    let builder = Builder::create(&path, false).unwrap();
    let kind = builder.commit_datatype(DOUBLE).unwrap();
    let spec = DatasetSpec {
        max_shape: vec![u64::MAX, 6],
        layout: LayoutSpec::Chunked { chunk: vec![20, 1], index: IndexKind::ExtensibleArray },
        filters: vec![Filter::shuffle(), Filter::deflate(4)],
        ..DatasetSpec::new(kind.clone(), &[200, 6])
    };
    let u = builder.dataset(spec).unwrap();
    for (row, column) in (0..10u64).flat_map(|row| (0..6u64).map(move |column| (row, column))) {
        let numbers = (0..20).map(|n| ((row * 20 + n) * 6 + column) as f64);
        builder.write_chunk(&u, &[row, column], numbers.flat_map(f64::to_le_bytes).collect()).unwrap();
    }
    let units = AttributeSpec::text("units", "m/s");
    let u = builder.add_dataset(u, &[200, 6], vec![units]).unwrap();
    let reference = Datatype::Reference { kind: 0, size: 8 };
    let references = builder.dataset(DatasetSpec::new(reference, &[2])).unwrap();
    builder.write_elements(&references, &Selection::all(&[2]), &ElementData::objects([u, u])).unwrap();
    let references = builder.add_dataset(references, &[2], Vec::new()).unwrap();
    let inner = GroupSpec {
        links: vec![LinkSpec::hard("same", u), LinkSpec { name: "soft".into(), to: LinkTo::Path("/u".into()) }],
        object: ObjectSpec { comment: Some("a remark".into()), ..ObjectSpec::default() },
        link_order: Some(CreationOrder::Untracked),
        ..GroupSpec::default()
    };
    let inner = builder.add_group(&inner).unwrap();
    let links = vec![
        LinkSpec::hard("u", u),
        LinkSpec::hard("type", kind.address().unwrap()),
        LinkSpec::hard("refers", references),
        LinkSpec::hard("inner", inner),
    ];
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    path
}

fn repacked(input: &Path, repack: &Repack) -> hyperslab::Result<File> {
    let output = input.with_file_name("out.h5");
    let done = repack.run(&File::open(input)?, &output, true, &|_| ControlFlow::Continue(()))?;
    assert!(done.is_continue());
    File::open(output)
}

/// Every path, with what is there.
fn facts(file: &File) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let complete = objects(file, 1 << 30, &mut |path, found| {
        let what = match found {
            Found::Object(object) => {
                let attributes: Vec<String> = object
                    .attributes
                    .unwrap()
                    .iter()
                    .map(|one| format!("{} {:?}", one.attribute.name(), one.digest.as_ref().unwrap()))
                    .collect();
                let elements = match object.facts {
                    Facts::Dataset(dataset, Some(Digested::Of(digest))) => {
                        format!("{:?} {digest}", dataset.max_shape())
                    }
                    Facts::Datatype(datatype) => datatype.to_string(),
                    _ => String::new(),
                };
                format!("{:?} {elements} {attributes:?}", object.kind)
            }
            other => format!("{other:?}"),
        };
        let what = if let Some(at) = what.find("Hard(") { what[..at].to_owned() } else { what };
        facts.push((path.to_owned(), what));
    });
    assert!(complete);
    facts
}

#[test]
fn everything_is_kept_and_shared_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let input = written(directory.path());
    let copy = repacked(&input, &Repack::new()).unwrap();
    assert_eq!(facts(&copy), facts(&File::open(&input).unwrap()));
    let u = copy.object("/u").unwrap();
    assert_eq!(u.address(), copy.object("/inner/same").unwrap().address());
    let refers = copy.object("/refers").unwrap().dataset().unwrap().read_bytes(..).unwrap();
    assert!(refers.chunks(8).all(|address| address == u.address().to_le_bytes()));
    let inner = copy.object("/inner").unwrap();
    assert_eq!(inner.comment().unwrap().as_deref(), Some("a remark"));
    assert_eq!(inner.link_order().unwrap(), CreationOrder::Untracked);
    let dataset = u.dataset().unwrap();
    assert_eq!(dataset.layout(), Layout::Chunked { chunk: vec![20, 1], index: IndexKind::ExtensibleArray });
    assert_eq!(dataset.filters(), File::open(&input).unwrap().object("/u").unwrap().dataset().unwrap().filters());
}

#[test]
fn chunks_filters_and_layouts_are_chosen_for_one_or_for_all() {
    let directory = tempfile::tempdir().unwrap();
    let input = written(directory.path());
    let before = facts(&File::open(&input).unwrap());
    for (repack, layout, filters) in [
        (Repack::new().chunk(Some("u"), vec![64, 4]), Some(vec![64, 4]), 2),
        (Repack::new().filters(None, vec![Filter::lzf()]), Some(vec![20, 1]), 1),
        (Repack::new().chunk(None, vec![1000, 6]).filters(None, Vec::new()), Some(vec![1000, 6]), 0),
        (Repack::new().chunk(Some("/u"), vec![33, 5]).memory(64 << 10).level(Level::Earliest), Some(vec![33, 5]), 2),
    ] {
        let copy = repacked(&input, &repack).unwrap();
        assert_eq!(facts(&copy), before, "{repack:?}");
        let u = copy.object("/u").unwrap().dataset().unwrap();
        assert_eq!(u.filters().len(), filters, "{repack:?}");
        match u.layout() {
            Layout::Chunked { chunk, .. } => assert_eq!(Some(chunk), layout),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_fits_no_dataset_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let input = written(directory.path());
    let kind = |repack: Repack| repacked(&input, &repack).unwrap_err().kind();
    assert_eq!(kind(Repack::new().chunk(Some("/v"), vec![1])), Kind::NotFound);
    assert_eq!(kind(Repack::new().chunk(Some("/u"), vec![1])), Kind::Usage);
    assert_eq!(kind(Repack::new().layout(Some("/u"), LayoutChoice::Contiguous)), Kind::Usage);
    assert_eq!(kind(Repack::new().chunk(Some("/u"), vec![200, 6]).memory(100)), Kind::Limit);
    assert!(!directory.path().join("out.h5").exists());
}

#[test]
fn a_plan_says_what_will_be_held() {
    let directory = tempfile::tempdir().unwrap();
    let input = File::open(written(directory.path())).unwrap();
    let output = directory.path().join("out.h5");
    let plans = Repack::new().chunk(Some("/u"), vec![64, 4]).threads(2).plan(&input, &output, false).unwrap();
    let [change] = plans.changes.as_slice() else { panic!("{plans:?}") };
    assert_eq!((change.dataset.as_str(), &change.shape[..], plans.kept), ("/u", &[200, 6][..], 4));
    assert!(matches!(&change.layout.1, Layout::Chunked { chunk, .. } if *chunk == [64, 4]), "{change:?}");
    let plan = change.rechunk.as_ref().unwrap();
    assert_eq!((plan.from.as_slice(), plan.to.as_slice()), (&[20, 1][..], &[64, 4][..]));
    assert_eq!(plan.spill_bytes, 0);
    assert!(plan.memory < 200 * 6 * 8 * 4, "{plan:?}");
    let nothing = Repack::new().plan(&input, &output, false).unwrap();
    assert_eq!((nothing.changes.len(), nothing.kept, nothing.page_size), (0, 5, None));
    let gzip = Repack::new().filters(Some("/u"), vec![Filter::deflate(9)]).plan(&input, &output, false).unwrap();
    let ids = |filters: &[Filter]| filters.iter().map(|filter| filter.id).collect::<Vec<_>>();
    let filters = &gzip.changes[0].filters;
    assert_eq!((ids(&filters.0), ids(&filters.1)), (vec![2, 1], vec![1]));
}

#[test]
fn pages_are_kept_and_what_stays_needs_no_memory() {
    let directory = tempfile::tempdir().unwrap();
    let paged = |repack: &Repack, input: &Path| repacked(input, repack).unwrap().page_size();
    let input = directory.path().join("in.h5");
    of_texts(&input, 3);
    assert_eq!(paged(&Repack::new().memory(1), &input), None);
    assert_eq!(paged(&Repack::new().pages(4096), &input), Some(4096));
    std::fs::rename(directory.path().join("out.h5"), &input).unwrap();
    assert_eq!(Repack::new().plan(&File::open(&input).unwrap(), &input, true).unwrap().page_size, Some(4096));
    assert_eq!(paged(&Repack::new(), &input), Some(4096));
    assert_eq!(paged(&Repack::new().without_pages(), &input), None);
    assert_eq!(paged(&Repack::new().level(Level::Earliest), &input), None);
    let numbers = Builder::create(&input, true).unwrap();
    let u = numbers.dataset(DatasetSpec::new(DOUBLE, &[100])).unwrap();
    numbers.write_elements(&u, &Selection::all(&[100]), &vec![1; 800].into()).unwrap();
    let u = numbers.add_dataset(u, &[100], Vec::new()).unwrap();
    let root = numbers.add_group(&GroupSpec { links: vec![LinkSpec::hard("u", u)], ..GroupSpec::default() }).unwrap();
    numbers.finish(root).unwrap();
    let copy = repacked(&input, &Repack::new().memory(1)).unwrap();
    assert_eq!(facts(&copy), facts(&File::open(&input).unwrap()));
}

/// A file of many small datasets, each with texts, and an attribute that is one.
fn of_texts(path: &Path, count: u64) {
    let text = Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true });
    let builder = Builder::create(path, false).unwrap();
    let dataset = |n: u64| {
        let texts = builder.dataset(DatasetSpec::new(text.clone(), &[3])).unwrap();
        // Of all sizes, some larger than a collection.
        let values = (0..3)
            .map(|k| format!("{n}.{k}").repeat(if (n + k).is_multiple_of(97) { 1500 } else { 1 + (n % 7) as usize }));
        builder.write_elements(&texts, &Selection::all(&[3]), &ElementData::texts(values)).unwrap();
        let place = builder.add_dataset(texts, &[3], vec![AttributeSpec::text("units", "m/s")]).unwrap();
        LinkSpec::hard(format!("d{n}"), place)
    };
    let links = (0..count).map(dataset).collect();
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
}

#[test]
fn objects_share_the_heaps_of_their_texts() {
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("in.h5");
    of_texts(&input, 500);
    // Headers, texts with what a heap needs beside them, and the room that is left in collections.
    let texts: u64 =
        (0..500u64).map(|n| (0..3u64).map(|k| if (n + k).is_multiple_of(97) { 9000 } else { 48 }).sum::<u64>()).sum();
    let file = File::open(&input).unwrap();
    assert!(file.size() < 500 * 400 + texts, "{} bytes", file.size());
    let copy = repacked(&input, &Repack::new()).unwrap();
    assert!(copy.size() <= file.size() + 8192, "{} bytes become {}", file.size(), copy.size());
    assert_eq!(facts(&copy), facts(&file));
    let last = copy.object("/d499").unwrap().dataset().unwrap().read_strings(..).unwrap();
    assert_eq!(last, ["499.0499.0499.0", "499.1499.1499.1", "499.2499.2499.2"]);
}

#[test]
fn whoever_breaks_it_off_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let input = File::open(written(directory.path())).unwrap();
    let output = directory.path().join("out.h5");
    let done = Repack::new().run(&input, &output, false, &|_| ControlFlow::Break(())).unwrap();
    assert!(done.is_break() && !output.exists());
}
