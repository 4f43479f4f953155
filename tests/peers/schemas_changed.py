#!/usr/bin/env python3
"""schemas_changed.py FOLDER [-n N]

h5py opens N of the HDF5 files of random schemas (see schemas.py) for changes, lets datasets grow, and changes elements and
attributes; then `exo digest` says of them what the C library does.
"""
import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py", "hdf5plugin")
import h5py  # noqa: E402

import apart  # noqa: E402
import matrix  # noqa: E402
from schemas import datasets  # noqa: E402


def change(path):
    """Lets datasets of numbers grow, and changes elements and attributes."""
    with h5py.File(path, "r+") as file:
        file.attrs["edited"] = 42
        for item in datasets(file):
            if item.dtype.kind not in "iuf" or not item.shape or "CLASS" in item.attrs:
                continue
            if None in item.maxshape:
                axis = item.maxshape.index(None)
                item.resize(item.shape[axis] + 3, axis)
                item[(slice(None),) * axis + (slice(-2, None),)] = 7
            if item.size:
                item[(0,) * item.ndim] = 3
            item.attrs["edited"] = [1.5, 2.5]


def edited(path, copy):
    """What is wrong with a file that h5py changed."""
    shutil.copy(path, copy)
    change(copy)
    found = json.loads(common.run("digest", copy)[1] or '{"opens": false, "error": "no record"}')
    return matrix.check((copy, found))[1]


def main():
    """All files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=40)
    args = parser.parse_args()
    paths, tally = sorted(args.folder.glob("netcdf4*.nc"))[:args.n], common.Tally()
    if not paths:
        sys.exit(f"no files in {args.folder}: see the description of schemas.py")
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            problems, status = apart.call(edited, path, Path(folder) / path.name)
            tally.check(path.name, [f"h5py fails ({status})"] if problems is None else problems)
    tally.finish()


if __name__ == "__main__":
    main()
