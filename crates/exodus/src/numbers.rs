//! Numbers of a model in the type in which it has them.

use hyperslab::{Element, Error, Number, NumberType, Result, Values};

/// The numbers of a part of an array, in one of the four types of Exodus; narrower integers are widened.
#[derive(Debug, Clone)]
pub enum Numbers<'m> {
    /// Single precision.
    F32(Values<'m, f32>),
    /// Double precision.
    F64(Values<'m, f64>),
    /// Integers of 32 bits.
    I32(Values<'m, i32>),
    /// Integers of 64 bits.
    I64(Values<'m, i64>),
}

/// Evaluates an expression with `$values` being the values, whatever their type.
macro_rules! each {
    ($numbers:expr, $values:ident => $body:expr) => {
        match $numbers {
            $crate::numbers::Numbers::F32($values) => $body,
            $crate::numbers::Numbers::F64($values) => $body,
            $crate::numbers::Numbers::I32($values) => $body,
            $crate::numbers::Numbers::I64($values) => $body,
        }
    };
}
pub(crate) use each;

/// Which of the four types holds the numbers of a stored type.
pub(crate) fn widened(stored: NumberType) -> NumberType {
    match stored {
        NumberType::F32 | NumberType::F64 => stored,
        NumberType::U32 | NumberType::I64 | NumberType::U64 => NumberType::I64,
        _ => NumberType::I32,
    }
}

impl<'m> Numbers<'m> {
    /// No numbers, of a type that is one of the four or is held by one of them.
    pub fn none(number: NumberType) -> Self {
        match widened(number) {
            NumberType::F32 => Numbers::F32(Vec::new().into()),
            NumberType::F64 => Numbers::F64(Vec::new().into()),
            NumberType::I64 => Numbers::I64(Vec::new().into()),
            _ => Numbers::I32(Vec::new().into()),
        }
    }

    /// Their type.
    pub fn number_type(&self) -> NumberType {
        match self {
            Numbers::F32(_) => NumberType::F32,
            Numbers::F64(_) => NumberType::F64,
            Numbers::I32(_) => NumberType::I32,
            Numbers::I64(_) => NumberType::I64,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        each!(self, values => values.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// They in another type, which must hold them exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a number that does not fit.
    pub fn to<T: Element>(&self) -> Result<Vec<T>> {
        let misfit = |number: Number| Error::usage(format!("{number} does not fit {}", T::TYPE.name()));
        let convert = |number: Number| T::from_number(number).ok_or_else(|| misfit(number));
        each!(self, values => collect(values.len(), values.iter().map(|value| convert(value.to_number()))))
    }

    /// They in another type, which must hold them exactly; as they are, if it is their own.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a number that does not fit.
    pub fn into_values<T: Element>(self) -> Result<Values<'m, T>> {
        let cast = match self {
            Numbers::F32(values) => values.cast().map_err(Numbers::F32),
            Numbers::F64(values) => values.cast().map_err(Numbers::F64),
            Numbers::I32(values) => values.cast().map_err(Numbers::I32),
            Numbers::I64(values) => values.cast().map_err(Numbers::I64),
        };
        cast.or_else(|numbers| numbers.to().map(Values::owned))
    }

    /// They as floating-point numbers of double precision, rounded where integers have more digits.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) without the memory.
    pub fn to_f64(&self) -> Result<Vec<f64>> {
        each!(self, values => collect(values.len(), values.iter().map(|value| Ok(f64::nearest(value.to_number())))))
    }

    /// They, changed one by one, in their own type: rounded to that of floating-point numbers.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an integer that would be one no longer.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Result<Numbers<'m>> {
        self.map_mut(change)
    }

    /// [`Numbers::map`] with a change that depends on the numbers before.
    pub(crate) fn map_mut(self, mut change: impl FnMut(f64) -> f64) -> Result<Numbers<'m>> {
        let exact = |value: i64, changed: f64| {
            let fits =
                || Error::usage(format!("{value} becomes {changed}, which the integers of the file cannot hold"));
            i64::from_number(Number::Float(changed)).ok_or_else(fits)
        };
        Ok(match self {
            Numbers::F32(values) => {
                let rounded = |value: f32| Ok(f32::nearest(Number::Float(change(f64::from(value)))));
                Numbers::F32(collect(values.len(), values.iter().map(rounded))?.into())
            }
            Numbers::F64(values) => Numbers::F64(collect(values.len(), values.iter().map(|v| Ok(change(v))))?.into()),
            Numbers::I32(values) => {
                let changed = |value: i32| {
                    let changed = exact(i64::from(value), change(f64::from(value)))?;
                    i32::try_from(changed).map_err(|_| Error::usage(format!("{changed} does not fit 32 bits")))
                };
                Numbers::I32(collect(values.len(), values.iter().map(changed))?.into())
            }
            Numbers::I64(values) => {
                let changed = |value: i64| exact(value, change(f64::nearest(Number::Signed(i128::from(value)))));
                Numbers::I64(collect(values.len(), values.iter().map(changed))?.into())
            }
        })
    }

    /// The numbers at some positions, each of `width` numbers.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a position that there is not.
    pub fn take(&self, positions: &[usize], width: usize) -> Result<Numbers<'static>> {
        Ok(match self {
            Numbers::F32(values) => Numbers::F32(taken(values, positions, width)?.into()),
            Numbers::F64(values) => Numbers::F64(taken(values, positions, width)?.into()),
            Numbers::I32(values) => Numbers::I32(taken(values, positions, width)?.into()),
            Numbers::I64(values) => Numbers::I64(taken(values, positions, width)?.into()),
        })
    }

    /// Several, one after the other, all of one type.
    ///
    /// # Errors
    /// The first error; [`Kind::Usage`](crate::Kind::Usage) for numbers of different types.
    pub(crate) fn concat(number: NumberType, parts: impl Iterator<Item = Result<Numbers<'m>>>) -> Result<Numbers<'m>> {
        let mut all: Option<Numbers<'m>> = None;
        for part in parts {
            all = Some(match (all, part?) {
                (None, part) => part,
                (Some(Numbers::F32(a)), Numbers::F32(b)) => Numbers::F32(joined(a, &b)?),
                (Some(Numbers::F64(a)), Numbers::F64(b)) => Numbers::F64(joined(a, &b)?),
                (Some(Numbers::I32(a)), Numbers::I32(b)) => Numbers::I32(joined(a, &b)?),
                (Some(Numbers::I64(a)), Numbers::I64(b)) => Numbers::I64(joined(a, &b)?),
                (Some(all), part) => {
                    let types = [all.number_type(), part.number_type()];
                    return Err(Error::usage(format!("numbers of the types {types:?} in one array")));
                }
            });
        }
        Ok(all.unwrap_or_else(|| Numbers::none(number)))
    }

    /// Appends their bytes, in this machine's order.
    pub(crate) fn append_to(&self, target: &mut Vec<u8>) {
        each!(self, values => match values.as_slice() {
            Some(slice) => target.extend_from_slice(bytemuck::cast_slice(slice)),
            None => values.iter().for_each(|value| target.extend_from_slice(bytemuck::bytes_of(&value))),
        });
    }
}

/// Collects with the memory asked for first.
fn collect<T>(len: usize, values: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} numbers")))?;
    for value in values {
        list.push(value?);
    }
    Ok(list)
}

fn joined<'m, T: Element>(first: Values<'m, T>, second: &Values<'_, T>) -> Result<Values<'m, T>> {
    let mut all = first.into_vec();
    all.try_reserve(second.len()).map_err(|_| Error::limit(format!("no memory for {} numbers", second.len())))?;
    all.extend(second.iter());
    Ok(all.into())
}

fn taken<T: Element>(values: &Values<'_, T>, positions: &[usize], width: usize) -> Result<Vec<T>> {
    let all = positions.iter().flat_map(|&position| {
        let start = position.saturating_mul(width);
        start..start.saturating_add(width)
    });
    let missing = |n: usize| Error::usage(format!("there is no number {n} of {}", values.len()));
    collect(positions.len().saturating_mul(width), all.map(|n| values.get(n).ok_or_else(|| missing(n))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_type_and_refuse_what_it_cannot_hold() {
        let singles = Numbers::F32(vec![0.1f32, 2.0].into());
        let Numbers::F32(scaled) = singles.clone().map(|v| v * 3.0).unwrap() else { unreachable!() };
        #[allow(clippy::cast_possible_truncation)]
        let third = (f64::from(0.1f32) * 3.0) as f32;
        assert_eq!(scaled.into_vec(), [third, 6.0]);
        let integers = Numbers::I32(vec![2, 4].into());
        assert_eq!(integers.clone().map(|v| v * 1.5).unwrap().to::<i64>().unwrap(), [3, 6]);
        assert!(integers.clone().map(|v| v * 0.3).is_err() && integers.map(|v| v * 1e9).is_err());
        assert!(singles.to::<i32>().is_err() && singles.to::<f64>().is_ok());
    }

    #[test]
    fn positions_take_whole_entries() {
        let pairs = Numbers::I64(vec![1, 2, 3, 4, 5, 6].into());
        assert_eq!(pairs.take(&[2, 0], 2).unwrap().to::<i64>().unwrap(), [5, 6, 1, 2]);
        assert!(pairs.take(&[3], 2).is_err());
        let mut bytes = Vec::new();
        pairs.append_to(&mut bytes);
        assert_eq!(bytes.len(), 48);
    }
}
