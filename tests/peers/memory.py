#!/usr/bin/env python3
"""memory.py [--full] [--nodes N] [--folder DIR]

Peak memory of `exo process`, `copy`, `check --values` and `diff` on files of 100 000 nodes with 20 and 200 steps (--full:
2000 as well, 1.6 GB a file), plain and shuffled + deflated: anonymous memory (RssAnon), and without a map all resident
memory (VmHWM), must stay below 32 MiB and two slabs (a slab is one variable at one step; `copy`, `check` and `diff` may keep
the decoded chunks of 32 MiB besides), however many steps there are.
"""
import argparse
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
from generate import generate  # noqa: E402

MIB = 1 << 20


def commands(source, out, limit):
    """Name, arguments, whether the input is mapped, bound of the memory; `diff` compares with what `copy` wrote."""
    process = ["process", source, out, "--scale", "1.5", "--quiet", "--force"]
    copy = ["copy", source, out, "--quiet", "--force"]
    kept = limit + 32 * MIB
    return [("process", process, True, limit), ("process, read", [*process, "--no-mmap"], False, limit),
            ("copy", copy, True, kept), ("copy, read", [*copy, "--no-mmap"], False, kept),
            ("check", ["check", "--values", "--no-mmap", source], False, kept), ("diff", ["diff", source, out], False, kept)]


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--full", action="store_true", help="2000 steps as well")
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--folder", help="where the files go (default: the temporary folder)")
    args = parser.parse_args()
    tally, slab = common.Tally(), 8 * args.nodes
    limit = 32 * MIB + 2 * slab
    print(f"{args.nodes} nodes, limit {limit / MIB:.1f} MiB\n{'file':16} {'command':16} {'steps':>6} {'input MB':>9} {'s':>7} "
          f"{'RssAnon':>8} {'VmHWM':>8}  MiB")
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        for container, deflate in (("cdf2", 0), ("netcdf4", 0), ("netcdf4", 1)):
            for steps in (20, 200, 2000) if args.full else (20, 200):
                source, out = Path(folder) / "in.exo", Path(folder) / "out.exo"
                generate(source, container, args.nodes, steps, deflate=deflate)
                label = f"{container}{' deflate' if deflate else ''}"
                for name, command, mapped, bound in commands(source, out, limit):
                    done = common.Measured([common.exo(), *command])
                    print(f"{label:16} {name:16} {steps:6} {source.stat().st_size / 1e6:9.0f} {done.wall:7.2f} "
                          f"{done.anon / MIB:8.1f} {done.rss / MIB:8.1f}", flush=True)
                    problems = [f"exit code {done.code}: {done.error.strip()[-200:]}"] if done.code else []
                    peak = done.anon if mapped else done.rss
                    if not done.code and not peak:
                        # Too short to be seen: that is no proof of anything but of speed.
                        tally.skip(f"{label}, {name}, {steps} steps: over before a sample was taken")
                        continue
                    if peak > bound:
                        problems.append(f"{'RssAnon' if mapped else 'VmHWM'} {peak / MIB:.1f} MiB")
                    tally.check(f"{label}, {name}, {steps} steps", problems)
    tally.finish()


if __name__ == "__main__":
    main()
