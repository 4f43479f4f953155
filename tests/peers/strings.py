#!/usr/bin/env python3
"""strings.py: variables and attributes of strings through `exo process` and `exo copy`.

Exodus files in netCDF-4 with variables of strings of every kind (fixed, scalar, along the steps, never written, with and
without a fill value, deflated, many; written by netCDF-C and by h5py) and with attributes of strings are processed and
copied. What comes out must open in netCDF-C, h5py, ncdump and h5dump with the same strings: a string in an HDF5 file is an
address in that file's heap, which means nothing in another one.
"""
import shutil
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py", "netCDF4")
import h5py  # noqa: E402
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

import apart  # noqa: E402
import h5values  # noqa: E402
import ncraw  # noqa: E402

TEXTS = ["x", "ü", ""]


def mesh(path):
    """One hexahedron with two steps of one nodal variable, open for more."""
    data = netCDF4.Dataset(path, "w", format="NETCDF4")
    data.api_version = data.version = np.float32(8.03)
    data.floating_point_word_size, data.file_size, data.maximum_name_length = np.int32(8), np.int32(1), np.int32(32)
    data.title = "strings"
    for name, length in (("len_string", 33), ("len_line", 81), ("len_name", 33), ("four", 4), ("time_step", None), ("num_dim", 3),
                         ("num_nodes", 8), ("num_elem", 1), ("num_el_blk", 1), ("num_el_in_blk1", 1), ("num_nod_per_el1", 8),
                         ("num_nod_var", 1)):
        data.createDimension(name, length)
    corners = np.array([[0, 1, 1, 0, 0, 1, 1, 0], [0, 0, 1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]], "f8")
    for axis, row in zip("xyz", corners):
        data.createVariable("coord" + axis, "f8", ("num_nodes",))[:] = row
    data.createVariable("eb_status", "i4", ("num_el_blk",))[:] = 1
    ids = data.createVariable("eb_prop1", "i4", ("num_el_blk",))
    ids.setncattr("name", "ID")
    ids[:] = 1
    connect = data.createVariable("connect1", "i4", ("num_el_in_blk1", "num_nod_per_el1"))
    connect.elem_type = "HEX8"
    connect[:] = np.arange(1, 9)
    names = data.createVariable("name_nod_var", "S1", ("num_nod_var", "len_name"))
    names.set_auto_chartostring(False)
    names[0, 0] = b"u"
    times = data.createVariable("time_whole", "f8", ("time_step",))
    values = data.createVariable("vals_nod_var1", "f8", ("time_step", "num_nodes"))
    for step in range(2):
        times[step], values[step] = step, np.arange(8) + step
    return data


def variables():
    """What is added to the mesh: a name and a function."""
    def strings(dims, values=None, **options):
        def add(data):
            variable = data.createVariable("s", str, dims, **options)
            if values is not None:
                variable[...] = values if isinstance(values, str) else np.array(values, dtype=object)
        return add

    def steps(data):
        variable = data.createVariable("s", str, ("time_step",))
        variable[0], variable[1] = "a", "b"

    def both(data):
        variable = data.createVariable("s", str, ("time_step", "num_dim"), chunksizes=(1, 2), fill_value="none")
        variable[1, 0] = "only this"

    def many(data):
        data.createDimension("many", 5000)
        data.createVariable("s", str, ("many",))[:] = np.array([f"text {n}" for n in range(5000)], dtype=object)

    def attribute(data):
        data["coordx"].setncattr_string("note", ["a", "bb", ""])
        data.setncattr_string("one", "x")

    return {"fixed": strings(("num_dim",), TEXTS), "scalar": strings((), "one"), "steps": steps, "steps and more": both,
            "never written": strings(("num_dim",)), "fill value": strings(("num_dim",), ["x", "none", "y"], fill_value="none"),
            "no fill value": strings(("num_dim",), TEXTS, fill_value=False), "deflated": strings(("num_dim",), TEXTS, zlib=True),
            "many": many, "attributes": attribute}


def files(folder):
    """The files: a name and a path."""
    for name, add in variables().items():
        path = Path(folder) / f"{name.replace(' ', '_')}.exo"
        with mesh(path) as data:
            add(data)
        yield name, path
    path = Path(folder) / "h5py.exo"
    mesh(path).close()
    with h5py.File(path, "a") as file:
        added = file.create_dataset("s", data=["p", "q", "r"], dtype=h5py.string_dtype())
        added.dims[0].attach_scale(file["num_dim"])
    yield "by h5py", path


def texts(path):
    """All strings of a file as netCDF-C reads them."""
    with ncraw.File(path) as file:
        found = {v.name: v.data() for v in file.root.variables if v.type == "string"}
        owners = [("", file.root), *((v.name, v) for v in file.root.variables)]
        return found | {f"{owner}@{a.name}": a.data for owner, at in owners for a in at.attributes if a.type == "string"}


def compare(source, out):
    """What is wrong with an output."""
    want, found = texts(source), []
    try:
        if texts(out) != want:
            found.append(f"netCDF-C reads {str(texts(out))[:100]}, not {str(want)[:100]}")
    except ncraw.NcError as why:
        found.append(f"netCDF-C: {why}")
    try:
        with h5py.File(out, "r") as file:
            for name, data in want.items():
                if "@" not in name and h5values.canonical(file[name]) != data:
                    found.append(f"h5py: {name}")
    except (OSError, RuntimeError, KeyError) as why:
        found.append(f"h5py: {why}")
    for tool in ("ncdump", "h5dump"):
        if shutil.which(tool):
            found += filter(None, [apart.tool(tool, out)[1]])
    return found


def main():
    """All files, both ways."""
    tally = common.Tally()
    for name in ("h5dump", "ncdump"):
        if not shutil.which(name):
            tally.skip(f"{name} is missing", package=True)
    ways = {"process": ["--scale", "2"], "process deflated": ["--deflate", "4"], "process into netcdf4": ["--format", "netcdf4"],
            "copy": ["--format", "netcdf4"]}
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files(folder):
            for way, options in ways.items():
                out = Path(folder) / "out.exo"
                out.unlink(missing_ok=True)
                code, _, error = common.run(way.split()[0], path, out, "--quiet", "--force", *options)
                if code:
                    tally.check(f"{name}: {way}", f"exit code {code}: {error.strip()[-200:]}")
                    continue
                found, status = apart.call(compare, path, out)
                tally.check(f"{name}: {way}", [f"a library dies of it ({status})"] if found is None else found)
    tally.finish()


if __name__ == "__main__":
    main()
