#!/usr/bin/env python3
"""repack_memory.py [--columns N] [--folder DIR]

Peak memory of `exo repack --chunk` on doubles in tall compressed chunks, (2000, 1): anonymous memory (RssAnon) must stay
within `--memory`, whether elements pass through memory alone or wait in a file, and h5py reads the same values. With
--columns 464 or more the input is 0.5 GB or more; the bound stays.
"""
import argparse
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

MIB, ROWS, TALL = 1 << 20, 134_000, (2000, 1)
# Budgets in MiB, and chunks: some wait for little, some for a whole column of chunks, some for all there is.
CASES = [(256, "4096x16"), (64, "4096x16"), (256, "67186x10"), (64, "67186x10"), (32, "67186x10"), (48, "64x{columns}"),
         (32, "134000x4")]


def generate(path, columns):
    """Numbers with some noise."""
    random = np.random.default_rng(1)
    with h5py.File(path, "w", libver="v110") as file:
        u = file.create_dataset("u", (ROWS, columns), "f8", chunks=TALL, compression=1, shuffle=True)
        for first in range(0, columns, 16):
            count = min(16, columns - first)
            u[:, first:first + count] = np.round(np.sin(np.arange(ROWS) * 1e-3)[:, None] + random.normal(0, 1e-6, (ROWS, count)), 6)


def same(a, b):
    """Whether two files have the same values."""
    with h5py.File(a) as a, h5py.File(b) as b:
        columns = range(0, a["u"].shape[1], 64)
        return all(np.array_equal(a["u"][:, first:first + 64], b["u"][:, first:first + 64]) for first in columns)


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--columns", type=int, default=64)
    parser.add_argument("--folder", help="where the files go (default: the temporary folder)")
    args = parser.parse_args()
    tally = common.Tally()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        source, out = Path(folder) / "in.h5", Path(folder) / "out.h5"
        generate(source, args.columns)
        for budget, chunk in CASES:
            chunk = chunk.format(columns=args.columns)
            options = ["--quiet", "--force", "--threads", "2", "--memory", f"{budget}M", "--chunk", chunk]
            for mapped in (True, False):
                done = common.Measured([common.exo(), "repack", *options, *([] if mapped else ["--no-mmap"]), source, out])
                name = f"{chunk} within {budget} MiB{'' if mapped else ', read'}"
                print(f"{name:36} {done.wall:7.2f} s {done.cpu:7.2f} s of processor {done.anon / MIB:7.1f} MiB", flush=True)
                problems = [f"exit code {done.code}: {done.error.strip()[-200:]}"] if done.code else []
                if done.anon > budget * MIB:
                    problems.append(f"RssAnon {done.anon / MIB:.1f} MiB")
                if not problems and not mapped and not same(source, out):
                    problems.append("other values")
                tally.check(name, problems)
    tally.finish()


if __name__ == "__main__":
    main()
