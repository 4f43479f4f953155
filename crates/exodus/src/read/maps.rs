//! Numbers for nodes, edges, faces and elements.

use hyperslab::{Error, Result};

use crate::kind::EntityType;
use crate::mesh::Property;
use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// The identifiers that people know nodes, edges, faces or elements by; 1, 2, 3 … where the file has none.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of map; [`Kind::Limit`](crate::Kind::Limit) if there are
    /// more to count than a file of its size can have; otherwise when they cannot be read.
    pub fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        let (Some(name), Some(row)) = (kind.id_map(), kind.names()) else {
            return Err(Error::usage(format!("{} is no kind of map", kind.label())));
        };
        match self.integers(name)? {
            Some(map) => Ok(map),
            None => self.counted(self.dimension(row.size)),
        }
    }

    /// The numbers 1, 2, 3 … A dimension alone proves nothing: they are values that nobody wrote.
    fn counted(&self, len: u64) -> Result<Vec<i64>> {
        let bytes = len.saturating_mul(size_of::<i64>() as u64);
        let fits = usize::try_from(len).ok().filter(|_| bytes <= self.netcdf().unwritten_bytes());
        let len = fits.ok_or_else(|| Error::limit(format!("{len} entries to number, without any in the file")))?;
        let mut map = Vec::new();
        map.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} numbers")))?;
        map.extend((1..).take(len));
        Ok(map)
    }

    /// The order in which elements are to be processed; obsolete, and `None` in most files.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn element_order_map(&self) -> Result<Option<Vec<i64>>> {
        self.integers(names::ELEM_MAP)
    }

    /// The properties of a kind, the identifier aside.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` has no properties.
    pub fn properties(&self, kind: EntityType) -> Result<Vec<Property>> {
        kind.must_have_properties()?;
        let Some(row) = kind.names() else { return Ok(Vec::new()) };
        let mut properties = Vec::new();
        // The first property is the identifier.
        while let Some(array) = self.array(&names::numbered(row.properties, properties.len() + 1)) {
            let name = array.variable().attribute(names::PROPERTY_NAME).and_then(|v| v.as_text()).unwrap_or_default();
            properties.push(Property { name, values: array.read_all()? });
        }
        Ok(properties)
    }
}
