//! What happens to each variable.

use std::collections::{HashMap, HashSet};

use hyperslab::netcdf::Transform;
use hyperslab::{Error, Result};

use super::Options;
use crate::data::Data;
use crate::kind::EntityKind;
use crate::names;
use crate::read::file::ExodusFile;

/// The transform of every variable of the file, in its order.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) if a field is named that no variable has.
pub(super) fn of(file: &ExodusFile, options: &Options) -> Result<Vec<Transform>> {
    let fields = Fields::new(file, options)?;
    let variables = file.schema().variables.iter();
    Ok(variables
        .map(|variable| {
            coordinate(&variable.name, options).or_else(|| fields.result(&variable.name)).unwrap_or_default()
        })
        .collect())
}

/// The transform of a coordinate variable.
fn coordinate(name: &str, options: &Options) -> Option<Transform> {
    let terms = options.coord_scale.into_iter().zip(options.translate);
    if name == names::COORD {
        return Some(Transform::Along { axis: 0, terms: terms.collect() }).filter(|_| !is_identity(options));
    }
    let axis = names::COORDS.iter().position(|&coordinate| coordinate == name)?;
    terms.into_iter().nth(axis).map(|(scale, offset)| affine(scale, offset))
}

fn is_identity(options: &Options) -> bool {
    options.coord_scale == [1.0; 3] && options.translate == [0.0; 3]
}

fn affine(scale: f64, offset: f64) -> Transform {
    if scale == 1.0 && offset == 0.0 {
        Transform::Identity
    } else {
        Transform::Affine { scale, offset }
    }
}

/// The factors of all result variables.
struct Fields {
    default: f64,
    /// Factors of netCDF variables that hold one field.
    single: HashMap<String, f64>,
    /// Factors of the columns of netCDF variables that hold several fields.
    shared: HashMap<String, Vec<f64>>,
}

impl Fields {
    fn new(file: &ExodusFile, options: &Options) -> Result<Self> {
        let mut fields = Fields { default: options.scale, single: HashMap::new(), shared: HashMap::new() };
        let mut known = HashSet::new();
        if options.fields.is_empty() {
            return Ok(fields);
        }
        let factors: HashMap<&str, f64> =
            options.fields.iter().map(|(name, factor)| (name.as_str(), *factor)).collect();
        for kind in EntityKind::WITH_VARIABLES {
            let names = file.variable_names(kind)?;
            let row: Vec<Option<f64>> = names.iter().map(|name| factors.get(name.as_str()).copied()).collect();
            fields.add(file, kind, &row)?;
            known.extend(names);
            let names = file.reduction_names(kind)?;
            let row: Vec<Option<f64>> = names.iter().map(|name| factors.get(name.as_str()).copied()).collect();
            if row.iter().any(Option::is_some) {
                let columns: Vec<f64> = row.iter().map(|factor| factor.unwrap_or(options.scale)).collect();
                for entity in file.entities(kind)? {
                    if let Some((array, _)) = file.place(Data::Reductions(kind, entity.index)) {
                        fields.shared.insert(array.variable().name.clone(), columns.clone());
                    }
                }
            }
            known.extend(names);
        }
        match options.fields.iter().find(|(name, _)| !known.contains(name)) {
            Some((name, _)) => Err(Error::usage(format!("there is no result variable named {name:?}"))),
            None => Ok(fields),
        }
    }

    /// Notes the factors of the variables of one kind, wherever their values are.
    fn add(&mut self, file: &ExodusFile, kind: EntityKind, row: &[Option<f64>]) -> Result<()> {
        if row.iter().all(Option::is_none) {
            return Ok(());
        }
        let columns: Vec<f64> = row.iter().map(|factor| factor.unwrap_or(self.default)).collect();
        let entities = match kind {
            EntityKind::Nodal | EntityKind::Global => 1,
            _ => file.entities(kind)?.len(),
        };
        for (variable, factor) in row.iter().enumerate().filter_map(|(n, factor)| factor.map(|factor| (n, factor))) {
            let places = (0..entities).filter_map(|entity| file.place(Data::Variable(kind, variable, entity)));
            for (array, address) in places {
                let name = array.variable().name.clone();
                match address.shared {
                    Some(_) => _ = self.shared.insert(name, columns.clone()),
                    None => _ = self.single.insert(name, factor),
                }
            }
        }
        Ok(())
    }

    /// The transform of a result variable.
    fn result(&self, name: &str) -> Option<Transform> {
        if !names::is_result(name) {
            return None;
        }
        if let Some(columns) = self.shared.get(name) {
            return Some(Transform::Along { axis: 1, terms: columns.iter().map(|&factor| (factor, 0.0)).collect() });
        }
        Some(affine(self.single.get(name).copied().unwrap_or(self.default), 0.0))
    }
}
