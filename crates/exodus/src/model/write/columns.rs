//! The numbers of a variable of the output, from the arrays of a model that are in it.

use hyperslab::netcdf::Compute;
use hyperslab::{Element, Error, Number, NumberType, Result, Selection};

use crate::data::{Data, Part};
use crate::model::{each, Model, Numbers};
use crate::names;

/// A variable: one array, or several side by side along an axis, as old layouts have them.
pub(super) struct Columns<'m> {
    model: &'m dyn Model,
    number: NumberType,
    shape: Vec<u64>,
    /// The axis along which the arrays lie side by side.
    axis: Option<usize>,
    /// The arrays, by their positions along the axis.
    arrays: Vec<Option<Data>>,
}

impl<'m> Columns<'m> {
    /// A variable of this shape with these arrays; `None` if the model has none of them.
    pub fn new(model: &'m dyn Model, shape: Vec<u64>, axis: Option<usize>, arrays: &[(u64, Data)]) -> Option<Self> {
        let number = arrays.iter().find_map(|&(_, data)| model.number_type(data))?;
        let len = axis.map_or(1, |axis| shape.get(axis).copied().unwrap_or(0));
        let at = |n: u64| arrays.iter().find(|(index, _)| *index == n).map(|(_, data)| *data);
        Some(Columns { model, number, axis, arrays: (0..len).map(at).collect(), shape })
    }

    /// The arrays of a box, one after the other where several lie side by side.
    fn each_part(&self, region: &Selection, visit: &mut dyn FnMut(Option<Part>, u64) -> Result<()>) -> Result<()> {
        let Some(axis) = self.axis else {
            let data = self.arrays.first().copied().flatten();
            let count = region.count.iter().product();
            return visit(data.map(|data| data.boxed(&region.start, &region.count)), count);
        };
        let without = |list: &[u64]| -> Vec<u64> {
            list.iter().enumerate().filter(|(n, _)| *n != axis).map(|(_, value)| *value).collect()
        };
        let (start, mut count) = (without(&region.start), without(&region.count));
        // Whatever is before the axis (the steps) is outside of it.
        let rows = if axis > 0 { count.first_mut().map_or(1, |first| std::mem::replace(first, 1)) } else { 1 };
        let (first, columns) = region.start.get(axis).zip(region.count.get(axis)).unwrap_or((&0, &0));
        for row in 0..rows {
            let mut start = start.clone();
            start.first_mut().filter(|_| axis > 0).into_iter().for_each(|step| *step += row);
            for column in *first..first.saturating_add(*columns) {
                let data = usize::try_from(column).ok().and_then(|n| self.arrays.get(n).copied().flatten());
                visit(data.map(|data| data.boxed(&start, &count)), count.iter().product())?;
            }
        }
        Ok(())
    }
}

impl Compute for Columns<'_> {
    fn number(&self) -> NumberType {
        self.number
    }

    fn shape(&self) -> &[u64] {
        &self.shape
    }

    fn unit(&self) -> u64 {
        self.model.unit()
    }

    fn compute(&self, region: &Selection, target: &mut Vec<u8>) -> Result<()> {
        self.each_part(region, &mut |part, count| {
            let numbers = match part.filter(|part| self.model.number_type(part.data()).is_some()) {
                Some(part) => self.model.numbers(&part)?,
                None => never_written(self.number, count)?,
            };
            if numbers.len() as u64 != count {
                return Err(Error::usage(format!(
                    "the model gives {} numbers where {count} are wanted",
                    numbers.len()
                )));
            }
            in_type(numbers, self.number)?.append_to(target);
            Ok(())
        })
    }
}

/// Numbers where nobody wrote any: netCDF's fill value.
fn never_written(number: NumberType, count: u64) -> Result<Numbers<'static>> {
    let count = usize::try_from(count).map_err(|_| Error::limit(format!("{count} numbers that nobody wrote")))?;
    Ok(match number {
        NumberType::F32 => Numbers::F32(vec![f32::nearest(Number::Float(names::NEVER_WRITTEN)); count].into()),
        NumberType::F64 => Numbers::F64(vec![names::NEVER_WRITTEN; count].into()),
        _ => return Err(Error::usage("integers that nobody wrote")),
    })
}

/// Numbers in the type of the variable: arrays side by side need not have the same.
fn in_type(numbers: Numbers<'_>, number: NumberType) -> Result<Numbers<'_>> {
    if numbers.number_type() == number {
        return Ok(numbers);
    }
    Ok(match number {
        NumberType::F32 => {
            let single = |value: f64| f32::nearest(Number::Float(value));
            Numbers::F32(numbers.to_f64()?.into_iter().map(single).collect::<Vec<_>>().into())
        }
        NumberType::F64 => Numbers::F64(numbers.to_f64()?.into()),
        NumberType::I32 => Numbers::I32(numbers.to()?.into()),
        _ => Numbers::I64(
            each!(numbers, values => {
                let wide = values.iter().map(|value| i64::from_number(value.to_number()));
                wide.collect::<Option<Vec<i64>>>().ok_or_else(|| Error::usage("numbers that are no integers"))?
            })
            .into(),
        ),
    })
}
