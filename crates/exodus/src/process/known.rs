//! What the variables of a file are to whoever made it.

use hyperslab::Error;

use crate::read::file::ExodusFile;

/// An error about a variable, with what the variable is of.
pub(super) fn known(file: &ExodusFile, error: Error) -> Error {
    let name = error.location().object.as_deref().and_then(|path| described(file, path));
    match name {
        Some(name) => error.known_as(name),
        None => error,
    }
}

/// The one array of a model, or of those in its groups, that is in the variable of this path.
fn described(file: &ExodusFile, path: &str) -> Option<String> {
    let mesh = file.mesh().ok()?;
    let is_there = |&data: &_| {
        let place = file.place(data);
        place.is_some_and(|(array, address)| address.shared.is_none() && array.path() == path)
    };
    let found = mesh.static_data().into_iter().chain(mesh.stepwise_data()).find(is_there);
    let below = || file.models().find_map(|(_, model)| described(&model, path));
    found.map(|data| mesh.describe(data)).or_else(below)
}
