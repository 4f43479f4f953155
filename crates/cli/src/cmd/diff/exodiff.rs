//! exodiff's spelling of options: one dash before whole words, any abbreviation that is clear.

use std::ffi::{OsStr, OsString};

/// The variable of the environment that adds options.
pub const ENVIRONMENT: &str = "EXODIFF_OPTIONS";

/// exodiff's options and whether a value follows.
const OPTIONS: [(&str, bool); 73] = [
    ("help", false),
    ("Help", false),
    ("file", true),
    ("summary", false),
    ("change_sets", true),
    ("tolerance", true),
    ("Floor", true),
    ("absolute", false),
    ("relative", false),
    ("combined", false),
    ("ulps_float", false),
    ("ulps_double", false),
    ("eigen_absolute", false),
    ("eigen_relative", false),
    ("eigen_combined", false),
    ("ignore", false),
    ("coordinate_tolerance", true),
    ("pedantic", false),
    ("quiet", false),
    ("show_all_diffs", false),
    ("ignore_steps", false),
    ("exclude", true),
    ("steps", true),
    ("explicit", true),
    ("TimeStepOffset", true),
    ("TA", false),
    ("TM", false),
    ("interpolate", false),
    ("final_time_tolerance", true),
    ("time_scale", true),
    ("time_offset", true),
    ("map", false),
    ("dumpmap", false),
    ("partial", false),
    ("show_unmatched", false),
    ("allow_permuted_connectivity", false),
    ("ignore_dups", false),
    ("match_ids", false),
    ("match_file_order", false),
    ("match_by_name", false),
    ("nsmap", false),
    ("ssmap", false),
    ("no_nsmap", false),
    ("no_ssmap", false),
    ("short", false),
    ("no_short", false),
    ("ignore_case", false),
    ("case_sensitive", false),
    ("nosymmetric_name_check", false),
    ("allow_name_mismatch", false),
    ("ignore_maps", false),
    ("ignore_nans", false),
    ("ignore_attributes", false),
    ("ignore_sideset_df", false),
    ("norms", false),
    ("l2norms", false),
    ("l1norms", false),
    ("status", false),
    ("ignore_status", false),
    ("max_warnings", true),
    ("use_old_floor", false),
    ("64-bit", false),
    ("min_coordinate_separation", false),
    ("copyright", false),
    ("version", false),
    ("maxnames", true),
    ("t", true),
    ("m", false),
    ("p", false),
    ("s", false),
    ("f", true),
    ("T", true),
    ("x", true),
];

/// Options in one letter, and `i`, whose beginning many have.
const LETTERS: [(&str, &str); 8] = [
    ("t", "tolerance"),
    ("m", "map"),
    ("p", "partial"),
    ("s", "short"),
    ("i", "ignore_case"),
    ("f", "file"),
    ("T", "TimeStepOffset"),
    ("x", "exclude"),
];

/// Options of `exo diff` alone, which nothing may be taken for.
const OWN: [&str; 5] = ["json", "threads", "show-diffs", "strict", "var"];

/// The command line as `exo` knows it: unchanged, unless it is one of `diff`.
pub fn translate(args: impl IntoIterator<Item = OsString>, environment: Option<&str>) -> Vec<OsString> {
    let mut args = args.into_iter();
    let mut translated: Vec<OsString> = args.by_ref().take(2).collect();
    if !is_diff(&translated) {
        translated.extend(args);
        return translated;
    }
    let added = environment.unwrap_or_default().split_whitespace().map(OsString::from);
    let mut args = args.chain(added).peekable();
    while let Some(arg) = args.next() {
        let Some((name, given, takes_value)) = arg.to_str().and_then(known) else {
            let is_end = arg == OsStr::new("--");
            translated.push(arg);
            if is_end {
                translated.extend(args.by_ref());
            }
            continue;
        };
        let value = match given {
            Some(value) => Some(OsString::from(value)),
            None if takes_value => args.next(),
            None => None,
        };
        if name == "help" {
            // A topic may follow.
            args.next_if(|topic| ["usage", "file", "tolerance", "all"].iter().any(|known| topic == OsStr::new(known)));
        }
        let mut option = OsString::from(format!("--{name}"));
        if let Some(value) = value {
            option.push("=");
            option.push(value);
        }
        translated.push(option);
    }
    translated
}

/// Whether a command line is one of `diff`.
pub fn is_diff(args: &[OsString]) -> bool {
    args.get(1).is_some_and(|command| command == OsStr::new("diff"))
}

/// The name of an option in our spelling, its value if that is given with it, and whether one is needed.
fn known(arg: &str) -> Option<(String, Option<&str>, bool)> {
    let word = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')).filter(|word| !word.is_empty())?;
    let (word, value) = word.split_once('=').map_or((word, None), |(word, value)| (word, Some(value)));
    if arg.starts_with("--") && OWN.contains(&word) {
        return None;
    }
    // Both spellings of double-dash options are welcome.
    let spelled = if word == "64-bit" { word.to_owned() } else { word.replace('-', "_") };
    let whole = LETTERS.iter().find(|(letter, _)| *letter == spelled).map_or(spelled.as_str(), |&(_, whole)| whole);
    let whole = match whole {
        "time_step_offset" => "TimeStepOffset",
        "floor" => "Floor",
        "ta" => "TA",
        "tm" => "TM",
        whole => whole,
    };
    let mut matching = OPTIONS.iter().filter(|(name, _)| name.starts_with(whole));
    let exact = OPTIONS.iter().find(|(name, _)| *name == whole);
    let &(name, takes_value) = exact.or_else(|| matching.next().filter(|_| matching.next().is_none()))?;
    let name = match name {
        "TimeStepOffset" => "time-step-offset".to_owned(),
        name => name.to_ascii_lowercase().replace('_', "-"),
    };
    Some((name, value, takes_value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(args: &[&str], environment: Option<&str>) -> Vec<String> {
        let args = ["exo", "diff"].iter().chain(args).map(OsString::from);
        translate(args, environment).into_iter().skip(2).map(|arg| arg.into_string().unwrap()).collect()
    }

    #[test]
    fn one_dash_and_underscores_become_ours() {
        assert_eq!(translated(&["-match_by_name", "a", "b"], None), ["--match-by-name", "a", "b"]);
        assert_eq!(translated(&["-Floor", "1e-3", "-TA"], None), ["--floor=1e-3", "--ta"]);
        assert_eq!(translated(&["--match_file_order", "--ignore-nans"], None), ["--match-file-order", "--ignore-nans"]);
        assert_eq!(translated(&["-time_offset", "-1.5", "-steps=2:3"], None), ["--time-offset=-1.5", "--steps=2:3"]);
        assert_eq!(translated(&["--time-step-offset", "-1"], None), ["--time-step-offset=-1"]);
        assert_eq!(translated(&["-64-bit", "-maxnames", "5"], None), ["--64-bit", "--maxnames=5"]);
    }

    #[test]
    fn clear_abbreviations_are_understood() {
        assert_eq!(translated(&["-tol", "1", "-stat", "-q"], None), ["--tolerance=1", "--status", "--quiet"]);
        assert_eq!(
            translated(&["-i", "-t", "1", "-T", "2"], None),
            ["--ignore-case", "--tolerance=1", "--time-step-offset=2"]
        );
        // What is not clear is left for the parser to refuse.
        assert_eq!(translated(&["-ignore_", "-zzz"], None), ["-ignore_", "-zzz"]);
        assert_eq!(translated(&["-help", "file"], None), ["--help"]);
    }

    #[test]
    fn the_environment_has_the_last_word() {
        assert_eq!(
            translated(&["-t", "1", "a"], Some(" -t 2  -quiet")),
            ["--tolerance=1", "a", "--tolerance=2", "--quiet"]
        );
    }

    #[test]
    fn other_commands_and_what_follows_two_dashes_stay() {
        let other = translate(["exo", "info", "-long"].map(OsString::from), Some("-quiet"));
        assert_eq!(other, ["exo", "info", "-long"]);
        assert_eq!(
            translated(&["--json", "--threads", "2", "--", "-map"], None),
            ["--json", "--threads", "2", "--", "-map"]
        );
    }
}
