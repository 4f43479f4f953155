//! What goes where: the arrays of models, and what files have beside them, into the variables of the output.

use std::collections::{BTreeMap, HashSet};

use hyperslab::netcdf::{Array, Compute, GroupId, Job, Origin, Schema, Transform, VariableId};
use hyperslab::Result;

use super::columns::Columns;
use super::{carried, components, is_of_results, WriteOptions};
use crate::catalog::Catalog;
use crate::conventions;
use crate::data::Data;
use crate::mesh::Mesh;
use crate::model::Model;
use crate::names;

/// Where the values of the variables come from.
#[derive(Default)]
pub(super) struct Plan<'m> {
    computed: Vec<(VariableId, Columns<'m>)>,
    stored: Vec<Job<'m>>,
}

impl<'m> Plan<'m> {
    /// Adds a model, whose mesh is in a group of the schema.
    pub fn add(
        &mut self,
        schema: &mut Schema,
        group: GroupId,
        (model, mesh): (&'m dyn Model, &Mesh),
        options: &WriteOptions,
    ) -> Result<()> {
        let steps = if options.results { model.num_steps() } else { 0 };
        if let Some(file) = model.file() {
            file.netcdf().check_records(steps)?;
            for (from, to) in carried::declare(file, schema, group, options)? {
                let array = file.netcdf().array(from)?;
                let steps = is_of_results(&array.variable().name).then_some(steps);
                if steps != Some(0) {
                    self.stored.push(Job::new(array, to));
                }
            }
        }
        let time = schema.dimensions.iter_mut().find(|d| d.group == group && d.name == names::TIME_STEP);
        time.into_iter().for_each(|time| time.length = steps);
        for (to, (axis, arrays)) in places(schema, group, mesh) {
            self.variable(schema, to, (model, steps), (axis, &arrays), options)?;
        }
        Ok(())
    }

    /// Adds a variable of the output with the arrays of a model that are in it.
    fn variable(
        &mut self,
        schema: &mut Schema,
        to: VariableId,
        (model, steps): (&'m dyn Model, u64),
        (axis, arrays): (Option<usize>, &[(u64, Data)]),
        options: &WriteOptions,
    ) -> Result<()> {
        let alone = arrays.first().filter(|_| axis.is_none() && arrays.len() == 1).map(|(_, data)| *data);
        if let Some(data) = alone {
            components::declare(schema, to, model, data)?;
        }
        let shape = schema.shape(to)?;
        let origin = arrays.iter().find_map(|&(_, data)| model.origin(data));
        if let Some(origin) = origin.filter(|_| model.file().is_none()) {
            carried::origin(schema, to, origin, options);
        }
        if let Some(data) = alone {
            let stored = model.stored(data).filter(|stored| fits(stored.array, stored.rows, &shape, steps));
            if let Some(stored) = stored {
                let transform = conventions::apply(schema, to, stored.transform)?;
                let from = Origin::Stored { array: stored.array, rows: stored.rows };
                self.stored.push(Job { from, to, transform });
                return Ok(());
            }
        }
        if let Some(columns) = Columns::new(model, shape, axis, arrays) {
            self.computed.push((to, columns));
        }
        Ok(())
    }

    /// The jobs of a transfer.
    pub fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        let computed = self.computed.iter().map(|(to, columns)| {
            let from: &dyn Compute = columns;
            Job { from: Origin::Computed(from), to: *to, transform: Transform::Identity }
        });
        computed.chain(self.stored.iter().cloned())
    }
}

/// Takes the variables out of a schema whose arrays the model does not have: what nobody wrote is not written as zeros, and nobody
/// names coordinates that have no names. A list of no times stays.
pub(super) fn drop_absent(schema: &mut Schema, group: GroupId, model: &dyn Model, mesh: &Mesh) {
    let is_there = |&(_, data): &(u64, Data)| model.number_type(data).is_some();
    let has_steps = model.num_steps() > 0;
    let is_kept = |arrays: &[(u64, Data)]| {
        arrays.iter().any(is_there) || (!has_steps && arrays.iter().all(|(_, data)| data.is_stepwise()))
    };
    let places = places(schema, group, mesh).into_iter();
    let absent: HashSet<usize> = places.filter(|(_, (_, arrays))| !is_kept(arrays)).map(|(id, _)| id.0).collect();
    let is_unnamed = mesh.coord_names.is_empty() && mesh.nodal_entity_attributes.is_empty();
    let mut position = 0..;
    schema.variables.retain(|variable| {
        let names_nothing = is_unnamed && variable.group == group && variable.name == names::COOR_NAMES;
        let is_absent = position.next().is_some_and(|n| absent.contains(&n));
        !names_nothing && !is_absent
    });
}

/// Whether a stored array has the shape of a variable.
fn fits(array: &Array, rows: Option<(u64, u64)>, shape: &[u64], steps: u64) -> bool {
    let (there, wanted) = match rows {
        Some((first, distance)) => {
            let end = steps.checked_sub(1).map_or(0, |more| more.saturating_mul(distance).saturating_add(first + 1));
            if array.shape().first().is_none_or(|&length| length < end) {
                return false;
            }
            (array.shape().get(1..), shape.get(1..))
        }
        None => (Some(array.shape()), Some(shape)),
    };
    array.shape().len() == shape.len() && there == wanted
}

/// The arrays side by side along an axis, by their positions there.
type Arrays = (Option<usize>, Vec<(u64, Data)>);

/// For each variable of a model in the output the arrays that are in it.
fn places(schema: &Schema, group: GroupId, mesh: &Mesh) -> BTreeMap<VariableId, Arrays> {
    let catalog = Catalog::new(schema, group);
    let mut found: BTreeMap<VariableId, Arrays> = BTreeMap::new();
    for data in mesh.static_data().into_iter().chain(mesh.stepwise_data()) {
        // The members of assemblies are declared with the mesh.
        let addresses = data.addresses(&|kind, index| catalog.number(kind, index));
        let place = addresses.into_iter().find_map(|address| Some((catalog.variable(&address.name)?, address)));
        let Some((id, address)) = place else { continue };
        let (axis, index) = address.shared.map_or((None, 0), |(axis, index)| (Some(axis), index));
        let (known, arrays) = found.entry(id).or_insert((axis, Vec::new()));
        // The global variables are an array of their own.
        if *known == axis {
            arrays.push((index, data));
        }
    }
    found
}
