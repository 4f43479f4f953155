//! Result variables: values that change from step to step.

use hyperslab::netcdf::Strided;
use hyperslab::{BorrowError, Element, Error, Result};
use ndarray::Array2;

use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

/// The most cells of a truth table.
const MOST_CELLS: usize = 1 << 24;
/// The most variables of a kind that have no names.
const MOST_NAMES: usize = 1 << 20;

impl ExodusFile {
    /// The names of the variables of a kind.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` carries no variables.
    pub fn variable_names(&self, kind: EntityType) -> Result<Vec<String>> {
        kind.must_have_variables()?;
        let Some(row) = kind.variables() else { return Ok(Vec::new()) };
        self.counted_names(row.names, row.count, row.values)
    }

    /// The names of the reduction variables of a kind: one value for a whole entity.
    ///
    /// # Errors
    /// As [`ExodusFile::variable_names`].
    pub fn reduction_names(&self, kind: EntityType) -> Result<Vec<String>> {
        kind.must_have_variables()?;
        match kind.reductions() {
            // The names of the global ones are those of its variables.
            Some(row) => self.counted_names(row.names, row.count, row.values),
            None => Ok(Vec::new()),
        }
    }

    /// A list of names, as many as a dimension says, or as values lie side by side: those whose names are missing have empty
    /// ones. A dimension alone proves nothing, and a group sees those of the groups around it: there are no more names than
    /// values can have.
    fn counted_names(&self, list: &str, count: &str, values: &str) -> Result<Vec<String>> {
        let mut names = self.names(list)?;
        let count = usize::try_from(self.dimension(count)).unwrap_or(usize::MAX);
        let counted = count.min(names.len().max(self.most_results(values)));
        names.resize(counted.max(self.columns(values)), String::new());
        Ok(names)
    }

    /// How many variables there can be at most, if there are results whose names start so: as many as all results.
    fn most_results(&self, values: &str) -> usize {
        let results = self.variables().filter(|(name, _)| names::is_result(name));
        let (mut most, mut has_own) = (0_usize, false);
        for (name, _) in results {
            most = most.saturating_add(if names::is_shared(name) { self.columns(name) } else { 1 });
            has_own |= name.starts_with(values);
        }
        if has_own {
            most.min(MOST_NAMES)
        } else {
            0
        }
    }

    /// How many variables lie side by side in a result variable.
    fn columns(&self, name: &str) -> usize {
        let columns = self.array(name).and_then(|array| array.shape().get(1).copied()).unwrap_or(0);
        usize::try_from(columns).unwrap_or(usize::MAX).min(MOST_NAMES)
    }

    /// Which entities (rows) have which variables (columns). Where the file has no table, the variables that exist
    /// are the truth.
    ///
    /// # Errors
    /// As [`ExodusFile::variable_names`]; [`Kind::Limit`](crate::Kind::Limit) for more than any honest file has.
    pub fn truth_table(&self, kind: EntityType) -> Result<Array2<bool>> {
        let names = self.variable_names(kind)?.len();
        let rows = match kind {
            EntityType::Nodal | EntityType::Global => 1,
            _ => self.entities(kind)?.len(),
        };
        if rows.saturating_mul(names) > MOST_CELLS {
            return Err(Error::limit(format!("a truth table of {rows} x {names}")).in_object(self.group_path()));
        }
        Ok(Array2::from_shape_fn((rows, names), |(entity, variable)| self.has(Data::Variable(kind, variable, entity))))
    }

    /// All steps of one variable as one array of steps x entries without a copy, where the file keeps the steps at a
    /// constant distance: classic files, and unfiltered netCDF-4 files of ours and of most others. A global variable
    /// is an array of steps.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, EntityType, ExodusFile, ExodusWriter, Mesh};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # let mut mesh = Mesh::new("two nodes", 1, 2);
    /// # mesh.set_variables(EntityType::Nodal, ["u", "v"]);
    /// # let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default())?;
    /// # writer.put_coords(&[&[0.0, 1.0]])?;
    /// # for step in 0..3 {
    /// #     writer.put_time(step, step as f64)?;
    /// #     writer.put_var(step, EntityType::Nodal, 0, 0, &[step as f64, -1.0])?;
    /// #     writer.put_var(step, EntityType::Nodal, 1, 0, &[10.0, 20.0])?;
    /// # }
    /// # writer.finish()?;
    /// // Only bytes in memory and memory maps can be borrowed.
    /// let file = ExodusFile::from_bytes(std::fs::read(&path).unwrap())?;
    /// let steps = file.var_time_series_array::<f64>(EntityType::Nodal, 0, 0)?;
    /// assert_eq!(steps.shape(), [3, 2]);
    /// assert_eq!(steps.index_axis(1, 0)?.iter().collect::<Vec<_>>(), [0.0, 1.0, 2.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise as [`ExodusFile::view`].
    pub fn var_time_series_array<T: Element>(
        &self,
        kind: EntityType,
        variable: usize,
        entity: usize,
    ) -> Result<Strided<'_, T>, BorrowError> {
        self.strided(Data::Variable(kind, variable, entity))
    }
}
