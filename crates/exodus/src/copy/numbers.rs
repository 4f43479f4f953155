//! Copying arrays of numbers, a piece at a time.

use hyperslab::{Element, NumberType, Result};

use crate::create::ModelWriter;
use crate::data::{Data, Part};
use crate::read::file::ExodusFile;

/// How many numbers are held at once, unless a single entry has more.
const PIECE: u64 = 1 << 22;

/// Copies an array, or one step of it, if both files have it; returns the number of bytes read.
pub(super) fn copy(file: &ExodusFile, writer: &ModelWriter, data: Data, step: Option<u64>) -> Result<u64> {
    let (Some(shape), true) = (file.shape(data), writer.has(data)) else {
        return Ok(0);
    };
    let lengths = shape.get(usize::from(step.is_some())..).unwrap_or_default();
    let per_entry = lengths.iter().skip(1).product::<u64>().max(1);
    let part = step.map_or(Part::from(data), |step| data.step(step));
    let mut pieces = file.pieces::<f64>(part, PIECE / per_entry)?;
    while let Some((_, part)) = pieces.next_part() {
        copy_part(file, writer, part)?;
    }
    let size = file.place(data).map_or(0, |(array, _)| array.variable().ty.size());
    hyperslab::bytes(lengths, size)
}

/// Copies a part in the type that both sides can take; numbers of double precision are rounded where the output is
/// of single precision.
fn copy_part(file: &ExodusFile, writer: &ModelWriter, part: Part) -> Result<()> {
    let from = file.place(part.data()).and_then(|(array, _)| array.variable().ty.number());
    let to = writer.number_type(part.data());
    match (from, to) {
        (Some(NumberType::F32), Some(NumberType::F32)) => put::<f32>(file, writer, part),
        (_, Some(NumberType::F32 | NumberType::F64)) => put::<f64>(file, writer, part),
        (Some(NumberType::I32), Some(NumberType::I32)) => put::<i32>(file, writer, part),
        _ => put::<i64>(file, writer, part),
    }
}

fn put<T: Element>(file: &ExodusFile, writer: &ModelWriter, part: Part) -> Result<()> {
    let values = file.view::<T>(part.clone())?;
    match values.as_slice() {
        Some(values) => writer.put(part, values),
        None => writer.put(part, &values.into_vec()),
    }
}
