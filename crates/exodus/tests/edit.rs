//! What a model gets where it is, it has.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use exodus_rs::check::{check, Options};
use exodus_rs::hyperslab::netcdf::Editor;
use exodus_rs::prelude::*;
use exodus_rs::{Assembly, Container, CreateOptions, EntityId, Kind, MeshBuilder, ModelEditor};

const CONTAINERS: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];

fn squares(path: &std::path::Path, container: Container) {
    let nodes = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 0.0], [2.0, 1.0]];
    let mesh = MeshBuilder::new("two squares")
        .nodes(&nodes)
        .block(10, "QUAD4", &[[1, 2, 3, 4], [2, 5, 6, 3]])
        .node_set(1, &[1, 4])
        .side_set(7, &[(1, 1), (2, 2)]);
    mesh.create(path, &CreateOptions { container, ..CreateOptions::default() }).unwrap().finish().unwrap();
}

#[test]
fn blocks_and_sets_get_attributes_and_factors() {
    for container in CONTAINERS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.exo");
        squares(&path, container);
        let (block, nodes, sides) = (EntityType::ElementBlock, EntityType::NodeSet, EntityType::SideSet);
        for names in [["thickness", "angle"], ["density", "a name that is longer than those of thirty-two bytes"]] {
            let mut model = ModelEditor::on(Editor::open(&path).unwrap(), &ExodusFile::open(&path).unwrap()).unwrap();
            model.add_attributes(block, EntityId(10), &names).unwrap();
            model.publish().unwrap();
        }
        let mut model = ModelEditor::on(Editor::open(&path).unwrap(), &ExodusFile::open(&path).unwrap()).unwrap();
        model.rename_attribute(block, 0, "angle", "phi").unwrap();
        let values: Vec<f64> = (0..8).map(f64::from).collect();
        model.put(Data::Attributes(block, 0), &values).unwrap();
        model.set_factors(nodes, EntityId(1), &[0.5, 0.25]).unwrap();
        model.set_factors(sides, EntityId(7), &[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(model.set_factors(nodes, 0, &[1.0]).unwrap_err().kind(), Kind::Usage);
        assert_eq!(model.set_factors(block, 0, &[1.0]).unwrap_err().kind(), Kind::Usage);
        assert_eq!(model.rename_attribute(block, 0, "angle", "x").unwrap_err().kind(), Kind::NotFound);
        assert_eq!(model.rename_attribute(block, 0, "phi", "density").unwrap_err().kind(), Kind::Usage);
        model.publish().unwrap();

        let file = ExodusFile::open(&path).unwrap();
        let names = ["thickness", "phi", "density", "a name that is longer than those of thirty-two bytes"];
        assert_eq!(file.block(block, EntityId(10)).unwrap().attributes, names, "{}", container.name());
        let read = |data| file.read::<f64>(data).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(read(Data::Attributes(block, 0)), values);
        assert_eq!(read(Data::Factors(nodes, 0)), [0.5, 0.25]);
        assert_eq!(read(Data::Factors(sides, 0)), [1.0, 2.0, 3.0, 4.0]);
        let connectivity: Vec<i64> = file.read(Data::Connectivity(block, 0)).unwrap().into_iter().collect();
        assert_eq!(connectivity, [1, 2, 3, 4, 2, 5, 6, 3]);
        let report = check(&file, &Options::default());
        assert_eq!(report.findings.len(), 0, "{}: {report:?}", container.name());
    }
}

#[test]
fn a_name_is_no_longer_than_the_file_says() {
    type Change = fn(&mut ModelEditor, &str);
    let changes: [Change; 8] = [
        |model, name| model.rename_entity(EntityType::ElementBlock, 0, name).unwrap(),
        |model, name| model.rename_entity(EntityType::SideSet, 0, name).unwrap(),
        |model, name| model.rename_entity(EntityType::Assembly, 0, name).unwrap(),
        |model, name| model.rename_variable(EntityType::Nodal, "u", name).unwrap(),
        |model, name| model.add_variables(EntityType::Nodal, &[name]).unwrap(),
        |model, name| model.add_variables(EntityType::ElementBlock, &[name]).unwrap(),
        |model, name| model.rename_attribute(EntityType::ElementBlock, 0, "thickness", name).unwrap(),
        |model, name| model.add_attributes(EntityType::NodeSet, 0, &[name]).unwrap(),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    for container in CONTAINERS {
        for (n, change) in changes.iter().enumerate() {
            let mesh = MeshBuilder::new("a square").nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
            let mesh = mesh.block(10, "QUAD4", &[[1, 2, 3, 4]]).node_set(1, &[1, 4]).side_set(7, &[(1, 1)]);
            let (name, members) = ("all".to_owned(), vec![EntityId(10)]);
            let all = Assembly {
                id: EntityId(5),
                name,
                kind: EntityType::ElementBlock,
                members,
                entity_attributes: Vec::new(),
            };
            let mesh = mesh.variables(EntityType::Nodal, ["u"]).declare(|mesh| mesh.assemblies.push(all));
            let options = CreateOptions { container, overwrite: true, ..CreateOptions::default() };
            mesh.create(&path, &options).unwrap().finish().unwrap();
            let edit = |change: &dyn Fn(&mut ModelEditor)| {
                let file = ExodusFile::open(&path).unwrap();
                let mut model = ModelEditor::on(Editor::open(&path).unwrap(), &file).unwrap();
                change(&mut model);
                model.publish().unwrap();
                let told = ExodusFile::open(&path).unwrap().attribute("maximum_name_length").cloned();
                told.and_then(|value| value.as_i64())
            };
            assert_eq!(
                edit(&|model| model.add_attributes(EntityType::ElementBlock, 0, &["thickness"]).unwrap()),
                Some(32)
            );
            assert_eq!(edit(&|model| change(model, "A_NAME_OF_37_CHARACTERS_FOR_A_BREAKER")), Some(37), "change {n}");
            let file = ExodusFile::open(&path).unwrap();
            assert_eq!(check(&file, &Options::default()).findings.len(), 0, "{} {n}", container.name());
        }
    }
}

#[test]
fn a_model_in_a_group_changes_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/exodus/change_sets_netcdf4.exo"), &path)
        .unwrap();
    let model = |name: &str| ExodusFile::open(&path).unwrap().group(name).unwrap();
    let whole = || ExodusFile::open(&path).unwrap();
    let (before, after) = (whole().mesh().unwrap().clone(), model("after").mesh().unwrap().clone());

    let mut edit = ModelEditor::on(Editor::open(&path).unwrap(), &model("before")).unwrap();
    let (block, nodal) = (EntityType::ElementBlock, EntityType::Nodal);
    let variables = edit.mesh().variables[&nodal].len();
    edit.set_title("later").unwrap();
    // The length of names belongs to the groups around it, too.
    let refused = edit.rename_entity(block, 0, "a name that is longer than those of thirty-two bytes").unwrap_err();
    assert_eq!(refused.kind(), Kind::Unsupported);
    assert!(refused.to_string().contains("/before") && refused.to_string().contains("len_name"), "{refused}");
    edit.rename_entity(block, 0, "short").unwrap();
    edit.add_variables(nodal, &["v"]).unwrap();
    edit.add_variables(block, &["stress"]).unwrap();
    edit.add_attributes(block, 0, &["thickness"]).unwrap();
    edit.add_info_record("changed").unwrap();
    edit.put(Data::Coordinate(1).entry(0), &[-0.5]).unwrap();
    edit.put(Data::Attributes(block, 0), &[2.5, 3.5, 4.5]).unwrap();
    edit.put(Data::Variable(nodal, variables, 0).step(1), &[7.0; 8]).unwrap();
    let promised = edit.mesh().clone();
    edit.publish().unwrap();

    let file = model("before");
    assert_eq!(file.mesh().unwrap(), &promised);
    assert_eq!((file.title().as_str(), promised.variables[&nodal].len()), ("later", variables + 1));
    let [coordinate, attributes, variable] = [
        file.read::<f64>(Data::Coordinate(1).entry(0)),
        file.read::<f64>(Data::Attributes(block, 0)),
        file.read::<f64>(Data::Variable(nodal, variables, 0).step(1)),
    ]
    .map(|read| read.unwrap().into_iter().collect::<Vec<_>>());
    assert_eq!((coordinate, attributes, variable), (vec![-0.5], vec![2.5, 3.5, 4.5], vec![7.0; 8]));
    assert_eq!(model("after").mesh().unwrap(), &after);
    let mut now = whole().mesh().unwrap().clone();
    now.groups.clone_from(&before.groups);
    assert_eq!(now, before);
}
