//! Every dimension, variable and attribute name of the nemesis convention. Nothing else spells them.

// Attributes.
pub(super) const FILE_VERSION: &str = "nemesis_file_version";
pub(super) const API_VERSION: &str = "nemesis_api_version";

/// What a file says of itself as one of several, and of its own last step.
pub(crate) const OF_A_MEMBER: [&str; 4] =
    [FILE_VERSION, API_VERSION, "processor_info", crate::names::LAST_WRITTEN_TIME];

// Counts.
pub(super) const PROCESSORS: &str = "num_processors";
pub(super) const PROCESSORS_IN_FILE: &str = "num_procs_file";
pub(super) const NODES_GLOBAL: &str = "num_nodes_global";
pub(super) const ELEMENTS_GLOBAL: &str = "num_elems_global";

/// 0 for a file of results of some processors, 1 for the load balance of all.
pub(super) const FILE_TYPE: &str = "nem_ftype";

/// What the whole model has of a kind: a dimension and one variable for each column.
pub(super) struct Globals {
    pub dimension: &'static str,
    pub columns: &'static [&'static str],
}

pub(super) const ELEMENT_BLOCKS: Globals =
    Globals { dimension: "num_el_blk_global", columns: &["el_blk_ids_global", "el_blk_cnt_global"] };
pub(super) const NODE_SETS: Globals =
    Globals { dimension: "num_ns_global", columns: &["ns_ids_global", "ns_node_cnt_global", "ns_df_cnt_global"] };
pub(super) const SIDE_SETS: Globals =
    Globals { dimension: "num_ss_global", columns: &["ss_ids_global", "ss_side_cnt_global", "ss_df_cnt_global"] };

/// A list with a part for each processor in the file.
pub(super) struct Parts {
    pub dimension: &'static str,
    pub values: &'static str,
    /// Where the part of each processor ends.
    pub ends: &'static str,
    /// Whether each processor has a part.
    pub status: &'static str,
}

const fn parts(dimension: &'static str, values: &'static str, ends: &'static str, status: &'static str) -> Parts {
    Parts { dimension, values, ends, status }
}

/// In the order of [`super::Processor::lists`].
pub(super) const LOAD_BALANCE: [Parts; 5] = [
    parts("num_int_node", "node_mapi", "node_mapi_idx", "int_n_stat"),
    parts("num_bor_node", "node_mapb", "node_mapb_idx", "bor_n_stat"),
    parts("num_ext_node", "node_mape", "node_mape_idx", "ext_n_stat"),
    parts("num_int_elem", "elem_mapi", "elem_mapi_idx", "int_e_stat"),
    parts("num_bor_elem", "elem_mapb", "elem_mapb_idx", "bor_e_stat"),
];

/// The communication maps of a kind.
pub(super) struct Maps {
    /// One entry for each map: identifier, where the entries of the map end.
    pub maps: Parts,
    pub ids: &'static str,
    pub entries: &'static str,
    pub columns: &'static [&'static str],
}

pub(super) const NODE_MAPS: Maps = Maps {
    maps: parts("num_n_cmaps", "n_comm_data_idx", "n_comm_info_idx", "n_comm_stat"),
    ids: "n_comm_ids",
    entries: "ncnt_cmap",
    columns: &["n_comm_nids", "n_comm_proc"],
};
pub(super) const ELEMENT_MAPS: Maps = Maps {
    maps: parts("num_e_cmaps", "e_comm_data_idx", "e_comm_info_idx", "e_comm_stat"),
    ids: "e_comm_ids",
    entries: "ecnt_cmap",
    columns: &["e_comm_eids", "e_comm_sids", "e_comm_proc"],
};

/// Whether a variable belongs to the convention.
pub(crate) fn is_variable(name: &str) -> bool {
    let globals = [&ELEMENT_BLOCKS, &NODE_SETS, &SIDE_SETS];
    let of_parts = |parts: &Parts| [parts.values, parts.ends, parts.status].contains(&name);
    name == FILE_TYPE
        || globals.iter().any(|globals| globals.columns.contains(&name))
        || LOAD_BALANCE.iter().any(of_parts)
        || [&NODE_MAPS, &ELEMENT_MAPS].iter().any(|m| m.ids == name || m.columns.contains(&name) || of_parts(&m.maps))
}
