#!/usr/bin/env python3
"""schemas.py FOLDER [--max N]

Random schemas beside the C libraries. FOLDER has what the test `schemas` of the library leaves there:

    SCHEMAS_OUT=FOLDER cargo test -p hyperslab --test schemas

Each file that was written has a description beside it: groups, dimensions, types, variables, attributes, and all values. It
must be what netCDF-C (the library inside netCDF4-python) and h5py read; ncdump and h5dump must print the file without a word
on standard error, unless its filters need plugins, which Debian does not have.
"""
import argparse
import collections
import json
import shutil
import sys
from pathlib import Path

import common

common.require("numpy", "h5py", "hdf5plugin", "netCDF4")
import hdf5plugin  # noqa: E402,F401
import h5py  # noqa: E402
import netCDF4  # noqa: E402,F401

import apart  # noqa: E402
import h5values  # noqa: E402
import ncraw  # noqa: E402

# netCDF-C keeps these to itself.
HIDDEN = {"_NCProperties", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict", "CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}


def attributes(where, wanted, found):
    """The differences between described attributes and those of netCDF-C."""
    got = {a.name: [a.type, a.len, a.data.hex()] for a in found}
    for name, *want in wanted:
        if name not in got:
            if name not in HIDDEN:
                yield f"{where}@{name!r} is lost"
        elif got[name] != want:
            yield f"{where}@{name!r}: {str(want)[:60]} -> {str(got[name])[:60]}"
    if more := set(got) - {a[0] for a in wanted}:
        yield f"{where}: attributes {sorted(more)} are new"


def by_netcdf(path, wanted):
    """The differences between a description and what netCDF-C reads."""
    with ncraw.File(path) as file:
        if file.format != wanted["format"]:
            yield f"format {file.format}"
        groups = {group.path: group for group in file.root.all()}
        if sorted(groups) != sorted(wanted["groups"]):
            yield f"groups {sorted(wanted['groups'])} -> {sorted(groups)}"
        for name in groups.keys() & wanted["groups"].keys():
            yield from same_group(name, wanted["groups"][name], groups[name])


def same_group(where, want, group):
    """The differences in one group."""
    dims = [[name, length, unlimited] for name, length, unlimited in group.dims]
    if dims != want["dims"]:
        yield f"{where} dimensions {want['dims']} -> {dims}"
    types = [t.describe() for t in group.types]
    plain = [{**t, **({"members": [list(m) for m in t["members"]]} if "members" in t else {})} for t in want["types"]]
    mine = [{**t, **({"fields": [list(f) for f in t["fields"]]} if "fields" in t else {})} for t in types]
    if mine != plain:
        yield f"{where} types {plain} -> {mine}"
    yield from attributes(where, want["attributes"], group.attributes)
    if [v.name for v in group.variables] != [v["name"] for v in want["variables"]]:
        yield f"{where} variables {[v['name'] for v in want['variables']]} -> {[v.name for v in group.variables]}"
    for variable in want["variables"]:
        found = group.variable(variable["name"])
        if found is None:
            continue
        for key, got in (("type", found.type), ("dims", found.dims), ("shape", found.shape)):
            if got != variable[key]:
                yield f"{where} {variable['name']!r}: {key} {variable[key]} -> {got}"
        if found.shape == variable["shape"] and found.data().hex() != variable["data"]:
            yield f"{where} {variable['name']!r} {variable['type']}: values"
        yield from attributes(f"{where} {variable['name']!r}", variable["attributes"], found.attributes)


def by_h5py(path, wanted):
    """The differences between a description and what h5py reads."""
    with h5py.File(path, "r") as file:
        for where, group in wanted["groups"].items():
            inside = file[where]
            for variable in group["variables"]:
                data = h5values.dataset(inside, variable["name"])
                if data is None:
                    yield f"h5py: {where} {variable['name']!r} is no dataset"
                elif list(data.shape) != variable["shape"]:
                    yield f"h5py: {where} {variable['name']!r}: shape {data.shape}"
                elif h5values.canonical(data).hex() != variable["data"]:
                    yield f"h5py: {where} {variable['name']!r} {variable['type']}: values"
                for name, kind, _, value in variable["attributes"]:
                    got = h5values.attribute(data, name) if data is not None else None
                    if got is not None and got[0] == kind and got[1].hex() != value:
                        yield f"h5py: {variable['name']!r}@{name!r}: {value[:40]} -> {got[1].hex()[:40]}"


#: The first filter that is not one of the library's own.
FIRST_PLUGIN = 256


def datasets(file):
    """All datasets with chunks, or without."""
    found = []
    file.visititems(lambda _, item: found.append(item) if isinstance(item, h5py.Dataset) else None)
    return found


def needs_plugins(path):
    """Whether a file has filters that the C library does not have."""
    with h5py.File(path, "r") as file:
        plists = [item.id.get_create_plist() for item in datasets(file)]
        return any(p.get_filter(n)[0] >= FIRST_PLUGIN for p in plists for n in range(p.get_nfilters()))


def one(path, wanted):
    """Everything that is wrong with a file."""
    found = []
    for reader in (by_netcdf, by_h5py):
        if reader is by_h5py and not wanted["format"].startswith("netcdf4"):
            continue
        try:
            found += list(reader(path, wanted))
        except (ncraw.NcError, OSError, RuntimeError, KeyError, ValueError, TypeError) as why:
            found.append(f"{reader.__name__}: {type(why).__name__}: {why}")
    # ncdump 4.9 prints no attribute whose name has the full 256 bytes.
    longest = max((len(a[0].encode()) for g in wanted["groups"].values() for o in (g, *g["variables"]) for a in o["attributes"]), default=0)
    if wanted["format"].startswith("netcdf4") and needs_plugins(path):
        return found
    for name in ("ncdump", "h5dump") if longest < 256 else ("h5dump",):
        # h5dump 1.10 divides by zero over chunks of 32 dimensions, also in files of h5py.
        if name == "h5dump" and any(len(v["shape"]) == 32 for g in wanted["groups"].values() for v in g["variables"]):
            continue
        if shutil.which(name) and (name == "ncdump" or wanted["format"].startswith("netcdf4")):
            found += filter(None, [apart.tool(name, path)[1]])
    return found


def main():
    """All files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--max", type=int)
    args = parser.parse_args()
    tally, formats = common.Tally(), collections.Counter()
    for name in ("h5dump", "ncdump"):
        if not shutil.which(name):
            tally.skip(f"{name} is missing", package=True)
    paths = sorted(args.folder.glob("*.nc"))[:args.max]
    if not paths:
        sys.exit(f"no files in {args.folder}: see the description of this program")
    for path in paths:
        wanted = json.loads(path.with_suffix(".json").read_text())
        formats[wanted["format"]] += 1
        found, status = apart.call(one, path, wanted)
        tally.check(path.name, [f"a library dies of it ({status})"] if found is None else found)
    print(", ".join(f"{count} {name}" for name, count in sorted(formats.items())))
    tally.finish()


if __name__ == "__main__":
    main()
