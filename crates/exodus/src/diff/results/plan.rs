//! What is compared at each step: which columns of both files belong together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hyperslab::Result;

use super::super::choose::Chosen;
use super::super::finding::Severity;
use super::super::kernel::Target;
use super::super::matching::{Maps, Tell};
use super::super::mesh::in_order;
use super::super::model::Model;
use super::super::options::{Matching, Options};
use super::super::packing;
use super::super::raw::Column;
use super::super::steps::Pair;
use super::super::subject::Subject;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::model::ModelExt;

/// A variable that is compared on all entities that carry it.
#[derive(Debug)]
pub(in crate::diff) struct Variable<'f> {
    pub chosen: Chosen,
    pub carriers: Vec<Carrier<'f>>,
}

/// An entity of the first file that carries a variable, with the rows of the second file that its values are in.
#[derive(Debug)]
pub(in crate::diff) struct Carrier<'f> {
    pub kind: EntityType,
    /// Its position among its kind.
    pub first: usize,
    pub id: i64,
    pub column: Column<'f>,
    pub rows: Vec<Option<Column<'f>>>,
}

/// An entity with its reduction variables: all of them side by side in both files.
#[derive(Debug)]
pub(in crate::diff) struct Reduced<'f> {
    pub kind: EntityType,
    pub id: i64,
    pub columns: [Column<'f>; 2],
    pub variables: Vec<Chosen>,
}

impl<'f> Carrier<'f> {
    fn has_same_components(&self) -> bool {
        self.rows.iter().flatten().all(|row| row.components() == self.column.components())
    }

    /// Its column with each of those that have its values in the second file.
    fn pairs(&self) -> impl Iterator<Item = [&Column<'f>; 2]> {
        self.rows.iter().flatten().map(|row| [&self.column, row])
    }

    /// The carrier of one component.
    fn component(&self, component: u64) -> Self {
        let rows = self.rows.iter().map(|row| row.as_ref().map(|row| row.component(component))).collect();
        Carrier { column: self.column.component(component), rows, ..*self }
    }
}

/// All variables and all pairs of steps.
#[derive(Debug)]
pub(in crate::diff) struct Plan<'p, 'f> {
    pub models: &'p [Model<'f>; 2],
    pub maps: &'p Maps,
    pub options: &'p Options,
    pub globals: Vec<Chosen>,
    pub global_columns: [Option<Column<'f>>; 2],
    pub variables: Vec<Variable<'f>>,
    pub reductions: Vec<Reduced<'f>>,
    pub pairs: Vec<Pair>,
    /// For each set or block that is in another order, where its entries are.
    orders: HashMap<(EntityType, usize), Vec<Target>>,
    /// For each block of the first file whose elements are found one by one, the blocks of the second file that have them.
    blocks: HashMap<usize, Vec<usize>>,
}

impl<'p, 'f> Plan<'p, 'f> {
    pub fn new(
        models: &'p [Model<'f>; 2],
        maps: &'p Maps,
        options: &'p Options,
        chosen: Vec<Chosen>,
        pairs: Vec<Pair>,
        tell: &mut Tell<'_>,
    ) -> Result<Self> {
        let (globals, others): (_, Vec<_>) = chosen.into_iter().partition(|chosen| chosen.subject == Subject::Global);
        let (reduced, others) = others.into_iter().partition(|chosen| matches!(chosen.subject, Subject::Reduction(_)));
        let global_columns =
            models.each_ref().map(|model| Column::find(model, Data::Reductions(EntityType::Global, 0)));
        let (variables, reductions, pairs) = (Vec::new(), Vec::new(), pairs);
        let (orders, blocks) = (HashMap::new(), HashMap::new());
        let mut plan =
            Plan { models, maps, options, globals, global_columns, variables, reductions, pairs, orders, blocks };
        if let [Some(one), Some(two)] = &plan.global_columns {
            plan.globals.iter().for_each(|chosen| _ = packing::variable(options, chosen, [one, two], tell));
        }
        plan.add(others, tell)?;
        plan.add_reductions(reduced, tell);
        Ok(plan)
    }

    /// The order of the second file's values, where it is another one.
    pub fn order(&self, carrier: &Carrier<'_>) -> Option<&[Target]> {
        match carrier.kind {
            EntityType::Nodal => self.maps.nodes.as_deref(),
            kind => self.orders.get(&(kind, carrier.first)).map(Vec::as_slice),
        }
    }

    fn add(&mut self, chosen: Vec<Chosen>, tell: &mut Tell<'_>) -> Result<()> {
        let mut told = BTreeSet::new();
        for chosen in chosen {
            let kind = chosen.subject.kind();
            if self.options.matching == Matching::Partial
                && !matches!(kind, EntityType::Nodal | EntityType::ElementBlock)
            {
                if told.insert((kind, usize::MAX)) {
                    let text = format!("The {} variables are not compared in a partial match.", chosen.subject.label());
                    tell(Severity::Warning, text);
                }
                continue;
            }
            let carriers = match kind {
                EntityType::Nodal => self.nodal(&chosen, tell),
                EntityType::ElementBlock if self.maps.elements.is_some() => self.mapped(&chosen, &mut told, tell),
                _ => self.paired(&chosen, &mut told, tell)?,
            };
            // One entity is enough.
            carriers
                .iter()
                .flat_map(Carrier::pairs)
                .any(|columns| packing::variable(self.options, &chosen, columns, tell));
            self.by_component(chosen, carriers, tell);
        }
        Ok(())
    }

    fn add_reductions(&mut self, chosen: Vec<Chosen>, tell: &mut Tell<'_>) {
        let [first, second] = self.models;
        let mut kinds: BTreeMap<EntityType, Vec<Chosen>> = BTreeMap::new();
        for chosen in chosen {
            kinds.entry(chosen.subject.kind()).or_default().push(chosen);
        }
        for (kind, variables) in kinds {
            let mut told = false;
            for entity in first.entities(kind) {
                let Some(partner) = second.partner(kind, entity) else { continue };
                let column = Column::find(first, Data::Reductions(kind, entity.index));
                match (column, Column::find(second, Data::Reductions(kind, partner.index))) {
                    (Some(a), Some(b)) => {
                        // Once a variable, not on every entity.
                        let packed = variables.iter().filter(|_| !told);
                        told |=
                            packed.filter(|chosen| packing::variable(self.options, chosen, [&a, &b], tell)).count() > 0;
                        let (id, variables) = (entity.id.0, variables.clone());
                        self.reductions.push(Reduced { kind, id, columns: [a, b], variables });
                    }
                    (None, None) => {}
                    (column, _) => {
                        let of = format!(" of {} {}", kind.label(), entity.id);
                        variables.iter().for_each(|chosen| self.one_sided(chosen, &of, column.is_some(), tell));
                    }
                }
            }
        }
    }

    /// Adds a variable; each of its components as one, where its entries have several values.
    fn by_component(&mut self, chosen: Chosen, carriers: Vec<Carrier<'f>>, tell: &mut Tell<'_>) {
        let (same, others): (Vec<_>, Vec<_>) = carriers.into_iter().partition(Carrier::has_same_components);
        for _ in others {
            let (label, name) = (chosen.subject.label(), chosen.title());
            let text = format!("The {label} variable \"{name}\" has not as many components in both files.");
            tell(Severity::Difference, text);
        }
        let most = same.iter().map(|carrier| carrier.column.components()).max().unwrap_or(1);
        if most <= 1 {
            return self.variables.push(Variable { chosen, carriers: same });
        }
        for component in 0..most {
            let carriers = same.iter().filter(|carrier| component < carrier.column.components());
            let carriers = carriers.map(|carrier| carrier.component(component)).collect();
            let chosen = Chosen { name: format!("{}[{}]", chosen.title(), component + 1), ..chosen.clone() };
            self.variables.push(Variable { chosen, carriers });
        }
    }

    fn nodal(&self, chosen: &Chosen, tell: &mut Tell<'_>) -> Vec<Carrier<'f>> {
        let [first, second] = self.models;
        let [at, other] = chosen.positions;
        let kind = EntityType::Nodal;
        let column = Column::find(first, Data::Variable(kind, at, 0));
        let row = Column::find(second, Data::Variable(kind, other, 0));
        match (column, row) {
            (Some(column), Some(row)) => vec![Carrier { kind, first: 0, id: 0, column, rows: vec![Some(row)] }],
            (None, None) => {
                let text = format!("The nodal variable \"{}\" has no values in either file.", chosen.title());
                tell(Severity::Warning, text);
                Vec::new()
            }
            (column, _) => {
                self.one_sided(chosen, "", column.is_some(), tell);
                Vec::new()
            }
        }
    }

    /// Tells of values that only one of the files has: what is not there is not the same as what is.
    fn one_sided(&self, chosen: &Chosen, of: &str, in_first: bool, tell: &mut Tell<'_>) {
        let ([has, lacks], allowed) = match in_first {
            true => (["first", "second"], self.options.allow_fewer_names),
            false => (["second", "first"], self.options.allow_more_names),
        };
        let (label, name) = (chosen.subject.label(), chosen.title());
        let severity = if allowed { Severity::Note } else { Severity::Difference };
        let text = format!(
            "The {label} variable \"{name}\"{of} is in the {has} file but not the {lacks}; it is not compared."
        );
        tell(severity, text);
    }

    /// Elements that are found one by one, in any block; but unless the match is partial, both files have all blocks.
    fn mapped(
        &mut self,
        chosen: &Chosen,
        told: &mut BTreeSet<(EntityType, usize)>,
        tell: &mut Tell<'_>,
    ) -> Vec<Carrier<'f>> {
        let [first, second] = self.models;
        let [at, other] = chosen.positions;
        let kind = EntityType::ElementBlock;
        for entity in first.entities(kind).iter().filter(|_| self.options.matching != Matching::Partial) {
            let Some(partner) = second.partner(kind, entity) else {
                if told.insert((kind, entity.index)) {
                    let text =
                        format!("The {} {} exists in the first file but not the second.", kind.label(), entity.id);
                    tell(Severity::Difference, text);
                }
                continue;
            };
            let has = |model: &Model<'_>, variable: usize, entity: &Entity| {
                entity.present && model.file.has(Data::Variable(kind, variable, entity.index))
            };
            let both = [has(first, at, entity), has(second, other, partner)];
            // Found by their places, elements may be in blocks of other ids.
            if self.options.matching == Matching::Ids && both.contains(&true) && both.contains(&false) {
                let of = format!(" of {} {}", kind.label(), entity.id);
                self.one_sided(chosen, &of, both == [true, false], tell);
            }
        }
        let mut carriers = Vec::new();
        for entity in first.entities(kind).iter().filter(|entity| entity.present) {
            let Some(column) = Column::find(first, Data::Variable(kind, at, entity.index)) else { continue };
            self.remember_blocks(entity.index);
            let blocks = self.blocks.get(&entity.index).map(Vec::as_slice).unwrap_or_default();
            let row = |&block: &usize| Column::find(second, Data::Variable(kind, other, block));
            let rows = blocks.iter().map(row).collect();
            carriers.push(Carrier { kind, first: entity.index, id: entity.id.0, column, rows });
        }
        carriers
    }

    /// Keeps where the elements of a block are.
    fn remember_blocks(&mut self, block: usize) {
        if !self.blocks.contains_key(&block) {
            if let Some((blocks, targets)) = self.maps.of_block(&self.models[0], block) {
                self.blocks.insert(block, blocks);
                self.orders.insert((EntityType::ElementBlock, block), targets);
            }
        }
    }

    /// Entities that belong together as a whole.
    fn paired(
        &mut self,
        chosen: &Chosen,
        told: &mut BTreeSet<(EntityType, usize)>,
        tell: &mut Tell<'_>,
    ) -> Result<Vec<Carrier<'f>>> {
        let [first, second] = self.models;
        let [at, other] = chosen.positions;
        let kind = chosen.subject.kind();
        let mut carriers = Vec::new();
        for entity in first.entities(kind) {
            let mut once = |severity, text| {
                if told.insert((kind, entity.index)) {
                    tell(severity, text);
                }
            };
            let Some(partner) = second.partner(kind, entity) else {
                let text = format!("The {} {} exists in the first file but not the second.", kind.label(), entity.id);
                once(Severity::Difference, text);
                continue;
            };
            let column = Column::find(first, Data::Variable(kind, at, entity.index)).filter(|_| entity.present);
            let row = Column::find(second, Data::Variable(kind, other, partner.index)).filter(|_| partner.present);
            match (column, row) {
                (Some(_), Some(_)) if entity.len != partner.len => {
                    let lengths = format!("{} and {} entries", entity.len, partner.len);
                    let text =
                        format!("The {} {} has {lengths}: its variables cannot be compared.", kind.label(), entity.id);
                    once(Severity::Difference, text);
                }
                (Some(column), Some(row)) => {
                    self.remember_order(kind, [entity.index, partner.index])?;
                    let rows = vec![Some(row)];
                    carriers.push(Carrier { kind, first: entity.index, id: entity.id.0, column, rows });
                }
                (None, None) => {}
                (column, _) => {
                    let of = format!(" of {} {}", kind.label(), entity.id);
                    self.one_sided(chosen, &of, column.is_some(), tell);
                }
            }
        }
        Ok(carriers)
    }

    /// Keeps where the entries of a set are in its partner, if they are in another order.
    fn remember_order(&mut self, kind: EntityType, sets: [usize; 2]) -> Result<()> {
        let [set, _] = sets;
        if !matches!(kind, EntityType::NodeSet | EntityType::SideSet) || self.orders.contains_key(&(kind, set)) {
            return Ok(());
        }
        if let Some(targets) = in_order(self.models, kind, sets, self.maps, self.options)? {
            self.orders.insert((kind, set), targets);
        }
        Ok(())
    }
}
