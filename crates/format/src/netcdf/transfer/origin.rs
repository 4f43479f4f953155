//! Where the values of a transfer come from.

use std::fmt::{self, Debug, Formatter};

use super::kernel::Form;
use super::plan::UNIT;
use crate::array::if_any;
use crate::element::{ByteOrder, Number, NumberType};
use crate::error::{Error, Result};
use crate::limits;
use crate::netcdf::array::Array;
use crate::netcdf::fill;
use crate::netcdf::schema::Variable;
use crate::netcdf::types::Type;
use crate::shape::{self, Selection};

/// Numbers that are computed for a transfer, box by box, by any of its workers.
pub trait Compute: Sync {
    /// The type of the numbers.
    fn number(&self) -> NumberType;

    /// Their shape: that of the variable of the output, as long as it shall become.
    fn shape(&self) -> &[u64];

    /// How many bytes of numbers are best computed at once, where the output does not say so.
    fn unit(&self) -> u64 {
        UNIT
    }

    /// Appends the numbers of a box to `target`, which is empty: in C order, in this machine's byte order.
    ///
    /// # Errors
    /// Whatever computing them takes; it ends the transfer.
    fn compute(&self, region: &Selection, target: &mut Vec<u8>) -> Result<()>;
}

/// Where the values of a variable come from.
#[derive(Clone, Copy)]
pub enum Origin<'a> {
    /// A variable of an open file.
    Stored {
        /// Its data.
        array: &'a Array,
        /// First index and distance of the indices taken from the first dimension; `None` takes all.
        rows: Option<(u64, u64)>,
    },
    /// Numbers that are computed.
    Computed(&'a dyn Compute),
}

impl<'a> From<&'a Array> for Origin<'a> {
    fn from(array: &'a Array) -> Self {
        Origin::Stored { array, rows: None }
    }
}

impl<'a> From<&'a dyn Compute> for Origin<'a> {
    fn from(numbers: &'a dyn Compute) -> Self {
        Origin::Computed(numbers)
    }
}

impl Debug for Origin<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Stored { array, rows } => {
                f.debug_struct("Stored").field("array", array).field("rows", rows).finish()
            }
            Origin::Computed(numbers) => f.debug_tuple("Computed").field(&numbers.number()).finish(),
        }
    }
}

/// The default fill value of a variable's type, if that is what stands for values that were never written.
pub(super) fn default_fill(variable: &Variable) -> Option<Number> {
    let default = fill::default(&variable.ty).filter(|_| variable.ty.size() > 1)?;
    (fill::of(variable).as_ref() == Some(&default)).then(|| default.numbers().first().copied())?
}

impl<'a> Origin<'a> {
    /// The netCDF type of what is stored.
    pub(super) fn ty(self) -> Option<&'a Type> {
        match self {
            Origin::Stored { array, .. } => Some(&array.variable().ty),
            Origin::Computed(_) => None,
        }
    }

    pub(super) fn form(self) -> Form {
        match self {
            Origin::Stored { array, .. } => {
                let ty = &array.variable().ty;
                Form { number: ty.number(), size: ty.size(), order: array.order() }
            }
            Origin::Computed(numbers) => {
                let number = numbers.number();
                Form { number: Some(number), size: number.size(), order: ByteOrder::NATIVE }
            }
        }
    }

    pub(super) fn shape(self) -> &'a [u64] {
        match self {
            Origin::Stored { array, .. } => array.shape(),
            Origin::Computed(numbers) => numbers.shape(),
        }
    }

    /// How many bytes a unit has that is free to choose.
    pub(super) fn unit(self) -> u64 {
        match self {
            Origin::Stored { .. } => UNIT,
            Origin::Computed(numbers) => numbers.unit(),
        }
    }

    pub(super) fn rows(self) -> Option<(u64, u64)> {
        match self {
            Origin::Stored { rows, .. } => rows,
            Origin::Computed(_) => None,
        }
    }

    /// The shape of the chunks that have to be decoded whole.
    pub(super) fn filtered_chunk(self) -> Option<&'a [u64]> {
        match self {
            Origin::Stored { array, .. } if array.is_filtered() => array.chunk(),
            _ => None,
        }
    }

    /// The numbers that stand for missing ones. What is computed has none: whoever computes it knows them.
    pub(super) fn missing(self) -> Vec<Number> {
        match self {
            Origin::Stored { array, .. } => array.variable().missing_values(),
            Origin::Computed(_) => Vec::new(),
        }
    }

    /// The default fill value of a variable that has no other.
    pub(super) fn default_fill(self) -> Option<Number> {
        match self {
            Origin::Stored { array, .. } => default_fill(array.variable()),
            Origin::Computed(_) => None,
        }
    }

    /// The region of the input that is a box of the output.
    pub(super) fn source(self, target: &Selection) -> Selection {
        let mut source = target.clone();
        if let (Some((first, step)), Some(start), Some(stride)) =
            (self.rows(), source.start.first_mut(), source.stride.first_mut())
        {
            *start = first.saturating_add(start.saturating_mul(step));
            *stride = step;
        }
        source
    }

    /// The stored bytes of a region: borrowed, or in the buffer.
    pub(super) fn read<'b>(self, region: &Selection, buffer: &'b mut Vec<u8>) -> Result<&'b [u8]>
    where
        'a: 'b,
    {
        let len = shape::bytes(&region.count, self.form().size)?;
        match self {
            Origin::Stored { array, .. } => {
                if let Some(bytes) = if_any(array.borrow_bytes_now(region))? {
                    return Ok(bytes);
                }
                buffer.resize(limits::to_usize(len)?, 0);
                array.read_bytes_into(region, buffer)?;
            }
            Origin::Computed(numbers) => {
                buffer.clear();
                numbers.compute(region, buffer)?;
                if buffer.len() as u64 != len {
                    return Err(Error::usage(format!("{} bytes were computed where {len} are wanted", buffer.len())));
                }
            }
        }
        Ok(buffer)
    }
}
