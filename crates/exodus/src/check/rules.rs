//! The rules: a name that stays, how bad it is to break one, and what it says.

use super::Severity::{self, Error, Note, Warning};

/// A rule of consistency.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// A short name that stays the same from version to version.
    pub name: &'static str,
    /// What it means to break it.
    pub severity: Severity,
    /// What it says.
    pub meaning: &'static str,
}

macro_rules! rules {
    ($($id:ident $name:literal $severity:ident $meaning:literal;)*) => {
        $(pub(super) const $id: Rule = Rule { name: $name, severity: $severity, meaning: $meaning };)*
        /// All rules.
        pub const RULES: &[Rule] = &[$($id),*];
    };
}

rules! {
    UNREADABLE "unreadable" Error "everything that is declared can be read";
    INCOMPLETE "incomplete" Error "files are as long as they say, and the members of a decomposed model have the same steps";
    SIZE "size" Warning "no variable declares much more than the file could hold";
    SHAPE "shape" Error "variables have the dimensions that the model gives them";
    WORD_SIZE "word-size" Warning "floating-point variables are as wide as floating_point_word_size says";
    INT64_STATUS "int64-status" Warning "integer variables are as wide as int64_status says";
    TEXT_WIDTHS "text-widths" Note "len_string and len_line are defined, which some readers rely on";
    TIME_UNLIMITED "time-unlimited" Note "time_step is unlimited, so that steps can be added";
    UNKNOWN_VARIABLE "unknown-variable" Note "every variable belongs to the format";
    NAME_ENCODING "name-encoding" Warning "names are UTF-8";
    NAME_END "name-end" Warning "names end with a NUL inside their row";
    NAME_LENGTH "name-length" Warning "no name is longer than maximum_name_length";
    DUPLICATE_NAME "duplicate-name" Warning "names are unique among their kind";
    ID_POSITIVE "id-positive" Warning "identifiers of entities are positive";
    DUPLICATE_ID "duplicate-id" Error "identifiers are unique among their kind";
    STATUS "status" Warning "the status of an entity says whether it has entries";
    BLOCK_SUM "block-sum" Error "the blocks have as many entries as the model has elements, edges, faces";
    ELEMENT_TYPE "element-type" Note "element types are known";
    ELEMENT_NODES "element-nodes" Warning "elements have as many nodes as their type";
    CONNECTIVITY_RANGE "connectivity-range" Error "connectivity refers to nodes, edges, faces of the model";
    ENTRY_COUNTS "entry-counts" Error "the counts of polygons and polyhedra add up to their lists";
    ORPHAN_NODES "orphan-nodes" Note "every node belongs to an element";
    SET_RANGE "set-range" Error "sets refer to nodes, edges, faces, elements of the model";
    SET_BLOCK "set-block" Warning "elements of sets belong to a block";
    SIDE_RANGE "side-range" Error "sides are sides of the type of the element";
    ORIENTATION "orientation" Warning "orientations of edges and faces are 1 or -1";
    FACTOR_COUNT "factor-count" Error "there is a distribution factor for each node of a set";
    MAP_POSITIVE "map-positive" Error "the identifiers of nodes, elements, edges, faces are positive";
    MAP_UNIQUE "map-unique" Error "the identifiers of nodes, elements, edges, faces are unique";
    ORDER_MAP "order-map" Note "the element order map holds every element once";
    COORDINATES "coordinates" Error "coordinates are there and finite";
    SHARED_NODES "shared-nodes" Warning "the members of a decomposed model have the nodes that they share at the same places";
    TIMES_FINITE "times-finite" Error "times are finite";
    TIMES_FILL "times-fill" Warning "every step has a time";
    TIMES_ORDER "times-order" Warning "times increase";
    TORN_STEP "torn-step" Warning "no step is later than the last that was completed";
    COMPONENTS "components" Warning "results have one value an entry, which is all that most programs read";
    TRUTH_TABLE "truth-table" Error "the variables that a truth table promises exist";
    TRUTH_TABLE_EXTRA "truth-table-extra" Warning "no variable exists that a truth table denies";
    TRUTH_TABLE_EMPTY "truth-table-empty" Note "empty entities have no variables";
    RESULTS_FINITE "results-finite" Warning "results are finite";
    RESULTS_FILL "results-fill" Warning "results were written";
    ASSEMBLY "assembly" Error "assemblies have members that exist, of a kind that can be a member";
    ASSEMBLY_CYCLE "assembly-cycle" Error "no assembly contains itself";
    FRAME "frame" Error "coordinate frames have three points, and a tag of R, C or S";
    NEMESIS "nemesis" Error "communication maps refer to nodes, elements and processors that exist";
    NEMESIS_LOAD "nemesis-load" Warning "the load of a processor is the nodes and elements of the file";
}
