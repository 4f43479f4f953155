//! One way to break each rule, and more where it can be broken in different ways.

use hyperslab::netcdf::{Container, Type, Value};

use super::model::{rows, Model};

/// A rule, how it is broken, and where that is found: the object and the entry.
pub(super) struct Case {
    pub rule: &'static str,
    pub break_it: fn(&mut Model),
    pub places: &'static [(&'static str, Option<u64>)],
}

const PLATE: &str = "element block 10 \"plate\"";
const NOTHING: &str = "element block 11 \"nothing\"";

macro_rules! cases {
    ($($rule:literal, [$(($object:expr, $index:expr)),+ $(,)?], |$model:ident| $body:expr;)*) => {
        pub(super) const CASES: &[Case] =
            &[$(Case { rule: $rule, break_it: |$model| _ = $body, places: &[$(($object, $index)),+] }),*];
    };
}

cases! {
    "unreadable", [("node_ns1", None)], |m| { m.set_type("node_ns1", Type::Char); m.set_rows("node_ns1", b"abc") };
    "size", [("node_ns2", None)], |m| {
        m.container = Container::NetCdf4;
        m.dimension("num_node_sets", 2);
        m.dimension("num_nod_ns2", 1 << 32);
        m.set("ns_prop1", &[1, 2]);
        m.set("ns_status", &[1, 1]);
        m.declare("node_ns2", Type::Int, &["num_nod_ns2"])
    };
    "shape", [("coordx", None)], |m| { m.remove("coordx"); m.add_floats("coordx", &["num_dim"], &[0.0; 2]) };
    "shape", [("eb_status", None)], |m| { m.remove("eb_status"); m.add("eb_status", &["num_glo_var"], &[1]) };
    "shape", [("em_prop1", None)], |m| m.remove("em_prop1");
    "shape", [("node_ns1", None)], |m| { m.remove("node_ns1"); m.add("node_ns1", &["num_dim"], &[1, 2]) };
    "shape", [("node set 1", None)], |m| m.remove("node_ns1");
    "shape", [("side set 2", None)], |m| { m.remove("side_ss1"); m.remove("dist_fact_ss1") };
    "shape", [("element map 1", None)], |m| m.remove("elem_map1");
    "shape", [("elem_map1", None)], |m| { m.remove("elem_map1"); m.add("elem_map1", &["num_nod_ns1"], &[1, 2, 3]) };
    "shape", [("node_num_map", None)], |m| { m.remove("node_num_map"); m.add("node_num_map", &["num_dim"], &[1, 2]) };
    "shape", [("elem_var_tab", None)], |m| { m.remove("elem_var_tab"); m.add("elem_var_tab", &["num_dim"], &[1, 0]) };
    "shape", [("nodal variable 2", None)], |m| {
        m.remove("vals_nod_var2");
        m.add_floats("vals_nod_var2", &["time_step", "num_dim"], &[0.0; 4])
    };
    "shape", [(PLATE, Some(1))], |m| {
        m.remove("vals_elem_var1eb1");
        m.add_floats("vals_elem_var1eb1", &["time_step", "num_nodes"], &[0.0; 12])
    };
    "shape", [("name_elem_var", None)], |m| m.remove("name_elem_var");
    "shape", [(PLATE, None)], |m| {
        m.dimension("num_att_in_blk1", 2);
        m.add_floats("attrib1", &["num_el_in_blk1"], &[0.5; 2])
    };
    "shape", [("side set 2", None)], |m| {
        m.dimension("num_att_in_ss1", 1);
        m.add_floats("ssattrb1", &["num_nod_ns1", "num_att_in_ss1"], &[0.5; 3])
    };
    "shape", [("assembly 7", None)], |m| {
        m.dimension("num_assembly_red_var", 2);
        m.add_floats("vals_red_var_assembly7", &["time_step", "num_glo_var"], &[0.5; 2])
    };
    "word-size", [("coordy", None)], |m| m.set_type("coordy", Type::Float);
    "word-size", [("floating_point_word_size", None)], |m| m.remove_attribute("floating_point_word_size");
    "int64-status", [("connect1", None)], |m| m.set_type("connect1", Type::Int64);
    "int64-status", [("elem_num_map", None)], |m| {
        m.attribute("int64_status", Value::Int(vec![0x400]));
        m.set_type("node_num_map", Type::Int64)
    };
    "int64-status", [("ss_prop1", None)], |m| m.set_type("ss_prop1", Type::Int64);
    "text-widths", [("len_line", None)], |m| m.remove_dimension("len_line");
    "time-unlimited", [("time_step", None)], |m| m.dimension("time_step", 2);
    "unknown-variable", [("extra", None)], |m| m.add("extra", &["num_dim"], &[1, 2]);
    "name-encoding", [("name_nod_var", Some(2))], |m| {
        let mut names = rows(&["u", "v"]);
        names[16] = 0xff;
        m.set_rows("name_nod_var", &names)
    };
    "name-end", [("name_nod_var", Some(1))], |m| {
        m.attribute("maximum_name_length", Value::Int(vec![32]));
        m.set_rows("name_nod_var", &rows(&["sixteen letters.", "v"]))
    };
    "name-length", [("eb_names", Some(2))], |m| m.attribute("maximum_name_length", Value::Int(vec![6]));
    "duplicate-name", [("element block", Some(2))], |m| m.set_rows("eb_names", &rows(&["plate", "plate"]));
    "duplicate-name", [("name_nod_var", Some(2))], |m| m.set_rows("name_nod_var", &rows(&["u", "u"]));
    "id-positive", [("side set 0", Some(1))], |m| m.set("ss_prop1", &[0]);
    "id-positive", [("node set -1", Some(1))], |m| m.set("ns_prop1", &[-1]);
    "duplicate-id", [("element block", Some(2))], |m| { m.set("eb_prop1", &[10, 10]); m.set("assembly_entity7", &[10, 10]) };
    "duplicate-id", [("frame_ids", Some(2))], |m| {
        m.dimension("num_cframes", 2);
        m.dimension("num_cframes_9", 18);
        m.set("frame_ids", &[3, 3]);
        m.set_rows("frame_tags", b"cS");
        m.set_floats("frame_coordinates", &[0.0; 18])
    };
    "status", [(PLATE, Some(1)), (NOTHING, Some(2))], |m| m.set("eb_status", &[0, 1]);
    "block-sum", [("element block", None)], |m| {
        m.dimension("num_elem", 3);
        m.set("elem_num_map", &[1, 2, 3]);
        m.set("elem_map1", &[0; 3])
    };
    "element-type", [(PLATE, None)], |m| m.attribute_of("connect1", "elem_type", Value::text("SUPER\0"));
    "element-nodes", [(PLATE, None)], |m| m.attribute_of("connect1", "elem_type", Value::text("QUAD8\0"));
    "element-nodes", [(PLATE, None)], |m| m.attribute_of("connect1", "elem_type", Value::text("HEX\0"));
    "connectivity-range", [(PLATE, Some(1)), (PLATE, Some(2))], |m| m.set("connect1", &[1, 2, 7, 4, 5, 3, 6, 0]);
    "connectivity-range", [(PLATE, Some(1))], |m| {
        m.dimension("num_edge", 2);
        m.dimension("num_edg_per_el1", 1);
        m.add("edgconn1", &["num_el_in_blk1", "num_edg_per_el1"], &[3, 1])
    };
    "connectivity-range", [(PLATE, Some(2))], |m| {
        m.dimension("num_face", 2);
        m.dimension("num_fac_per_el1", 1);
        m.add("facconn1", &["num_el_in_blk1", "num_fac_per_el1"], &[1, -1])
    };
    "entry-counts", [(PLATE, None)], |m| { m.polygons(); m.set("ebepecnt1", &[3, 4]) };
    "entry-counts", [(PLATE, None)], |m| { m.polygons(); m.remove("ebepecnt1") };
    "entry-counts", [(PLATE, Some(1))], |m| { m.polygons(); m.remove("elem_ss1"); m.remove("side_ss1");
        m.remove_dimension("num_side_ss1"); m.set("ebepecnt1", &[0, 8]) };
    "orphan-nodes", [("nodes", Some(3))], |m| m.set("connect1", &[1, 2, 5, 4, 2, 4, 6, 5]);
    "set-range", [("node set 1", Some(1)), ("node set 1", Some(3))], |m| m.set("node_ns1", &[0, 1, 7]);
    "set-range", [("side set 2", Some(2))], |m| m.set("elem_ss1", &[1, 3]);
    "side-range", [("side set 2", Some(2))], |m| { m.set("side_ss1", &[1, 5]); m.remove("dist_fact_ss1") };
    "side-range", [("side set 2", Some(1))], |m| { m.set("side_ss1", &[0, 1]); m.remove("dist_fact_ss1") };
    "side-range", [("side set 2", Some(1))], |m| { m.polygons(); m.set("side_ss1", &[4, 5]) };
    "orientation", [("edge set 1", Some(2))], |m| {
        m.dimension("num_edge", 2);
        m.dimension("num_edge_sets", 1);
        m.dimension("num_edge_es1", 2);
        m.add("es_prop1", &["num_edge_sets"], &[1]);
        m.add("edge_es1", &["num_edge_es1"], &[1, 2]);
        m.add("ornt_es1", &["num_edge_es1"], &[-1, 0])
    };
    "factor-count", [("side set 2", None)], |m| { m.dimension("num_df_ss1", 3); m.set_floats("dist_fact_ss1", &[1.0; 3]) };
    "factor-count", [("node set 1", None)], |m| m.add_floats("dist_fact_ns1", &["num_dim"], &[1.0; 2]);
    "map-positive", [("node_num_map", Some(2))], |m| m.set("node_num_map", &[10, 0, 30, 40, 50, 60]);
    "map-unique", [("elem_num_map", Some(2))], |m| m.set("elem_num_map", &[7, 7]);
    "order-map", [("elem_map", None)], |m| m.add("elem_map", &["num_elem"], &[2, 2]);
    "coordinates", [("coordx", Some(3))], |m| m.set_floats("coordx", &[0.0, 1.0, f64::NAN, 0.0, 1.0, 2.0]);
    "coordinates", [("coordy", None)], |m| m.remove("coordy");
    "times-finite", [("time_whole", Some(2))], |m| m.set_floats("time_whole", &[0.0, f64::INFINITY]);
    "times-fill", [("time_whole", Some(1))], |m| m.set_floats("time_whole", &[9.969_209_968_386_869e36, 0.5]);
    "times-order", [("time_whole", Some(2))], |m| m.set_floats("time_whole", &[0.5, 0.5]);
    "torn-step", [("time_whole", Some(2))], |m| m.attribute("last_written_time", Value::Double(vec![0.25]));
    "components", [("nodal variable 2", None)], |m| {
        m.remove("vals_nod_var2");
        m.add_floats("vals_nod_var2", &["time_step", "num_nodes", "num_dim"], &[0.0; 24])
    };
    "components", [(PLATE, Some(1))], |m| {
        m.remove("vals_elem_var1eb1");
        m.add_floats("vals_elem_var1eb1", &["time_step", "num_el_in_blk1", "num_dim"], &[0.0; 8])
    };
    "truth-table", [(PLATE, Some(2))], |m| m.set("elem_var_tab", &[1, 1, 0, 0]);
    "truth-table", [("nodal variable 2", None)], |m| m.remove("vals_nod_var2");
    "truth-table-extra", [(PLATE, Some(1))], |m| m.set("elem_var_tab", &[0, 0, 0, 0]);
    "truth-table-empty", [(NOTHING, Some(2))], |m| m.set("elem_var_tab", &[1, 0, 0, 1]);
    "results-finite", [("vals_elem_var1eb1", Some(2))], |m| m.set_floats("vals_elem_var1eb1", &[0.0, 0.0, 0.0, f64::NAN]);
    "results-fill", [("vals_nod_var1", Some(2))], |m| {
        let mut values = [0.0; 12];
        values[7] = 9.969_209_968_386_869e36;
        m.set_floats("vals_nod_var1", &values)
    };
    "assembly", [("assembly 7", Some(2))], |m| m.set("assembly_entity7", &[10, 12]);
    "assembly", [("assembly 7", None)], |m| m.member_type(99);
    "assembly-cycle", [("assembly 7", None), ("assembly 8", None)], |m| {
        m.member_type(16);
        m.set("assembly_entity7", &[8, 8]);
        m.add("assembly_entity8", &["num_entity_assembly7"], &[7, 7]);
        m.dimension("num_entity_assembly8", 2);
        m.attribute_of("assembly_entity8", "_type", Value::Int(vec![16]))
    };
    "frame", [("frame_tags", Some(1))], |m| m.set_rows("frame_tags", b"X");
    "frame", [("frame_coordinates", None)], |m| { m.dimension("num_cframes_9", 8); m.set_floats("frame_coordinates", &[0.0; 8]) };
    "nemesis", [("node communication map 1", Some(1))], |m| { m.parallel(); m.set("n_comm_nids", &[7, 6]) };
    "nemesis", [("processors of node communication map 1", Some(2))], |m| { m.parallel(); m.set("n_comm_proc", &[1, 2]) };
    "nemesis", [("n_comm_data_idx", None)], |m| { m.parallel(); m.set("n_comm_data_idx", &[3]) };
    "nemesis-load", [("border nodes", Some(2))], |m| { m.parallel(); m.set("node_mapb", &[5, 7]) };
    "nemesis-load", [("nodes", None)], |m| { m.parallel(); m.dimension("num_bor_node", 1); m.set("node_mapb", &[5]) };
    "nemesis-load", [("elements", None)], |m| { m.parallel(); m.dimension("num_elems_global", 1) };
}
