#!/usr/bin/env python3
"""convert.py DIR [-n ROUNDS] [--check] FILE...: exo convert beside nccopy.

Each file of DIR (made by gen.py) is compressed (shuffle + deflate 1), and written again without filters in its own container
and in CDF-5, by both in turn, as run.py has it.
"""
import argparse
import shutil
from pathlib import Path

import run
from run import common

JOBS = {
    "deflate 1": (["-k", "nc4", "-s", "-d", "1"], ["--format", "netcdf4", "--shuffle", "--deflate", "1"]),
    "plain": (["-k", "nc4", "-d", "0"], ["--format", "netcdf4", "--no-filters"]),
    "cdf5": (["-k", "cdf5"], ["--format", "cdf5"]),
}


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="+")
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    run.header()
    for name in args.files:
        path, out = args.folder / name, args.folder / "out.partial"
        for label, (theirs, ours) in JOBS.items():
            commands = {"nccopy": [shutil.which("nccopy"), *theirs, path, out], "exo": [common.exo(), "convert", path, out, *ours, "--quiet"]}
            run.report(f"{path.stem} {label}", run.measure(path, commands, args.n, out, args.check))


if __name__ == "__main__":
    main()
