//! A small file that keeps all rules, made to be broken.

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Attribute, Container, Fill, Layout, Schema, Type, Value, Variable, Writer};
use hyperslab::{ByteOrder, Selection, Source};

use crate::check::{check, Options, Report};
use crate::ExodusFile;

/// Those that have 64-bit integers, and one that has not.
pub(super) const CONTAINERS: [Container; 3] = [Container::Cdf2, Container::Cdf5, Container::NetCdf4];

enum Data {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Rows(Vec<u8>),
    None,
}

struct Array {
    name: String,
    ty: Type,
    dimensions: Vec<String>,
    attributes: Vec<Attribute>,
    data: Data,
}

/// What a file declares, and its values.
pub(super) struct Model {
    pub container: Container,
    dimensions: Vec<(String, u64, bool)>,
    arrays: Vec<Array>,
    attributes: Vec<(String, Value)>,
}

/// Nodes 4 5 6 over 1 2 3: two squares side by side, in one block; sets, maps and results of every kind.
const DIMENSIONS: [(&str, u64); 21] = [
    ("len_string", 33),
    ("len_line", 81),
    ("len_name", 16),
    ("num_dim", 2),
    ("num_nodes", 6),
    ("num_elem", 2),
    ("num_el_blk", 2),
    ("num_el_in_blk1", 2),
    ("num_nod_per_el1", 4),
    ("num_node_sets", 1),
    ("num_nod_ns1", 3),
    ("num_side_sets", 1),
    ("num_side_ss1", 2),
    ("num_df_ss1", 4),
    ("num_elem_maps", 1),
    ("num_nod_var", 2),
    ("num_elem_var", 2),
    ("num_glo_var", 1),
    ("num_entity_assembly7", 2),
    ("num_cframes", 1),
    ("num_cframes_9", 9),
];

const INTEGERS: [(&str, &[&str], &[i64]); 15] = [
    ("eb_prop1", &["num_el_blk"], &[10, 11]),
    ("eb_status", &["num_el_blk"], &[1, 0]),
    ("connect1", &["num_el_in_blk1", "num_nod_per_el1"], &[1, 2, 5, 4, 2, 3, 6, 5]),
    ("ns_prop1", &["num_node_sets"], &[1]),
    ("ns_status", &["num_node_sets"], &[1]),
    ("node_ns1", &["num_nod_ns1"], &[1, 2, 3]),
    ("ss_prop1", &["num_side_sets"], &[2]),
    ("elem_ss1", &["num_side_ss1"], &[1, 2]),
    ("side_ss1", &["num_side_ss1"], &[1, 1]),
    ("node_num_map", &["num_nodes"], &[10, 20, 30, 40, 50, 60]),
    ("elem_num_map", &["num_elem"], &[200, 100]),
    ("em_prop1", &["num_elem_maps"], &[1]),
    ("elem_map1", &["num_elem"], &[0, 0]),
    ("elem_var_tab", &["num_el_blk", "num_elem_var"], &[1, 0, 0, 0]),
    ("assembly_entity7", &["num_entity_assembly7"], &[10, 11]),
];

const FLOATS: [(&str, &[&str], &[f64]); 9] = [
    ("coordx", &["num_nodes"], &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
    ("coordy", &["num_nodes"], &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
    ("dist_fact_ss1", &["num_df_ss1"], &[1.0; 4]),
    ("time_whole", &["time_step"], &[0.0, 0.5]),
    ("vals_glo_var", &["time_step", "num_glo_var"], &[1.0; 2]),
    ("vals_nod_var1", &["time_step", "num_nodes"], &[1.0; 12]),
    ("vals_nod_var2", &["time_step", "num_nodes"], &[2.0; 12]),
    ("vals_elem_var1eb1", &["time_step", "num_el_in_blk1"], &[3.0; 4]),
    ("frame_coordinates", &["num_cframes_9"], &[0.0; 9]),
];

const NAMES: [(&str, &[&str], &[&str]); 5] = [
    ("eb_names", &["num_el_blk", "len_name"], &["plate", "nothing"]),
    ("name_nod_var", &["num_nod_var", "len_name"], &["u", "v"]),
    ("name_elem_var", &["num_elem_var", "len_name"], &["stress", "strain"]),
    ("name_glo_var", &["num_glo_var", "len_name"], &["energy"]),
    ("coor_names", &["num_dim", "len_name"], &["x", "y"]),
];

impl Model {
    pub fn clean() -> Self {
        let dimensions = DIMENSIONS.iter().map(|&(name, length)| (name.to_owned(), length, false)).collect();
        let mut model = Model { container: Container::Cdf5, dimensions, arrays: Vec::new(), attributes: Vec::new() };
        model.dimensions.push(("time_step".to_owned(), 0, true));
        for (name, value) in [
            ("version", Value::Float(vec![9.06])),
            ("api_version", Value::Float(vec![9.06])),
            ("floating_point_word_size", Value::Int(vec![8])),
            ("file_size", Value::Int(vec![1])),
            ("maximum_name_length", Value::Int(vec![15])),
            ("int64_status", Value::Int(vec![0])),
        ] {
            model.attribute(name, value);
        }
        INTEGERS.iter().for_each(|(name, dimensions, values)| model.add(name, dimensions, values));
        FLOATS.iter().for_each(|(name, dimensions, values)| model.add_floats(name, dimensions, values));
        NAMES.iter().for_each(|(name, dimensions, values)| model.add_rows(name, dimensions, &rows(values)));
        model.push("frame_tags", Type::Char, &["num_cframes"], Data::Rows(b"R".to_vec()));
        model.add("frame_ids", &["num_cframes"], &[1]);
        model.attribute_of("connect1", "elem_type", Value::text("QUAD4\0"));
        model.member_type(1);
        model
    }

    /// Another file of a decomposed model.
    pub fn parallel(&mut self) {
        for (name, length) in [
            ("num_processors", 2),
            ("num_procs_file", 1),
            ("num_nodes_global", 9),
            ("num_elems_global", 4),
            ("num_int_node", 4),
            ("num_bor_node", 2),
            ("num_int_elem", 2),
            ("num_n_cmaps", 1),
            ("ncnt_cmap", 2),
        ] {
            self.dimension(name, length);
        }
        let lists: [(&str, &[&str], &[i64]); 12] = [
            ("nem_ftype", &[], &[0]),
            ("int_n_stat", &["num_procs_file"], &[1]),
            ("bor_n_stat", &["num_procs_file"], &[1]),
            ("int_e_stat", &["num_procs_file"], &[1]),
            ("node_mapi", &["num_int_node"], &[1, 2, 3, 4]),
            ("node_mapb", &["num_bor_node"], &[5, 6]),
            ("elem_mapi", &["num_int_elem"], &[1, 2]),
            ("n_comm_ids", &["num_n_cmaps"], &[1]),
            ("n_comm_stat", &["num_n_cmaps"], &[1]),
            ("n_comm_data_idx", &["num_n_cmaps"], &[2]),
            ("n_comm_nids", &["ncnt_cmap"], &[5, 6]),
            ("n_comm_proc", &["ncnt_cmap"], &[1, 1]),
        ];
        lists.iter().for_each(|(name, dimensions, values)| self.add(name, dimensions, values));
    }

    /// Two triangles and a square as polygons.
    pub fn polygons(&mut self) {
        self.dimension("num_nod_per_el1", 8);
        self.remove("connect1");
        self.remove("dist_fact_ss1");
        self.add("connect1", &["num_nod_per_el1"], &[1, 2, 4, 2, 3, 6, 5, 4]);
        self.attribute_of("connect1", "elem_type", Value::text("nsided\0"));
        self.add("ebepecnt1", &["num_el_in_blk1"], &[3, 5]);
    }

    pub fn dimension(&mut self, name: &str, length: u64) {
        self.dimensions.retain(|(other, ..)| other != name);
        self.dimensions.push((name.to_owned(), length, false));
    }

    pub fn remove_dimension(&mut self, name: &str) {
        self.dimensions.retain(|(other, ..)| other != name);
    }

    pub fn attribute(&mut self, name: &str, value: Value) {
        self.attributes.retain(|(other, _)| other != name);
        self.attributes.push((name.to_owned(), value));
    }

    pub fn remove_attribute(&mut self, name: &str) {
        self.attributes.retain(|(other, _)| other != name);
    }

    pub fn attribute_of(&mut self, variable: &str, name: &str, value: Value) {
        let array = self.array(variable);
        array.attributes.retain(|attribute| attribute.name != name);
        array.attributes.push(Attribute::new(name, value));
    }

    /// What the members of the assembly are.
    pub fn member_type(&mut self, code: i32) {
        self.attribute_of("assembly_entity7", "_type", Value::Int(vec![code]));
    }

    pub fn remove(&mut self, variable: &str) {
        self.arrays.retain(|array| array.name != variable);
    }

    pub fn add(&mut self, name: &str, dimensions: &[&str], values: &[i64]) {
        self.push(name, Type::Int, dimensions, Data::Integers(values.to_vec()));
    }

    pub fn add_floats(&mut self, name: &str, dimensions: &[&str], values: &[f64]) {
        self.push(name, Type::Double, dimensions, Data::Floats(values.to_vec()));
    }

    pub fn add_rows(&mut self, name: &str, dimensions: &[&str], rows: &[u8]) {
        self.push(name, Type::Char, dimensions, Data::Rows(rows.to_vec()));
    }

    /// A variable without values.
    pub fn declare(&mut self, name: &str, ty: Type, dimensions: &[&str]) {
        self.push(name, ty, dimensions, Data::None);
    }

    fn push(&mut self, name: &str, ty: Type, dimensions: &[&str], data: Data) {
        let dimensions = dimensions.iter().map(|&name| name.to_owned()).collect();
        self.arrays.push(Array { name: name.to_owned(), ty, dimensions, attributes: Vec::new(), data });
    }

    pub fn set(&mut self, name: &str, values: &[i64]) {
        self.array(name).data = Data::Integers(values.to_vec());
    }

    pub fn set_floats(&mut self, name: &str, values: &[f64]) {
        self.array(name).data = Data::Floats(values.to_vec());
    }

    pub fn set_rows(&mut self, name: &str, rows: &[u8]) {
        self.array(name).data = Data::Rows(rows.to_vec());
    }

    pub fn set_type(&mut self, name: &str, ty: Type) {
        self.array(name).ty = ty;
    }

    fn array(&mut self, name: &str) -> &mut Array {
        self.arrays.iter_mut().find(|array| array.name == name).unwrap()
    }

    fn schema(&self) -> Schema {
        let mut schema = Schema::new(self.container);
        for (name, length, unlimited) in &self.dimensions {
            schema.add_dimension(name, *length, *unlimited);
        }
        for (name, value) in &self.attributes {
            schema.set_attribute(name, value.clone());
        }
        for array in &self.arrays {
            let dimensions = array.dimensions.iter().map(|name| schema.find_dimension(name).unwrap()).collect();
            let mut variable = Variable::new(&array.name, array.ty.clone(), dimensions);
            variable.order = if self.container.is_hdf5() { ByteOrder::Little } else { ByteOrder::Big };
            variable.attributes.clone_from(&array.attributes);
            if matches!(array.data, Data::None) && self.container.is_hdf5() {
                // Filtered chunks are there only once they are written.
                variable.storage.layout = Layout::Chunked(vec![1 << 20; array.dimensions.len()]);
                variable.storage.filters = vec![Filter::deflate(1)];
            } else {
                variable.fill = Fill::None;
            }
            schema.add_variable(variable);
        }
        schema
    }

    pub fn check(&self, options: &Options) -> Report {
        check(&self.file(), options)
    }

    pub fn file(&self) -> ExodusFile {
        let source = Source::from_bytes(self.bytes());
        ExodusFile::from_netcdf(hyperslab::netcdf::File::from_source(source).unwrap()).unwrap()
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.exo");
        let writer = Writer::create(&path, self.schema(), false).unwrap();
        for array in &self.arrays {
            let id = writer.schema().find_variable(&array.name).unwrap();
            let mut shape = writer.schema().shape(id).unwrap();
            if array.dimensions.first().is_some_and(|name| name == "time_step") && shape[0] == 0 {
                shape[0] = 2;
            }
            let all = Selection::all(&shape);
            match &array.data {
                Data::Integers(values) => writer.write(id, &all, values).unwrap(),
                Data::Floats(values) => writer.write(id, &all, values).unwrap(),
                Data::Rows(bytes) => writer.write_stored(id, &all, bytes).unwrap(),
                Data::None => {}
            }
        }
        writer.finish().unwrap();
        std::fs::read(&path).unwrap()
    }
}

/// Names in rows of 16 bytes.
pub(super) fn rows(names: &[&str]) -> Vec<u8> {
    let row = |name: &&str| {
        let mut row = name.as_bytes().to_vec();
        row.resize(16, 0);
        row
    };
    names.iter().flat_map(row).collect()
}
