//! What sets hold.

use hyperslab::{Element, Result, Values};

use super::ModelExt;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::Model;

/// The nodes of a node set.
#[derive(Debug, Clone)]
pub struct NodeSet<'m> {
    /// The nodes, numbered from 1.
    pub nodes: Values<'m, i64>,
    /// A factor for each node; empty if there are none, which means 1.0 everywhere.
    pub dist_factors: Values<'m, f64>,
}

/// The sides of a side set.
#[derive(Debug, Clone)]
pub struct SideSet<'m> {
    /// The element of each side, numbered from 1 through all blocks.
    pub elements: Values<'m, i64>,
    /// The side of the element, numbered from 1.
    pub sides: Values<'m, i64>,
    /// A factor for each node of each side, one side after the other; empty if there are none, which means 1.0 everywhere.
    pub dist_factors: Values<'m, f64>,
}

pub fn nodes<M: Model + ?Sized>(model: &M, set: usize) -> Result<NodeSet<'_>> {
    let kind = EntityType::NodeSet;
    Ok(NodeSet { nodes: list(model, Data::Members(kind, set))?, dist_factors: list(model, Data::Factors(kind, set))? })
}

pub fn sides<M: Model + ?Sized>(model: &M, set: usize) -> Result<SideSet<'_>> {
    let kind = EntityType::SideSet;
    Ok(SideSet {
        elements: list(model, Data::Members(kind, set))?,
        sides: list(model, Data::Sides(kind, set))?,
        dist_factors: list(model, Data::Factors(kind, set))?,
    })
}

/// All numbers of an array; none if the model does not have it.
pub fn list<T: Element, M: Model + ?Sized>(model: &M, data: Data) -> Result<Values<'_, T>> {
    match model.has(data) {
        true => model.view(data),
        false => Ok(Values::owned(Vec::new())),
    }
}
