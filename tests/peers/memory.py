#!/usr/bin/env python3
"""memory.py [--full] [--nodes N] [--folder DIR]

Peak memory of `exo process` on files of 100 000 nodes with 20 and 200 steps (--full: 2000 as well, 1.6 GB a file), plain
and shuffled + deflated: anonymous memory (RssAnon), and with --no-mmap all resident memory (VmHWM), must stay below
32 MiB and two slabs (a slab is one variable at one step), however many steps there are.
"""
import argparse
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
from generate import generate  # noqa: E402

MIB = 1 << 20


def main():
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--full", action="store_true", help="2000 steps as well")
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--folder", help="where the files go (default: the temporary folder)")
    args = parser.parse_args()
    tally, slab = common.Tally(), 8 * args.nodes
    limit = 32 * MIB + 2 * slab
    print(f"{args.nodes} nodes, limit {limit / MIB:.1f} MiB\n{'file':24} {'steps':>6} {'options':>10} {'input MB':>9} {'s':>7} "
          f"{'RssAnon':>8} {'VmHWM':>8}  MiB")
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        for container, deflate in (("cdf2", 0), ("netcdf4", 0), ("netcdf4", 1)):
            for steps in (20, 200, 2000) if args.full else (20, 200):
                source, out = Path(folder) / "in.exo", Path(folder) / "out.exo"
                generate(source, container, args.nodes, steps, deflate=deflate)
                for option in ([], ["--no-mmap"]):
                    label = f"{container}{' deflate' if deflate else ''}"
                    done = common.Measured([common.exo(), "process", source, out, "--scale", "1.5", "--quiet", "--force", *option])
                    print(f"{label:24} {steps:6} {' '.join(option):>10} {source.stat().st_size / 1e6:9.0f} {done.wall:7.2f} "
                          f"{done.anon / MIB:8.1f} {done.rss / MIB:8.1f}", flush=True)
                    problems = [f"exit code {done.code}: {done.error.strip()[-200:]}"] if done.code else []
                    peak = done.rss if option else done.anon
                    if not done.code and not peak:
                        # Too short to be seen: that is no proof of anything but of speed.
                        tally.skip(f"{label}, {steps} steps: over before a sample was taken")
                        continue
                    if peak > limit:
                        problems.append(f"{'VmHWM' if option else 'RssAnon'} {peak / MIB:.1f} MiB")
                    tally.check(f"{label}, {steps} steps {' '.join(option)}", problems)
    tally.finish()


if __name__ == "__main__":
    main()
