//! Every dimension, variable and attribute name of the Exodus convention that is not part of the table of kinds.
//! Nothing else spells them.

// Global attributes.
pub(crate) const TITLE: &str = "title";
pub(crate) const API_VERSION: &str = "api_version";
pub(crate) const OLD_API_VERSION: &str = "api version";
pub(crate) const VERSION: &str = "version";
pub(crate) const WORD_SIZE: &str = "floating_point_word_size";
pub(crate) const OLD_WORD_SIZE: &str = "floating point word size";
pub(crate) const FILE_SIZE: &str = "file_size";
pub(crate) const MAXIMUM_NAME_LENGTH: &str = "maximum_name_length";
pub(crate) const INT64_STATUS: &str = "int64_status";

// Dimensions.
pub(crate) const NUM_DIM: &str = "num_dim";
pub(crate) const NUM_NODES: &str = "num_nodes";
pub(crate) const NUM_ELEM: &str = "num_elem";
pub(crate) const NUM_EDGE: &str = "num_edge";
pub(crate) const NUM_FACE: &str = "num_face";
pub(crate) const TIME_STEP: &str = "time_step";
pub(crate) const LEN_STRING: &str = "len_string";
pub(crate) const LEN_LINE: &str = "len_line";
pub(crate) const LEN_NAME: &str = "len_name";
pub(crate) const FOUR: &str = "four";
pub(crate) const NUM_QA_REC: &str = "num_qa_rec";
pub(crate) const NUM_INFO: &str = "num_info";

// Variables.
pub(crate) const TIME_WHOLE: &str = "time_whole";
pub(crate) const COORD: &str = "coord";
pub(crate) const COORDS: [&str; 3] = ["coordx", "coordy", "coordz"];
pub(crate) const COOR_NAMES: &str = "coor_names";
pub(crate) const QA_RECORDS: &str = "qa_records";
pub(crate) const INFO_RECORDS: &str = "info_records";
pub(crate) const VALS_GLO_VAR: &str = "vals_glo_var";
pub(crate) const VALS_NOD_VAR: &str = "vals_nod_var";
pub(crate) const ELEM_MAP: &str = "elem_map";
pub(crate) const VALS_RED_VAR: &str = "vals_red_var_";

// Attributes of variables.
pub(crate) const ELEM_TYPE: &str = "elem_type";
pub(crate) const PROPERTY_NAME: &str = "name";

/// What the names of all result variables start with.
const RESULTS: &str = "vals_";

/// Whether a variable holds results: values that change from step to step.
pub(crate) fn is_result(variable: &str) -> bool {
    variable.starts_with(RESULTS)
}

/// The name of the N-th thing: `connect1`, `node_ns3`.
pub(crate) fn numbered(prefix: &str, index: usize) -> String {
    format!("{prefix}{}", index + 1)
}

/// The name of the values of one variable on one entity: `vals_elem_var2eb1`.
pub(crate) fn values(prefix: &str, variable: usize, suffix: &str, entity: usize) -> String {
    format!("{prefix}{}{suffix}{}", variable + 1, entity + 1)
}
