#!/usr/bin/env python3
"""run.py DIR [-n ROUNDS] [TASK...]: reading HDF5 beside h5py, netCDF-C and rust-hdf5, in turn, in one run.

DIR has the files of gen.py. Every round starts each program anew, which reads once to warm up and three times more; of all
rounds the medians of wall time, of processor time of the whole program, and of the ratio of ours to the best peer of the
same round are printed. All programs must find the same value.
"""
import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TASKS = ["contiguous", "chunked", "deflate4", "step", "small_v1", "small_v2", "element_v1", "element_v2", "list",
         "million_v1", "million_v2"]
READS = 4


def build(folder):
    """Compiles the programs; returns the command of each peer."""
    subprocess.run(["cargo", "build", "--release", "--quiet", "--manifest-path", HERE / "Cargo.toml",
                    "--target-dir", folder / "target"], check=True)
    peer = folder / "peer"
    subprocess.run(["gcc", "-O2", "-Wall", "-o", peer, HERE / "peer.c", "-lnetcdf"], check=True)
    reads = folder / "target" / "release" / "reads"
    return {"ours": [reads, "ours"], "rust-hdf5": [reads, "rust-hdf5"], "netCDF-C": [peer],
            "h5py": [sys.executable, HERE / "h5py_peer.py"]}


def measure(command, task, folder):
    """Seconds of one read, processor seconds of one read (about), and the value found."""
    before = os.times()
    done = subprocess.run([*map(str, command), task, str(folder), str(READS)], capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        return None
    rounds = [line.split() for line in done.stdout.splitlines()]
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return statistics.median(float(r[0]) for r in rounds[1:]), spent / READS, float(rounds[-1][1])


def compare(task, peers, folder, rounds):
    """Runs a task on all peers in turn; prints the medians."""
    runs = {name: [] for name in peers}
    for _ in range(rounds):
        for name, command in peers.items():
            runs[name].append(measure(command, task, folder))
    able = {name: found for name, found in runs.items() if all(found)}
    if len({run[2] for found in able.values() for run in found}) > 1:
        print(f"{task}: the values differ: { {name: found[0][2] for name, found in able.items()} }")
    others = [name for name in able if name != "ours"]
    ratio = statistics.median(runs["ours"][k][0] / min(able[name][k][0] for name in others) for k in range(rounds))
    cells = [f"{1e3 * statistics.median(r[0] for r in able[name]):9.3f}" if name in able else f"{'-':>9}" for name in peers]
    cpu = [f"{statistics.median(r[1] for r in able[name]):6.3f}" if name in able else f"{'-':>6}" for name in peers]
    print(f"{task:<12}" + " ".join(cells) + f"   {ratio:5.2f}   " + " ".join(cpu), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("tasks", nargs="*")
    options = parser.parse_intermixed_args()
    peers = build(options.folder)
    print(f"{'ms':<12}" + " ".join(f"{name:>9}" for name in peers) + "   ratio   CPU seconds a read, with start-up")
    for task in options.tasks or TASKS:
        compare(task, peers, options.folder, options.n)


main()
