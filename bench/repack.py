#!/usr/bin/env python3
"""repack.py [--mb MEGABYTES] [--repeat N] [--to NxN] [--folder FOLDER] [--skip-h5repack]

Rechunks a dataset of tall chunks, (2000, 1), into wide ones, --to, both deflated, with `exo repack` and with h5repack, on
the same machine in the same run. Prints medians, the peak of memory, and the ratio to h5repack and to `exo repack` with the
chunks that the file has (reading, inflating and deflating once).
"""
import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "peers"))
import common

common.require("numpy", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

ROWS, TALL = 134_000, (2000, 1)


def generate(path, megabytes):
    """Smooth columns with a little noise, as results of simulations are."""
    columns = max(16, megabytes * 1_000_000 // (ROWS * 8) // 16 * 16)
    random = np.random.default_rng(1)
    rows = np.arange(ROWS)[:, None]
    with h5py.File(path, "w", libver="v110") as file:
        u = file.create_dataset("u", (ROWS, columns), "f8", chunks=TALL, compression=1, shuffle=True)
        for first in range(0, columns, 16):
            phase = np.arange(first, first + 16)[None, :]
            values = np.sin(rows * 1e-3 + phase) + random.normal(0, 1e-6, (ROWS, 16))
            u[:, first:first + 16] = np.round(values, 6)
    return columns


def median(name, command, repeat):
    """Medians of wall and processor time; the peak of memory."""
    runs = [common.Measured(command) for _ in range(repeat)]
    failed = next((run for run in runs if run.code), None)
    if failed:
        sys.exit(f"{command} ended with {failed.code}: {failed.error}")
    wall, cpu = (statistics.median(getattr(run, what) for run in runs) for what in ("wall", "cpu"))
    print(f"{name:30} {wall:8.2f} s  {cpu:8.2f} s of processor  {max(run.anon for run in runs) / 2**20:6.0f} MiB", flush=True)
    return wall, cpu


def ratios(what, ours, theirs):
    print(f"{what}: {ours[0] / theirs[0]:.3f} of the time, {ours[1] / theirs[1]:.3f} of the processor time")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--to", default="4096x16", help="the lengths of the new chunks")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--skip-h5repack", action="store_true")
    args = parser.parse_args()
    exo, wide = common.exo(), args.to
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        tall, out, same = (Path(folder) / name for name in ("tall.h5", "out.h5", "same.h5"))
        columns = generate(tall, args.mb)
        print(f"({ROWS}, {columns}) doubles, {tall.stat().st_size / 1e6:.0f} MB in chunks of {TALL}")
        base = [exo, "repack", "--quiet", "--force", "--no-mmap"]
        plan = subprocess.run([*base, "--chunk", wide, "--dry-run", tall, out], capture_output=True, text=True)
        print(plan.stdout.strip())
        ours = median("exo repack, rechunked", [*base, "--chunk", wide, tall, out], args.repeat)
        once = median("exo repack, the same chunks", [*base, "--filter", "shuffle,gzip=1", tall, same], args.repeat)
        ratios("to reading, inflating and deflating once", ours, once)
        with h5py.File(tall) as a, h5py.File(out) as b:
            assert b["u"].chunks == tuple(map(int, wide.split("x")))
            for first in range(0, columns, 64):
                assert np.array_equal(a["u"][:, first:first + 64], b["u"][:, first:first + 64])
        if not args.skip_h5repack:
            peer = Path(folder) / "peer.h5"
            theirs = median("h5repack, rechunked", ["h5repack", "-l", f"u:CHUNK={wide}", tall, peer], 1)
            ratios("to h5repack", ours, theirs)


if __name__ == "__main__":
    main()
