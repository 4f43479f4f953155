//! Arrays and entities in the words of those who made the mesh.

use hyperslab::Result;

use super::Mesh;
use crate::data::{self, Data, Part};
use crate::kind::EntityType;

impl Mesh {
    /// An entity: its kind, identifier and name. The nodes and the model as a whole have none.
    pub fn describe_entity(&self, kind: EntityType, index: usize) -> String {
        let label = kind.label();
        match self.entity(kind, index) {
            Some((id, "", _)) => format!("{label} {id}"),
            Some((id, name, _)) => format!("{label} {id} {name:?}"),
            None if matches!(kind, EntityType::Nodal | EntityType::Global) => format!("the kind {label}"),
            None => format!("the {label} at position {index}"),
        }
    }

    /// Refuses a part that an array of these lengths does not have.
    ///
    /// # Errors
    /// As [`Part::check`], with the name of the array.
    pub(crate) fn check_part(&self, part: &Part, shape: &[u64]) -> Result<()> {
        part.check(shape).map_err(|error| error.known_as(self.describe(part.data())))
    }

    /// An array of the mesh or of its results, with the names and identifiers of what it is of.
    ///
    /// ```
    /// use exodus_rs::{Block, Data, EntityType, Mesh};
    /// let mut mesh = Mesh::new("a hex", 3, 8);
    /// mesh.blocks.push(Block { name: "cube".into(), ..Block::new(EntityType::ElementBlock, 10, "HEX8", 1, 8) });
    /// mesh.set_variables(EntityType::ElementBlock, ["stress"]);
    /// assert_eq!(
    ///     mesh.describe(Data::Variable(EntityType::ElementBlock, 0, 0)),
    ///     r#"variable "stress" of element block 10 "cube""#
    /// );
    /// ```
    pub fn describe(&self, data: Data) -> String {
        let of = |what: &str, kind, n| format!("{what} of {}", self.describe_entity(kind, n));
        match data {
            Data::Connectivity(kind, n) => of("nodes", kind, n),
            Data::EdgeConnectivity(n) => of("edges", EntityType::ElementBlock, n),
            Data::FaceConnectivity(n) => of("faces", EntityType::ElementBlock, n),
            Data::Counts(kind, n) => of("counts", kind, n),
            Data::Attributes(EntityType::Nodal, _) => "attributes of the nodes".to_owned(),
            Data::Attributes(kind, n) => of("attributes", kind, n),
            Data::Members(kind, n) => of("members", kind, n),
            Data::Sides(EntityType::SideSet, n) => of("sides", EntityType::SideSet, n),
            Data::Sides(kind, n) => of("orientations", kind, n),
            Data::Factors(kind, n) => of("distribution factors", kind, n),
            Data::NumMap(kind, n) => self.describe_entity(kind, n),
            Data::Reductions(EntityType::Global, _) => "global variables".to_owned(),
            Data::Reductions(kind, n) => of("reduction variables", kind, n),
            Data::Variable(kind, variable, n) => {
                let name =
                    self.variables.get(&kind).and_then(|names| names.get(variable)).filter(|name| !name.is_empty());
                let name = name.map_or_else(|| format!("{}", variable + 1), |name| format!("{name:?}"));
                match kind {
                    EntityType::Nodal => format!("nodal variable {name}"),
                    EntityType::Global => format!("global variable {name}"),
                    _ => of(&format!("variable {name}"), kind, n),
                }
            }
            other => data::describe(other),
        }
    }
}
