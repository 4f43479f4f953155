#!/usr/bin/env python3
"""run.py DIR [-n ROUNDS] [--check] [FILE...]: exo process beside the same job in C on netCDF-C.

Both run in turn on each file of DIR (made by gen.py), the input in the page cache; after one round that is not counted,
medians of wall time, processor time, peak memory and output size are printed, and the median of the ratio of the
neighbours' wall times. --check also compares the two outputs' values.
"""
import argparse
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "peers"))
import common  # noqa: E402


def build(folder):
    """Compiles the C program."""
    program = folder / "peer"
    subprocess.run(["gcc", "-O3", "-march=native", "-Wall", "-o", program, HERE / "peer.c", "-lnetcdf"], check=True)
    return program


def warm(path):
    """Brings a file into the page cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass


def differences(a, b):
    """Variables that differ between two outputs."""
    import ncraw
    with ncraw.File(a) as one, ncraw.File(b) as two:
        return [v.name for v in one.root.variables if v.data() != two.root.variable(v.name).data()]


def measure(path, commands, rounds, out, check):
    """Runs the commands in turn; returns their runs."""
    runs = {name: [] for name in commands}
    kept = {}
    for round_ in range(rounds + 1):
        for name, argv in commands.items():
            out.unlink(missing_ok=True)
            warm(path)
            done = common.Measured(argv, interval=0.005)
            if done.code:
                sys.exit(f"{name} on {path.name}: exit code {done.code}: {done.error.strip()[-300:]}")
            done.size = out.stat().st_size
            if round_:
                runs[name].append(done)
            elif check:
                kept[name] = out.rename(out.with_suffix(f".{name}"))
    out.unlink(missing_ok=True)
    if check:
        wrong = differences(*kept.values())
        print(f"{path.name}: {'values differ in ' + ', '.join(wrong) if wrong else 'both outputs have the same values'}")
        for left in kept.values():
            left.unlink()
    return runs


def header():
    """The head of the table."""
    print(f"{'file':16} {'program':8} {'wall s':>8} {'min':>7} {'max':>7} {'CPU s':>7} {'RSS MiB':>8} {'anon MiB':>9} {'out MB':>7} {'ratio':>6}")


def report(label, runs):
    """A line for each program; the first one is what the others are compared with."""
    first = next(iter(runs.values()))
    for name, done in runs.items():
        middle = lambda key: statistics.median(getattr(r, key) for r in done)
        ratio = statistics.median(a.wall / b.wall for a, b in zip(done, first))
        print(f"{label:16} {name:8} {middle('wall'):8.3f} {min(r.wall for r in done):7.3f} {max(r.wall for r in done):7.3f} "
              f"{middle('cpu'):7.2f} {middle('rss') / 2**20:8.0f} {middle('anon') / 2**20:9.0f} {middle('size') / 1e6:7.0f} "
              f"{ratio:6.2f}", flush=True)


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*", help="names in DIR (default: all)")
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    peer = build(args.folder)
    paths = [args.folder / f for f in args.files] or sorted(args.folder.glob("*.exo"))
    header()
    for path in paths:
        out = args.folder / "out.partial"
        level = "1" if "d1" in path.name else "0"
        commands = {"netcdf-c": [peer, path, out, "1.5", level],
                    "exo": [common.exo(), "process", path, out, "--scale", "1.5", "--coord-scale", "2", "--translate", "1,-2,0.5",
                            "--force", "--quiet"]}
        report(path.name, measure(path, commands, args.n, out, args.check))


if __name__ == "__main__":
    main()
