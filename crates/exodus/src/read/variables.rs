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

impl ExodusFile {
    /// The names of the variables of a kind.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` carries no variables.
    pub fn variable_names(&self, kind: EntityType) -> Result<Vec<String>> {
        kind.must_have_variables()?;
        let Some(row) = kind.variables() else { return Ok(Vec::new()) };
        self.counted_names(row.names, row.count)
    }

    /// The names of the reduction variables of a kind: one value for a whole entity.
    ///
    /// # Errors
    /// As [`ExodusFile::variable_names`].
    pub fn reduction_names(&self, kind: EntityType) -> Result<Vec<String>> {
        kind.must_have_variables()?;
        match kind.reductions() {
            // The names of the global ones are those of its variables.
            Some(row) => self.counted_names(row.names, row.count),
            None => Ok(Vec::new()),
        }
    }

    /// A list of names, as many as a dimension says: values whose names are missing have empty ones. A dimension alone proves
    /// nothing, so that there are no more than variables in the file.
    fn counted_names(&self, list: &str, count: &str) -> Result<Vec<String>> {
        let mut names = self.names(list)?;
        let count = usize::try_from(self.dimension(count)).unwrap_or(usize::MAX);
        names.resize(count.min(names.len().max(self.values_of_results())), String::new());
        Ok(names)
    }

    /// How many result variables the netCDF file can have at most: one in each variable, or as many as share one.
    fn values_of_results(&self) -> usize {
        let results = self.variables().filter(|(name, _)| names::is_result(name));
        let shared = |name: &str| self.array(name).and_then(|array| array.shape().get(1).copied()).unwrap_or(0);
        let most = results.map(|(name, _)| if names::is_shared(name) { shared(name) } else { 1 });
        usize::try_from(most.fold(0, u64::saturating_add)).unwrap_or(usize::MAX).min(MOST_CELLS)
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
            return Err(Error::limit(format!("a truth table of {rows} x {names}")));
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
    /// # let mut writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default())?;
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
