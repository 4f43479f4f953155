#!/usr/bin/env python3
"""convert.py DIR [-n ROUNDS] [--check] [--columns MEGABYTES] FILE...: exo convert beside nccopy.

Each file of DIR (made by gen.py) is compressed (shuffle + deflate 1), and written again without filters in its own container
and in CDF-5, by both in turn, as run.py has it. --columns makes a table of so many megabytes in compressed chunks of (2000, 1),
which becomes rows: in chunks of (1, 1000), and in CDF-5.
"""
import argparse
import shutil
from pathlib import Path

import netCDF4
import numpy as np

import run
from run import common

JOBS = {
    "deflate 1": (["-k", "nc4", "-s", "-d", "1"], ["--format", "netcdf4", "--shuffle", "--deflate", "1"]),
    "plain": (["-k", "nc4", "-d", "0"], ["--format", "netcdf4", "--no-filters"]),
    "cdf5": (["-k", "cdf5"], ["--format", "cdf5"]),
}
ROWS = {
    "(1, 1000), deflate 1": (["-d", "1", "-c", "v:1,1000"], ["--deflate", "1", "--chunk", "v=1,1000"]),
    "cdf5": JOBS["cdf5"],
}


def columns(path, megabytes):
    """A table that was written by columns."""
    length = megabytes * 1000 // 8
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("t", length)
        file.createDimension("n", 1000)
        v = file.createVariable("v", "f8", ("t", "n"), zlib=True, complevel=1, shuffle=True, chunksizes=(2000, 1))
        for first in range(0, length, 2000):
            rows = np.arange(first, min(first + 2000, length))[:, None]
            v[first:first + 2000] = np.round(np.sin(rows * 1e-3 + np.arange(1000)[None, :]), 6)


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--columns", type=int, default=0)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_intermixed_args()
    run.header()
    jobs = [(args.folder / name, JOBS) for name in args.files]
    if args.columns:
        jobs.append((args.folder / "columns.nc", ROWS))
        columns(jobs[-1][0], args.columns)
    out = args.folder / "out.partial"
    for path, kinds in jobs:
        for label, (theirs, ours) in kinds.items():
            commands = {"nccopy": [shutil.which("nccopy"), *theirs, path, out], "exo": [common.exo(), "convert", path, out, *ours, "--quiet"]}
            run.report(f"{path.stem} {label}", run.measure(path, commands, args.n, out, args.check))


if __name__ == "__main__":
    main()
