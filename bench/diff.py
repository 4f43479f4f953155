#!/usr/bin/env python3
"""diff.py FILE... [-n N]: `exo diff` beside reading both files with netCDF4-python, in turn in one run.

Each file is compared with a copy of itself (equal bytes) and with one whose results are 1e-9 larger (every value is
measured, none differs). The peer reads every result of both files, step by step, and compares nothing. exodiff is
measured too if $EXODIFF names it. $EXO is the program; the copies are made beside the file and deleted.
"""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READER = """
import sys, netCDF4
files = [netCDF4.Dataset(path) for path in sys.argv[1:]]
for file in files:
    file.set_auto_mask(False)
names = [name for name in files[0].variables if name.startswith("vals_")]
for step in range(len(files[0].dimensions["time_step"])):
    for name in names:
        for file in files:
            file.variables[name][step]
"""


def timed(command, codes=(0,)):
    """Seconds, and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        sys.exit(f"{command[:2]} ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(first, second, rounds):
    """Medians of all programs, in turn."""
    exo = os.environ.get("EXO", str(ROOT / "target" / "release" / "exo"))
    programs = {"netCDF4-python, reading": [sys.executable, "-c", READER], "exo diff": [exo, "diff"]}
    if "EXODIFF" in os.environ:
        programs["exodiff"] = [os.environ["EXODIFF"]]
    found = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, command in programs.items():
            seconds = timed([*command, str(first), str(second)])
            if turn:  # the first round warms the cache
                found[name].append(seconds)
    return {name: tuple(statistics.median(column) for column in zip(*times)) for name, times in found.items()}


def main():
    """Every file with both of its copies."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-n", type=int, default=5, help="rounds")
    args = parser.parse_args()
    exo = os.environ.get("EXO", str(ROOT / "target" / "release" / "exo"))
    for file in args.files:
        copy = file.with_suffix(".copy")
        for what in ("equal", "1e-9 larger"):
            try:
                if what == "equal":
                    shutil.copy(file, copy)
                else:
                    subprocess.run([exo, "process", "--quiet", "--force", "--scale", "1.000000001", file, copy], check=True)
                found = measure(file, copy, args.n)
            finally:
                copy.unlink(missing_ok=True)
            peer = found["netCDF4-python, reading"][0]
            for name, (wall, processor) in found.items():
                size = f"{file.stat().st_size / 1e6:.0f} MB"
                print(f"{file.name} ({size}), {what}: {name} {wall:.3f} s ({processor:.3f} s of processor), {peer / wall:.1f}x", flush=True)


main()
