//! Parts of the arrays of the joined model, by the same addresses as those of a file.

use std::ops::Range;

use hyperslab::{Element, Error, Number, Result, Values};

use super::joint::{reserve, typed};
use super::mesh::cut;
use super::ParallelFile;
use crate::data::{describe, Address, Data, Part};
use crate::kind::EntityKind;

impl ParallelFile {
    /// A part of an array of the joined model.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the model has no such array or no such part, or a value does not fit `T`
    /// exactly; [`Kind::Unsupported`](crate::Kind::Unsupported) for what is not joined: polygons, polyhedra, and the
    /// edges and faces of elements; otherwise when the values cannot be read.
    pub fn view<T: Element>(&self, part: impl Into<Part>) -> Result<Values<'_, T>> {
        let part = part.into();
        let data = part.data();
        match data {
            Data::Variable(kind, variable, entity) => {
                let len = if kind == EntityKind::Global { 1 } else { self.carriers(kind, entity)?.len };
                self.stepwise(&part, len, |step| self.var_as(step, kind, variable, entity))
            }
            Data::Reductions(EntityKind::Global, _) => {
                let len = self.num_variables(EntityKind::Global);
                self.stepwise(&part, len, |step| {
                    let value = |n| Ok(self.var_as::<T>(step, EntityKind::Global, n, 0)?.into_vec());
                    (0..len).map(value).collect::<Result<Vec<_>>>().map(|values| Values::owned(values.concat()))
                })
            }
            Data::Reductions(kind, entity) => {
                let (file, own) = self.with_reductions(kind, entity).ok_or_else(|| missing(data))?;
                let own = Data::Reductions(kind, own);
                let len = file.shape(own).and_then(|shape| shape.get(1).copied()).unwrap_or(0);
                let len = usize::try_from(len).map_err(|_| Error::limit("too many variables"))?;
                self.stepwise(&part, len, |step| file.view(own.step(step)))
            }
            Data::Times => self.stepwise(&part, 1, |step| {
                let time = usize::try_from(step).ok().and_then(|step| self.times.get(step)).copied();
                floats(&[time.ok_or_else(|| missing(data))?])
            }),
            _ => {
                let (values, len) = self.whole_array::<T>(data)?;
                let [entries, ..] = ranges(&part, &[len as u64])?;
                let width = values.len().checked_div(len).unwrap_or(0) as u64;
                cut(values.into_vec(), entries.start.saturating_mul(width)..entries.end.saturating_mul(width))
                    .map(Values::owned)
            }
        }
    }

    /// The values of an array that does not change from step to step, and its number of entries.
    fn whole_array<T: Element>(&self, data: Data) -> Result<(Values<'_, T>, usize)> {
        let listed = |values: Values<'_, T>| {
            let len = values.len();
            (Values::owned(values.into_vec()), len)
        };
        match data {
            Data::Coordinate(axis) => Ok(listed(self.coord(axis, 0..self.whole(EntityKind::NodeMap)?.len as u64)?)),
            Data::Connectivity(kind, n) => Ok((self.connectivity(kind, n)?.nodes, self.entries(kind, n)?.len)),
            Data::Attributes(kind, n) => {
                let values = self.attributes_array(kind, n)?;
                let rows = values.nrows();
                Ok((floats(&values.into_iter().collect::<Vec<f64>>())?, rows))
            }
            Data::Members(EntityKind::Assembly, _) => {
                let first = self.first().ok_or_else(|| missing(data))?;
                Ok(listed(first.view(data)?))
            }
            Data::Members(kind, n) => Ok(listed(self.set_entries(kind, n)?)),
            Data::Sides(kind, n) => Ok(listed(self.set_extra(kind, n)?)),
            Data::Factors(kind, n) => Ok(listed(self.set_factors(kind, n)?)),
            Data::IdMap(kind) => Ok(listed(Values::owned(typed(self.id_map(kind)?)?))),
            Data::NumMap(kind, n) => Ok(listed(Values::owned(typed(self.num_map(kind, n)?)?))),
            Data::OrderMap => Err(missing(data)),
            other => Err(Error::unsupported(format!("joining {}", describe(other)))),
        }
    }

    /// The entries of a range of steps, one step after the other.
    fn stepwise<'f, T: Element>(
        &self,
        part: &Part,
        len: usize,
        read: impl Fn(u64) -> Result<Values<'f, T>>,
    ) -> Result<Values<'f, T>> {
        let [steps, entries] = ranges(part, &[self.num_steps(), len as u64])?;
        self.check_steps(&steps)?;
        let mut all = Vec::new();
        for step in steps {
            let mut values = cut(read(step)?.into_vec(), entries.clone())?;
            match all.is_empty() {
                true => all = values,
                false => all.append(&mut values),
            }
        }
        Ok(Values::owned(all))
    }
}

/// The ranges of steps and entries, or of entries alone, that a part of an array of this shape means.
fn ranges<const N: usize>(part: &Part, shape: &[u64; N]) -> Result<[Range<u64>; N]> {
    let region = part.region(&Address { name: String::new(), shared: None }, shape)?;
    let mut axes = region.start.iter().zip(&region.count).map(|(&start, &count)| start..start.saturating_add(count));
    Ok(std::array::from_fn(|_| axes.next().unwrap_or_default()))
}

fn missing(data: Data) -> Error {
    Error::usage(format!("the model has no {}", describe(data)))
}

/// Floating-point numbers in another type.
fn floats<'f, T: Element>(values: &[f64]) -> Result<Values<'f, T>> {
    let mut target = reserve(values.len())?;
    for &value in values {
        let number = T::from_number(Number::Float(value));
        target.push(number.ok_or_else(|| Error::usage(format!("{value} does not fit {:?}", T::TYPE)))?);
    }
    Ok(Values::owned(target))
}
