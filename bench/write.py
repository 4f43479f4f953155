#!/usr/bin/env python3
"""write.py DIR [-n ROUNDS]: creating and appending beside netCDF-C and h5py.

A file of 1 GB (four variables of 1 000 000 nodes, 32 steps), plain and with shuffle + deflate 1; 20 000 steps of 500 nodes appended to
a netCDF-4 and a CDF-2 file, published in the end, and with every 100. All run in turn; medians after one round that is not counted.
We make durable what we publish; the others leave that to the system, but for "netCDF-C, durable", which has it made durable as often. What
others left to it is on the disk before a program begins. Ratios of appending are those to each of the two.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "peers"))
import common  # noqa: E402

STEPS, NODES = 32, 1_000_000
APPENDED, FEW = 20_000, 500
BY_H5PY = """
import sys, h5py, numpy as np
what, path, steps, nodes, last = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
n = np.arange(2 * nodes, dtype="u8")
values = (np.sin(n * 1e-4) * 300 + (n * 2654435761 % 2**32 % 1024) / 1024).astype("f4").astype("f8")
pack = {} if last < 0 else {"shuffle": True, "compression": "gzip", "compression_opts": last}
with h5py.File(path, "w") as file:
    sets = [file.create_dataset(f"u{v}", (0, nodes), "f8", maxshape=(None, nodes), chunks=(1, nodes), **pack) for v in range(4)]
    for step in range(steps):
        for v, data in enumerate(sets):
            data.resize(step + 1, 0)
            at = (step * 7919 + v * 104729) % nodes
            data[step] = values[at:at + nodes]
"""


def programs(folder):
    """The peer in C, and ours."""
    peer = folder / "write"
    subprocess.run(["gcc", "-O3", "-march=native", "-Wall", "-o", peer, HERE / "write.c", "-lnetcdf", "-lm"], check=True)
    subprocess.run(["cargo", "build", "-q", "--release", "-p", "exodus-rs", "--example", "write", "--example", "append"],
                   check=True, cwd=HERE.parent)
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")) / "release" / "examples"
    return peer, target / "write", target / "append"


def turns(label, commands, out, rounds, begin=None):
    """Runs commands in turn, and prints what they took."""
    runs = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, argv in commands.items():
            out.unlink(missing_ok=True)
            if begin:
                shutil.copy(begin, out)
                os.sync()
            done = common.Measured(argv, interval=0.005)
            if done.code:
                sys.exit(f"{label}, {name}: {done.error[-300:]}")
            done.size = out.stat().st_size
            if turn:
                runs[name].append(done)
    for name, list_ in runs.items():
        wall, cpu, rss = (statistics.median(getattr(run, key) for run in list_) for key in ("wall", "cpu", "rss"))
        peers = [peer for called, peer in runs.items() if called.startswith("netCDF-C")]
        ratios = (statistics.median(run.wall / first.wall for run, first in zip(list_, peer)) for peer in peers)
        ratio = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"{label} | {name} | {wall:.2f} s | {cpu:.2f} s | {rss / 2**20:.0f} MiB | {list_[0].size / 1e6:.0f} MB | {ratio}", flush=True)
    out.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--append", action="store_true", help="only what appends")
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    peer, ours, maker = programs(args.dir)
    print("job | program | wall | processor | peak memory | output | ratio to netCDF-C, and to it made durable")
    out = args.dir / "out.nc"
    for level, label in () if args.append else ((-1, "create, plain"), (1, "create, deflate 1")):
        rest = ["create", out, STEPS, NODES, level]
        commands = {"netCDF-C": [peer, *rest], "h5py": [sys.executable, "-c", BY_H5PY, *rest], "exo's library": [ours, *rest]}
        turns(label, commands, out, args.n)
    for form in ("nc4", "cdf2"):
        begin = args.dir / f"begin.{form}"
        begin.unlink(missing_ok=True)
        subprocess.run([maker, begin, "2", "2"], check=True, stdout=subprocess.DEVNULL)
        for every in (APPENDED + 1, 100):
            rest = [out, APPENDED, FEW, every]
            label = f"append to {form}, " + ("in the end" if every > APPENDED else f"every {every}")
            commands = {"netCDF-C": [peer, "append", *rest], "netCDF-C, durable": [peer, "durable", *rest]}
            turns(label, {**commands, "exo's library": [ours, "append", *rest]}, out, args.n, begin)


if __name__ == "__main__":
    main()
