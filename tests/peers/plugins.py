#!/usr/bin/env python3
"""plugins.py [-n ROUNDS] [--seed N]

Chunks of zfp and fcidecomp beside their plug-ins. h5py writes datasets without filters; `exo repack` writes them again through
each filter, and the plug-in reads the same elements, to the bit. Where the plug-in takes such a chunk itself, its parameters
and its bytes are the same as ours.
"""
import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py", "hdf5plugin")
import h5py  # noqa: E402
import hdf5plugin  # noqa: E402
import numpy as np  # noqa: E402

FILTERS = {
    "zfp": (
        hdf5plugin.Zfp(reversible=True),
        ("<f4", "<f8", "<i4", "<i8", "<u4", "<u8", ">f4", ">i8"),
        ((7,), (2,), (4,), (33,), (5, 6), (1, 9), (4, 4), (13, 2), (3, 4, 5), (4, 4, 8), (2, 3, 4, 5), (5, 5, 5, 5), (1, 3, 1, 5)),
    ),
    "fcidecomp": (
        hdf5plugin.FciDecomp(),
        ("u1", "i1", "<u2", "<i2", ">u2"),
        ((1, 1), (1, 2), (1, 9), (9, 1), (4, 6), (16, 16), (3, 40, 31), (4, 5, 3), (2, 9, 7), (1, 30, 30), (33, 100)),
    ),
}
KINDS = ("special", "bits", "zero", "negative zero", "constant", "small", "subnormal", "mixed", "whole", "smooth")


def special(dtype, count, random):
    """Not-a-number, infinities, zeros of both signs, subnormal numbers and extremes."""
    if dtype.kind == "f":
        f = np.finfo(dtype)
        pool = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, f.tiny, f.smallest_subnormal, -f.smallest_subnormal, f.max, f.min, 1, -1, f.eps]
    else:
        i = np.iinfo(dtype)
        pool = [i.min, i.max, 0, 1, i.max // 3, i.min // 5]
    return random.choice(np.array(pool, dtype), count)


def values(kind, dtype, count, random):
    """Elements of a kind."""
    smooth = np.sin(np.arange(count) / 7) * 100 + random.normal(size=count)
    subnormal = 1e-312 if dtype.itemsize == 8 else 1e-42
    scales = {"small": 1e-36, "subnormal": subnormal} if dtype.kind == "f" else {"small": 0.02, "subnormal": 0.01, "smooth": 0.9}
    if kind == "special":
        return special(dtype, count, random)
    if kind == "bits":
        return np.frombuffer(random.bytes(count * dtype.itemsize), dtype)
    if kind in ("zero", "negative zero", "constant"):
        return np.full(count, {"zero": 0.0, "negative zero": -0.0, "constant": 77.0}[kind]).astype(dtype)
    whole = (smooth / 3).astype("i8").astype(dtype)
    if kind == "mixed":
        whole[: count // 3] = special(dtype, count // 3, random)
    if kind in ("mixed", "whole"):
        return whole
    scaled = smooth * scales.get(kind, 1)
    return scaled.astype(dtype) if dtype.kind == "f" else scaled.astype("i8").astype(dtype)


def cases():
    """All combinations, with the names of their datasets."""
    for name, (_, dtypes, shapes) in FILTERS.items():
        for dtype in map(np.dtype, dtypes):
            for shape in shapes:
                for kind in KINDS:
                    yield f"{name} {dtype.str.replace('|', '')} {'x'.join(map(str, shape))} {kind}", name, dtype, shape, kind


def compare(plain, theirs, ours):
    """The differences of a dataset."""
    if ours[...].tobytes() != plain[...].tobytes():
        yield "other elements"
    start = (0,) * plain.ndim
    mask, wanted = theirs.id.read_direct_chunk(start)
    if mask:
        return  # the plug-in stores it as it is
    if ours.id.read_direct_chunk(start)[1] != wanted:
        yield "other bytes"
    parameters = [made.id.get_create_plist().get_filter(0)[2] for made in (theirs, ours)]
    if parameters[0] != parameters[1]:
        yield f"parameters {parameters}"


@contextlib.contextmanager
def quiet():
    """Nothing on standard error: fcidecomp complains there of every chunk that it stores as it is."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def check(folder, seed, tally):
    """One round."""
    random = np.random.default_rng(seed)
    paths = [folder / f"{name}{seed}.h5" for name in ("plain", "theirs", "ours")]
    command = [common.exo(), "repack", *map(str, (paths[0], paths[2]))]
    with quiet(), h5py.File(paths[1], "w") as theirs, h5py.File(paths[0], "w") as plain:
        for n, (_, name, dtype, shape, kind) in enumerate(cases()):
            data = values(kind, dtype, int(np.prod(shape)), random).reshape(shape)
            plain.create_dataset(str(n), data=data, chunks=shape)
            theirs.create_dataset(str(n), data=data, chunks=shape, **FILTERS[name][0])
            command += ["--filter", f"{n}:{name}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if not tally.check(f"repack, seed {seed}", done.stderr if done.returncode else None):
        return
    with h5py.File(paths[0]) as plain, h5py.File(paths[1]) as theirs, h5py.File(paths[2]) as ours:
        for n, (title, *_) in enumerate(cases()):
            try:
                problems = list(compare(*(file[str(n)] for file in (plain, theirs, ours))))
            except OSError as why:
                problems = [str(why)]
            tally.check(f"{title}, seed {seed}", problems)
    converted(folder / f"converted{seed}.nc", paths[:2], tally, seed)


def converted(path, given, tally, seed):
    """What plug-ins wrote becomes a netCDF-4 file with the same filters and elements."""
    done = subprocess.run([common.exo(), "convert", str(given[1]), str(path)], capture_output=True, text=True, timeout=600)
    if not tally.check(f"convert, seed {seed}", done.stderr if done.returncode else None):
        return
    with h5py.File(given[0]) as plain, h5py.File(given[1]) as theirs, h5py.File(path) as ours:
        for n, (title, *_) in enumerate(cases()):
            made = [file[str(n)] for file in (theirs, ours)]
            numbers = [data.id.get_create_plist().get_filter(0)[0] for data in made]
            problems = [] if numbers[0] == numbers[1] else [f"filters {numbers}"]
            if made[1][...].tobytes() != plain[str(n)][...].tobytes():
                problems.append("other elements")
            tally.check(f"{title}, converted, seed {seed}", problems)


def main():
    """All rounds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-n", type=int, default=1, help="rounds")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first one")
    args = parser.parse_args()
    tally = common.Tally()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(args.seed, args.seed + args.n):
            check(Path(folder), seed, tally)
    tally.finish()


if __name__ == "__main__":
    sys.exit(main())
