"""Joins every decomposed model of a directory and compares the result, value by value, with the model as a whole
beside it, as netCDF-C reads both.

    parallel_check.py [DIRECTORY [JOIN]]

A decomposed model is a family of files NAME.COUNT.RANK; its whole is NAME. Without a directory, netCDF-C writes some
(decomposed.py). JOIN is the example program of the library
(cargo build --example join); the newest build by default.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, Tally, require

require("netCDF4", "numpy")
import netCDF4
import numpy as np

import decomposed

MEMBER = re.compile(r"(.+)\.(\d+)\.(\d+)$")


def program():
    """The example that joins."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [p for p in (target / "release/examples/join", target / "debug/examples/join") if p.exists()]
    if not built:
        sys.exit("no join: build it with cargo build --example join")
    return max(built, key=lambda p: p.stat().st_mtime)


def families(directory):
    """The members of every decomposed model by its name and number of parts."""
    found = {}
    for path in sorted(directory.rglob("*")):
        match = MEMBER.match(path.name)
        if match and path.is_file() and int(match[3]) < int(match[2]) and path.open("rb").read(3) in (b"CDF", b"\x89HD"):
            found.setdefault((path.parent / match[1], int(match[2])), {})[int(match[3])] = path
    return found


class Model:
    """A file, with what the comparison asks for."""

    def __init__(self, path):
        self.file = netCDF4.Dataset(path)
        self.file.set_auto_mask(False)
        self.variables = self.file.variables

    def get(self, name):
        return self.variables[name][...] if name in self.variables else None

    def ids(self, name):
        return [] if name not in self.variables else self.get(name).tolist()

    def names(self, name):
        rows = self.get(name)
        return [] if rows is None else [bytes(b"".join(r)).split(b"\0")[0].decode().strip() for r in rows]


def same(what, a, b):
    """What differs between two arrays."""
    if a is None and b is None:
        return []
    if a is None or b is None:
        return [f"{what} is missing on one side"]
    if a.shape != b.shape:
        return [f"{what}: {a.shape} and {b.shape}"]
    equal = np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return [] if equal else [f"{what} differs in {np.sum(a != b)} of {a.size}"]


def compare_mesh(joined, whole):
    problems = []
    for n, axis in enumerate(("coordx", "coordy", "coordz")):
        old = whole.get("coord")  # one variable for all axes in old files
        problems += same(axis, joined.get(axis), whole.get(axis) if old is None or n >= len(old) else old[n])
    problems += [] if joined.ids("eb_prop1") == whole.ids("eb_prop1") else ["other element blocks"]
    for n in range(1, len(whole.ids("eb_prop1")) + 1):
        problems += same(f"connect{n}", joined.get(f"connect{n}"), whole.get(f"connect{n}"))
        problems += same(f"attrib{n}", joined.get(f"attrib{n}"), whole.get(f"attrib{n}"))
    for name in ("node_num_map", "elem_num_map"):
        if whole.get(name) is not None:
            problems += same(name, joined.get(name), whole.get(name))
    return problems


def compare_sets(joined, whole):
    problems = []
    for stem, kind in (("ns", "ns_prop1"), ("ss", "ss_prop1")):
        if joined.ids(kind) != whole.ids(kind):
            problems.append(f"other {kind}: {joined.ids(kind)} and {whole.ids(kind)}")
    for n in range(1, len(whole.ids("ns_prop1")) + 1):
        a, b = joined.get(f"node_ns{n}"), whole.get(f"node_ns{n}")
        problems += same(f"node_ns{n}", a, None if b is None else np.unique(b))
    for n in range(1, len(whole.ids("ss_prop1")) + 1):
        sides = [None if m.get(f"elem_ss{n}") is None else
                 np.array(sorted(zip(m.get(f"elem_ss{n}").tolist(), m.get(f"side_ss{n}").tolist())))
                 for m in (joined, whole)]
        problems += same(f"side set {n}", *sides)
    return problems


def compare_results(joined, whole):
    problems = same("time_whole", joined.get("time_whole"), whole.get("time_whole"))
    for kind, entities in (("nod", [""]), ("elem", [f"eb{n + 1}" for n in range(len(whole.ids("eb_prop1")))])):
        own, other = joined.names(f"name_{kind}_var"), whole.names(f"name_{kind}_var")
        for i, name in enumerate(own):
            # Who computed an element is no property of the whole.
            if name not in other or name.lower() in ("proc_id", "processor_id"):
                continue
            for entity in entities:
                problems += same(f"{name} {entity}", joined.get(f"vals_{kind}_var{i + 1}{entity}"),
                                 whole.get(f"vals_{kind}_var{other.index(name) + 1}{entity}"))
    return problems


def main():
    join, tally = sys.argv[2] if len(sys.argv) > 2 else program(), Tally()
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as made:
        if len(sys.argv) < 2:
            decomposed.make(Path(made))
        directory = Path(sys.argv[1] if len(sys.argv) > 1 else made)
        for n, ((base, count), members) in enumerate(families(directory).items()):
            name, output = f"{base.name} of {count}", Path(scratch) / f"{n}.e"
            done = subprocess.run([join, next(iter(members.values())), output], capture_output=True, text=True)
            if len(members) < count:
                tally.check(f"{name}, incomplete", [] if "is missing" in done.stderr else [done.stderr or "was joined"])
            elif done.returncode:
                tally.check(name, done.stderr)
            elif not base.exists():
                tally.skip(f"{name}: joined, but there is no whole to compare with")
            else:
                joined, whole = Model(output), Model(base)
                problems = compare_mesh(joined, whole) + compare_sets(joined, whole) + compare_results(joined, whole)
                tally.check(name, problems)
    tally.finish()


main()
