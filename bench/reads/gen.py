#!/usr/bin/env python3
"""gen.py DIR: the files that run.py reads, about 900 MB."""
import sys
from pathlib import Path

import h5py
import numpy as np

MANY = 10_000


def field(rng, shape):
    """Smooth with some noise, as results are."""
    steps, nodes = shape
    wave = np.sin(np.linspace(0, 40, nodes))[None, :] * np.linspace(1, 2, steps)[:, None]
    return (wave + 1e-3 * rng.standard_normal(shape)).astype("f8")


def whole(folder):
    """200 MB in the three usual layouts."""
    values = field(np.random.default_rng(1), (250, 100_000))
    with h5py.File(folder / "whole.h5", "w", libver="latest") as file:
        file["contiguous"] = values
        file.create_dataset("chunked", data=values, chunks=(10, 100_000))
        file.create_dataset("deflate4", data=values, chunks=(10, 100_000), shuffle=True, compression=4)


def small(folder):
    """20 000 small chunks, as steps of a small mesh are, unlimited and not."""
    values = field(np.random.default_rng(2), (20_000, 1000))
    for name, libver in (("small_v1.h5", "earliest"), ("small_v2.h5", "latest")):
        with h5py.File(folder / name, "w", libver=libver) as file:
            file.create_dataset("v", data=values, chunks=(1, 1000), maxshape=(None, 1000))


def objects(folder):
    """A file with many datasets in one group."""
    with h5py.File(folder / "objects.h5", "w", libver="latest") as file:
        for number in range(MANY):
            file.create_dataset(f"d{number}", data=np.full(4, number, "i4"))


def million(folder):
    """An index of a million chunks."""
    for name, libver in (("million_v1.h5", "earliest"), ("million_v2.h5", "latest")):
        with h5py.File(folder / name, "w", libver=libver) as file:
            data = file.create_dataset("v", shape=(1_000_000, 4), chunks=(1, 4), maxshape=(None, 4), dtype="f8")
            block = np.arange(4 * 10_000, dtype="f8").reshape(-1, 4)
            for start in range(0, 1_000_000, 10_000):
                data[start:start + 10_000] = block + start


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (whole, small, objects, million):
        make(folder)
        print("made", make.__name__, flush=True)


main()
