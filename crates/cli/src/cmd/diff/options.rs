//! What was typed, as the library takes it.

use std::path::Path;

use exodus_rs::diff::{excluded_steps, Matching, Mode, NamedTolerance, Options, Show, StepOffset, Tolerance};
use exodus_rs::{Error, Result};
use hyperslab::Context;

use super::args::Diff;

/// The options of a command line and of the command file that it names.
pub fn options(args: &Diff) -> Result<Options> {
    let mut options = Options { threads: args.threads, ..Options::default() };
    tolerances(args, &mut options)?;
    steps(args, &mut options)?;
    matching(args, &mut options);
    names(args, &mut options);
    options.show = match args.show_diffs {
        Some(limit) => Show::First(limit),
        None if args.show_all_diffs => Show::First(usize::MAX),
        None => Show::Worst,
    };
    options.exit_status = !args.ignore_status;
    if let Some(path) = &args.file {
        options.apply_command_file(&read(path)?).in_file(path)?;
    }
    let named = |text: &String| NamedTolerance::parse(text, options.default_tolerance);
    options.named = args.var.iter().map(named).collect::<Result<_>>()?;
    Ok(options)
}

fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("cannot read the command file", e).in_file(path))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The mode that was asked for; of several, the last one in this order counts.
fn mode(args: &Diff) -> Option<Mode> {
    let given = [
        (args.relative, Mode::Relative),
        (args.ignore, Mode::Ignore),
        (args.absolute, Mode::Absolute),
        (args.combined, Mode::Combined),
        (args.ulps_float, Mode::UlpsFloat),
        (args.ulps_double, Mode::UlpsDouble),
        (args.eigen_relative, Mode::EigenRelative),
        (args.eigen_absolute, Mode::EigenAbsolute),
        (args.eigen_combined, Mode::EigenCombined),
    ];
    given.into_iter().filter(|(given, _)| *given).map(|(_, mode)| mode).next_back()
}

fn tolerances(args: &Diff, options: &mut Options) -> Result<()> {
    let numbers = [args.tolerance, args.floor, args.coordinate_tolerance, args.final_time_tolerance.unwrap_or(0.0)];
    if let Some(number) = numbers.into_iter().find(|number| !number.is_finite() || *number < 0.0) {
        return Err(Error::usage(format!("{number} is no tolerance")));
    }
    let (old_floor, mode) = (args.use_old_floor, mode(args));
    let tolerance =
        Tolerance { old_floor, ..Tolerance::new(mode.unwrap_or_default(), args.tolerance).with_floor(args.floor) };
    options.set_default_tolerance(tolerance);
    options.written = mode.unwrap_or(options.written);
    options.coordinates.value = args.coordinate_tolerance;
    options.final_time.value = args.final_time_tolerance.unwrap_or(0.0);
    options.ignore_nans = args.ignore_nans;
    options.l1_norms = args.norms || args.l1norms;
    options.l2_norms = args.norms || args.l2norms;
    Ok(())
}

fn steps(args: &Diff, options: &mut Options) -> Result<()> {
    if let Some(number) = [args.time_scale, args.time_offset].into_iter().find(|number| !number.is_finite()) {
        return Err(Error::usage(format!("{number} changes no times: a finite number is needed")));
    }
    let steps = &mut options.steps;
    steps.ignore = args.ignore_steps;
    steps.interpolate = args.interpolate;
    (steps.time_scale, steps.time_offset) = (args.time_scale, args.time_offset);
    if let Some(range) = &args.steps {
        steps.set_range(range)?;
    }
    if let Some(list) = &args.exclude {
        steps.excluded = excluded_steps(list)?;
    }
    if let Some(pair) = &args.explicit {
        steps.set_explicit(pair)?;
    }
    if let Some(offset) = &args.time_step_offset {
        steps.offset = StepOffset::parse(offset)?;
    }
    if args.ta {
        steps.offset = StepOffset::Last;
    }
    if args.tm {
        steps.offset = StepOffset::Nearest;
    }
    Ok(())
}

fn matching(args: &Diff, options: &mut Options) {
    options.matching = match () {
        () if args.map => Matching::Places,
        () if args.match_file_order => Matching::FileOrder,
        () if args.match_ids => Matching::Ids,
        () if args.partial => Matching::Partial,
        () => Matching::Ids,
    };
    options.by_name = args.match_by_name;
    options.sort_node_sets = !args.no_nsmap;
    options.sort_side_sets = !args.no_ssmap;
    options.permuted_connectivity = args.allow_permuted_connectivity;
    options.ignore_duplicates = args.ignore_dups;
    options.list_maps = args.dumpmap;
    options.list_unmatched = args.show_unmatched;
    options.max_warnings = args.max_warnings;
}

fn names(args: &Diff, options: &mut Options) {
    options.short_blocks = !args.no_short;
    options.ignore_case = !args.case_sensitive;
    options.allow_more_names = args.nosymmetric_name_check;
    options.allow_fewer_names = args.allow_name_mismatch;
    options.ignore_maps = args.ignore_maps;
    options.ignore_attributes = args.ignore_attributes;
    options.ignore_sideset_factors = args.ignore_sideset_df;
    options.pedantic = args.pedantic;
    if args.strict {
        options.set_strict();
        // What is asked for by name is less strict.
        (options.sort_node_sets, options.sort_side_sets) = (args.nsmap, args.ssmap);
        (options.short_blocks, options.ignore_case) = (args.short, args.ignore_case);
    }
}
