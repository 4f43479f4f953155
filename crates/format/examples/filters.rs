//! Writes variables through every filter that has an encoder, for tests/peers/edited.py.
//!
//! `cargo run --example filters -- FOLDER`
//!
//! Each pipeline is a file. Its group `plain` has the same variables without filters.

use hyperslab::hdf5::{BitshuffleCodec, BloscCodec, BloscShuffle, Filter, ScaleOffset, SzipCoding};
use hyperslab::netcdf::{Container, Group, GroupId, Layout, Schema, Type, Variable, Writer};
use hyperslab::{ByteOrder, Error, Kind, Result, Selection};

const SHAPE: [u64; 2] = [13, 17];
const CHUNKS: [[u64; 2]; 6] = [[1, 1], [1, 8], [2, 5], [7, 11], [13, 17], [64, 32]];

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| Error::usage("usage: filters FOLDER"))?;
    for (name, filters) in pipelines() {
        write(&format!("{folder}/{name}.nc"), &filters)?;
    }
    Ok(())
}

fn pipelines() -> Vec<(String, Vec<Filter>)> {
    let mut all: Vec<(String, Vec<Filter>)> = Vec::new();
    let mut add = |name: &str, filters: &[Filter]| all.push((name.to_owned(), filters.to_vec()));
    for level in 0..=9 {
        add(&format!("deflate{level}"), &[Filter::deflate(level)]);
        add(&format!("shuffle_deflate{level}"), &[Filter::shuffle(), Filter::deflate(level)]);
    }
    let compressors = [
        ("fletcher32", Filter::fletcher32()),
        ("szip_nn", Filter::szip(SzipCoding::NearestNeighbour, 8)),
        ("szip_ec", Filter::szip(SzipCoding::Entropy, 4)),
        ("nbit", Filter::nbit()),
        ("lzf", Filter::lzf()),
        ("lz4", Filter::lz4()),
        ("zstd", Filter::zstd(3)),
        ("bzip2", Filter::bzip2(9)),
        ("blosc_lz4", Filter::blosc(BloscCodec::Lz4, 5, BloscShuffle::Bytes)),
        ("blosc_zlib", Filter::blosc(BloscCodec::Zlib, 5, BloscShuffle::Bits)),
        ("bitshuffle", Filter::bitshuffle(BitshuffleCodec::None)),
        ("bitshuffle_lz4", Filter::bitshuffle(BitshuffleCodec::Lz4)),
        ("bitshuffle_zstd", Filter::bitshuffle(BitshuffleCodec::Zstd)),
        ("fcidecomp", Filter::fcidecomp()),
        ("zfp", Filter::zfp_reversible()),
        ("scaleoffset_integer", Filter::scaleoffset(ScaleOffset::Integer(0))),
        ("scaleoffset_decimal", Filter::scaleoffset(ScaleOffset::Decimal(3))),
    ];
    for (name, filter) in compressors {
        add(name, std::slice::from_ref(&filter));
        add(&format!("fletcher32_{name}"), &[Filter::fletcher32(), filter.clone()]);
        if name != "scaleoffset_decimal" {
            add(&format!("shuffle_{name}_fletcher32"), &[Filter::shuffle(), filter, Filter::fletcher32()]);
        }
    }
    all
}

fn write(path: &str, filters: &[Filter]) -> Result<()> {
    let mut schema = Schema::new(Container::NetCdf4);
    schema.groups.push(Group { name: "plain".to_owned(), parent: Some(GroupId::ROOT), attributes: Vec::new() });
    let dimensions = vec![schema.add_dimension("step", SHAPE[0], true), schema.add_dimension("node", SHAPE[1], false)];
    let mut ids = Vec::new();
    for (kind, ty, order) in kinds() {
        for chunk in CHUNKS {
            let name = format!("{kind}_{}_{}", chunk[0], chunk[1]);
            let mut variable = Variable::new(name, ty.clone(), dimensions.clone());
            (variable.order, variable.storage.layout) = (order, Layout::Chunked(chunk.to_vec()));
            let plain = Variable { group: GroupId(1), ..variable.clone() };
            variable.storage.filters = filters.to_vec();
            if !is_possible(&variable)? {
                continue;
            }
            ids.extend([variable, plain].map(|variable| (schema.add_variable(variable), kind)));
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    let writer = Writer::create(path, schema, true)?;
    for (id, kind) in ids {
        writer.write(id, &Selection::all(&SHAPE), &values(kind))?;
    }
    writer.finish().map(|_| ())
}

/// Whether the filters take such elements and chunks.
fn is_possible(variable: &Variable) -> Result<bool> {
    let folder = std::env::temp_dir().join(format!("filters-{}", std::process::id()));
    let mut schema = Schema::new(Container::NetCdf4);
    schema.add_dimension("step", SHAPE[0], true);
    schema.add_dimension("node", SHAPE[1], false);
    schema.add_variable(variable.clone());
    match Writer::create(&folder, schema, true) {
        Ok(_) => Ok(true),
        Err(e) if matches!(e.kind(), Kind::Unsupported | Kind::Usage) => Ok(false),
        Err(e) => Err(e),
    }
}

fn kinds() -> [(&'static str, Type, ByteOrder); 7] {
    [
        ("smooth", Type::Double, ByteOrder::Little),
        ("noise", Type::Double, ByteOrder::Big),
        ("single", Type::Float, ByteOrder::Little),
        ("ramp", Type::Int, ByteOrder::Little),
        ("wild", Type::Int64, ByteOrder::Big),
        ("short", Type::Short, ByteOrder::Little),
        ("byte", Type::UByte, ByteOrder::Little),
    ]
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn values(kind: &str) -> Vec<f64> {
    let count = SHAPE[0] * SHAPE[1];
    let noise = |n: u64| (n.wrapping_mul(6_364_136_223_846_793_005) ^ n.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 13;
    let value = |n: u64| match kind {
        "smooth" => (n as f64 * 0.01).sin(),
        "single" => f64::from((n as f32).sqrt()),
        "noise" => noise(n) as f64 / 7e13,
        "wild" => noise(n) as f64,
        "ramp" => n as f64 - 100.0,
        "short" => f64::from(noise(n) as i16),
        _ => f64::from(noise(n) as u8),
    };
    (0..count).map(value).collect()
}
