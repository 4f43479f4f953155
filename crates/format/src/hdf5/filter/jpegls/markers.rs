//! The segments of a stream, up to the samples of each scan.

use super::coding::{unsupported, Coding, Presets, KIND, RECORD, RESET};
use crate::error::Result;

const START: [u8; 2] = [0xff, 0xd8];
const END: u8 = 0xd9;
const FRAME: u8 = 0xf7;
const PRESETS: u8 = 0xf8;
const SCAN: u8 = 0xda;
const RESTART: u8 = 0xdd;
const COMMENT: u8 = 0xfe;
/// What comes before the kind of a colour transform, in a segment of an application.
const TRANSFORM: &[u8] = b"mrfx";

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Bits of a sample.
    pub bits: u32,
    pub height: usize,
    pub width: usize,
    pub components: usize,
}

impl Frame {
    fn parse(segment: &[u8]) -> Result<Self> {
        let Some((&[bits, h1, h0, w1, w0, count], components)) = segment.split_first_chunk() else {
            return Err(RECORD.malformed("a short frame"));
        };
        let (components, rest) = components.as_chunks::<3>();
        if components.len() != usize::from(count) || !rest.is_empty() || !(2..=16).contains(&bits) {
            return Err(RECORD.malformed(format!("a frame of {count} components of {bits} bits")));
        }
        let (height, width) = (u16::from_be_bytes([h1, h0]), u16::from_be_bytes([w1, w0]));
        if height == 0 || width == 0 {
            return Err(unsupported("a shape that is not in the frame"));
        }
        if !(1..=4).contains(&count) {
            return Err(unsupported(format_args!("{count} components")));
        }
        if components.iter().any(|[_, factors, _]| *factors != 0x11) {
            return Err(unsupported("components of other sizes"));
        }
        Ok(Frame { bits: bits.into(), height: height.into(), width: width.into(), components: count.into() })
    }

    /// The start of an image, and its frame.
    pub fn write(&self, out: &mut Vec<u8>) {
        let [height, width] = [self.height, self.width].map(|len| u16::try_from(len).unwrap_or(0).to_be_bytes());
        let [bits, count] = [self.bits as usize, self.components].map(|number| u8::try_from(number).unwrap_or(0));
        out.extend_from_slice(&START);
        out.extend_from_slice(&[0xff, FRAME, 0, 8 + 3 * count, bits]);
        out.extend(height.into_iter().chain(width));
        out.push(count);
        out.extend((1..=count).flat_map(|id| [id, 0x11, 0]));
    }

    /// Bytes of a sample.
    pub fn sample(&self) -> usize {
        self.bits.div_ceil(8) as usize
    }

    /// Bytes of the image.
    pub fn bytes(&self) -> u64 {
        [self.height, self.width, self.components, self.sample()].iter().map(|&len| len as u64).product()
    }
}

/// What is usual, written out: the largest sample, thresholds, and when contexts forget.
pub(super) fn write_presets(coding: &Coding, out: &mut Vec<u8>) {
    let [low, middle, high] = coding.thresholds;
    out.extend_from_slice(&[0xff, PRESETS, 0, 13, KIND]);
    let numbers = [coding.most, low, middle, high, RESET];
    out.extend(numbers.into_iter().flat_map(|number| u16::try_from(number).unwrap_or(0).to_be_bytes()));
}

/// The start of a scan of one component without loss.
pub(super) fn write_scan(id: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(&[0xff, SCAN, 0, 8, 1, id, 0, 0, 0, 0]);
}

/// The end of an image.
pub(super) fn write_end(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0xff, END]);
}

/// How the components of a scan take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interleave {
    /// By lines, or there is one component.
    Line,
    /// By samples.
    Sample,
}

/// Some components of an image, or all.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub frame: Frame,
    pub components: usize,
    pub interleave: Interleave,
    pub coding: Coding,
    pub stream: &'a [u8],
}

impl<'a> Scan<'a> {
    fn parse(segment: &[u8], frame: Frame, presets: &Presets, stream: &'a [u8]) -> Result<Self> {
        let Some((&count, [selectors @ .., near, interleave, shift])) = segment.split_first() else {
            return Err(RECORD.malformed("a short scan"));
        };
        let (selectors, rest) = selectors.as_chunks::<2>();
        let components = usize::from(count);
        let is_whole = components == 1 || components == frame.components;
        if selectors.len() != components || !rest.is_empty() || !is_whole {
            return Err(RECORD.malformed(format!("a scan of {count} components of {}", frame.components)));
        }
        if *shift != 0 || selectors.iter().any(|[_, table]| *table != 0) {
            return Err(unsupported("samples that are shifted or mapped"));
        }
        let interleave = match (components, interleave) {
            (1, _) | (_, 1) => Interleave::Line,
            (_, 2) => Interleave::Sample,
            _ => return Err(RECORD.malformed(format!("interleave {interleave} of {count} components"))),
        };
        let coding = Coding::new(frame.bits, presets, *near)?;
        Ok(Scan { frame, components, interleave, coding, stream })
    }
}

/// The rest of a stream, and what came before that still holds.
#[derive(Debug)]
pub(super) struct Markers<'a> {
    rest: &'a [u8],
    frame: Option<Frame>,
    presets: Presets,
}

impl<'a> Markers<'a> {
    pub fn new(input: &'a [u8]) -> Result<Self> {
        let rest = input.strip_prefix(&START).ok_or_else(|| RECORD.malformed("it does not begin as one"))?;
        Ok(Markers { rest, frame: None, presets: Presets::default() })
    }

    /// The next scan.
    pub fn scan(&mut self) -> Result<Scan<'a>> {
        loop {
            match self.segment()? {
                (SCAN, segment) => {
                    let frame = self.frame.ok_or_else(|| RECORD.malformed("a scan without a frame"))?;
                    let stream = self.stream()?;
                    return Scan::parse(segment, frame, &self.presets, stream);
                }
                (FRAME, _) if self.frame.is_some() => return Err(RECORD.malformed("two frames")),
                (FRAME, segment) => self.frame = Some(Frame::parse(segment)?),
                (PRESETS, segment) => self.presets = Presets::parse(segment)?,
                (RESTART, segment) if segment.iter().any(|&byte| byte != 0) => return Err(unsupported("restarts")),
                (0xe0..=0xef, segment) if segment.strip_prefix(TRANSFORM).is_some_and(|kind| kind != [0]) => {
                    return Err(unsupported("a colour transform"));
                }
                (RESTART | COMMENT | 0xe0..=0xef, _) => {}
                (kind, _) => return Err(unsupported(format_args!("marker ff{kind:02x}"))),
            }
        }
    }

    /// The next marker, before which any number of bytes 0xff may be, and what belongs to it.
    fn segment(&mut self) -> Result<(u8, &'a [u8])> {
        let ones = self.rest.iter().take_while(|&&byte| byte == 0xff).count();
        let (&kind, rest) = self.rest.get(ones..).and_then(<[u8]>::split_first).ok_or_else(|| RECORD.broken())?;
        if ones == 0 || kind == END {
            return Err(RECORD.malformed(if ones == 0 { "no marker where one belongs" } else { "it ends early" }));
        }
        let (len, rest) = rest.split_first_chunk::<2>().ok_or_else(|| RECORD.broken())?;
        let len = usize::from(u16::from_be_bytes(*len)).checked_sub(2);
        let (segment, rest) = len.and_then(|len| rest.split_at_checked(len)).ok_or_else(|| RECORD.broken())?;
        self.rest = rest;
        Ok((kind, segment))
    }

    /// The bytes before the next marker.
    fn stream(&mut self) -> Result<&'a [u8]> {
        let end = self.rest.windows(2).position(|pair| matches!(pair, [0xff, 0x80..=0xff]));
        let (stream, rest) = end.and_then(|end| self.rest.split_at_checked(end)).ok_or_else(|| RECORD.broken())?;
        self.rest = rest;
        Ok(stream)
    }
}
