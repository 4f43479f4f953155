//! Attributes: of every entry of a block or a set, and of an entity as a whole.

use hyperslab::netcdf::{Attribute, Variable};
use hyperslab::Result;

use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// The names of the attributes of a block or set, or of the nodes; empty texts where the file names none.
    ///
    /// # Errors
    /// When they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if entries of `kind` have no attributes.
    pub fn attribute_names(&self, kind: EntityType, index: usize) -> Result<Vec<String>> {
        kind.must_have_attributes()?;
        let (list, count) = match (kind, kind.names().and_then(|row| row.attributes), self.number(kind, index)) {
            (EntityType::Nodal, ..) => {
                (names::NODAL_ATTRIBUTE_NAMES.to_owned(), self.dimension(names::NUM_NODAL_ATTRIBUTES))
            }
            (_, Some([count, _, list]), Some(n)) => (format!("{list}{n}"), self.dimension(&format!("{count}{n}"))),
            _ => return Ok(Vec::new()),
        };
        let mut names = self.names(&list)?;
        // The values bound what a hostile count may ask for, and nobody has a million attributes.
        let columns = self.shape(Data::Attributes(kind, index)).and_then(|shape| shape.get(1).copied()).unwrap_or(0);
        names.resize(
            usize::try_from(count.min(columns.max(names.len() as u64)).min(1 << 20)).unwrap_or(0),
            String::new(),
        );
        Ok(names)
    }

    /// The attributes of an entity as a whole; those by which the format itself works are left out.
    pub fn entity_attributes(&self, kind: EntityType, index: usize) -> Vec<Attribute> {
        let all = self.entity_attributes_all(kind, index);
        all.iter().filter(|a| !crate::kind::is_internal_attribute(kind, &a.name)).cloned().collect()
    }

    pub(crate) fn entity_attributes_all(&self, kind: EntityType, index: usize) -> &[Attribute] {
        if kind == EntityType::Global {
            let group = self.schema().groups.get(self.group_id().0);
            return group.map(|group| group.attributes.as_slice()).unwrap_or_default();
        }
        let carriers = crate::kind::attribute_carriers(kind, self.number(kind, index));
        let carrier = carriers.iter().find_map(|name| self.array(name).map(|array| array.variable()));
        carrier.map(|variable: &Variable| variable.attributes.as_slice()).unwrap_or_default()
    }
}
