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
pub(crate) const LAST_WRITTEN_TIME: &str = "last_written_time";
/// The attributes that a file has once for all its groups.
pub(crate) const OF_THE_FILE: [&str; 8] =
    [API_VERSION, OLD_API_VERSION, VERSION, WORD_SIZE, OLD_WORD_SIZE, FILE_SIZE, MAXIMUM_NAME_LENGTH, INT64_STATUS];

// Dimensions.
/// What every model says of itself.
pub(crate) const COUNTS: [&str; 5] = [NUM_DIM, NUM_NODES, NUM_ELEM, NUM_EL_BLK, TIME_STEP];
pub(crate) const NUM_DIM: &str = "num_dim";
pub(crate) const NUM_NODES: &str = "num_nodes";
pub(crate) const NUM_ELEM: &str = "num_elem";
pub(crate) const NUM_EL_BLK: &str = "num_el_blk";
pub(crate) const NUM_EDGE: &str = "num_edge";
pub(crate) const NUM_FACE: &str = "num_face";
pub(crate) const TIME_STEP: &str = "time_step";
pub(crate) const LEN_STRING: &str = "len_string";
pub(crate) const LEN_LINE: &str = "len_line";
pub(crate) const LEN_NAME: &str = "len_name";
pub(crate) const FOUR: &str = "four";
pub(crate) const NUM_QA_REC: &str = "num_qa_rec";
pub(crate) const NUM_INFO: &str = "num_info";
/// Of results with several numbers for each entry; the convention has no name for it. The length follows.
pub(crate) const NUM_COMPONENTS: &str = "num_components";

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
pub(crate) const EDGE_CONNECTIVITY: &str = "edgconn";
pub(crate) const FACE_CONNECTIVITY: &str = "facconn";
pub(crate) const EDGES_PER_ELEMENT: &str = "num_edg_per_el";
pub(crate) const FACES_PER_ELEMENT: &str = "num_fac_per_el";
pub(crate) const NUM_NODAL_ATTRIBUTES: &str = "num_att_in_nblk";
pub(crate) const NODAL_ATTRIBUTES: &str = "nattrb";
pub(crate) const NODAL_ATTRIBUTE_NAMES: &str = "nattrib_name";
pub(crate) const NUM_FRAMES: &str = "num_cframes";
pub(crate) const NUM_FRAME_VALUES: &str = "num_cframes_9";
pub(crate) const FRAME_COORDINATES: &str = "frame_coordinates";
pub(crate) const FRAME_IDS: &str = "frame_ids";
pub(crate) const FRAME_TAGS: &str = "frame_tags";
pub(crate) const BLOB_ENTITY: &str = "blob_entity";

// Attributes of variables.
pub(crate) const ELEM_TYPE: &str = "elem_type";
pub(crate) const PROPERTY_NAME: &str = "name";
pub(crate) const FILL_VALUE: &str = "_FillValue";
pub(crate) const SCALE_FACTOR: &str = "scale_factor";
pub(crate) const ADD_OFFSET: &str = "add_offset";
pub(crate) const MISSING_VALUE: &str = "missing_value";
pub(crate) const ENTITY_TYPES: [&str; 2] = ["entity_type1", "entity_type2"];
pub(crate) const ENTITY_ID: &str = "_id";
pub(crate) const ENTITY_NAME: &str = "_name";
pub(crate) const MEMBER_TYPE: &str = "_type";
pub(crate) const MEMBER_TYPE_NAME: &str = "_typename";

/// What netCDF reads where nobody wrote floating-point numbers.
pub(crate) const NEVER_WRITTEN: f64 = 9.969_209_968_386_869e36;

/// What the names of all result variables start with.
const RESULTS: &str = "vals_";

/// What those of whole entities start with.
const REDUCTIONS: &str = "vals_red_";

/// Whether a variable holds results: values that change from step to step.
pub(crate) fn is_result(variable: &str) -> bool {
    variable.starts_with(RESULTS)
}

/// Whether a result variable holds several results side by side.
pub(crate) fn is_shared(variable: &str) -> bool {
    variable == VALS_NOD_VAR || variable == VALS_GLO_VAR || variable.starts_with(REDUCTIONS)
}

/// The name of the N-th thing: `connect1`, `node_ns3`.
pub(crate) fn numbered(prefix: &str, index: usize) -> String {
    format!("{prefix}{}", index + 1)
}

/// Whether a variable holds what the model keeps elsewhere: coordinates and nodal variables of another layout.
pub(crate) fn is_superseded(variable: &str) -> bool {
    variable == COORD || COORDS.contains(&variable) || variable.starts_with(VALS_NOD_VAR)
}
