//! What fcidecomp takes from the type and the chunks of a dataset: bytes of a sample, the shape of an image, bits of a sample,
//! components, how they take turns, how much may be lost, and presets.

use super::coding::{unsupported, Coding, Presets};
use super::markers::Frame;
use crate::element::NumberType;
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::chunks::Chunks;

/// The parameters that come from the type and the chunks, and those that users of the plug-in may give.
const SHAPE: usize = 4;
const OWN: usize = 9;

/// Completes the parameters: with all bits of each sample, where none are given.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let bytes = match chunks.datatype {
        Datatype::Number(NumberType::F32 | NumberType::F64, _) => return Err(unfit(chunks.datatype)),
        Datatype::Number(number, _) => number.size(),
        Datatype::Integer(layout) => layout.size,
        other => return Err(unfit(other)),
    };
    let bytes = u32::try_from(bytes).ok().filter(|bytes| *bytes <= 2).ok_or_else(|| unfit(chunks.datatype))?;
    let (components, [height, width]) = match chunks.shape {
        [height, width] => (1, [height, width]),
        [components @ 1..=4, height, width] => (*components, [height, width]),
        other => return Err(Error::unsupported(format!("fcidecomp of chunks of {other:?} elements"))),
    };
    let side = |length: u64| u16::try_from(length).map(u32::from);
    let too_long = |_| Error::unsupported(format!("fcidecomp of images of {height} x {width}"));
    let (height, width) = side(*height).and_then(|height| Ok((height, side(*width)?))).map_err(too_long)?;
    let components = u32::try_from(components).unwrap_or(1);
    let own = if parameters.len() == SHAPE + OWN { parameters.get(SHAPE..) } else { Some(parameters) };
    let mut complete = vec![bytes, components, height, width, 8 * bytes, components];
    if let Some(&bits) = own.and_then(<[u32]>::first).filter(|&&bits| bits != 0 && bits.div_ceil(8) == bytes) {
        complete.truncate(SHAPE);
        complete.extend([bits, components]);
    }
    complete.extend(own.unwrap_or_default().iter().skip(2).take(OWN - 2));
    complete.resize(SHAPE + OWN, 0);
    Image::parse(&complete)?;
    Ok(complete)
}

fn unfit(datatype: &Datatype) -> Error {
    Error::unsupported(format!("fcidecomp of {} elements of {} bytes", datatype.class_name(), datatype.size()))
}

/// What the parameters say of a chunk.
pub(super) struct Image {
    pub frame: Frame,
    pub coding: Coding,
}

impl Image {
    pub fn parse(parameters: &[u32]) -> Result<Self> {
        let &[_, _, height, width, bits, components, interleave, near, ref presets @ ..] = parameters else {
            return Err(Error::usage(format!("fcidecomp: {} parameters", parameters.len())));
        };
        if near != 0 {
            return Err(unsupported("loss, in a file that is written"));
        }
        if interleave != 0 || presets.iter().any(|&preset| preset != 0) {
            return Err(unsupported("components that take turns or presets, in a file that is written"));
        }
        if height == 0 || width == 0 || !(2..=16).contains(&bits) || !(1..=4).contains(&components) {
            return Err(Error::usage(format!("fcidecomp: {components} x {height} x {width} samples of {bits} bits")));
        }
        let [height, width, components] = [height, width, components].map(|number| number as usize);
        let frame = Frame { bits, height, width, components };
        Ok(Image { frame, coding: Coding::new(bits, &Presets::default(), 0)? })
    }
}
