//! Names of every kind.

use super::choices::Choices;

const TAME: [&str; 14] =
    ["v", "name", "Temperature_2", "a1", "größe", "変数", "имя", "a b", "a.b", "x-y", "t@1", "q'", "a:b", "𝔵𝔶"];

/// No container has them.
const IMPOSSIBLE: [&str; 7] = ["", "/", "a/b", "a\0b", "\0", ".", ".."];

/// A container may have them; it says no, or they are read back.
const ODD: [&str; 22] = [
    " before",
    "behind ",
    "tab\t",
    "line\n",
    "\u{7f}",
    "e\u{301}",
    "+",
    "-x",
    "(",
    "\\",
    "\"",
    "_nc3_strict",
    "_NCProperties",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_nc4_non_coord_v",
    "CLASS",
    "NAME",
    "REFERENCE_LIST",
    "DIMENSION_LIST",
    "_FillValue",
    "phony_dim_0",
];

/// A name that every container has, and that nothing else has: the number makes it so.
pub fn tame(choices: &mut Choices, number: usize) -> String {
    match choices.below(8) {
        0 => "x".repeat(1 + choices.below(200)) + &number.to_string(),
        _ => choices.of(&TAME).to_owned() + &number.to_string(),
    }
}

/// A name that no container has.
pub fn impossible(choices: &mut Choices) -> String {
    match choices.below(IMPOSSIBLE.len() + 1) {
        n if n < IMPOSSIBLE.len() => IMPOSSIBLE[n].to_owned(),
        _ => "x".repeat(70_000),
    }
}

/// A name that may be refused.
pub fn odd(choices: &mut Choices) -> String {
    match choices.below(ODD.len() + 3) {
        n if n < ODD.len() => ODD[n].to_owned(),
        n => ["x".repeat(255), "x".repeat(257), "ü".repeat(129)][n - ODD.len()].clone(),
    }
}
