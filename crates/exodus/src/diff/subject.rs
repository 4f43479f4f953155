//! What is compared.

use std::borrow::Cow;

use crate::kind::EntityType;

/// A class of values with tolerances of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Coordinates of the nodes.
    Coordinates,
    /// Global variables.
    Global,
    /// Nodal variables.
    Nodal,
    /// Variables of element blocks.
    Element,
    /// Attributes of element blocks.
    ElementAttribute,
    /// Variables of node sets.
    NodeSet,
    /// Variables of side sets.
    SideSet,
    /// Distribution factors of side sets.
    SideSetFactors,
    /// Variables of edge blocks.
    EdgeBlock,
    /// Variables of face blocks.
    FaceBlock,
    /// Variables of another kind, with [`Options::strict`](super::Options::strict).
    Variable(EntityType),
    /// Reduction variables, one value for a whole entity, with [`Options::strict`](super::Options::strict).
    Reduction(EntityType),
    /// Attributes of another kind than element blocks, with [`Options::strict`](super::Options::strict).
    Attribute(EntityType),
    /// Distribution factors of other sets than side sets, with [`Options::strict`](super::Options::strict).
    Factors(EntityType),
}

impl Subject {
    /// All that have names and change from step to step, in the order of comparison.
    pub const VARIABLES: [Subject; 7] = [
        Subject::Global,
        Subject::Nodal,
        Subject::Element,
        Subject::NodeSet,
        Subject::SideSet,
        Subject::EdgeBlock,
        Subject::FaceBlock,
    ];
    /// All that have names.
    pub const NAMED: [Subject; 8] = [
        Subject::Global,
        Subject::Nodal,
        Subject::Element,
        Subject::ElementAttribute,
        Subject::NodeSet,
        Subject::SideSet,
        Subject::EdgeBlock,
        Subject::FaceBlock,
    ];

    /// What else has names and changes from step to step, in the order of comparison.
    pub(super) fn strict() -> impl Iterator<Item = Subject> {
        let own = Self::VARIABLES.map(Subject::kind);
        let others = EntityType::WITH_VARIABLES.into_iter().filter(move |kind| !own.contains(kind));
        let reduced = EntityType::WITH_VARIABLES.into_iter().filter(|kind| kind.reductions().is_some());
        others.map(Subject::Variable).chain(reduced.map(Subject::Reduction))
    }

    /// The variables of a kind.
    pub(super) fn variables_of(kind: EntityType) -> Subject {
        let own = Self::VARIABLES.into_iter().find(|subject| subject.kind() == kind);
        own.unwrap_or(Subject::Variable(kind))
    }

    /// What people call it.
    pub fn label(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Subject::Coordinates => "coordinate",
            Subject::Global => "global",
            Subject::Nodal => "nodal",
            Subject::Element => "element",
            Subject::ElementAttribute => "element attribute",
            Subject::NodeSet => "nodeset",
            Subject::SideSet => "sideset",
            Subject::SideSetFactors => "sideset distribution factor",
            Subject::EdgeBlock => "edge block",
            Subject::FaceBlock => "face block",
            Subject::Variable(kind) => kind.label(),
            Subject::Reduction(kind) => return format!("{} reduction", kind.label()).into(),
            Subject::Attribute(kind) => return format!("{} attribute", kind.label()).into(),
            Subject::Factors(kind) => return format!("{} distribution factor", kind.label()).into(),
        })
    }

    /// The line of a command file that begins its variables.
    pub fn heading(self) -> String {
        match self {
            Subject::ElementAttribute => "ELEMENT ATTRIBUTES".to_owned(),
            Subject::EdgeBlock => "EDGEBLOCK VARIABLES".to_owned(),
            Subject::FaceBlock => "FACEBLOCK VARIABLES".to_owned(),
            _ => format!("{} VARIABLES", self.label().to_uppercase()),
        }
    }

    /// The entities that carry it.
    pub fn kind(self) -> EntityType {
        match self {
            Subject::Global => EntityType::Global,
            Subject::Coordinates | Subject::Nodal => EntityType::Nodal,
            Subject::Element | Subject::ElementAttribute => EntityType::ElementBlock,
            Subject::NodeSet => EntityType::NodeSet,
            Subject::SideSet | Subject::SideSetFactors => EntityType::SideSet,
            Subject::EdgeBlock => EntityType::EdgeBlock,
            Subject::FaceBlock => EntityType::FaceBlock,
            Subject::Variable(kind) | Subject::Reduction(kind) | Subject::Attribute(kind) | Subject::Factors(kind) => {
                kind
            }
        }
    }
}
