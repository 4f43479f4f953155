//! Values of variables that are there.

use super::Editor;
use crate::element::Element;
use crate::error::{Context, Error, Result};
use crate::netcdf::ids::VariableId;
use crate::netcdf::numbers::{self, NumberForm, Precision};
use crate::netcdf::value::Value;
use crate::shape::{self, Selection};

impl Editor {
    /// Writes numbers into a box of a variable, in C order; other numeric types are converted if they fit exactly. The box may lie
    /// beyond the length of an unlimited dimension, which grows, for all of its variables.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a box outside of the variable, and values that do not fit;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for data in other files, and for filters that are not written;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write<T: Element>(&mut self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        self.numbers(id, region, values, Precision::Exact)
    }

    /// As [`Editor::write`], but that floating-point numbers are rounded to the digits of a narrower floating-point type.
    ///
    /// # Errors
    /// As [`Editor::write`].
    pub fn write_rounded<T: Element>(&mut self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        self.numbers(id, region, values, Precision::Rounded)
    }

    fn numbers<T: Element>(
        &mut self,
        id: VariableId,
        region: &Selection,
        values: &[T],
        precision: Precision,
    ) -> Result<()> {
        let variable = self.schema.variable(id)?;
        let (ty, order, path) = (variable.ty.clone(), variable.order, self.schema.path(variable));
        let encode = || {
            let number = ty.number().ok_or_else(|| Error::usage(format!("{} is no number", ty.name())))?;
            numbers::check(values, number, precision)?;
            let mut stored = Vec::new();
            numbers::encode(values, NumberForm { number, order }, precision, &mut stored)?;
            Ok(stored)
        };
        let stored = encode().in_object(&path).in_file(&self.path)?;
        self.write_stored(id, region, stored)
    }

    /// Writes elements of any type into a box of a variable, in C order. Numbers are converted if they fit exactly; values of other
    /// types must be of the variable's type.
    ///
    /// # Errors
    /// As [`Editor::write`].
    pub fn write_values(&mut self, id: VariableId, region: &Selection, values: &Value) -> Result<()> {
        match values {
            Value::Byte(list) => self.write(id, region, list),
            Value::Short(list) => self.write(id, region, list),
            Value::Int(list) => self.write(id, region, list),
            Value::Float(list) => self.write(id, region, list),
            Value::Double(list) => self.write(id, region, list),
            Value::UByte(list) => self.write(id, region, list),
            Value::UShort(list) => self.write(id, region, list),
            Value::UInt(list) => self.write(id, region, list),
            Value::Int64(list) => self.write(id, region, list),
            Value::UInt64(list) => self.write(id, region, list),
            Value::Char(_) | Value::String(_) | Value::User(..) => {
                let (ty, path) = (self.schema.variable(id)?.ty.clone(), self.schema.path(self.schema.variable(id)?));
                let encode = |editor: &mut Self| match values.ty() == ty {
                    true => editor.existing.encode(id, values),
                    false => Err(Error::usage(format!("{} for {}", values.ty().name(), ty.name()))),
                };
                let stored = encode(self).in_object(&path).in_file(&self.path)?;
                self.write_stored(id, region, stored)
            }
        }
    }

    pub(super) fn write_stored(&mut self, id: VariableId, region: &Selection, stored: Vec<u8>) -> Result<()> {
        let path = self.schema.path(self.schema.variable(id)?);
        let put = |editor: &mut Self| {
            editor.check_box(id, region)?;
            editor.existing.write(id, region, stored)?;
            editor.grow(id, region)
        };
        put(self).in_object(&path).in_file(&self.path)?;
        self.is_changed = true;
        Ok(())
    }

    /// Checks a box against the lengths that cannot grow.
    fn check_box(&self, id: VariableId, region: &Selection) -> Result<()> {
        let variable = self.schema.variable(id)?;
        if !region.is_box() || region.count.len() != variable.dimensions.len() {
            return Err(Error::usage("not a box of the variable"));
        }
        let mut shape = Vec::with_capacity(region.count.len());
        for (&id, end) in variable.dimensions.iter().zip(region.ends()) {
            let dimension = self.schema.dimension(id)?;
            shape.push(if dimension.unlimited { end } else { dimension.length });
        }
        region.check(&shape).and_then(|()| shape::count(&region.count)).map(drop)
    }

    /// Notes how far the data of a variable reach.
    fn grow(&mut self, id: VariableId, region: &Selection) -> Result<()> {
        if region.count.contains(&0) {
            return Ok(());
        }
        let dimensions = self.schema.variable(id)?.dimensions.clone();
        for (id, end) in dimensions.iter().zip(region.ends()) {
            let dimension = self.schema.dimensions.get_mut(id.0).filter(|dimension| dimension.unlimited);
            dimension.into_iter().for_each(|dimension| dimension.length = dimension.length.max(end));
        }
        Ok(())
    }
}
