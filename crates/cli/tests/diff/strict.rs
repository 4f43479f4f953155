//! Everything that Exodus defines, with `--strict`.

use std::path::Path;

use exodus_rs::prelude::*;
use exodus_rs::{
    Assembly, Blob, Block, ByKind, CoordinateFrame, CreateOptions, Data, EntityId, EntityType, ExodusWriter, Map, Mesh,
    Property, Set,
};
use hyperslab::netcdf::{Attribute, Value};
use EntityType::{
    Blob as Blobs, EdgeBlock, EdgeMap, EdgeSet, ElementBlock, ElementMap, ElementSet, FaceBlock, FaceMap, FaceSet,
    Global, Nodal, NodeMap, NodeSet, SideSet,
};

use super::model::Model;
use super::{check, run, Files, DIFFERENT, SAME};

/// Two hexahedra with something of everything. All numbers follow from their places, unless they were changed.
#[derive(Clone)]
struct Everything {
    mesh: Mesh,
    /// Arrays of which one number is another one.
    changed: Vec<(Data, usize, f64)>,
    /// Steps whose value is another one.
    results: Vec<(Data, usize, f64)>,
}

/// The n-th of lists by kind.
fn nth<T>(lists: &mut ByKind<T>, n: usize) -> &mut T {
    lists.iter_mut().nth(n).unwrap()
}

fn named(name: &str) -> Vec<Attribute> {
    vec![Attribute::new(name, Value::Double(vec![1.5])), Attribute::new("note", Value::text("as built"))]
}

fn everything() -> Everything {
    let mut mesh = Mesh::new("everything", 3, 12);
    (mesh.num_edges, mesh.num_faces) = (2, 2);
    mesh.coord_names = ["x", "y", "z"].map(str::to_owned).to_vec();
    let block = |kind, id, topology, len, nodes| Block {
        name: format!("b{id}"),
        attributes: vec!["a".to_owned()],
        entity_attributes: named("weight"),
        ..Block::new(kind, id, topology, len, nodes)
    };
    let elements = Block { edges_per_entry: 12, faces_per_entry: 6, ..block(ElementBlock, 10, "HEX8", 2, 8) };
    mesh.blocks = vec![elements, block(EdgeBlock, 20, "EDGE2", 2, 2), block(FaceBlock, 30, "QUAD4", 2, 4)].into();
    let set = |kind, id| Set {
        name: format!("s{id}"),
        num_factors: 2,
        attributes: vec!["a".to_owned()],
        entity_attributes: named("weight"),
        ..Set::new(kind, id, 2)
    };
    mesh.sets = vec![set(NodeSet, 1), set(EdgeSet, 2), set(FaceSet, 3), set(SideSet, 4), set(ElementSet, 5)].into();
    nth(&mut mesh.sets, 3).num_factors = 8;
    mesh.maps = [NodeMap, EdgeMap, FaceMap, ElementMap]
        .map(|kind| Map { kind, id: EntityId(7), name: "m".to_owned() })
        .into_iter()
        .collect();
    mesh.id_maps = vec![NodeMap, EdgeMap, FaceMap, ElementMap];
    mesh.has_order_map = true;
    let assembly = |id, name: &str, members: &[i64]| Assembly {
        id,
        name: name.to_owned(),
        kind: NodeSet,
        members: members.iter().map(|&id| EntityId(id)).collect(),
        entity_attributes: named("weight"),
    };
    mesh.assemblies = vec![assembly(EntityId(40), "whole", &[1, 9])];
    mesh.blobs = vec![Blob { id: EntityId(50), name: "blob".to_owned(), len: 3, entity_attributes: named("weight") }];
    mesh.frames =
        vec![CoordinateFrame { id: EntityId(2), tag: 'R', points: [[0.0; 3], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]] }];
    for kind in [ElementBlock, NodeSet] {
        mesh.properties.insert(kind, vec![Property { name: "COLOR".to_owned(), values: vec![3] }]);
    }
    mesh.nodal_attributes = vec!["temperature".to_owned()];
    mesh.global_attributes = named("mass");
    mesh.nodal_entity_attributes = named("unit");
    for kind in [Global, Nodal, ElementBlock, EdgeSet, FaceSet, ElementSet, Blobs] {
        mesh.set_variables(kind, ["u", "v"]);
    }
    for kind in [ElementBlock, NodeSet, EntityType::Assembly, Blobs] {
        mesh.reductions.insert(kind, vec!["r".to_owned(), "q".to_owned()]);
    }
    Everything { mesh, changed: Vec::new(), results: Vec::new() }
}

impl Everything {
    fn write(&self, path: &Path) {
        let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
        let writer = ExodusWriter::create(path, &self.mesh, &options).unwrap();
        let numbers = |data: Data, len: u64, changed: &[(Data, usize, f64)]| -> Vec<f64> {
            let most = match data {
                Data::Coordinate(_) | Data::Attributes(..) | Data::Factors(..) => 1000,
                Data::Connectivity(..) => 12,
                Data::Sides(SideSet, _) => 6,
                _ if data.is_stepwise() => 1000,
                _ => 2,
            };
            // Nothing is repeated that may not be.
            let mut values: Vec<f64> = (0..len).map(|n| (n % most + 1) as f64).collect();
            if let Data::Coordinate(axis) = data {
                values = (0..len).map(|n| ((n * n + 3) % (17 + axis as u64)) as f64).collect();
            }
            changed.iter().filter(|(other, ..)| *other == data).for_each(|&(_, at, value)| values[at] = value);
            values
        };
        let integer = |data: Data| {
            !data.is_stepwise() && !matches!(data, Data::Coordinate(_) | Data::Attributes(..) | Data::Factors(..))
        };
        for data in self.mesh.static_data() {
            let Some(shape) = writer.shape(data) else { continue };
            let values = numbers(data, shape.iter().product(), &self.changed);
            if integer(data) {
                writer.put(data, &values.iter().map(|&value| value as i64).collect::<Vec<_>>()).unwrap();
            } else {
                writer.put(data, &values).unwrap();
            }
        }
        for data in self.mesh.stepwise_data().into_iter().filter(|data| *data != Data::Times) {
            let Some(shape) = writer.shape(data) else { continue };
            let values = numbers(data, shape[1..].iter().product(), &self.results);
            writer.put(data.step(0), &values).unwrap();
        }
        writer.put_time(0, 0.0).unwrap();
        writer.finish().unwrap();
    }

    /// Compares the usual one with a changed one; with or without `--strict`.
    fn compared(&self, options: &[&str]) -> super::Done {
        let directory = tempfile::tempdir().unwrap();
        let [a, b] = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
        everything().write(&a);
        self.write(&b);
        run(options, &[a.to_str().unwrap(), b.to_str().unwrap()], None)
    }
}

/// Asserts that only `--strict` finds a change, and nothing else.
fn only_strict(said: &str, change: impl FnOnce(&mut Everything)) {
    strict(said, true, change);
}

fn strict(said: &str, alone: bool, change: impl FnOnce(&mut Everything)) {
    let mut second = everything();
    change(&mut second);
    let done = second.compared(&["--strict"]);
    check(&done, DIFFERENT, said);
    check(&done, DIFFERENT, ": 1 difference.");
    let json: serde_json::Value = serde_json::from_str(&second.compared(&["--strict", "--json"]).out).unwrap();
    assert_eq!((&json["differences"], &json["result"]), (&1.into(), &"different".into()), "{said}");
    let counted = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "difference" || finding["type"] == "values");
    assert_eq!(counted.count(), 1, "{said}: {json}");
    if alone {
        check(&second.compared(&[]), SAME, "");
    }
}

#[test]
fn a_file_is_strictly_the_same_as_itself() {
    let done = everything().compared(&["--strict"]);
    check(&done, SAME, ": 0 differences.");
    assert!(!done.out.contains("NOTE") && !done.out.contains("WARNING"), "{}", done.out);
    check(&everything().compared(&["--strict", "-map", "-coordinate_tolerance", "1e-9"]), SAME, "");
}

#[test]
fn what_files_declare() {
    only_strict("The title is not the same", |all| all.mesh.title = "all".to_owned());
    only_strict("names of the coordinates", |all| all.mesh.coord_names[2] = "w".to_owned());
    only_strict("kind of coordinate frame 2", |all| all.mesh.frames[0].tag = 'C');
    only_strict("The coordinate frame 2 is not the same", |all| all.mesh.frames[0].points[1][2] = 2.0);
    only_strict("coordinate frame 2 is in the first file but not the second", |all| all.mesh.frames.clear());
    only_strict("property 'COLOR' of element block 10 is not the same: 3 and 4", |all| {
        all.mesh.properties.get_mut(&ElementBlock).unwrap()[0].values[0] = 4;
    });
    only_strict("property 'COLOR' of node sets is in the first file but not", |all| {
        all.mesh.properties.remove(&NodeSet);
    });
}

#[test]
fn names_of_entities() {
    let rename = |name: &mut String| name.push('2');
    strict("Block 10 (b10): the name is not the same", true, |all| rename(&mut nth(&mut all.mesh.blocks, 0).name));
    only_strict("Block 10 (b10): the name is not the same", |all| nth(&mut all.mesh.blocks, 0).name.clear());
    only_strict("The edge block 20 (b20): the name", |all| rename(&mut nth(&mut all.mesh.blocks, 1).name));
    for n in 0..5 {
        only_strict("has the names 's", |all| rename(&mut nth(&mut all.mesh.sets, n).name));
    }
    only_strict("name of face map 7 is not the same: \"m\" and \"m2\"", |all| {
        rename(&mut nth(&mut all.mesh.maps, 2).name)
    });
    only_strict("name of blob 50", |all| rename(&mut all.mesh.blobs[0].name));
    only_strict("has the names 's1' and 'S1'", |all| nth(&mut all.mesh.sets, 0).name = "S1".to_owned());
}

#[test]
fn members_and_their_order() {
    for (n, kind) in [(0, NodeSet), (1, EdgeSet), (2, FaceSet), (3, SideSet), (4, ElementSet)] {
        let index = 0;
        assert_eq!(nth(&mut everything().mesh.sets, n).kind, kind);
        // The factors of a side set go with its sides, wherever those are.
        strict("are not the same: the first difference is entry 1", kind != SideSet, |all| {
            all.changed = vec![(Data::Members(kind, index), 0, 2.0), (Data::Members(kind, index), 1, 1.0)];
        });
    }
    only_strict("has its members in another order", |all| all.mesh.assemblies[0].members.reverse());
    only_strict("The assembly 'whole' has the ids 40 and 41", |all| all.mesh.assemblies[0].id = EntityId(41));
    let mut turned = everything();
    turned.changed = vec![(Data::Members(NodeSet, 0), 0, 2.0), (Data::Members(NodeSet, 0), 1, 1.0)];
    let done = turned.compared(&["--strict", "-nsmap"]);
    assert!(!done.out.contains("are not the same"), "{}", done.out);
}

#[test]
fn attributes_of_entries_and_of_entities() {
    for (kind, place) in [
        (Nodal, "(node 2)"),
        (EdgeBlock, "(edge block 20, entry 2)"),
        (FaceBlock, "(face block 30, entry 2)"),
        (NodeSet, "(node set 1, entry 2)"),
        (SideSet, "(side set 4, entry 2)"),
        (ElementSet, "(element set 5, entry 2)"),
    ] {
        only_strict(place, |all| all.changed = vec![(Data::Attributes(kind, 0), 1, 7.0)]);
    }
    only_strict("The attributes of edge block 20 are called [\"a\"] and [\"b\"]", |all| {
        nth(&mut all.mesh.blocks, 1).attributes[0] = "b".to_owned();
    });
    strict("(block 10, elmt 2)", false, |all| all.changed = vec![(Data::Attributes(ElementBlock, 0), 1, 7.0)]);
    let value = |attributes: &mut Vec<Attribute>| attributes[0].value = Value::Double(vec![2.5]);
    only_strict("The attribute 'weight' of element block 10 is not the same: 1.5 and 2.5", |all| {
        value(&mut nth(&mut all.mesh.blocks, 0).entity_attributes);
    });
    only_strict("attribute 'weight' of face set 3", |all| value(&mut nth(&mut all.mesh.sets, 2).entity_attributes));
    only_strict("attribute 'weight' of assembly 40", |all| value(&mut all.mesh.assemblies[0].entity_attributes));
    only_strict("attribute 'weight' of blob 50", |all| value(&mut all.mesh.blobs[0].entity_attributes));
    only_strict("attribute 'mass' of the model", |all| value(&mut all.mesh.global_attributes));
    only_strict("attribute 'unit' of the nodes is in the first file but not the second", |all| {
        all.mesh.nodal_entity_attributes.remove(0);
    });
    only_strict("attribute 'note' of the nodes is not the same: \"as built\" and \"as drawn\"", |all| {
        all.mesh.nodal_entity_attributes[1].value = Value::text("as drawn");
    });
}

#[test]
fn edges_faces_and_maps() {
    for (data, said) in [
        (Data::Connectivity(EdgeBlock, 0), "connectivity of edge block 20 is not the same: 1 of 4 numbers differ"),
        (Data::Connectivity(FaceBlock, 0), "connectivity of face block 30"),
        (Data::EdgeConnectivity(0), "list of edges of element block 10"),
        (Data::FaceConnectivity(0), "list of faces of element block 10"),
        (Data::NumMap(NodeMap, 0), "The node map 7 is not the same: 1 of 12 numbers differ, the first is number 2"),
        (Data::NumMap(EdgeMap, 0), "The edge map 7"),
        (Data::NumMap(ElementMap, 0), "The element map 7"),
        (Data::OrderMap, "element order map"),
        (Data::IdMap(FaceMap), "list of identifiers (face map)"),
    ] {
        only_strict(said, |all| all.changed = vec![(data, 1, 9.0)]);
    }
    only_strict("The element order map is in the first file but not the second", |all| all.mesh.has_order_map = false);
    only_strict("The node map 7 is in the first file but not the second", |all| {
        all.mesh.maps.of_mut(NodeMap).clear();
    });
}

#[test]
fn distribution_factors() {
    for (kind, place) in [(NodeSet, "node set 1"), (EdgeSet, "edge set 2"), (ElementSet, "element set 5")] {
        let place = format!("({place}, entry 2)");
        only_strict(&place, |all| all.changed = vec![(Data::Factors(kind, 0), 1, 7.0)]);
    }
    only_strict("Only the first file has distribution factors of node set 1", |all| {
        nth(&mut all.mesh.sets, 0).num_factors = 0
    });
    only_strict("Only the first file has distribution factors of side set 4", |all| {
        nth(&mut all.mesh.sets, 3).num_factors = 0
    });
}

#[test]
fn variables_of_all_kinds() {
    for (kind, place) in [
        (EdgeSet, "(edge set 2, entry 2)"),
        (FaceSet, "(face set 3, entry 2)"),
        (ElementSet, "(element set 5, entry 2)"),
        (Blobs, "(blob 50, entry 2)"),
    ] {
        only_strict(place, |all| all.results = vec![(Data::Variable(kind, 1, 0), 1, 7.0)]);
    }
    for (kind, place) in
        [(ElementBlock, "(element block 10)"), (NodeSet, "(node set 1)"), (EntityType::Assembly, "(assembly 40)")]
    {
        only_strict(place, |all| all.results = vec![(Data::Reductions(kind, 0), 1, 7.0)]);
    }
    only_strict("The blob reduction variable \"q\" is in the first file but not the second", |all| {
        all.mesh.reductions.insert(Blobs, vec!["r".to_owned()]);
    });
    only_strict("NaN found for blob reduction variable 'q' of 50 in file 2", |all| {
        all.results = vec![(Data::Reductions(Blobs, 0), 1, f64::NAN)];
    });
}

#[test]
fn truth_tables() {
    only_strict("\"v\" of edge set 2 is in the first file but not the second", |all| {
        all.mesh.truth_tables.insert(EdgeSet, vec![[true, false]].into());
    });
}

#[test]
fn truth_tables_count_where_there_are_no_values() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b] = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    let [mut first, mut second] = [everything(), everything()];
    first.mesh.truth_tables.insert(EdgeSet, vec![[true, false]].into());
    second.mesh.absent.insert(Data::Variable(EdgeSet, 1, 0));
    first.write(&a);
    second.write(&b);
    let files = [a.to_str().unwrap(), b.to_str().unwrap()];
    let said = "truth table for variable 'v' of edge set 2 is not the same: false and true";
    check(&run(&["--strict"], &files, None), DIFFERENT, said);
    check(&run(&["--strict"], &files, None), DIFFERENT, ": 1 difference.");
    check(&run(&[], &files, None), SAME, "");
}

#[test]
fn element_types_and_letters_count() {
    strict("the element type is not the same: HEX8 and HEX", true, |all| {
        nth(&mut all.mesh.blocks, 0).topology = "HEX".to_owned()
    });
    let mut second = everything();
    nth(&mut second.mesh.blocks, 0).topology = "HEX".to_owned();
    check(&second.compared(&["--strict", "-short"]), SAME, "");
    second = everything();
    second.mesh.set_variables(Nodal, ["U", "v"]);
    check(&second.compared(&[]), SAME, "");
    check(&second.compared(&["--strict"]), DIFFERENT, ": 2 differences.");
    check(&second.compared(&["--strict", "-ignore_case"]), SAME, "");
}

#[test]
fn qa_and_information_records_tell_nothing_of_the_model() {
    let mut second = everything();
    second.mesh.info_records = vec!["made by hand".to_owned()];
    check(&second.compared(&["--strict"]), SAME, "");
}

#[test]
fn results_are_compared_though_declarations_differ() {
    let mut second = everything();
    second.mesh.title = "all".to_owned();
    nth(&mut second.mesh.sets, 1).name = "x".to_owned();
    second.results = vec![(Data::Variable(Nodal, 0, 0), 3, 70.0)];
    check(&second.compared(&["--strict"]), DIFFERENT, ": 3 differences.");
}

#[test]
fn a_mesh_that_is_numbered_backwards_is_strictly_the_same_by_place() {
    let mut first = Model::default();
    for kind in [EdgeBlock, FaceBlock] {
        first.mesh.blocks.of_mut(kind).clear();
    }
    first.mesh.variables.retain(|kind, _| !matches!(kind, EdgeBlock | FaceBlock));
    let mut second = first.backwards();
    second.attributes.reverse();
    let by_place = ["--strict", "-map", "-ignore_maps"];
    check(&Files::new(&first, &second).run(&by_place), SAME, "Compared 4 steps of 8 variables: 0 differences.");
    second.attributes = vec![0.25, 0.75];
    check(&Files::new(&first, &second).run(&by_place), DIFFERENT, "(block 10, elmt 1)");
    let ids = |ids: [i64; 8]| [(NodeMap, ids.to_vec()), (ElementMap, ids[..3].to_vec())].into();
    (first.ids, second.ids) = (ids([1, 2, 3, 4, 5, 6, 7, 8]), ids([1, 2, 3, 4, 5, 6, 7, 8]));
    check(&Files::new(&first, &second).run(&by_place[..2]), DIFFERENT, "has the global id");
}

#[test]
fn differences_of_strict_files_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let [a, b, out] = ["a.exo", "b.exo", "out.exo"].map(|name| directory.path().join(name));
    let mut second = everything();
    second.mesh.title = "all".to_owned();
    second.results = vec![(Data::Variable(EdgeSet, 1, 0), 1, 7.0)];
    everything().write(&a);
    second.write(&b);
    let paths = [&a, &b, &out].map(|path| path.to_str().unwrap());
    let done = run(&["--strict"], &paths, None);
    assert_eq!(done.code, DIFFERENT, "{}{}", done.out, done.error);
    assert!(done.out.contains("The title is not the same"), "{}", done.out);
    let file = exodus_rs::ExodusFile::open(&out).unwrap();
    assert_eq!(file.var(0, EdgeSet, 1, 0).unwrap().into_vec(), [0.0, -5.0]);
}
