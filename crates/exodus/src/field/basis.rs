//! Bases and quadratures, to which fields refer by name: global attributes.

use hyperslab::netcdf::{Attribute, Value};

use super::attributes::integers;

const BASIS: &str = "Basis@";
const QUADRATURE: &str = "Quad@";
const CARDINALITY: &str = "cardinality";

/// The basis functions of an element, as the degrees of freedom lie on its vertices, edges, faces and inside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Basis {
    /// The name.
    pub name: String,
    /// The number of functions. The lists have one value for each; they may be empty.
    pub cardinality: usize,
    /// The dimension of the part of the element that each belongs to.
    pub subc_dim: Vec<i64>,
    /// The number of that part.
    pub subc_ordinal: Vec<i64>,
    /// The number of the function on that part.
    pub subc_dof_ordinal: Vec<i64>,
    /// How many functions that part has.
    pub subc_num_dof: Vec<i64>,
    /// First coordinates in the reference element.
    pub xi: Vec<f64>,
    /// Second coordinates.
    pub eta: Vec<f64>,
    /// Third coordinates.
    pub zeta: Vec<f64>,
}

/// The points of a quadrature in the reference element, and their weights.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quadrature {
    /// The name.
    pub name: String,
    /// First coordinates.
    pub xi: Vec<f64>,
    /// Second coordinates.
    pub eta: Vec<f64>,
    /// Third coordinates.
    pub zeta: Vec<f64>,
    /// The weights: one a point.
    pub weight: Vec<f64>,
}

impl Basis {
    /// The basis as global attributes.
    pub fn attributes(&self) -> Vec<Attribute> {
        let mut list = List::new(BASIS, &self.name, self.cardinality);
        list.integers("subc_dim", &self.subc_dim);
        list.integers("subc_ordinal", &self.subc_ordinal);
        list.integers("subc_dof_ordinal", &self.subc_dof_ordinal);
        list.integers("subc_num_dof", &self.subc_num_dof);
        list.floats("xi", &self.xi);
        list.floats("eta", &self.eta);
        list.floats("zeta", &self.zeta);
        list.attributes
    }
}

impl Quadrature {
    /// The quadrature as global attributes.
    pub fn attributes(&self) -> Vec<Attribute> {
        let mut list = List::new(QUADRATURE, &self.name, self.weight.len());
        list.floats("xi", &self.xi);
        list.floats("eta", &self.eta);
        list.floats("zeta", &self.zeta);
        list.floats("weight", &self.weight);
        list.attributes
    }
}

/// Attributes being put together.
struct List {
    start: String,
    attributes: Vec<Attribute>,
}

impl List {
    fn new(prefix: &str, name: &str, cardinality: usize) -> Self {
        let start = format!("{prefix}{name}@");
        let count = Value::Int(vec![i32::try_from(cardinality).unwrap_or(i32::MAX)]);
        List { attributes: vec![Attribute::new(format!("{start}{CARDINALITY}"), count)], start }
    }

    fn integers(&mut self, what: &str, values: &[i64]) {
        if !values.is_empty() {
            let narrow = values.iter().map(|&n| i32::try_from(n)).collect::<Result<_, _>>();
            let value = narrow.map_or_else(|_| Value::Int64(values.to_vec()), Value::Int);
            self.attributes.push(Attribute::new(format!("{}{what}", self.start), value));
        }
    }

    fn floats(&mut self, what: &str, values: &[f64]) {
        if !values.is_empty() {
            self.attributes.push(Attribute::new(format!("{}{what}", self.start), Value::Double(values.to_vec())));
        }
    }
}

pub(super) fn bases(attributes: &[Attribute]) -> Vec<Basis> {
    let basis = |name: String| {
        let find = |what: &str| find(attributes, BASIS, &name, what);
        Basis {
            cardinality: find(CARDINALITY).and_then(Value::as_i64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
            subc_dim: integers(find("subc_dim")),
            subc_ordinal: integers(find("subc_ordinal")),
            subc_dof_ordinal: integers(find("subc_dof_ordinal")),
            subc_num_dof: integers(find("subc_num_dof")),
            xi: floats(find("xi")),
            eta: floats(find("eta")),
            zeta: floats(find("zeta")),
            name,
        }
    };
    names(attributes, BASIS).map(basis).collect()
}

pub(super) fn quadratures(attributes: &[Attribute]) -> Vec<Quadrature> {
    let quadrature = |name: String| {
        let find = |what: &str| find(attributes, QUADRATURE, &name, what);
        Quadrature {
            xi: floats(find("xi")),
            eta: floats(find("eta")),
            zeta: floats(find("zeta")),
            weight: floats(find("weight")),
            name,
        }
    };
    names(attributes, QUADRATURE).map(quadrature).collect()
}

fn names<'a>(attributes: &'a [Attribute], prefix: &'static str) -> impl Iterator<Item = String> + 'a {
    let name = move |a: &Attribute| {
        Some(a.name.strip_prefix(prefix)?.strip_suffix(CARDINALITY)?.strip_suffix('@')?.to_owned())
    };
    attributes.iter().filter_map(name)
}

fn find<'a>(attributes: &'a [Attribute], prefix: &str, name: &str, what: &str) -> Option<&'a Value> {
    let wanted = format!("{prefix}{name}@{what}");
    attributes.iter().find(|a| a.name == wanted).map(|a| &a.value)
}

fn floats(value: Option<&Value>) -> Vec<f64> {
    match value {
        Some(Value::Double(list)) => list.clone(),
        Some(Value::Float(list)) => list.iter().map(|&n| f64::from(n)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_and_quadratures_survive_as_attributes() {
        let basis = Basis {
            name: "HGRAD".into(),
            cardinality: 3,
            subc_dim: vec![0, 0, 1],
            subc_num_dof: vec![1, 1, 1],
            xi: vec![-1.0, 1.0, 0.0],
            ..Basis::default()
        };
        let quadrature =
            Quadrature { name: "2x1".into(), xi: vec![-0.5, 0.5], weight: vec![1.0, 1.0], ..Quadrature::default() };
        let written: Vec<_> = basis.attributes().into_iter().chain(quadrature.attributes()).collect();
        assert_eq!(bases(&written), [basis]);
        assert_eq!(quadratures(&written), [quadrature]);
    }
}
