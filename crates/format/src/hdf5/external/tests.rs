use super::*;
use crate::Kind;

/// A directory with a file in it, one below, and one outside.
fn files() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let inside = root.path().join("inside");
    fs::create_dir_all(inside.join("below")).unwrap();
    for name in ["inside/a.bin", "inside/below/b.bin", "outside.bin"] {
        fs::write(root.path().join(name), name).unwrap();
    }
    (root, inside)
}

fn found(external: &External, name: &str) -> Option<Vec<u8>> {
    let source = external.raw(name.as_bytes()).unwrap()?;
    Some(source.copy(0, source.len()).unwrap())
}

#[track_caller]
fn refused(external: &External, name: &str) -> String {
    let e = external.raw(name.as_bytes()).unwrap_err();
    assert_eq!(e.kind(), Kind::Unsupported);
    e.to_string()
}

#[test]
fn nothing_is_opened_unless_asked_for() {
    let told = refused(&External::default(), "a.bin");
    assert!(told.contains("(external files are not followed unless that is allowed)"), "{told}");
}

#[test]
fn names_stay_in_the_directory() {
    let (root, inside) = files();
    let external = External::within(&inside).unwrap();
    assert_eq!(found(&external, "a.bin").unwrap(), b"inside/a.bin");
    assert_eq!(found(&external, "./below/b.bin").unwrap(), b"inside/below/b.bin");
    assert_eq!(found(&external, "/nowhere/at/all/a.bin").unwrap(), b"inside/a.bin");
    for missing in ["c.bin", "below/c.bin", "a.bin/c.bin", "/nowhere/at/all/c.bin"] {
        assert_eq!(found(&external, missing), None, "{missing}");
    }
    let outside = root.path().join("outside.bin");
    for name in ["../outside.bin", "below/../a.bin", "..", "", ".", "/", "below", outside.to_str().unwrap()] {
        refused(&external, name);
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_and_devices() {
    let (root, inside) = files();
    let external = External::within(&inside).unwrap();
    std::os::unix::fs::symlink(root.path().join("outside.bin"), inside.join("out")).unwrap();
    std::os::unix::fs::symlink(root.path(), inside.join("up")).unwrap();
    std::os::unix::fs::symlink("below/b.bin", inside.join("in")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", inside.join("zero")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(inside.join("socket")).unwrap();
    assert_eq!(found(&external, "in").unwrap(), b"inside/below/b.bin");
    for name in ["out", "up/outside.bin", "zero", "socket"] {
        refused(&external, name);
    }
    drop(socket);
}

/// A file with an external link, as far as resolving is concerned: any HDF5 file.
fn copies(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5/superblock3.h5");
    for name in names {
        fs::copy(&fixture, root.path().join(name)).unwrap();
    }
    let path = root.path().to_owned();
    (root, path)
}

fn next(external: &dyn ExternalFiles, name: &str) -> Result<Option<ExternalFile>> {
    external.file(name.as_bytes(), &Limits::default())
}

#[test]
fn files_that_lead_back() {
    let (_root, directory) = copies(&["a.h5", "b.h5"]);
    let a = External::beside(directory.join("a.h5")).unwrap();
    assert!(matches!(next(&a, "a.h5").unwrap(), Some(ExternalFile::Own)));
    let Some(ExternalFile::Other(b)) = next(&a, "b.h5").unwrap() else { panic!("b.h5 is another file") };
    assert!(matches!(next(b.external.as_ref(), "b.h5").unwrap(), Some(ExternalFile::Own)));
    assert_eq!(next(b.external.as_ref(), "a.h5").unwrap_err().kind(), Kind::Unsupported);
    // What was opened once is not opened again.
    let Some(ExternalFile::Other(again)) = next(&a, "b.h5").unwrap() else { panic!("b.h5 is another file") };
    assert!(Arc::ptr_eq(&b, &again));
}

#[test]
fn files_that_lead_too_far() {
    let names: Vec<String> = (0..20).map(|n| format!("{n}.h5")).collect();
    let (_root, directory) = copies(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut external: Arc<dyn ExternalFiles> = Arc::new(External::within(directory).unwrap());
    for name in &names {
        match next(external.as_ref(), name) {
            Ok(Some(ExternalFile::Other(opened))) => external = opened.external.clone(),
            Ok(_) => panic!("{name} is another file"),
            Err(e) => return assert_eq!((e.kind(), name.as_str()), (Kind::Limit, "16.h5")),
        }
    }
    panic!("it goes on for ever");
}
