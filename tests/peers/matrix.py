#!/usr/bin/env python3
"""matrix.py [EXO] [--keep DIR]

Small HDF5 files over every feature that the C library can write (fixtures/gen/matrix.py), read by `exo digest` and by the C
library: every object, declaration, attribute and element must be the same.
"""
import argparse
import collections
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

common.require("h5py", "hdf5plugin")
import h5truth  # noqa: E402

#: What differs, in a truth without an answer of its own, is not compared.
SKIPPED = {"undetermined"}


def digests(paths):
    """What `exo digest` says of files, and how long it took."""
    start = time.monotonic()
    done = subprocess.run([common.exo(), "digest", *paths], capture_output=True, text=True, errors="replace")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if len(lines) != len(paths):
        raise SystemExit(f"exo digest ended with {done.returncode} after {len(lines)} files: {done.stderr[-500:]}")
    return lines, time.monotonic() - start


def compared(expected, found, label=""):
    """The differences of two records, and the number of fields compared."""
    problems, count = [], 0
    if expected.get("reason") in SKIPPED:
        expected = {key: value for key, value in expected.items() if key not in ("digest", "reason")}
    for key, value in expected.items():
        if key == "attributes":
            more, fields = listed(value, found.get(key, []), "name", f"{label}attribute ")
        else:
            more, fields = [], 1
            if value != found.get(key):
                more = [f"{label}{key}: {value!r}, but exo says {found.get(key, found.get('error'))!r}"[:400]]
        problems += more
        count += fields
    if "error" in found:
        problems.append(f"{label}{found['error']}")
    return problems, count


def listed(expected, found, key, label):
    """The differences of two lists of records that are told apart by a key."""
    names, others = [item[key] for item in expected], [item.get(key) for item in found]
    if names != others:
        odd = [name for name in names if name not in others][:2], [item for item in found if item.get(key) not in names][:2]
        return [f"{label}{len(names)} of them, but exo has {len(others)}: {odd}"[:400]], 1
    results = [compared(one, other, f"{label}{one[key]!r}: ") for one, other in zip(expected, found)]
    return [problem for problems, _ in results for problem in problems], sum(count for _, count in results)


def check(task):
    """The problems of a file, the objects and the fields compared."""
    path, found = task
    try:
        expected = h5truth.truth(path)
    except Exception as why:  # whatever it is: the file must not go unread
        return path.name, [f"h5py: {why!r}"[:300]], 0, 0
    if not found["opens"]:
        return path.name, [found["error"]], len(expected["objects"]), 1
    problems, count = compared({key: expected[key] for key in ("superblock", "userblock", "sizes")},
                               {key: value for key, value in found.items() if key != "error"})
    more, fields = listed(expected["objects"], found["objects"], "path", "")
    return path.name, problems + more, len(expected["objects"]), count + fields


def main():
    """All files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("exo", nargs="?", help="the program (default: $EXO, or the newest build)")
    parser.add_argument("--keep", type=Path, help="write the files here and leave them; those that are there are used")
    args = parser.parse_args()
    if args.exo:
        os.environ["EXO"] = args.exo
    with tempfile.TemporaryDirectory() as folder:
        run(args.keep or Path(folder))


def run(folder):
    """Makes the files and compares them."""
    start = time.monotonic()
    if not (folder / "index.json").exists():
        subprocess.run([sys.executable, common.ROOT / "fixtures" / "gen" / "matrix.py", folder], check=True)
    index = json.loads((folder / "index.json").read_text())
    paths = sorted(path for path in folder.glob("*.h5"))
    made = time.monotonic() - start
    found, read = digests(paths)
    tally, sums = common.Tally(), collections.Counter()
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for name, problems, objects, fields in pool.imap(check, zip(paths, found), chunksize=16):
            sums.update(objects=objects, fields=fields)
            if not tally.check(name, problems):
                print(f"     {index.get(name)}")
    print(f"{len(paths)} files, {sums['objects']} objects, {sums['fields']} comparisons: made in {made:.1f} s, "
          f"exo digest {read:.1f} s, all {time.monotonic() - start:.1f} s")
    tally.finish()


if __name__ == "__main__":
    main()
