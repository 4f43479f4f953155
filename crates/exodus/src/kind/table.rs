//! The table of kinds: one row of names for blocks, sets, maps and whatever carries variables.

use super::EntityType;
use crate::names;

/// The names of a kind in the file. `N` stands for the position, counted from 1, that is appended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    /// The dimension that counts the entities.
    pub count: &'static str,
    /// Whether each entity has entries.
    pub status: Option<&'static str>,
    /// The identifiers.
    pub ids: &'static str,
    /// The names.
    pub names: &'static str,
    /// Properties; `K` is appended, from 2 on.
    pub properties: &'static str,
    /// The dimension that counts the entries of entity `N`; the whole name for maps.
    pub size: &'static str,
    /// The entries: connectivity, members, numbers.
    pub entries: &'static str,
    /// The dimension of nodes per entry of block `N`.
    pub nodes_per_entry: Option<&'static str>,
    /// What accompanies the entries: sides or orientations.
    pub extra: Option<&'static str>,
    /// Distribution factors.
    pub factors: Option<&'static str>,
    /// Their own dimension, where it is not `size`. That of edge, face and element sets is one that libexodus looks for
    /// when it reads, though it never writes it: without it, it takes the factors for none.
    pub factor_count: Option<&'static str>,
    /// Attributes per entry: their number, their values, their names.
    pub attributes: Option<[&'static str; 3]>,
}

/// The names of the variables that a kind carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VariableNames {
    /// The dimension that counts the variables.
    pub count: &'static str,
    /// Their names.
    pub names: &'static str,
    /// Which entity has which variable.
    pub table: Option<&'static str>,
    /// The values; the variable's number, `suffix` and the entity's number are appended.
    pub values: &'static str,
    pub suffix: &'static str,
}

/// The names of the reduction variables that a kind carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReductionNames {
    /// The dimension that counts the variables.
    pub count: &'static str,
    /// Their names.
    pub names: &'static str,
    /// The values; the entity's number is appended.
    pub values: &'static str,
}

impl EntityType {
    /// The row of the table; [`EntityType::Nodal`] and [`EntityType::Global`] are no lists of entities.
    pub(crate) fn names(self) -> Option<&'static Names> {
        Some(match self {
            EntityType::ElementBlock => &ELEMENT_BLOCK,
            EntityType::EdgeBlock => &EDGE_BLOCK,
            EntityType::FaceBlock => &FACE_BLOCK,
            EntityType::NodeSet => &NODE_SET,
            EntityType::EdgeSet => &EDGE_SET,
            EntityType::FaceSet => &FACE_SET,
            EntityType::SideSet => &SIDE_SET,
            EntityType::ElementSet => &ELEMENT_SET,
            EntityType::NodeMap => &NODE_MAP,
            EntityType::EdgeMap => &EDGE_MAP,
            EntityType::FaceMap => &FACE_MAP,
            EntityType::ElementMap => &ELEMENT_MAP,
            EntityType::Assembly => &ASSEMBLY,
            EntityType::Blob => &BLOB,
            EntityType::Nodal | EntityType::Global => return None,
        })
    }

    /// The names of its variables.
    pub(crate) fn variables(self) -> Option<VariableNames> {
        let row = |count, names, table, values, suffix| {
            Some(VariableNames { count, names, table: Some(table), values, suffix })
        };
        let no_table = |count, names, values, suffix| Some(VariableNames { count, names, table: None, values, suffix });
        match self {
            EntityType::ElementBlock => row("num_elem_var", "name_elem_var", "elem_var_tab", "vals_elem_var", "eb"),
            EntityType::EdgeBlock => row("num_edge_var", "name_edge_var", "edge_var_tab", "vals_edge_var", "eb"),
            EntityType::FaceBlock => row("num_face_var", "name_face_var", "face_var_tab", "vals_face_var", "fb"),
            EntityType::NodeSet => row("num_nset_var", "name_nset_var", "nset_var_tab", "vals_nset_var", "ns"),
            EntityType::EdgeSet => row("num_eset_var", "name_eset_var", "eset_var_tab", "vals_eset_var", "es"),
            EntityType::FaceSet => row("num_fset_var", "name_fset_var", "fset_var_tab", "vals_fset_var", "fs"),
            EntityType::SideSet => row("num_sset_var", "name_sset_var", "sset_var_tab", "vals_sset_var", "ss"),
            EntityType::ElementSet => row("num_elset_var", "name_elset_var", "elset_var_tab", "vals_elset_var", "es"),
            EntityType::Assembly => no_table("num_assembly_var", "name_assembly_var", "vals_assembly_var", "assembly"),
            EntityType::Blob => no_table("num_blob_var", "name_blob_var", "vals_blob_var", "blob"),
            EntityType::Nodal => no_table("num_nod_var", "name_nod_var", names::VALS_NOD_VAR, ""),
            EntityType::Global => no_table("num_glo_var", "name_glo_var", names::VALS_GLO_VAR, ""),
            _ => None,
        }
    }

    /// The names of its reduction variables: one value for a whole entity. Those of the model are its global variables.
    pub(crate) fn reductions(self) -> Option<ReductionNames> {
        let row = |count, names, values| Some(ReductionNames { count, names, values });
        match self {
            EntityType::ElementBlock => row("num_elem_red_var", "name_elem_red_var", "vals_red_var_eb"),
            EntityType::EdgeBlock => row("num_edge_red_var", "name_edge_red_var", "vals_red_var_edb"),
            EntityType::FaceBlock => row("num_face_red_var", "name_face_red_var", "vals_red_var_fb"),
            EntityType::NodeSet => row("num_nset_red_var", "name_nset_red_var", "vals_red_var_nset"),
            EntityType::EdgeSet => row("num_eset_red_var", "name_eset_red_var", "vals_red_var_eset"),
            EntityType::FaceSet => row("num_fset_red_var", "name_fset_red_var", "vals_red_var_fset"),
            EntityType::SideSet => row("num_sset_red_var", "name_sset_red_var", "vals_red_var_sset"),
            EntityType::ElementSet => row("num_elset_red_var", "name_elset_red_var", "vals_red_var_elset"),
            EntityType::Assembly => row("num_assembly_red_var", "name_assembly_red_var", "vals_red_var_assembly"),
            EntityType::Blob => row("num_blob_red_var", "name_blob_red_var", "vals_red_var_blob"),
            _ => None,
        }
    }

    /// The variable that holds the identifiers of nodes, edges, faces or elements.
    pub(crate) fn id_map(self) -> Option<&'static str> {
        match self {
            EntityType::NodeMap => Some("node_num_map"),
            EntityType::EdgeMap => Some("edge_num_map"),
            EntityType::FaceMap => Some("face_num_map"),
            EntityType::ElementMap => Some("elem_num_map"),
            _ => None,
        }
    }

    /// The nodes of each polygon or the faces of each polyhedron of a block of this kind.
    pub(crate) fn entity_counts(self) -> Option<&'static str> {
        match self {
            EntityType::ElementBlock => Some("ebepecnt"),
            EntityType::FaceBlock => Some("fbepecnt"),
            _ => None,
        }
    }
}

const ELEMENT_BLOCK: Names = Names {
    count: names::NUM_EL_BLK,
    status: Some("eb_status"),
    ids: "eb_prop1",
    names: "eb_names",
    properties: "eb_prop",
    size: "num_el_in_blk",
    entries: "connect",
    nodes_per_entry: Some("num_nod_per_el"),
    extra: None,
    factors: None,
    factor_count: None,
    attributes: Some(["num_att_in_blk", "attrib", "attrib_name"]),
};
const EDGE_BLOCK: Names = Names {
    count: "num_ed_blk",
    status: Some("ed_status"),
    ids: "ed_prop1",
    names: "ed_names",
    properties: "ed_prop",
    size: "num_ed_in_blk",
    entries: "ebconn",
    nodes_per_entry: Some("num_nod_per_ed"),
    attributes: Some(["num_att_in_eblk", "eattrb", "eattrib_name"]),
    ..ELEMENT_BLOCK
};
const FACE_BLOCK: Names = Names {
    count: "num_fa_blk",
    status: Some("fa_status"),
    ids: "fa_prop1",
    names: "fa_names",
    properties: "fa_prop",
    size: "num_fa_in_blk",
    entries: "fbconn",
    nodes_per_entry: Some("num_nod_per_fa"),
    attributes: Some(["num_att_in_fblk", "fattrb", "fattrib_name"]),
    ..ELEMENT_BLOCK
};
const NODE_SET: Names = Names {
    count: "num_node_sets",
    status: Some("ns_status"),
    ids: "ns_prop1",
    names: "ns_names",
    properties: "ns_prop",
    size: "num_nod_ns",
    entries: "node_ns",
    nodes_per_entry: None,
    extra: None,
    factors: Some("dist_fact_ns"),
    factor_count: None,
    attributes: Some(["num_att_in_ns", "nsattrb", "nsattrib_name"]),
};
const EDGE_SET: Names = Names {
    count: "num_edge_sets",
    status: Some("es_status"),
    ids: "es_prop1",
    names: "es_names",
    properties: "es_prop",
    size: "num_edge_es",
    entries: "edge_es",
    extra: Some("ornt_es"),
    factors: Some("dist_fact_es"),
    factor_count: Some("num_df_es"),
    attributes: Some(["num_att_in_es", "esattrb", "esattrib_name"]),
    ..NODE_SET
};
const FACE_SET: Names = Names {
    count: "num_face_sets",
    status: Some("fs_status"),
    ids: "fs_prop1",
    names: "fs_names",
    properties: "fs_prop",
    size: "num_face_fs",
    entries: "face_fs",
    extra: Some("ornt_fs"),
    factors: Some("dist_fact_fs"),
    factor_count: Some("num_df_fs"),
    attributes: Some(["num_att_in_fs", "fsattrb", "fsattrib_name"]),
    ..NODE_SET
};
const SIDE_SET: Names = Names {
    count: "num_side_sets",
    status: Some("ss_status"),
    ids: "ss_prop1",
    names: "ss_names",
    properties: "ss_prop",
    size: "num_side_ss",
    entries: "elem_ss",
    extra: Some("side_ss"),
    factors: Some("dist_fact_ss"),
    factor_count: Some("num_df_ss"),
    attributes: Some(["num_att_in_ss", "ssattrb", "ssattrib_name"]),
    ..NODE_SET
};
const ELEMENT_SET: Names = Names {
    count: "num_elem_sets",
    status: Some("els_status"),
    ids: "els_prop1",
    names: "els_names",
    properties: "els_prop",
    size: "num_ele_els",
    entries: "elem_els",
    factors: Some("dist_fact_els"),
    factor_count: Some("num_df_els"),
    attributes: Some(["num_att_in_els", "elsattrb", "elsattrib_name"]),
    ..NODE_SET
};
const NODE_MAP: Names = Names {
    count: "num_node_maps",
    status: None,
    ids: "nm_prop1",
    names: "nmap_names",
    properties: "nm_prop",
    size: "num_nodes",
    entries: "node_map",
    nodes_per_entry: None,
    extra: None,
    factors: None,
    factor_count: None,
    attributes: None,
};
const EDGE_MAP: Names = Names {
    count: "num_edge_maps",
    ids: "edm_prop1",
    names: "edmap_names",
    properties: "edm_prop",
    size: "num_edge",
    entries: "edge_map",
    ..NODE_MAP
};
const FACE_MAP: Names = Names {
    count: "num_face_maps",
    ids: "fam_prop1",
    names: "famap_names",
    properties: "fam_prop",
    size: "num_face",
    entries: "face_map",
    ..NODE_MAP
};
const ELEMENT_MAP: Names = Names {
    count: "num_elem_maps",
    ids: "em_prop1",
    names: "emap_names",
    properties: "em_prop",
    size: "num_elem",
    entries: "elem_map",
    ..NODE_MAP
};
const ASSEMBLY: Names = Names {
    count: "",
    ids: "",
    names: "",
    properties: "",
    size: "num_entity_assembly",
    entries: "assembly_entity",
    ..NODE_MAP
};
const BLOB: Names = Names { size: "num_values_blob", entries: "blob_entity", ..ASSEMBLY };
