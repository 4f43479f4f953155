//! A mesh that declares everything: three cells in a row, cut into elements of every shape.

use exodus_rs::field::{Basis, FieldMetadata, FieldType, Nesting, Quadrature};
use exodus_rs::{Assembly, Blob, Block, CoordinateFrame, EntityType, Map, Mesh, Property, QaRecord, Set, TextWidths};
use hyperslab::netcdf::{Attribute, Value};
use ndarray::Array2;
use EntityType::{
    EdgeBlock, EdgeMap, EdgeSet, ElementBlock, ElementMap, ElementSet, FaceBlock, FaceMap, FaceSet, Global, Nodal,
    NodeMap, NodeSet, SideSet,
};

use crate::grid;

/// Everything that the model knows.
pub fn mesh() -> Mesh {
    let title = "everything there is, in a title of eighty characters, the most libexodus accepts";
    let mut mesh = Mesh::new(title, 3, 17);
    mesh.coord_names = ["east", "north", "up"].map(str::to_owned).to_vec();
    mesh.text = TextWidths::default();
    mesh.nodal_attributes = ["a", "thickness"].map(str::to_owned).to_vec();
    mesh.nodal_entity_attributes = vec![text("where", "on the nodes")];
    mesh.id_maps = EntityType::MAPS.to_vec();
    mesh.has_order_map = true;
    blocks(&mut mesh);
    sets(&mut mesh);
    let map = |kind, id: i64| Map { kind, id: id.into(), name: format!("map {id}") };
    mesh.maps =
        vec![map(NodeMap, 61), map(NodeMap, 60), map(EdgeMap, 63), map(FaceMap, 64), map(ElementMap, 65)].into();
    properties(&mut mesh);
    groups_of_entities(&mut mesh);
    variables(&mut mesh);
    records(&mut mesh);
    fields(&mut mesh);
    mesh
}

fn text(name: &str, text: &str) -> Attribute {
    Attribute::new(name, Value::Char(text.bytes().chain([0]).collect()))
}

/// Integers, real numbers and text about an entity.
fn facts(about: i32) -> Vec<Attribute> {
    vec![
        Attribute::new("serial", Value::Int(vec![about, -about])),
        Attribute::new("scale", Value::Double(vec![0.5 * f64::from(about), 1e300])),
        text("maker", &format!("maker {about}")),
    ]
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn blocks(mesh: &mut Mesh) {
    let (edges, faces) = (grid::edges().len() as u64, grid::faces().len() as u64);
    let polyhedron = grid::polygons();
    let corners: usize = polyhedron.iter().map(Vec::len).sum();
    let hexes = Block {
        name: "bricks".into(),
        edges_per_entry: 12,
        faces_per_entry: 6,
        attributes: names(&["density", "an attribute whose name is longer than thirty-two characters"]),
        entity_attributes: facts(100),
        ..Block::new(ElementBlock, 100, "HEX8", 2, 8)
    };
    let polyhedra = Block { name: "polyhedron".into(), ..Block::polyhedra(20, 1, polyhedron.len() as u64) };
    let polygons = Block { name: "polygons".into(), ..Block::polygons(ElementBlock, 7, 2, 7) };
    let tets =
        Block { name: "tet".into(), attributes: names(&["volume"]), ..Block::new(ElementBlock, 30, "TET4", 1, 4) };
    let empty = Block { name: "nothing".into(), ..Block::new(ElementBlock, 3, "NULL", 0, 0) };
    let lines =
        Block { attributes: names(&["width"]), name: "lines".into(), ..Block::new(EdgeBlock, 8, "EDGE2", edges, 2) };
    let quads =
        Block { attributes: names(&["colour"]), name: "quads".into(), ..Block::new(FaceBlock, 9, "QUAD4", faces, 4) };
    let walls = Block {
        name: "walls".into(),
        entity_attributes: facts(5),
        ..Block::polygons(FaceBlock, 5, polyhedron.len() as u64, corners as u64)
    };
    mesh.blocks = vec![hexes, polyhedra, polygons, tets, empty, lines, quads, walls].into();
}

fn sets(mesh: &mut Mesh) {
    let set = |kind, id, len, num_factors| Set { name: format!("set {id}"), num_factors, ..Set::new(kind, id, len) };
    let with = |set: Set, attributes: &[&str]| Set { attributes: names(attributes), ..set };
    mesh.sets = vec![
        with(set(NodeSet, 11, 4, 4), &["weight", "height"]),
        set(NodeSet, 10, 2, 0),
        set(NodeSet, 9, 0, 0),
        with(set(EdgeSet, 21, 2, 2), &["bend"]),
        with(set(FaceSet, 31, 3, 3), &["shine"]),
        Set { entity_attributes: facts(41), ..with(set(SideSet, 41, 3, 11), &["flux", "heat"]) },
        set(SideSet, 40, 1, 0),
        with(set(ElementSet, 51, 3, 3), &["share"]),
        Set { name: String::new(), ..set(ElementSet, 52, 1, 0) },
    ]
    .into();
}

fn properties(mesh: &mut Mesh) {
    let property = |name: &str, values: &[i64]| Property { name: name.to_owned(), values: values.to_vec() };
    mesh.properties = [
        (ElementBlock, vec![property("MATERIAL", &[1, 2, 3, 4, 5]), property("PART", &[-1, 0, 1, 0, -1])]),
        (EdgeBlock, vec![property("RANK", &[3])]),
        (FaceBlock, vec![property("PAINT", &[4, 5])]),
        (NodeSet, vec![property("LOAD", &[7, 8, 9])]),
        (EdgeSet, vec![property("HINGE", &[1])]),
        (FaceSet, vec![property("GLUE", &[2])]),
        (SideSet, vec![property("PRESSURE", &[10, 11])]),
        (ElementSet, vec![property("OUTPUT", &[12, 13])]),
        (NodeMap, vec![property("ORDER", &[14, 15])]),
        (ElementMap, vec![property("LEVEL", &[16])]),
    ]
    .into();
}

fn groups_of_entities(mesh: &mut Mesh) {
    let assembly = |id: i64, name: &str, kind, members: &[i64]| Assembly {
        id: id.into(),
        name: name.to_owned(),
        kind,
        members: members.iter().map(|&id| id.into()).collect(),
        entity_attributes: Vec::new(),
    };
    mesh.assemblies = vec![
        Assembly { entity_attributes: facts(100), ..assembly(100, "root", EntityType::Assembly, &[200, 222]) },
        assembly(200, "child2", ElementBlock, &[100, 30]),
        assembly(222, "child3", SideSet, &[41, 40]),
    ];
    let blob =
        |id: i64, name: &str, len| Blob { id: id.into(), name: name.to_owned(), len, entity_attributes: Vec::new() };
    mesh.blobs = vec![Blob { entity_attributes: facts(1), ..blob(1, "tempus", 10) }, blob(3, "irs", 4)];
    mesh.frames = vec![
        CoordinateFrame { id: 20.into(), tag: 'R', points: [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]] },
        CoordinateFrame { id: 13.into(), tag: 'C', points: [[0.5, 0.0, 0.0], [0.5, 0.0, 2.0], [1.5, 0.0, 0.0]] },
    ];
}

/// A truth table; one row of `0` and `1` for each entity.
fn table(rows: &[&str]) -> Array2<bool> {
    let cells: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|cell| cell == b'1')).collect();
    let columns = rows.first().map_or(0, |row| row.len());
    Array2::from_shape_vec((rows.len(), columns), cells).unwrap_or_default()
}

fn variables(mesh: &mut Mesh) {
    mesh.set_variables(Global, ["energy", "momentum", "mass"]);
    // Names of every length, up to the longest.
    let name = |length| "displacement_".chars().cycle().take(length).collect::<String>();
    mesh.set_variables(Nodal, [1, 2, 31, 32, 33, 80, 254, 255].map(name));
    for kind in EntityType::WITH_VARIABLES.into_iter().skip(2) {
        mesh.set_variables(kind, ["first", "second"]);
        mesh.reductions.insert(kind, names(&["momentum_x", "momentum_y", "kinetic energy"]));
    }
    // The components of fields, which the attributes of the first block describe.
    let components = ["first", "velocity_X", "velocity_Y", "velocity_Z", "species_h2o", "species_gas"];
    mesh.set_variables(ElementBlock, components);
    mesh.truth_tables.insert(ElementBlock, table(&["111111", "100001", "010000", "101110", "000000"]));
    mesh.truth_tables.insert(FaceBlock, table(&["01", "10"]));
    mesh.truth_tables.insert(NodeSet, table(&["11", "01", "00"]));
    mesh.truth_tables.insert(SideSet, table(&["01", "10"]));
    mesh.truth_tables.insert(ElementSet, table(&["11", "10"]));
}

fn records(mesh: &mut Mesh) {
    let qa = |code: &str| {
        let [code, version, date, time] = [code, "1.0", "2024-02-29", "23:59:60"].map(str::to_owned);
        QaRecord { code, version, date, time }
    };
    mesh.qa_records = vec![qa("mesher"), qa("a solver with 32 letters in all,")];
    mesh.info_records = names(&["first line", "", "third line: \"quoted\", with a \\ and a naïve letter"]);
    mesh.info_records.push("x".repeat(80));
}

/// What says that variables are the components of fields.
fn fields(mesh: &mut Mesh) {
    let basis = Basis {
        name: "HGRAD".into(),
        cardinality: 2,
        subc_dim: vec![0, 1],
        subc_ordinal: vec![0, 3],
        subc_dof_ordinal: vec![0, 1],
        subc_num_dof: vec![1, 1],
        xi: vec![-1.0, 0.0],
        eta: vec![-1.0, 0.5],
        zeta: vec![0.0, 0.25],
    };
    let quadrature = Quadrature {
        name: "2x1".into(),
        xi: vec![-0.5, 0.5],
        eta: vec![0.0, 0.0],
        zeta: vec![0.0, 0.0],
        weight: vec![1.0, 1.0],
    };
    mesh.global_attributes = [basis.attributes(), quadrature.attributes(), facts(13)].concat();
    let mut species = FieldMetadata::new("species", FieldType::UserDefined);
    species.nesting.iter_mut().for_each(|nesting| nesting.cardinality = 2);
    species.suffixes = names(&["h2o", "gas"]);
    let mut gradient = FieldMetadata::new("gradient", FieldType::Vector3D);
    let type_name = "HGRAD".to_owned();
    gradient.nesting.push(Nesting { ty: FieldType::Basis, type_name, cardinality: 0, separator: Some('$') });
    let list = [FieldMetadata::new("velocity", FieldType::Vector3D), species, gradient];
    if let Some(block) = mesh.blocks.iter_mut().next() {
        // Each of them can be written: there are no commas in their names.
        block.entity_attributes.extend(list.iter().filter_map(|field| field.attributes().ok()).flatten());
    }
}
