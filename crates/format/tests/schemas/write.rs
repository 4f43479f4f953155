//! Writing a case in parts.

use std::path::Path;

use hyperslab::netcdf::{VariableId, Writer};
use hyperslab::{Result, Selection};

use super::case::Case;
use super::values;

impl Case {
    /// Writes all values; the parts of the variables take turns. What is left out becomes the fill value here, too.
    ///
    /// # Errors
    /// What the writer refuses before there is a file.
    pub fn write(&mut self, path: &Path) -> Result<()> {
        let writer = Writer::create(path, self.schema.clone(), false)?;
        let mut work = Vec::new();
        for n in 0..self.values.len() {
            let parts = self.parts(n);
            work.extend(parts.into_iter().enumerate().map(|(turn, region)| (turn, n, region)));
        }
        work.sort_by_key(|(turn, n, _)| (*turn, *n));
        for (_, n, region) in work {
            let places = places(&self.shape(&self.schema.variables[n]), &region);
            writer.write_values(VariableId(n), &region, &values::pick(&self.values[n], &places)).unwrap();
        }
        let size = writer.finish().unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().len(), size);
        Ok(())
    }

    /// The boxes in which a variable is written. Where one is left out, its elements become the fill value.
    fn parts(&mut self, n: usize) -> Vec<Selection> {
        let (order, variable) = (self.orders[n], &self.schema.variables[n]);
        let shape = self.shape(variable);
        if shape.contains(&0) {
            return Vec::new();
        }
        let Some(&length) = shape.get(order.axis).filter(|_| order.step > 0) else {
            return vec![Selection::all(&shape)];
        };
        let part = |at: u64| {
            let (mut start, mut count) = (vec![0; shape.len()], shape.clone());
            start[order.axis] = at;
            count[order.axis] = order.step.min(length - at);
            Selection::block(start, count)
        };
        let mut parts: Vec<_> = (0..length).step_by(usize::try_from(order.step).unwrap()).map(part).collect();
        if order.gap && parts.len() > 1 {
            let gone = places(&shape, &parts.remove(0));
            let fill = values::fill(&self.schema.variables[n]).unwrap();
            values::overwrite(&mut self.values[n], &gone, &fill);
        }
        if order.backwards {
            parts.reverse();
        }
        parts
    }
}

/// The places, in C order, of the elements of a box.
fn places(shape: &[u64], region: &Selection) -> Vec<usize> {
    let mut places = vec![0];
    for ((&length, &start), &count) in shape.iter().zip(&region.start).zip(&region.count) {
        let inner = |place: usize| (start..start + count).map(move |at| place * length as usize + at as usize);
        places = places.into_iter().flat_map(inner).collect();
    }
    places
}
