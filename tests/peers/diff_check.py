#!/usr/bin/env python3
"""diff_check.py [PATH] [--full]: `exo diff` and exodiff give the same answer.

Takes the Exodus fixtures (or those of a folder), changes one thing in a copy (a value a little or much, a coordinate, a
time, a name, a node of an element, the ids …) and compares both programs' exit codes and the differences that they tell,
with many options. exodiff is taken from $EXODIFF or the PATH; without it everything is skipped.

Where exodiff stops with 1 because the meshes are different, `exo diff` says 2: they are. Where exodiff itself cannot read
a file, there is nothing to compare. Two things exodiff overlooks and `exo diff` does not: not-a-number in element
variables of the second file when elements are matched one by one, and differences of more than 2^31 units in the last
place. Without --full, each change is tried with a third of the options.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4")
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

OPTIONS = [[], ["-absolute", "-tolerance", "1e-3"], ["-combined"], ["-eigen_relative"], ["-ulps_double", "-t", "5"],
           ["-Floor", "1e3"], ["-ignore_nans"], ["-show_all_diffs"], ["-quiet"], ["-pedantic"], ["-map"], ["-partial"],
           ["-match_file_order"], ["-match_by_name"], ["-ignore_maps"], ["-nosymmetric_name_check"],
           ["-allow_name_mismatch"], ["-case_sensitive"], ["-steps", "last"], ["-steps", "1:1"], ["-exclude", "1"],
           ["-interpolate", "-final_time_tolerance", "1e-3"], ["-ignore_steps"], ["-ignore_status"],
           ["-ignore_attributes"], ["-ignore_sideset_df"], ["-coordinate_tolerance", "1e9"]]
DIFFERENCE = re.compile(r"^ +(.*?) +(rel|abs|com|ere|upd) diff: +(\S+) ~ +(\S+) =\s*(\S+) \((.*)\)$", re.M)
# The meshes are different, or their ids or places do not match.
MESH = re.compile(r"Differences found in mesh|Unable to match|Files are different|mismatch with `-match_file_order`|"
                  r"No unique node mapping|Cannot find a match")
# exodiff gave up on something that has nothing to do with the difference.
GAVE_UP = re.compile(r"Assertion|assert|Aborting\.\.\.\n*$|terminated due to exception|failed to|Failed to|has no")


def value(names, scale):
    """A change of the middle value of the last variable of these names."""
    def change(file):
        found = [v for v in file.variables if re.fullmatch(names, v)]
        if not found or 0 in file.variables[found[-1]].shape:
            return False
        data = file.variables[found[-1]]
        whole = data[...]
        at = tuple(n // 2 for n in whole.shape)
        whole[at] = whole[at] * scale if whole[at] else scale - 1
        data[...] = whole
        return True
    return change


def nan(file):
    """Not-a-number in a result."""
    return value(r"vals_(nod|elem)_var.*", float("nan"))(file)


def name(file):
    """The name of a variable in capitals, and one more letter."""
    for found in ("name_nod_var", "name_elem_var", "name_glo_var"):
        if found in file.variables and 0 not in file.variables[found].shape:
            data = file.variables[found][...]
            data[0, 0] = b"Q"
            file.variables[found][...] = data
            return True
    return False


def capitals(file):
    """The names of all variables in capitals."""
    found = [v for v in file.variables if re.fullmatch("name_.*_var", v)]
    for each in found:
        file.variables[each][...] = np.char.upper(file.variables[each][...])
    return bool(found)


def node(file):
    """Two nodes of an element exchanged."""
    if "connect1" not in file.variables or file.variables["connect1"].ndim != 2:
        return False
    data = file.variables["connect1"][...]
    data[0, [0, -1]] = data[0, [-1, 0]]
    file.variables["connect1"][...] = data
    return data.shape[1] > 1


def ids(file):
    """The id of the first block."""
    if "eb_prop1" not in file.variables:
        return False
    file.variables["eb_prop1"][0] = 12345
    return True


def numbers(file):
    """The id of a node."""
    if "node_num_map" not in file.variables:
        return False
    file.variables["node_num_map"][0] = 123456
    return True


CHANGES = {
    "nothing": lambda file: True,
    "nodal a little": value(r"vals_nod_var\d*", 1 + 1e-8), "nodal": value(r"vals_nod_var\d*", 1 + 1e-4),
    "nodal sign": value(r"vals_nod_var\d*", -1), "element": value(r"vals_elem_var.*", 1.5),
    "global": value("vals_glo_var", 1.5), "node set": value(r"vals_nset_var.*", 1.5),
    "side set": value(r"vals_sset_var.*", 1.5), "attribute": value(r"attrib\d+", 1.5),
    "edge block": value(r"vals_edge_var.*", 1.5), "face block": value(r"vals_face_var.*", 1.5),
    "factor": value(r"dist_fact_ss\d+", 1.5), "node set factor": value(r"dist_fact_ns\d+", 1.5),
    "coordinate": value("coord[xyz]?", 1.001), "coordinate a little": value("coord[xyz]?", 1 + 1e-9),
    "time": value("time_whole", 1.25), "time a little": value("time_whole", 1 + 1e-9), "nan": nan, "name": name,
    "capitals": capitals, "node": node, "block id": ids, "node id": numbers,
}


# What exodiff overlooks.
OVERLOOKED = {"nan": {"-map", "-partial", "-match_file_order", "-ignore_maps"}, "time": {"-ulps_double"},
              "global": {"-ulps_double"}}


def run(command):
    """Exit code and output."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    return done.returncode, done.stdout, done.stderr


def told(output):
    """The differences that were told, without how they are printed."""
    found = set()
    for label, mode, a, b, delta, place in DIFFERENCE.findall(output):
        if not label.endswith("coord"):
            found.add((label.strip(), mode, float(a), float(b), float(delta), place))
    return found


def problems(exodiff, exo, files, options):
    """What the two programs do not agree about; None if exodiff gave up."""
    theirs, out, err = run([exodiff, *options, *files])
    ours, text, error = run([exo, "diff", *options, *files])
    if theirs < 0 or theirs == 134 or theirs == 1 and not MESH.search(out + err):
        return None if theirs != 1 or GAVE_UP.search(out + err) or not err.strip() else [f"exodiff 1: {err[-200:]}, exo {ours}"]
    if theirs == 1:
        theirs = 0 if "-ignore_status" in options else 2
    if ours != theirs:
        return [f"exit {ours} for {theirs}: {(text + error).strip().splitlines()[-3:]} for {(out + err).strip().splitlines()[-3:]}"]
    if theirs != 1 and told(text) != told(out) and not MESH.search(out + err.replace("Files are different", "")):
        return [f"told {sorted(told(text) - told(out))[:2]} for {sorted(told(out) - told(text))[:2]}"]
    return []


def main():
    """Every file, every change, every option."""
    tally = common.Tally()
    exodiff = os.environ.get("EXODIFF") or shutil.which("exodiff")
    if not exodiff:
        # No package has it; it is no fault of the machine.
        print("SKIPPED: no exodiff: set EXODIFF")
        print("0 passed, 0 failed")
        return
    exo = common.exo()
    paths = [argument for argument in sys.argv[1:] if argument != "--full"]
    folder = Path(paths[0]) if paths else common.FIXTURES / "exodus"
    stride = 1 if "--full" in sys.argv else 3
    gave_up = count = 0
    with tempfile.TemporaryDirectory() as directory:
        for original in sorted(p for p in folder.rglob("*") if p.is_file()):
            for what, change in CHANGES.items():
                copy = Path(directory) / "changed.exo"
                shutil.copy(original, copy)
                copy.chmod(0o644)
                try:
                    with netCDF4.Dataset(copy, "r+") as file:
                        file.set_auto_mask(False)
                        file.set_auto_chartostring(False)
                        if not change(file):
                            continue
                except (OSError, IndexError, RuntimeError):
                    continue
                count += 1
                for options in OPTIONS[count % stride::stride]:
                    if OVERLOOKED.get(what, set()) & set(options):
                        continue
                    found = problems(exodiff, exo, [str(original), str(copy)], options)
                    if found is None:
                        gave_up += 1
                    else:
                        tally.check(f"{original.name}, {what}, {' '.join(options)}", found)
    if gave_up:
        tally.skip(f"{gave_up} comparisons that exodiff gave up")
    tally.finish()


main()
