#!/usr/bin/env python3
"""crashes.py [-n N]

Replays N crashes (default 20 000) of programs that append to files of all five containers: killed, without power, without power
while the disk writes back sectors in any order. The library's own test reads every image; h5py and netCDF4-python read every
tenth here: each holds the records that were published last, or next, and no others.
"""
import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
import h5py  # noqa: E402
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

NODES = 70


def problems_of(count, read):
    """What is wrong with the records of a file."""
    step = np.arange(count)
    rows = 10.0 * (step[:, None] + 1) + np.arange(NODES) / 8
    expected = {"time": 0.25 * step, "flag": step + 1, "u": rows, "z": rows, "x": np.full(NODES, 0.5)}
    return [f"{name} is not what was put" for name, values in expected.items() if not np.array_equal(read(name), values)]


def by_netcdf(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        count = len(file.dimensions["time"])
        return count, problems_of(count, lambda name: file[name][:])


def by_h5py(path):
    with h5py.File(path) as file:
        count = file["time"].shape[0]
        return count, problems_of(count, lambda name: file[name][()])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20_000)
    tally, images = common.Tally(), parser.parse_args().n
    with tempfile.TemporaryDirectory() as folder:
        test = ["cargo", "test", "-q", "-p", "hyperslab", "--lib", "a_crash_leaves_a_published_state"]
        subprocess.run(test, check=True, cwd=common.ROOT, stdout=subprocess.DEVNULL,
                       env={**os.environ, "CRASH_IMAGES": str(images), "CRASH_OUT": folder})
        found = {}
        for path in sorted(Path(folder).iterdir()):
            allowed = [int(number) for number in re.findall(r"\d+", path.stem)[-2:]]
            for read in (by_netcdf, by_h5py) if h5py.is_hdf5(path) else (by_netcdf,):
                try:
                    count, problems = read(path)
                    problems += [] if count in allowed else [f"{count} records where {allowed} may be"]
                except Exception as why:  # pylint: disable=broad-except
                    problems = [f"{type(why).__name__}: {why}"]
                tally.check(f"{path.name} {read.__name__}", problems)
                found[read.__name__] = found.get(read.__name__, 0) + 1
    print(f"{images} images; " + ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in found.items()))
    if not found:
        tally.check("images", "none was kept")
    tally.finish()


if __name__ == "__main__":
    main()
