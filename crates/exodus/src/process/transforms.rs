//! What happens to each variable.

use std::collections::{BTreeSet, HashMap};

use hyperslab::netcdf::{Schema, Transform, Type, VariableId};
use hyperslab::{Context, Element, Error, Number, Result};

use super::Options;
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

/// The transforms of the variables of a model and of the models in its groups; those that are not listed stay as they are.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) if a field is named that no variable has.
pub(super) fn of(file: &ExodusFile, options: &Options) -> Result<HashMap<VariableId, Transform>> {
    let known = vec![false; options.fields.len()];
    let mut found = Found { options, transforms: HashMap::new(), known, names: BTreeSet::new() };
    found.model(file)?;
    match options.fields.iter().zip(&found.known).find(|(_, known)| !**known) {
        Some(((name, _), _)) => Err(found.unknown(name)),
        None => Ok(found.transforms),
    }
}

/// What was found so far.
struct Found<'o> {
    options: &'o Options,
    transforms: HashMap<VariableId, Transform>,
    /// Which of the fields have been met.
    known: Vec<bool>,
    /// The names of all variables.
    names: BTreeSet<String>,
}

impl Found<'_> {
    /// Adds the variables of a model, then those of the models in its groups.
    fn model(&mut self, file: &ExodusFile) -> Result<()> {
        for (name, id) in file.variables() {
            let transform = match names::is_result(name) {
                true => Some(affine(self.options.scale, 0.0)),
                false => coordinate(name, self.options),
            };
            transform.and_then(|transform| self.transforms.insert(id, transform));
        }
        if !self.options.fields.is_empty() {
            let fields = EntityType::WITH_VARIABLES.into_iter().try_for_each(|kind| self.fields(file, kind));
            fields.in_object(&file.group_path())?;
        }
        file.models().try_for_each(|(_, model)| self.model(&model))
    }

    /// Adds the factors of the single variables of a kind, wherever their values are.
    fn fields(&mut self, file: &ExodusFile, kind: EntityType) -> Result<()> {
        let factors = self.factors(&file.variable_names(kind)?);
        let reductions = self.factors(&file.reduction_names(kind)?);
        let entities = match kind {
            EntityType::Nodal | EntityType::Global => 1,
            _ if factors.iter().chain(&reductions).all(Option::is_none) => 0,
            _ => file.count(kind)?,
        };
        for entity in 0..entities {
            for (variable, factor) in factors.iter().enumerate() {
                self.field(file, Data::Variable(kind, variable, entity), *factor, &factors);
            }
            // Every column is one of the variables.
            let any = reductions.iter().copied().flatten().next();
            self.field(file, Data::Reductions(kind, entity), any, &reductions);
        }
        Ok(())
    }

    /// The factors of variables of these names. Of several fields of one name the n-th is that of the n-th variable.
    fn factors(&mut self, names: &[String]) -> Vec<Option<f64>> {
        let factor = |(n, name): (usize, &String)| {
            let mut fields = self.options.fields.iter().enumerate().filter(|(_, field)| field.0 == *name);
            let mut all = fields.clone();
            let alone = all.next().filter(|_| all.next().is_none());
            let before = || names.iter().take(n).filter(|other| *other == name).count();
            let (place, (_, factor)) = alone.or_else(|| fields.clone().next().and_then(|_| fields.nth(before())))?;
            if let Some(known) = self.known.get_mut(place) {
                *known = true;
            }
            Some(*factor)
        };
        let factors = names.iter().enumerate().map(factor).collect();
        self.names.extend(names.iter().cloned());
        factors
    }

    /// What is wrong with the name of a field.
    fn unknown(&self, name: &str) -> Error {
        let given = self.options.fields.iter().filter(|field| field.0 == name).count();
        if self.names.contains(name) {
            return Error::usage(format!("{name:?} is given {given} times, and fewer variables have this name"));
        }
        match self.names.iter().find(|other| other.eq_ignore_ascii_case(name)) {
            Some(other) => Error::usage(format!("there is no result variable named {name:?}; there is {other:?}")),
            None => Error::usage(format!("there is no result variable named {name:?}")),
        }
    }

    fn field(&mut self, file: &ExodusFile, data: Data, factor: Option<f64>, columns: &[Option<f64>]) {
        let (Some(factor), Some((array, address))) = (factor, file.place(data)) else { return };
        let column = |factor: &Option<f64>| (factor.unwrap_or(self.options.scale), 0.0);
        let transform = match data.is_several() || address.shared.is_some() {
            true => Transform::Along { axis: 1, terms: columns.iter().map(column).collect() },
            false => affine(factor, 0.0),
        };
        self.transforms.insert(array.id(), transform);
    }
}

/// Refuses factors and offsets that single precision makes infinite, and factors that it makes 0, of values that are stored in it.
pub(super) fn check_precision(output: &Schema, id: VariableId, transform: &Transform) -> Result<()> {
    let variable = output.variable(id)?;
    let terms: &[(f64, f64)] = match transform {
        _ if variable.ty != Type::Float => &[],
        Transform::Identity => &[],
        Transform::Affine { scale, offset } => &[(*scale, *offset)],
        Transform::Along { terms, .. } => terms,
    };
    let single = |value: f64| f32::nearest(Number::Float(value));
    let vanishes = |scale: f64| scale != 0.0 && single(scale) == 0.0;
    let lost = terms.iter().find_map(|&(scale, offset)| match () {
        () if !single(scale).is_finite() || vanishes(scale) => Some(("factor", scale)),
        () if !single(offset).is_finite() => Some(("offset", offset)),
        () => None,
    });
    lost.map_or(Ok(()), |(what, value)| {
        let detail = format!("the {what} {value:e} is beyond the single precision that the values are stored in");
        Err(Error::usage(detail).in_object(output.path(variable)))
    })
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
