//! The files of a decomposed model: `base.4.0` to `base.4.3`, with ranks padded by zeros or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hyperslab::{Error, Result};

/// The name of a member, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Member<'n> {
    base: &'n str,
    count: usize,
    rank: usize,
}

fn number(text: &str) -> Option<usize> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn parse(name: &str) -> Option<Member<'_>> {
    let (rest, rank) = name.rsplit_once('.')?;
    let (base, count) = rest.rsplit_once('.')?;
    let member = Member { base, count: number(count)?, rank: number(rank)? };
    (!base.is_empty() && member.rank < member.count).then_some(member)
}

/// All members, in the order of their ranks, from the name of one of them, of the whole (`base`), or of one of its
/// decompositions (`base.4`); none if there are none.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for several decompositions, and if a member is missing; [`Kind::Io`](crate::Kind::Io).
pub(super) fn find(path: &Path) -> Result<Vec<PathBuf>> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Ok(Vec::new()) };
    if let Some(member) = parse(name) {
        return complete(path, listed(path, member.base, Some(member.count))?);
    }
    let whole = listed(path, name, None)?;
    match name.rsplit_once('.').and_then(|(base, count)| Some((base, number(count)?))) {
        Some((base, count)) if whole.is_empty() => complete(path, listed(path, base, Some(count))?),
        _ => complete(path, whole),
    }
}

/// The members beside a file that have this base: by the size of the decomposition, then by rank.
type Found = BTreeMap<usize, BTreeMap<usize, PathBuf>>;

fn listed(path: &Path, base: &str, wanted: Option<usize>) -> Result<Found> {
    let mut found = Found::new();
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let listing = |e| Error::io("cannot list the directory", e).in_file(directory);
    for entry in std::fs::read_dir(directory).map_err(listing)? {
        let entry = entry.map_err(listing)?.file_name();
        let Some(member) = entry.to_str().and_then(parse).filter(|member| member.base == base) else { continue };
        if wanted.is_none_or(|wanted| wanted == member.count) {
            let twice = found.entry(member.count).or_default().insert(member.rank, directory.join(&entry));
            if let Some(twice) = twice {
                let what = format!("{} and {} are the same member", twice.display(), entry.to_string_lossy());
                return Err(Error::usage(what));
            }
        }
    }
    Ok(found)
}

fn complete(path: &Path, found: Found) -> Result<Vec<PathBuf>> {
    let counts: Vec<usize> = found.keys().copied().collect();
    let mut decompositions = found.into_iter();
    let (count, members) = match (decompositions.next(), decompositions.next()) {
        (Some(only), None) => only,
        (None, _) => return Ok(Vec::new()),
        _ => return Err(several(path, &counts)),
    };
    match (0..count).find(|rank| !members.contains_key(rank)) {
        None => Ok(members.into_values().collect()),
        Some(rank) => {
            let name = members.values().next().map_or_else(String::new, |there| beside(there, rank));
            Err(Error::usage(format!("member {rank} of {count} is missing: {name}")).in_file(path))
        }
    }
}

/// The name of the member of a rank, as that of another one is made: with zeros in front, or without.
fn beside(there: &Path, rank: usize) -> String {
    let name = there.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (whole, own) = name.rsplit_once('.').unwrap_or((name, ""));
    let width = if own.starts_with('0') { own.len() } else { 0 };
    format!("{whole}.{rank:0width$}")
}

/// By which names the decompositions of a whole are told apart.
fn several(path: &Path, counts: &[usize]) -> Error {
    let name = |count: &usize| format!("{}.{count}", path.display());
    let names: Vec<String> = counts.iter().map(name).collect();
    Error::usage(format!("there are {} decompositions: name one, {}", names.len(), names.join(" or "))).in_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parse("a.e.16.03"), Some(Member { base: "a.e", count: 16, rank: 3 }));
        assert_eq!(parse("a.e-s0002.1.0"), Some(Member { base: "a.e-s0002", count: 1, rank: 0 }));
        for name in ["a.e", "a.e.4", "a.e.4.4", "a.e.4.+1", ".4.0", "a.4.x", "4.0", "a..0"] {
            assert_eq!(parse(name), None, "{name}");
        }
    }

    #[test]
    fn members_are_found_by_any_name() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in
            ["a.e.2.0", "a.e.2.1", "b.e.10.3", "c.e.2.0", "c.e.2.1", "c.e.1.0", "d.e.2.1", "d.e.2.01", "q.e.12.00"]
        {
            std::fs::write(at(name), "").unwrap();
        }
        for rank in 0..11 {
            std::fs::write(at(&format!("p.e.011.{rank:03}")), "").unwrap();
        }
        for name in ["a.e", "a.e.2", "a.e.2.1", "a.e.2.0"] {
            assert_eq!(find(&at(name)).unwrap(), [at("a.e.2.0"), at("a.e.2.1")]);
        }
        assert_eq!(find(&at("p.e.11.4")).unwrap().last().unwrap(), &at("p.e.011.010"));
        assert_eq!(find(&at("c.e.1.0")).unwrap(), [at("c.e.1.0")]);
        assert_eq!(find(&at("c.e.2")).unwrap(), [at("c.e.2.0"), at("c.e.2.1")]);
        for name in ["none", "c.e.3", "a.2", "..", "."] {
            assert!(find(&at(name)).unwrap().is_empty(), "{name}");
        }
        for (name, reason) in [
            ("b.e", "member 0 of 10 is missing: b.e.10.0"),
            ("q.e", "member 1 of 12 is missing: q.e.12.01"),
            ("c.e", "there are 2 decompositions: name one, "),
            ("d.e", "the same member"),
        ] {
            let error = find(&at(name)).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
