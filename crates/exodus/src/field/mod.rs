//! Which variables are the components of one field: `Field@…`, `Basis@…` and `Quad@…` attributes.
//!
//! ```
//! use exodus_rs::field::{FieldMetadata, FieldType};
//! let velocity = FieldMetadata::new("velocity", FieldType::Vector3D);
//! assert_eq!(velocity.component_names(), ["velocity_X", "velocity_Y", "velocity_Z"]);
//! ```

mod attributes;
mod basis;
mod types;

use hyperslab::Result;

use crate::kind::EntityType;
use crate::mesh::Mesh;

pub use basis::{Basis, Quadrature};
pub use types::FieldType;

/// A hostile file may claim any number of components.
const MOST_COMPONENTS: usize = 1 << 16;

/// One of the types that a field is nested of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nesting {
    /// The type.
    pub ty: FieldType,
    /// The name of the basis, the quadrature or the user's type; empty for all others.
    pub type_name: String,
    /// The number of components, where the type leaves it open; 0 where it is that of the basis or the quadrature.
    pub cardinality: usize,
    /// What stands between the name so far and the suffix; `None` for nothing.
    pub separator: Option<char>,
}

/// A field: variables whose names are its name and a suffix for each component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMetadata {
    /// The name.
    pub name: String,
    /// The types, the outermost first: a vector at each point of a quadrature has two.
    pub nesting: Vec<Nesting>,
    /// The suffixes of a type that users define.
    pub suffixes: Vec<String>,
}

impl FieldMetadata {
    /// A field of one type whose suffixes follow `_`.
    pub fn new(name: &str, ty: FieldType) -> Self {
        let cardinality = ty.cardinality().unwrap_or(0);
        let nesting = vec![Nesting { ty, type_name: String::new(), cardinality, separator: Some('_') }];
        FieldMetadata { name: name.to_owned(), nesting, suffixes: Vec::new() }
    }

    /// The number of components in all. A basis or a quadrature counts with its given cardinality.
    pub fn cardinality(&self) -> usize {
        self.nesting.iter().map(|nesting| self.suffixes_of(nesting).len()).fold(1, usize::saturating_mul)
    }

    /// The names of the variables, the outermost type varying fastest.
    pub fn component_names(&self) -> Vec<String> {
        let mut names = vec![self.name.clone()];
        // The innermost type varies slowest, but its suffix comes last.
        let lists: Vec<Vec<String>> = self.nesting.iter().map(|nesting| self.parts(nesting)).collect();
        let mut tails = vec![String::new()];
        for list in lists.iter().rev() {
            tails = tails
                .iter()
                .flat_map(|tail| list.iter().map(move |part| format!("{part}{tail}")))
                .take(MOST_COMPONENTS)
                .collect();
        }
        names = names.iter().flat_map(|name| tails.iter().map(move |tail| format!("{name}{tail}"))).collect();
        names
    }

    /// Separator and suffix of every component of one of the types.
    fn parts(&self, nesting: &Nesting) -> Vec<String> {
        let separator = nesting.separator.map(String::from).unwrap_or_default();
        let suffixes = self.suffixes_of(nesting).into_iter();
        suffixes.map(|s| if s.is_empty() { s } else { format!("{separator}{s}") }).collect()
    }

    fn suffixes_of(&self, nesting: &Nesting) -> Vec<String> {
        match nesting.ty {
            FieldType::Scalar => vec![String::new()],
            FieldType::UserDefined => self.suffixes.clone(),
            FieldType::Sequence | FieldType::Basis | FieldType::Quadrature => {
                let width = nesting.cardinality.to_string().len();
                (1..=nesting.cardinality.min(MOST_COMPONENTS)).map(|n| format!("{n:0width$}")).collect()
            }
            other => other.suffixes().map(str::to_owned).collect(),
        }
    }
}

impl Mesh {
    /// The fields of an entity: which of its variables belong together. Fields of a basis or a quadrature have the
    /// cardinality that the mesh gives these.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a field of no known type.
    pub fn fields(&self, kind: EntityType, index: usize) -> Result<Vec<FieldMetadata>> {
        let mut fields = attributes::fields(self.entity_attributes(kind, index))?;
        let (bases, quadratures) = (self.bases(), self.quadratures());
        for nesting in fields.iter_mut().flat_map(|field| &mut field.nesting).filter(|n| n.cardinality == 0) {
            let basis = bases.iter().find(|b| b.name == nesting.type_name).map(|b| b.cardinality);
            let quadrature = quadratures.iter().find(|q| q.name == nesting.type_name).map(|q| q.weight.len());
            nesting.cardinality = match nesting.ty {
                FieldType::Basis => basis.unwrap_or(0),
                FieldType::Quadrature => quadrature.unwrap_or(0),
                other => other.cardinality().unwrap_or(0),
            };
        }
        Ok(fields)
    }

    /// The bases that fields refer to.
    pub fn bases(&self) -> Vec<Basis> {
        basis::bases(&self.global_attributes)
    }

    /// The quadratures that fields refer to.
    pub fn quadratures(&self) -> Vec<Quadrature> {
        basis::quadratures(&self.global_attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nesting(ty: FieldType, cardinality: usize, separator: Option<char>) -> Nesting {
        Nesting { ty, type_name: String::new(), cardinality, separator }
    }

    #[test]
    fn components_are_named_after_all_types() {
        let mut field = FieldMetadata::new("u", FieldType::Vector2D);
        field.nesting.push(nesting(FieldType::Quadrature, 10, Some('$')));
        let names = field.component_names();
        assert_eq!(names.len(), field.cardinality());
        assert_eq!(names[..3], ["u_X$01", "u_Y$01", "u_X$02"]);
        assert_eq!(names[19], "u_Y$10");
        field.nesting = vec![nesting(FieldType::Vector3D, 3, None)];
        assert_eq!(field.component_names(), ["uX", "uY", "uZ"]);
        field.nesting = vec![nesting(FieldType::UserDefined, 2, Some('-'))];
        field.suffixes = vec!["h2o".into(), "gas".into()];
        assert_eq!(field.component_names(), ["u-h2o", "u-gas"]);
        assert_eq!(FieldMetadata::new("p", FieldType::Scalar).component_names(), ["p"]);
    }

    #[test]
    fn fields_survive_as_attributes() {
        let mut composed = FieldMetadata::new("grad", FieldType::Vector3D);
        composed.nesting.push(Nesting { type_name: "HGRAD".into(), ..nesting(FieldType::Basis, 0, Some('$')) });
        let mut species = FieldMetadata::new("species", FieldType::UserDefined);
        species.nesting[0].cardinality = 2;
        species.suffixes = vec!["h2o".into(), "gas".into()];
        let mut glued = FieldMetadata::new("disp", FieldType::Vector3D);
        glued.nesting[0].separator = None;
        let mut half = FieldMetadata::new("half", FieldType::Vector3D);
        half.nesting.push(nesting(FieldType::Sequence, 2, None));
        let fields = [FieldMetadata::new("velocity", FieldType::Vector3D), composed, species, glued, half];
        let written: Vec<_> = fields.iter().flat_map(|field| field.attributes().unwrap()).collect();
        assert_eq!(attributes::fields(&written).unwrap(), fields);
        assert_eq!(fields[0].attributes().unwrap().len(), 1, "a type alone says everything");
    }

    #[test]
    fn what_attributes_cannot_spell_is_refused() {
        let mut glued = FieldMetadata::new("g", FieldType::Vector3D);
        glued.nesting[0].separator = None;
        glued.nesting.push(nesting(FieldType::Sequence, 2, Some('$')));
        let mut species = FieldMetadata::new("species", FieldType::UserDefined);
        species.suffixes = vec!["H2,O".into()];
        for field in [glued, species] {
            let error = field.attributes().unwrap_err().to_string();
            assert!(error.contains(&field.name), "{error}");
        }
    }

    #[test]
    fn an_unknown_type_is_named() {
        let mut written = FieldMetadata::new("odd", FieldType::Scalar).attributes().unwrap();
        written[0].value = hyperslab::netcdf::Value::Int(vec![99]);
        assert!(attributes::fields(&written).unwrap_err().to_string().contains("odd"));
    }
}
