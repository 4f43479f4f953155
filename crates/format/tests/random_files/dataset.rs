//! Datasets of every layout, with filters, fill values and elements that were never written.

use hyperslab::hdf5::builder::{
    AllocationTime, Builder, DatasetSpec, DatasetWriter, ElementData, ElementValue, ExternalPiece, FillSpec, FillTime,
    LayoutSpec, Level, ObjectSpec,
};
use hyperslab::hdf5::{
    BitshuffleCodec, BloscCodec, BloscShuffle, Datatype, Filter, IndexKind, ScaleOffset, SzipCoding,
};
use hyperslab::{Kind, Selection};
use serde_json::{json, Value};

use super::choices::Choices;
use super::types;
use super::values::{self, Targets};

/// A dataset whose elements are in the file, and what readers must find.
pub struct Made {
    pub writer: DatasetWriter,
    pub shape: Vec<u64>,
    pub description: Value,
    /// The elements of a dataset that lie in a file of their own.
    pub outside: Option<Vec<u8>>,
}

/// A filter for elements of so many bytes; the first ones are those that every library has.
fn filter(choices: &mut Choices, size: u64) -> Filter {
    let end = if choices.chance(60) { 6 } else { 15 };
    match choices.below(end) {
        0 => Filter::deflate(1),
        1 => Filter::shuffle(),
        2 => Filter::fletcher32(),
        3 => Filter::szip(SzipCoding::NearestNeighbour, 8),
        4 => Filter::nbit(),
        5 => Filter::scaleoffset(ScaleOffset::Integer(0)),
        6 => Filter::lzf(),
        7 => Filter::lz4(),
        8 => Filter::zstd(3),
        9 => Filter::bzip2(1),
        10 => Filter::blosc(BloscCodec::Lz4, 5, BloscShuffle::Bytes),
        11 => Filter::blosc2(
            choices.of(&[BloscCodec::Lz4, BloscCodec::Zlib]),
            5,
            choices.of(&[BloscShuffle::Bytes, BloscShuffle::None, BloscShuffle::Bits]),
        ),
        12 | 13 if size > 2 => Filter::zfp_reversible(),
        12 | 13 => Filter::fcidecomp(),
        _ => Filter::bitshuffle(choices.of(&[BitshuffleCodec::None, BitshuffleCodec::Lz4, BitshuffleCodec::Zstd])),
    }
}

fn fill(choices: &mut Choices, datatype: &Datatype) -> FillSpec {
    let fixed = !datatype.is_variable() && !datatype.has_references();
    match choices.below(8) {
        0 | 1 if fixed => {
            let one = values::value(datatype, &mut choices.stream(), &Targets::default());
            let time = choices.of(&[FillTime::IfSet, FillTime::Always]);
            FillSpec { value: Some(values::stored(datatype, &one)), time, ..FillSpec::default() }
        }
        2 if fixed => FillSpec { undefined: true, ..FillSpec::default() },
        3 if fixed => FillSpec { time: FillTime::Never, ..FillSpec::default() },
        _ => FillSpec::default(),
    }
}

/// A dataset of any kind but virtual; `raw` is the name of a file for elements outside.
pub fn spec(choices: &mut Choices, level: Level, raw: &str, object: ObjectSpec) -> DatasetSpec {
    let datatype = types::datatype(choices, level, 2, true);
    if choices.chance(4) {
        return DatasetSpec { object, ..DatasetSpec::null(datatype) };
    }
    let shape: Vec<u64> = (0..choices.below(4)).map(|_| choices.below(7) as u64).collect();
    let fill = fill(choices, &datatype);
    let plain = !datatype.is_variable() && !datatype.has_references();
    let base = DatasetSpec { fill, object, ..DatasetSpec::new(datatype, &shape) };
    match choices.below(10) {
        0 | 1 => base,
        2 => DatasetSpec { layout: LayoutSpec::Compact, ..base },
        3 if plain && !shape.is_empty() && !shape.contains(&0) => {
            let pieces = vec![ExternalPiece { file: raw.into(), offset: 0, size: None }];
            DatasetSpec { layout: LayoutSpec::External(pieces), fill: FillSpec::default(), ..base }
        }
        _ if shape.is_empty() => base,
        _ => chunked(choices, level, base),
    }
}

fn chunked(choices: &mut Choices, level: Level, base: DatasetSpec) -> DatasetSpec {
    let shape = base.shape.clone().unwrap();
    let max_shape: Vec<u64> = shape
        .iter()
        .map(|&length| match choices.below(4) {
            0 => u64::MAX,
            1 => length + choices.below(5) as u64,
            _ => length,
        })
        .collect();
    let chunk = max_shape.iter().map(|&most| (1 + choices.below(4) as u64).min(most.max(1))).collect::<Vec<_>>();
    let size = base.datatype.datatype().size();
    let filters = (0..choices.below(4).saturating_sub(1)).map(|_| filter(choices, size)).collect();
    let allocation = choices.chance(20).then_some(AllocationTime::Early);
    let fill = FillSpec { allocation, ..base.fill };
    let spec = DatasetSpec { max_shape, filters, fill, ..base }.in_chunks(chunk.clone(), level);
    match choices.below(8) {
        0 => DatasetSpec { layout: LayoutSpec::chunked(chunk), ..spec },
        1 if level > Level::Earliest => {
            DatasetSpec { layout: LayoutSpec::Chunked { chunk, index: IndexKind::BTreeV2 }, ..spec }
        }
        _ => spec,
    }
}

/// Writes a dataset.
pub fn write(choices: &mut Choices, builder: &Builder, spec: DatasetSpec, targets: &Targets) -> Made {
    let plain = |spec: &DatasetSpec| DatasetSpec { filters: Vec::new(), ..spec.clone() };
    let filtered = !spec.filters.is_empty();
    let (spec, writer) = match builder.dataset(spec.clone()) {
        // Not every filter takes every type.
        Err(error) if filtered && matches!(error.kind(), Kind::Unsupported | Kind::Usage) => {
            let spec = plain(&spec);
            (spec.clone(), builder.dataset(spec).unwrap())
        }
        made => (spec, made.unwrap()),
    };
    let datatype = spec.datatype.datatype().clone();
    let shape = spec.shape.clone().unwrap_or(vec![0]);
    let count: u64 = if spec.shape.is_none() { 0 } else { shape.iter().product() };
    let mut stream = choices.stream();
    let mut elements: Vec<ElementValue> = (0..count).map(|_| values::value(&datatype, &mut stream, targets)).collect();
    let whole = spec.fill.undefined || spec.fill.time == FillTime::Never;
    let mut outside = None;
    match &spec.layout {
        LayoutSpec::External(_) => {
            outside = Some(elements.iter().flat_map(|value| values::stored(&datatype, value)).collect());
        }
        LayoutSpec::Chunked { chunk, .. } => {
            let unwritten =
                spec.fill.value.clone().map_or_else(|| values::zero(&datatype), |stored| taken(&datatype, &stored));
            write_chunks(choices, (builder, &writer), &spec, chunk, whole, &mut elements, &unwritten);
        }
        _ if spec.shape.is_some() && (whole || choices.chance(80)) => {
            builder.write_elements(&writer, &Selection::all(&shape), &ElementData::values(elements.clone())).unwrap();
        }
        _ => {
            let unwritten =
                spec.fill.value.clone().map_or_else(|| values::zero(&datatype), |stored| taken(&datatype, &stored));
            elements.fill(unwritten);
        }
    }
    let description = describe(&spec, &elements);
    Made { writer, shape, description, outside }
}

/// The element that stored bytes are.
fn taken(datatype: &Datatype, stored: &[u8]) -> ElementValue {
    let list = |base: &Datatype| {
        ElementValue::List(stored.chunks(base.size() as usize).map(|part| taken(base, part)).collect())
    };
    match datatype {
        Datatype::Array { base, .. } | Datatype::Complex(base) => list(base),
        Datatype::Compound { members, .. } => {
            let part = |offset: u64, size: u64| &stored[offset as usize..][..size as usize];
            ElementValue::List(members.iter().map(|m| taken(&m.datatype, part(m.offset, m.datatype.size()))).collect())
        }
        _ => ElementValue::Bytes(stored.to_vec()),
    }
}

/// The position of an element, or a chunk, by its number in C order.
fn position(mut number: u64, lengths: &[u64]) -> Vec<u64> {
    let mut position = vec![0; lengths.len()];
    for (at, &length) in position.iter_mut().zip(lengths).rev() {
        *at = number % length;
        number /= length;
    }
    position
}

/// Writes most of the chunks; the elements of the others become what was never written.
fn write_chunks(
    choices: &mut Choices,
    (builder, writer): (&Builder, &DatasetWriter),
    spec: &DatasetSpec,
    chunk: &[u64],
    whole: bool,
    elements: &mut [ElementValue],
    unwritten: &ElementValue,
) {
    let shape = spec.shape.clone().unwrap();
    let counts: Vec<u64> = shape.iter().zip(chunk).map(|(length, chunk)| length.div_ceil(*chunk)).collect();
    let number = |at: &[u64]| at.iter().zip(&shape).fold(0, |n, (at, length)| n * length + at) as usize;
    let zero = values::zero(spec.datatype.datatype());
    for n in 0..counts.iter().product() {
        let place = position(n, &counts);
        let put = whole || choices.chance(85);
        let mut held = Vec::new();
        for inside in 0..chunk.iter().product() {
            let inside = position(inside, chunk);
            let at: Vec<u64> = place.iter().zip(chunk).zip(&inside).map(|((p, c), i)| p * c + i).collect();
            let is_there = at.iter().zip(&shape).all(|(at, length)| at < length);
            held.push(if is_there { elements[number(&at)].clone() } else { zero.clone() });
            if is_there && !put {
                elements[number(&at)] = unwritten.clone();
            }
        }
        if put {
            builder.write_chunk_elements(writer, &place, &ElementData::values(held)).unwrap();
        }
    }
}

/// What readers must find.
fn describe(spec: &DatasetSpec, elements: &[ElementValue]) -> Value {
    let datatype = spec.datatype.datatype();
    let lengths = |lengths: &[u64]| lengths.iter().map(|&l| (l != u64::MAX).then_some(l)).collect::<Vec<_>>();
    let there = spec.shape.is_some();
    let (layout, chunk) = match &spec.layout {
        LayoutSpec::Compact => ("compact", None),
        LayoutSpec::Contiguous => ("contiguous", None),
        LayoutSpec::Chunked { chunk, index } => ("chunked", Some((chunk, super::index_name(*index)))),
        LayoutSpec::Virtual(_) => ("virtual", None),
        LayoutSpec::External(_) => ("external", None),
    };
    let fill = match &spec.fill {
        FillSpec { undefined: true, .. } => "undefined",
        FillSpec { value: Some(_), .. } => "user",
        _ => "default",
    };
    let mut description = json!({
        "kind": "dataset", "dtype": datatype.to_string(), "shape": spec.shape, "layout": layout,
        "maxshape": there.then(|| lengths(&spec.max_shape)), "fill_status": fill,
        "filters": spec.filters.iter().map(|filter| filter.id).collect::<Vec<_>>(),
        "digest": values::digest(datatype, elements),
    });
    if let Some((chunk, index)) = chunk {
        description["chunk"] = json!(chunk);
        description["chunk_index"] = json!(index);
    }
    description
}
