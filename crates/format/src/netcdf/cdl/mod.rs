//! CDL: the text form of netCDF files, byte for byte as `ncdump` prints it.
//!
//! [`Dump`] streams: whatever the size of the file, only a few megabytes of it are in memory at a time.

mod attribute;
mod blocks;
mod cell;
mod data;
mod declare;
mod name;
mod number;
mod page;
mod printf;
mod rows;
mod scope;
mod text;
mod user;

use std::collections::HashSet;
use std::io::Write;

use super::file::File;
use super::ids::{GroupId, VariableId};
use crate::error::Result;
use page::Page;
use scope::Scope;

pub use name::dataset_name;

/// What to print of a file.
///
/// ```
/// use hyperslab::netcdf::cdl::Dump;
/// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
/// # use hyperslab::Selection;
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("steps.nc");
/// # let mut schema = Schema::new(Container::Cdf2);
/// # let time = schema.add_dimension("time", 0, true);
/// # let u = schema.add_variable(Variable::new("u", Type::Double, vec![time]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(u, &Selection::block(vec![0], vec![3]), &[0.5, 1.0, 1e20])?;
/// # writer.finish()?;
/// let mut text = Vec::new();
/// Dump::default().write(&File::open(&path)?, "steps", &mut text)?;
/// assert_eq!(
///     String::from_utf8(text).unwrap(),
///     "netcdf steps {
/// dimensions:
/// \ttime = UNLIMITED ; // (3 currently)
/// variables:
/// \tdouble u(time) ;
/// data:
///
///  u = 0.5, 1, 1e+20 ;
/// }
/// "
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dump {
    /// Only declarations, no data.
    pub header_only: bool,
    /// Only the data of these variables; of all if there are none. A name may have a path in front: `/group/name` from the
    /// root, `group/name` from any group.
    pub variables: Vec<String>,
}

impl Dump {
    /// Prints a file; `name` is what the text calls it, see [`dataset_name`].
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a variable that is not there, before anything is printed;
    /// [`Kind::Io`](crate::Kind::Io) when `out` fails; otherwise what is wrong with the data of the file, after
    /// everything before it is printed.
    pub fn write(&self, file: &File, name: &str, out: &mut dyn Write) -> Result<()> {
        let scope = Scope::new(file.schema());
        let wanted = match self.variables.as_slice() {
            [] => None,
            names => Some(scope.find(names)?),
        };
        let mut printer = Printer { file, scope, header_only: self.header_only, wanted, page: Page::new(out) };
        let printed = printer.file(name);
        let flushed = printer.page.flush();
        printed.and(flushed)
    }
}

/// A file on its way to a page; each module prints its part.
struct Printer<'f, 'w> {
    file: &'f File,
    scope: Scope<'f>,
    header_only: bool,
    /// The variables whose data are printed; all if there is no choice.
    wanted: Option<HashSet<VariableId>>,
    page: Page<'w>,
}

impl Printer<'_, '_> {
    fn file(&mut self, name: &str) -> Result<()> {
        let mut text = b"netcdf ".to_vec();
        name::escape(&mut text, name);
        text.extend_from_slice(b" {\n");
        self.page.text(text)?;
        self.group(GroupId::ROOT)?;
        self.page.text(b"}\n")
    }
}
