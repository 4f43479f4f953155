#!/usr/bin/env python3
"""process_check.py [PATH] [--manifest FILE --class NAMES] [--only-same] [--max N] [--ignore-storage]

Runs `exo process --scale 1.5 --coord-scale 2 --translate 1,-2,0.5` on every Exodus file of a folder (default: the
fixtures), into the same container and into each of the five, and compares what netCDF-C reads from input and output:
coordinates and results must be scaled in double and rounded once, to the bit; everything else must be the same. A folder with hostile files needs a manifest (a table with the columns file
and class) that tells which ones netCDF-C survives.
"""
import argparse
import re
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

import ncraw  # noqa: E402

FORMATS = {"cdf1": "classic", "cdf2": "64bit-offset", "cdf5": "cdf5", "netcdf4": "netcdf4", "netcdf4-classic": "netcdf4-classic"}
NUMPY = {"byte": "i1", "short": "<i2", "int": "<i4", "float": "<f4", "double": "<f8", "ubyte": "u1", "ushort": "<u2",
         "uint": "<u4", "int64": "<i8", "uint64": "<u8", "char": "S1"}
CLASSIC_TYPES = {"byte", "char", "short", "int", "float", "double"}
SCALE, COORD_SCALE, TRANSLATE = 1.5, 2.0, (1.0, -2.0, 0.5)
OPTIONS = ["--scale", "1.5", "--coord-scale", "2", "--translate", "1,-2,0.5", "--force", "--quiet"]
# What describes the container and not the model may follow the container.
CONTAINER_ATTRIBUTES = {"file_size", "int64_status"}


def is_exodus(file):
    """Whether a file has the marks of an Exodus file."""
    names = {a.name for a in file.root.attributes}
    # Not `num_dim`: a file that was only created, or holds only results, has none.
    return bool(names & {"api_version", "api version", "version"}) and bool(
        names & {"floating_point_word_size", "floating point word size"})


def values(variable):
    """The values as an array of the file's own type, or as bytes."""
    data = variable.data()
    kind = NUMPY.get(variable.type)
    return data if kind is None or data is None else np.frombuffer(data, kind).reshape(variable.shape)


def expected(variable):
    """What the output must hold."""
    found = values(variable)
    if variable.type not in ("float", "double"):
        return found
    wide = found.astype("f8")
    with np.errstate(all="ignore"):
        if re.fullmatch(r"vals_(?!.*_tab).*", variable.name):
            wide = wide * SCALE
        elif variable.name in ("coordx", "coordy", "coordz"):
            wide = wide * COORD_SCALE + TRANSLATE["xyz".index(variable.name[-1])]
        elif variable.name == "coord":
            wide = wide * COORD_SCALE + np.array(TRANSLATE[:found.shape[0]])[:, None]
        return wide.astype(found.dtype)


def undefined(path):
    """Variables of an HDF5 file that hold bytes nobody ever wrote and nobody filled."""
    names = set()
    if not h5py.is_hdf5(path):
        return names
    with h5py.File(path, "r") as file:
        def visit(name, item):
            if not isinstance(item, h5py.Dataset) or item.size in (None, 0):
                return
            plist = item.id.get_create_plist()
            unfilled = plist.get_fill_time() == h5py.h5d.FILL_TIME_NEVER or not plist.fill_value_defined()
            if not unfilled:
                return
            if item.chunks is None:
                written = item.id.get_storage_size() > 0
            else:
                written = item.id.get_num_chunks() >= np.prod([-(-s // c) for s, c in zip(item.shape, item.chunks)])
            if not written:
                names.add("/" + name.replace("_nc4_non_coord_", ""))
        file.visititems(visit)
    return names


def same_values(want, got):
    """Whether two arrays hold the same; with another type, the same numbers."""
    if isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        if want.shape != got.shape:
            return f"shape {want.shape} -> {got.shape}"
        if want.dtype != got.dtype:
            back = got.astype(want.dtype)
            return "" if back.tobytes() == want.tobytes() and np.array_equal(back, got) else "values differ"
        if want.tobytes() != got.tobytes():
            size = want.dtype.itemsize
            raw = lambda a: np.frombuffer(a.tobytes(), f"V{size}")
            wrong = np.flatnonzero(raw(want) != raw(got))
            at = wrong[0]
            return f"{wrong.size} of {want.size} values differ, first at {at}: {want.flat[at]!r} -> {got.flat[at]!r}"
        return ""
    return "" if want == got else "values differ"


def compare_attributes(where, a, b, converted):
    """The differences between two lists of attributes."""
    problems = []
    skip = CONTAINER_ATTRIBUTES if converted and where == "/" else set()
    a, b = ([x for x in side if x.name not in skip] for side in (a, b))
    if [x.name for x in a] != [x.name for x in b]:
        problems.append(f"{where} attributes {[x.name for x in a]} -> {[x.name for x in b]}")
    theirs = {x.name: x for x in b}
    for x in a:
        y = theirs.get(x.name)
        if y is None or x.data is None or x.key() == y.key():
            continue
        if converted and x.type != y.type and (x.type not in CLASSIC_TYPES or x.name == "_FillValue"):
            text = x.type == "string" and y.type == "char" and x.data[8:].rstrip(b"\0") == y.data.rstrip(b"\0")
            kinds = NUMPY.get(x.type), NUMPY.get(y.type)
            if text or all(kinds) and np.array_equal(np.frombuffer(x.data, kinds[0]), np.frombuffer(y.data, kinds[1])):
                continue
        problems.append(f"{where}@{x.name} {x.type}[{x.len}] {x.data[:40]!r} -> {y.type}[{y.len}] {y.data[:40]!r}")
    return problems


def compare(a, b, skipped, converted, storage):
    """The differences between two groups and all below them."""
    problems = []
    if a.dims != b.dims and (not converted or sorted(a.dims) != sorted(b.dims)):
        problems.append(f"{a.path} dimensions {[d for d in a.dims if d not in b.dims]} -> {[d for d in b.dims if d not in a.dims]}"
                        f"{' (order)' if sorted(a.dims) == sorted(b.dims) else ''}")
    problems += compare_attributes(a.path, a.attributes, b.attributes, converted)
    if [v.name for v in a.variables] != [v.name for v in b.variables]:
        mine, theirs = ([v.name for v in side.variables] for side in (a, b))
        problems.append(f"{a.path} variables {sorted(set(mine) ^ set(theirs)) or 'in another order'}")
    for v in a.variables:
        w = b.variable(v.name)
        if w is None:
            continue
        if v.dims != w.dims:
            problems.append(f"{v.name} dimensions {v.dims} -> {w.dims}")
        if v.type != w.type and not (converted and v.type not in CLASSIC_TYPES):
            problems.append(f"{v.name} type {v.type} -> {w.type}")
        problems += compare_attributes(v.name, v.attributes, w.attributes, converted)
        if storage:
            mine, theirs = (x.storage() | {"fill": x.fill()} for x in (v, w))
            problems += [f"{v.name} {k} {mine[k]!r} -> {theirs.get(k)!r}" for k in mine
                         if k != "endian" and mine[k] != theirs.get(k) and not (k == "fill" and None in (mine[k], theirs[k]))]
        if a.path.rstrip("/") + "/" + v.name in skipped or v.data() is None:
            continue
        wrong = same_values(expected(v), values(w))
        if wrong:
            problems.append(f"{v.name} {wrong}")
    theirs = {g.path: g for g in b.groups}
    for group in a.groups:
        if group.path in theirs:
            problems += compare(group, theirs[group.path], skipped, converted, storage)
        else:
            problems.append(f"group {group.path} is missing")
    return problems


def fits(file, target):
    """Why a file cannot be written in a container, or nothing."""
    if target == "netcdf4":
        return None
    if file.root.groups:
        return "groups"
    if target == "cdf5" and any(v.type == "string" for v in file.root.variables):
        return "strings"
    if sum(d[2] for d in file.root.dims) > 1:
        return "several unlimited dimensions"
    for v in file.root.variables:
        if v.type not in NUMPY:
            return f"type {v.type}"
        if target != "cdf5" and v.type not in CLASSIC_TYPES:
            data = values(v)
            if data.size and (data.min() < -2**31 or data.max() >= 2**31):
                return f"{v.name} exceeds 32 bits"
    return None


def one(tally, path, label, out, target, args):
    """One file into one container."""
    code, _, error = common.run("process", path, out, *OPTIONS, *(["--format", target] if target else []))
    name = f"{label} -> {target or 'same'}"
    with ncraw.File(path) as a:
        if code == 2 and target and fits(a, target):
            tally.check(f"{name} (refused: {fits(a, target)})", error if "panicked" in error else [])
            return
        if code:
            tally.check(name, f"exit code {code}: {error.strip()[-300:]}")
            return
        try:
            with ncraw.File(out) as b:
                problems = []
                want = FORMATS[target] if target else a.format
                if b.format != want:
                    problems.append(f"container {b.format}, not {want}")
                storage = not args.ignore_storage and a.format == b.format and a.format.startswith("netcdf4")
                converted = a.format != b.format
                problems += compare(a.root, b.root, undefined(path), converted, storage)
        except ncraw.NcError as why:
            problems = [f"netCDF-C does not read the output: {why}"]
    tally.check(name, problems)


def main():
    """All files, all containers."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("path", nargs="?", type=Path, default=common.FIXTURES / "exodus")
    parser.add_argument("--only-same", action="store_true", help="do not convert to other containers")
    parser.add_argument("--max", type=int, default=10**9, help="stop after so many files")
    parser.add_argument("--ignore-storage", action="store_true", help="do not compare chunks, filters and fill modes")
    parser.add_argument("--manifest", type=Path, help="a table with the columns file and class")
    parser.add_argument("--class", dest="classes", default="exodus3,exodus4,exodus", help="which classes of the manifest")
    args = parser.parse_args()
    tally, count, unreadable = common.Tally(), 0, 0
    paths = common.listed(args.path, args.manifest, args.classes) if args.path.is_dir() else [args.path]
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            with open(path, "rb") as raw:
                start = raw.read(8)
            if start[:3] != b"CDF" and start != b"\x89HDF\r\n\x1a\n" or count >= args.max:
                continue
            try:
                with ncraw.File(path) as file:
                    if not is_exodus(file):
                        continue
            except (ncraw.NcError, KeyError):
                unreadable += 1
                continue
            count += 1
            label = str(path.relative_to(args.path)) if args.path.is_dir() else path.name
            for target in [None] if args.only_same else [None, *FORMATS]:
                one(tally, path, label, Path(folder) / "out.exo", target, args)
    if unreadable:
        print(f"{unreadable} files left out that netCDF-C does not open")
    print(f"process: {count} Exodus files compared through netCDF-C {ncraw.version()}")
    if not count:
        tally.check(str(args.path), "no Exodus file found")
    tally.finish()


if __name__ == "__main__":
    sys.exit(main())
