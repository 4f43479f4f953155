//! Parameters as the library and the plug-ins complete them.

use super::*;
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::datatype::{Datatype, IntegerLayout, Member};
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::setup::setup;

const CHUNK: [u64; 2] = [4, 8];

fn completed(filter: &Filter, datatype: &Datatype, fill: Option<&[u8]>) -> crate::Result<Vec<u32>> {
    let chunks = Chunks { datatype, shape: &CHUNK, fill };
    let message = setup(std::slice::from_ref(filter), &chunks)?;
    let parameters = message.filters[0].parameters.clone();
    // What a file has is completed to the same.
    let again = Filter::from(&message.filters[0]);
    assert_eq!(setup(&[again], &chunks)?, message);
    Ok(parameters)
}

fn number(number: NumberType, order: ByteOrder) -> Datatype {
    Datatype::Number(number, order)
}

#[test]
fn parameters_are_what_the_library_completes() {
    let float = number(NumberType::F32, ByteOrder::Little);
    let (int, big) = (number(NumberType::I32, ByteOrder::Little), number(NumberType::I64, ByteOrder::Big));
    let byte = number(NumberType::U8, ByteOrder::Little);
    let zeros = |mut head: Vec<u32>| {
        head.resize(20, 0);
        head
    };
    let szip = Filter::szip(SzipCoding::NearestNeighbour, 8);
    let integers = Filter::scaleoffset(ScaleOffset::Integer(0));
    let cases = [
        (Filter::deflate(4), &float, vec![4]),
        (Filter::new(1, Vec::new()), &float, vec![6]),
        (Filter::shuffle(), &big, vec![8]),
        (Filter::fletcher32(), &float, vec![]),
        (szip.clone(), &float, vec![169, 8, 32, 8]),
        (szip.clone(), &big, vec![177, 8, 64, 8]),
        (Filter::szip(SzipCoding::Entropy, 16), &int, vec![141, 16, 32, 32]),
        (Filter::nbit(), &float, vec![8, 1, 32, 1, 4, 0, 32, 0]),
        (integers.clone(), &int, zeros(vec![2, 0, 32, 0, 4, 1, 0, 1])),
        (Filter::scaleoffset(ScaleOffset::Decimal(2)), &float, zeros(vec![0, 2, 32, 1, 4, 0, 0, 1])),
        (Filter::bzip2(9), &float, vec![9]),
        (Filter::lzf(), &float, vec![4, 261, 128]),
        (Filter::blosc(BloscCodec::Lz4, 5, BloscShuffle::Bytes), &float, vec![2, 2, 4, 128, 5, 1, 1]),
        (Filter::lz4(), &float, vec![0]),
        (Filter::bitshuffle(BitshuffleCodec::Lz4), &float, vec![0, 4, 4, 0, 2]),
        (Filter::zstd(3), &float, vec![3]),
        (Filter::zfp_reversible(), &float, vec![0x1010_5111, 0x0570_667a, 0x3000_0076, 0x8800_0000]),
        (Filter::zfp_reversible(), &big, vec![0x1010_5111, 0x0570_667a, 0x3000_0075, 0x8800_0000]),
        (Filter::fcidecomp(), &byte, vec![1, 1, 4, 8, 8, 1, 0, 0, 0, 0, 0, 0, 0]),
    ];
    for (filter, datatype, expected) in cases {
        assert_eq!(completed(&filter, datatype, None).unwrap(), expected, "{}", filter.name);
    }
    let filled = completed(&integers, &big, Some(&7u64.to_be_bytes())).unwrap();
    assert_eq!(filled, zeros(vec![2, 0, 32, 0, 8, 1, 1, 1, 7]));
    let layout = IntegerLayout { size: 2, order: ByteOrder::Little, signed: false, precision: 11, offset: 3 };
    let short = Datatype::Integer(layout);
    assert_eq!(completed(&Filter::nbit(), &short, None).unwrap(), [8, 0, 32, 1, 2, 0, 11, 3]);
    let member = |offset, datatype| Member { name: "m".to_owned(), offset, datatype };
    let compound = Datatype::Compound { size: 8, members: vec![member(0, short), member(4, Datatype::ascii(4))] };
    let expected = [14, 0, 32, 3, 8, 2, 0, 1, 2, 0, 11, 3, 4, 4, 4];
    let found = completed(&Filter::nbit(), &compound, None).unwrap();
    assert_eq!(found, [&[u32::try_from(expected.len()).unwrap()], &expected[1..]].concat());
}

#[test]
fn what_a_filter_cannot_do_is_refused_at_creation() {
    let double = number(NumberType::F64, ByteOrder::Little);
    let text = Datatype::ascii(3);
    let refused = |filter: &Filter, datatype| completed(filter, datatype, None).unwrap_err();
    for lossy in [vec![1], vec![], vec![0x1010_5111, 0x0570_667a, 0x3000_0036, 0x07f0_0000]] {
        let e = refused(&Filter::new(32013, lossy), &double);
        assert_eq!(e.kind(), Kind::Unsupported);
        assert_eq!(e.detail(), "zfp in another mode than the reversible one, in a file that is written");
    }
    let short = number(NumberType::I16, ByteOrder::Little);
    assert_eq!(refused(&Filter::zfp_reversible(), &short).kind(), Kind::Unsupported);
    assert_eq!(refused(&Filter::fcidecomp(), &double).kind(), Kind::Unsupported);
    let images = |shape| setup(&[Filter::fcidecomp()], &Chunks { datatype: &short, shape, fill: None });
    for shape in [&[9][..], &[5, 2, 2], &[1 << 16, 1], &[1, 1, 2, 2]] {
        assert_eq!(images(shape).unwrap_err().kind(), Kind::Unsupported);
    }
    for (own, what) in [([8, 1, 0, 3], "loss"), ([8, 3, 1, 0], "components that take turns or presets")] {
        let chunks = Chunks { datatype: &short, shape: &CHUNK, fill: None };
        let e = setup(&[Filter::new(32018, own.to_vec())], &chunks).unwrap_err();
        assert_eq!(e.detail(), format!("JPEG-LS with {what}, in a file that is written"));
    }
    assert_eq!(refused(&Filter::new(32017, vec![]), &double).detail(), "filter 32017 (sz) in a file that is written");
    for filter in [Filter::nbit(), Filter::scaleoffset(ScaleOffset::Integer(0))] {
        assert_eq!(refused(&filter, &text).kind(), Kind::Unsupported);
    }
    assert_eq!(refused(&Filter::szip(SzipCoding::Entropy, 4), &text).kind(), Kind::Unsupported);
    assert_eq!(refused(&Filter::scaleoffset(ScaleOffset::Integer(0)), &double).kind(), Kind::Usage);
    for block in [0, 7, 34] {
        assert_eq!(refused(&Filter::szip(SzipCoding::Entropy, block), &double).kind(), Kind::Usage);
    }
    let chunks = Chunks { datatype: &double, shape: &[3], fill: None };
    assert_eq!(setup(&[Filter::szip(SzipCoding::Entropy, 4)], &chunks).unwrap_err().kind(), Kind::Usage);
    assert_eq!(setup(&vec![Filter::shuffle(); 33], &chunks).unwrap_err().kind(), Kind::Usage);
    let whole = Chunks { datatype: &double, shape: &CHUNK, fill: None };
    for filter in [Filter::bitshuffle(BitshuffleCodec::Lz4), Filter::szip(SzipCoding::Entropy, 8)] {
        assert!(setup(&[Filter::shuffle(), filter.clone(), Filter::fletcher32()], &whole).is_ok());
        let e = setup(&[Filter::fletcher32(), filter], &whole).unwrap_err();
        assert!(e.detail().ends_with(" behind filter 3 (fletcher32): it takes whole elements only"), "{e}");
    }
    assert!(setup(&[Filter::nbit(), Filter::fletcher32()], &whole).is_ok());
    assert_eq!(setup(&[Filter::shuffle(), Filter::nbit()], &whole).unwrap_err().kind(), Kind::Unsupported);
    let huge = Chunks { datatype: &double, shape: &[1 << 30], fill: None };
    assert_eq!(setup(&[Filter::lzf()], &huge).unwrap_err().kind(), Kind::Unsupported);
    // Lengths that the stored form has no room for.
    let large = Chunks { datatype: &double, shape: &[(1 << 28) - 2], fill: None };
    let blosc = Filter::blosc(BloscCodec::Zlib, 5, BloscShuffle::Bytes);
    assert!(setup(&[Filter::lzf()], &large).is_ok());
    assert_eq!(setup(&[blosc], &large).unwrap_err().kind(), Kind::Limit);
    let blocks = |block| Filter::new(32008, vec![0, 0, 0, block, 3]);
    assert!(setup(&[blocks(0x1000_0000)], &whole).is_ok());
    assert_eq!(setup(&[blocks(0x2000_0000)], &whole).unwrap_err().kind(), Kind::Usage);
}
