//! Coordinates of the nodes, as they are in the file.

use hyperslab::netcdf::Strided;
use hyperslab::{BorrowError, Element, NotBorrowable, Result};

use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// The coordinates as one array of nodes x dimensions without a copy, where the file keeps them at a constant
    /// distance.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, ExodusFile, ExodusWriter, Mesh};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # let mut writer = ExodusWriter::create(&path, &Mesh::new("nodes", 3, 2), &CreateOptions::default())?;
    /// # writer.put_coords(&[&[1.0, 4.0], &[2.0, 5.0], &[3.0, 6.0]])?;
    /// # writer.finish()?;
    /// // Only bytes in memory and memory maps can be borrowed.
    /// let file = ExodusFile::from_bytes(std::fs::read(&path).unwrap())?;
    /// let nodes = file.coords_view::<f64>()?;
    /// assert_eq!(nodes.shape(), [2, 3]);
    /// assert_eq!(nodes.index_axis(0, 1)?.iter().collect::<Vec<_>>(), [4.0, 5.0, 6.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise what is wrong with the file.
    pub fn coords_view<T: Element>(&self) -> Result<Strided<'_, T>, BorrowError> {
        let array = |name: &&str| self.array(name).map(|array| &**array);
        let own: Option<Vec<_>> = names::COORDS.iter().take(self.num_dim()).map(array).collect();
        let stacked = match (own, self.array(names::COORD)) {
            (Some(axes), _) if !axes.is_empty() => Strided::stack(&axes)?,
            (_, Some(common)) if common.shape().len() == 2 => common.strided()?,
            _ => return Err(NotBorrowable::NotAllocated.into()),
        };
        Ok(stacked.reversed_axes())
    }

    /// The names of the coordinates; often blank.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn coord_names(&self) -> Result<Vec<String>> {
        self.names(names::COOR_NAMES)
    }

    fn num_dim(&self) -> usize {
        usize::try_from(self.dimension(names::NUM_DIM).min(3)).unwrap_or(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntityType, ModelExt};

    /// All Exodus fixtures, in memory.
    fn fixtures() -> impl Iterator<Item = ExodusFile> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/exodus");
        std::fs::read_dir(directory).unwrap().filter_map(|entry| {
            let source = hyperslab::Source::from_bytes(std::fs::read(entry.unwrap().path()).unwrap());
            ExodusFile::from_netcdf(hyperslab::netcdf::File::from_source(source).unwrap()).ok()
        })
    }

    fn same<T: Element>(view: &Strided<T>, copy: &[T]) {
        let view: Vec<T> = view.iter().collect();
        assert_eq!(digits(&view), digits(copy));
    }

    /// NaN is not equal to itself, its digits are.
    fn digits<T: Element>(values: &[T]) -> Vec<String> {
        values.iter().map(|value| format!("{value:?}")).collect()
    }

    #[test]
    fn views_of_coordinates_are_the_coordinates() {
        let mut seen = 0;
        for file in fixtures() {
            if let Ok(view) = file.coords_view::<f64>() {
                let copy = file.coords_array::<f64>().unwrap();
                assert_eq!(view.shape(), copy.shape());
                same(&view, copy.as_slice().unwrap());
                seen += 1;
            }
        }
        assert!(seen >= 8, "{seen}");
    }

    #[test]
    fn views_of_all_steps_are_the_steps() {
        let mut seen = 0;
        for file in fixtures() {
            for kind in EntityType::WITH_VARIABLES {
                let entities = file.entities(kind).unwrap().len().max(1);
                for (variable, entity) in
                    (0..file.variable_names(kind).unwrap().len()).flat_map(|v| (0..entities).map(move |e| (v, e)))
                {
                    let Ok(view) = file.var_time_series_array::<f64>(kind, variable, entity) else { continue };
                    let copy = file.view::<f64>(crate::Data::Variable(kind, variable, entity)).unwrap().into_vec();
                    assert_eq!(view.shape().iter().product::<usize>(), copy.len());
                    same(&view, &copy);
                    seen += 1;
                }
            }
        }
        assert!(seen >= 100, "{seen}");
    }
}
