#!/usr/bin/env python3
"""edited.py [FOLDER]

Our compressed files survive what their users do to them: every file that `examples/filters.rs` writes (all pipelines, all
sizes of chunks, numbers of all kinds) is read, edited and read again by h5py and by netCDF4, and read by exo. No chunk
may say that a filter was skipped: libhdf5 keeps such a mask when it rewrites the chunk. FOLDER is what the example wrote.
"""
import concurrent.futures
import ctypes
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

try:
    import numpy as np
except ImportError:
    common.require("numpy")

ROOT = Path(__file__).resolve().parents[2]
DIGITS = 3  # of scaleoffset_decimal
H5PY, NETCDF4 = "h5py", "netCDF4"
RUN = {}
SEEDS = (1, 2)
BLOSC = 32001
# Bytes that a stream of deflate may have more than zlib's at the same level.
SURPLUS = 4


def is_lossy(name):
    """Whether a pipeline rounds."""
    return "scaleoffset_decimal" in name


def same(name, want, got):
    """Whether numbers are what they were, as far as the pipeline keeps them."""
    want, got = np.asarray(want), np.asarray(got)
    if want.shape != got.shape:
        return False
    if is_lossy(name):
        # Rounded once more for each edit of the chunk.
        return np.allclose(want.astype("f8"), got.astype("f8"), rtol=1e-6, atol=3 * 0.51 * 10.0**-DIGITS)
    return np.array_equal(want, got)


def open_file(program, path, edits=False):
    """A file in a library of HDF5; each has a process of its own, for one loads no filters where the other is."""
    if program == H5PY:
        import h5py
        import hdf5plugin  # noqa: F401  registers its filters

        return h5py.File(path, "r+" if edits else "r")
    import netCDF4

    file = netCDF4.Dataset(path, "a" if edits else "r")
    file.set_auto_maskandscale(False)
    return file


def variables(program, file):
    """The variables of the root group."""
    if program == H5PY:
        return {key: item for key, item in file.items() if getattr(item, "ndim", 0) == 2}
    return dict(file.variables)


def read(program, path):
    """All numbers of the root group; an error in place of those that cannot be read."""
    found = {}
    with open_file(program, path) as file:
        for key, item in variables(program, file).items():
            try:
                found[key] = np.asarray(item[...])
            except (OSError, RuntimeError) as error:
                found[key] = str(error)
    return found


def digests(exo, path):
    """SHA-256 of the elements of each variable, by exo; none of those that cannot be read, which exo ends with 2 for."""
    done = subprocess.run([exo, "digest", "--netcdf", path], capture_output=True, text=True)
    found = {entry["name"]: entry.get("digest") for entry in json.loads(done.stdout)["groups"][0]["variables"]}
    if done.returncode != (2 if None in found.values() else 0):
        sys.exit(f"{path}: exo digest ended with {done.returncode}: {done.stderr}")
    return found


def digest(values):
    """As exo digests numbers: little-endian, one after the other."""
    return hashlib.sha256(np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()).hexdigest()


def edits(dtype, rows, columns, seed):
    """Boxes and what is written there: one element, noise, a constant, more rows."""
    random = np.random.default_rng(seed)

    def noise(*shape):
        if dtype.kind == "f":
            return random.normal(size=shape).astype(dtype)
        info = np.iinfo(dtype)
        return random.integers(info.min // 2, info.max // 2, size=shape).astype(dtype)

    yield (slice(3, 4), slice(5, 6)), noise(1, 1)
    yield (slice(0, rows), slice(2, 4)), noise(rows, 2)
    yield (slice(4, 9), slice(0, columns)), np.full((5, columns), 7, dtype)
    yield (slice(rows, rows + 3), slice(0, columns)), noise(3, columns)
    yield (slice(0, 2), slice(0, columns)), noise(2, columns)


def edit(program, path, wanted, seed):
    """Makes the same edits in the file and in the numbers that are wanted; returns these, and the edits that failed and why."""
    failed = {}
    with open_file(program, path, edits=True) as file:
        for key, item in variables(program, file).items():
            values = wanted[key]
            for box, new in edits(values.dtype, 13, values.shape[1], seed):
                rows = box[0].stop
                if rows > values.shape[0]:
                    more = np.zeros((rows - values.shape[0], values.shape[1]), values.dtype)
                    wanted[key] = values = np.concatenate([values, more])
                    if program == H5PY:
                        item.resize(values.shape)
                try:
                    item[box] = new
                except (OSError, RuntimeError) as error:
                    failed[key] = str(error)
                values[box] = new
    return wanted, failed


def anew(plist):
    """The same chunks and filters, as h5py sets them up."""
    import h5py

    made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    made.set_chunk(plist.get_chunk())
    for n in range(plist.get_nfilters()):
        number, flags, values, _ = plist.get_filter(n)
        if number == h5py.h5z.FILTER_SZIP:
            made.set_szip(values[0], values[1])
        else:
            # Blosc has four places for what it completes, and what users give behind them.
            made.set_filter(number, flags, (0, 0, 0, 0) + values[4:] if number == BLOSC else ())
    return made


def control(path, target, values):
    """The variables that h5py loses when it makes the same edits in files of its own with these filters.

    Szip, LZF and Blosc fail where a chunk would grow; libhdf5 then skips them, and may take the chunk for one that it did
    not skip when it comes back to it. Other filters do not fail.
    """
    if not any(name in path.stem for name in ("szip", "lzf", "blosc", "nbit")):
        return set()
    with open_file(H5PY, path) as ours:
        import h5py

        with h5py.File(target, "w", libver=("earliest", "v110")) as file:
            for key, numbers in values.items():
                item = ours[key]
                kind, space, plist = item.id.get_type(), item.id.get_space(), anew(item.id.get_create_plist())
                made = h5py.h5d.create(file.id, key.encode(), kind, space, plist)
                h5py.Dataset(made)[...] = numbers
    lost, wanted = set(), {key: numbers.copy() for key, numbers in values.items()}
    for seed in SEEDS:
        wanted, failed = edit(H5PY, target, wanted, seed)
        found = read(H5PY, target)
        lost |= {k for k in wanted if isinstance(found[k], str) or not same(path.stem, wanted[k], found[k])}
        lost |= set(failed)
    return lost


def masks(path):
    """The variables with a chunk that says that a filter was skipped."""
    found = []
    with open_file(H5PY, path) as file:
        for key, item in variables(H5PY, file).items():
            chunks = [item.id.get_chunk_info(n) for n in range(item.id.get_num_chunks())]
            if any(chunk.filter_mask for chunk in chunks):
                found.append(key)
    return found


def check(exo, path, wanted, what):
    """Compares what everybody reads with what is wanted; yields what is wrong."""
    name = path.stem
    for program in readers(name):
        found = RUN[program].submit(read, program, path).result()
        yield from differences(f"{name} {what}: {program}", name, wanted, found)
        if program == H5PY:
            ours = digests(exo, path)
            bad = [k for k in wanted if not isinstance(found[k], str) and ours.get(k) != digest(found[k])]
            if bad:
                yield f"{name} {what}: exo reads other numbers than h5py in {' '.join(bad)}"


def differences(what, name, wanted, found):
    """Variables that read as other numbers, or not at all."""
    errors = [key for key in wanted if isinstance(found[key], str)]
    if errors:
        yield f"{what} cannot read {' '.join(errors)}: {found[errors[0]]}"
    bad = [key for key in wanted if key not in errors and not same(name, wanted[key], found[key])]
    if bad:
        yield f"{what} reads other numbers in {' '.join(bad)}"


def readers(name):
    """LZF is a filter of h5py alone."""
    return [H5PY] if "lzf" in name else [H5PY, NETCDF4]


def plain(path):
    """The numbers that were written, from the twins without filters."""
    with open_file(H5PY, path) as file:
        return {key: item[()] for key, item in file["plain"].items() if getattr(item, "ndim", 0) == 2 and key in file}


def sizes(path):
    """Chunks that are no single stream of deflate, or one that is longer than zlib's."""
    import zlib

    found, level = [], int(path.stem[-1])
    with open_file(H5PY, path) as file:
        for key, item in variables(H5PY, file).items():
            for n in range(item.id.get_num_chunks()):
                info = item.id.get_chunk_info(n)
                stored = item.id.read_direct_chunk(info.chunk_offset)[1]
                stream = zlib.decompressobj()
                theirs = len(zlib.compress(stream.decompress(stored), level))
                if not stream.eof or stream.unused_data or len(stored) > theirs + SURPLUS:
                    found.append((key, len(stored), theirs))
    return found


def use_plugins(folder):
    """Tells the library of HDF5 in this process where filters are; h5py registers its own.

    The zfp plug-in looks for the library among what is global, and refuses to write where it is not found.
    """
    os.environ["HDF5_PLUGIN_PATH"] = folder
    import netCDF4  # noqa: F401  brings its library of HDF5, which reads the path now

    places = {line.split()[-1] for line in open("/proc/self/maps") if re.search(r"/libhdf5[-.]", line)}
    for library in places:
        ctypes.CDLL(library, os.RTLD_GLOBAL | os.RTLD_NOLOAD | os.RTLD_NOW)


def main():
    common.require("numpy", "netCDF4", "h5py", "hdf5plugin")
    import hdf5plugin

    os.environ.pop("HDF5_PLUGIN_PATH", None)  # importing netCDF4 sets it, to filters that h5py cannot use
    spawn = multiprocessing.get_context("spawn")
    RUN[H5PY] = concurrent.futures.ProcessPoolExecutor(1, spawn)
    RUN[NETCDF4] = concurrent.futures.ProcessPoolExecutor(1, spawn, use_plugins, (hdf5plugin.PLUGIN_PATH,))
    exo = common.exo()
    wrong, edited, excused = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        written = Path(sys.argv[1]) if len(sys.argv) > 1 else folder
        if written == folder:
            subprocess.run(["cargo", "run", "-q", "--release", "-p", "hyperslab", "--example", "filters", "--", folder],
                           cwd=ROOT, check=True)
        files = sorted(written.glob("*.nc"))
        for path in files:
            wanted = RUN[H5PY].submit(plain, path).result()
            if not wanted:
                sys.exit(f"{path.stem}: no variable at all")
            wrong += [f"{path.stem}: a filter was skipped in {key}" for key in RUN[H5PY].submit(masks, path).result()]
            if "deflate" in path.stem:
                wrong += [f"{path.stem}: {key}: a chunk of {ours} bytes where zlib has {theirs}"
                          for key, ours, theirs in RUN[H5PY].submit(sizes, path).result()]
            wrong += check(exo, path, wanted, "as written")
            (folder / "edited").mkdir(exist_ok=True)
            lost = RUN[H5PY].submit(control, path, folder / "edited" / "control.h5", wanted).result()
            excused += len(lost)
            for program in readers(path.stem):
                copy = folder / "edited" / path.name
                numbers = {k: v.copy() for k, v in wanted.items()}
                shutil.copy(path, copy)
                for seed in SEEDS:
                    numbers, failed = RUN[program].submit(edit, program, copy, numbers, seed).result()
                    edited += 1
                    wrong += [f"{path.stem}: {program} cannot edit {key}: {why}" for key, why in failed.items() if key not in lost]
                    ours = {k: v for k, v in numbers.items() if k not in lost}
                    wrong += check(exo, copy, ours, f"edited by {program}")
    print(*wrong, sep="\n")
    print(f"{len(files)} files, {edited} times edited: {len(wrong)} faults; "
          f"{excused} variables are lost in files by h5py as well")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
