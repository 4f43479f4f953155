#!/usr/bin/env python3
"""readers.py [PATH]

Runs `exo process` on every Exodus file of a folder (default: the fixtures), into the same container and into netCDF-4 and
CDF-5, and opens the outputs with ncdump, h5dump, h5py, VTK and libexodus. Each must read the same coordinates,
connectivity, times and the last nodal variable at the last step as netCDF-C does. A reader that cannot read the input
of a program that only copies it is not asked about the output.
"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

import ncraw  # noqa: E402
from process_check import NUMPY, is_exodus, values  # noqa: E402

HERE = Path(__file__).resolve().parent
FILL = {"f": 9.969209968386869e36, "i": -2147483647}


def picked(path):
    """What is compared: item to (variable, index or None, values)."""
    with ncraw.File(path) as file:
        root, found = file.root, {}
        for axis, name in enumerate(("coordx", "coordy", "coordz")):
            if root.variable(name):
                found[name] = (name, None, values(root.variable(name)))
        if root.variable("coord"):
            for axis, row in enumerate(values(root.variable("coord"))):
                found["coord" + "xyz"[axis]] = ("coord", (axis,), row)
        if root.variable("connect1"):
            found["connect1"] = ("connect1", None, values(root.variable("connect1")))
        times = root.variable("time_whole")
        if times and times.shape[0]:
            found["time_whole"] = ("time_whole", None, values(times))
            last = [v for v in root.variables if v.name.startswith("vals_nod_var")]
            if last:
                last = max(last, key=lambda v: int(v.name[12:] or 0))
                index = (-1,) if last.name[12:] else (-1, -1)
                found["nodal"] = (last.name, index, values(last)[index])
        return file.format, found


def equal(want, got):
    """Whether values are the same numbers, NaN for NaN."""
    want, got = np.asarray(want).ravel().astype("f8"), np.asarray(got).ravel().astype("f8")
    return want.shape == got.shape and np.array_equal(want, got, equal_nan=True)


def by_ncdump(path, wanted):
    """Values from the text of ncdump."""
    names = sorted({w[0] for w in wanted.values()})
    chosen = ["-v", ",".join(names)] if names else []
    done = subprocess.run(["ncdump", "-p", "9,17", *chosen, path], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    got = {}
    for part in done.stdout.partition("\ndata:\n")[2].rstrip().rstrip("}").split(";"):
        if "=" not in part:
            continue
        name, text = part.split("=", 1)
        words = [w.strip() for w in text.split(",")]
        got[name.strip()] = [w for w in words if w]
    found = {}
    for item, (name, index, want) in wanted.items():
        shape = full_shape(path, name)
        fill = FILL[want.dtype.kind]
        numbers = np.array([fill if w == "_" else float(w.rstrip("fLl")) for w in got.get(name, [])]).astype(want.dtype)
        found[item] = cut(numbers, shape, index)
    return found


def full_shape(path, name):
    """The shape of a variable."""
    with ncraw.File(path) as file:
        return file.root.variable(name).shape


def cut(data, shape, index):
    """The part that is compared."""
    data = np.asarray(data).reshape(shape)
    return data if index is None else data[index]


def by_h5dump(path, wanted):
    """Values from the binary output of h5dump."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for item, (name, index, want) in wanted.items():
            out = Path(folder) / "values"
            done = subprocess.run(["h5dump", "-d", "/" + name, "-b", "LE", "-o", out, path], capture_output=True, text=True, timeout=60)
            if done.returncode or not out.exists():
                raise RuntimeError(f"{name}: {done.stderr.strip()[:300]}")
            found[item] = cut(np.frombuffer(out.read_bytes(), want.dtype.newbyteorder("<")), full_shape(path, name), index)
        # The whole file once, for everything that is not compared.
        done = subprocess.run(["h5dump", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[:300])
    return found


def by_h5py(path, wanted):
    """Values through h5py."""
    with h5py.File(path, "r") as file:
        everything = []
        file.visititems(lambda name, item: everything.append(list(item.attrs.items())))
        found = {}
        for item, (name, index, want) in wanted.items():
            data = file[name][...]
            # HDF5 knows nothing of records that netCDF adds to a variable shorter than its dimension.
            first = index[0] if isinstance(index, tuple) else index
            if first is None or -data.shape[0] <= first < data.shape[0]:
                found[item] = data if index is None else data[index]
            else:
                found[item] = want
        return found


def by_libexodus(program, path):
    """Values from the C program beside this one."""
    done = subprocess.run([program, path], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError((done.stderr or f"exit code {done.returncode}").strip()[-300:])
    lines = [line.split() for line in done.stdout.splitlines()]
    return {words[0]: np.array([float(w) for w in words[2:]]) for words in lines if len(words) > 1 and words[1].isdigit()}


def by_vtk(path):
    """Values through VTK, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--vtk", path], capture_output=True, text=True, timeout=120)
    if done.returncode or "{" not in done.stdout:
        raise RuntimeError((done.stderr or f"exit code {done.returncode}").strip()[-300:])
    return {k: np.array(v, "f8") for k, v in json.loads(done.stdout[done.stdout.index("{"):]).items()}


def vtk_values(path):
    """The process of its own: prints what vtkExodusIIReader reads as JSON."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOExodus import vtkExodusIIReader
    reader = vtkExodusIIReader()
    reader.SetFileName(path)
    reader.UpdateInformation()
    reader.SetSqueezePoints(False)
    reader.SetApplyDisplacements(False)
    kinds = (reader.NODAL, reader.ELEM_BLOCK)
    for kind in kinds:
        for i in range(reader.GetNumberOfObjects(kind) if kind != reader.NODAL else 0):
            reader.SetObjectStatus(kind, i, 1)
        for i in range(reader.GetNumberOfObjectArrays(kind)):
            reader.SetObjectArrayStatus(kind, reader.GetObjectArrayName(kind, i), 1)
    times = reader.GetOutputInformation(0).Get(reader.GetExecutive().TIME_STEPS()) or []
    found = {}
    if times:
        found["time_whole"] = list(times)
        reader.UpdateTimeStep(times[-1])
    else:
        reader.Update()
    blocks = reader.GetOutput().GetBlock(0)
    if reader.GetErrorCode() or blocks is None or not blocks.GetNumberOfBlocks() or blocks.GetBlock(0) is None:
        sys.exit("VTK reads no block")
    grid = blocks.GetBlock(0)
    points = vtk_to_numpy(grid.GetPoints().GetData())
    for axis in range(3):
        found["coord" + "xyz"[axis]] = points[:, axis].tolist()
    cells = vtk_to_numpy(grid.GetCells().GetConnectivityArray())
    found["connect1"] = (cells + 1).tolist()
    data = grid.GetPointData()
    names = [data.GetArrayName(i) for i in range(data.GetNumberOfArrays())]
    found["arrays"] = []
    with ncraw.File(path) as file:
        known = file.root.variable("name_nod_var")
        if known and times:
            raw = known.data()
            width = known.shape[1]
            last = raw[-width:].split(b"\0")[0].decode().strip()
            if last in names and data.GetArray(last).GetNumberOfComponents() == 1:
                found["nodal"] = vtk_to_numpy(data.GetArray(last)).tolist()
    # JSON has no NaN in theory; Python's has.
    print(json.dumps(found))


def compile_libexodus(folder, tally):
    """The C program, or None."""
    if not shutil.which("gcc") or not Path("/usr/include/exodusII.h").exists():
        tally.skip("libexodus: gcc or libexodusii-dev is missing", package=True)
        return None
    program = Path(folder) / "libexodus"
    subprocess.run(["gcc", "-O1", "-Wall", "-o", program, HERE / "libexodus.c", "-lexoIIv2c", "-lnetcdf"], check=True)
    return program


def readers(folder, tally):
    """The readers that are here: name to (works for container, function)."""
    found = {"h5py": (lambda f: f.startswith("netcdf4"), by_h5py)}
    for tool, works, function in (("ncdump", lambda f: True, by_ncdump), ("h5dump", lambda f: f.startswith("netcdf4"), by_h5dump)):
        if shutil.which(tool):
            found[tool] = (works, function)
        else:
            tally.skip(f"{tool} is missing", package=True)
    try:
        import vtkmodules.vtkIOExodus  # noqa: F401
        found["vtk"] = (lambda f: True, lambda path, wanted: by_vtk(path))
    except ImportError as why:
        tally.skip(f"vtk: {why}", package=True)
    program = compile_libexodus(folder, tally)
    if program:
        found["libexodus"] = (lambda f: f != "cdf5", lambda path, wanted: by_libexodus(program, path))
    return found


def attempt(function, path):
    """The differences between a reader and netCDF-C; an exception is one."""
    form, wanted = picked(path)
    try:
        got = function(str(path), wanted)
    except (RuntimeError, OSError, KeyError, ValueError, subprocess.TimeoutExpired) as why:
        return [f"does not read it: {why}"], 0
    found = [item for item in wanted if item in got]
    return [f"{item} differs" for item in found if not equal(wanted[item][2], got[item])], len(found)


def main():
    """All files, all readers."""
    if len(sys.argv) == 3 and sys.argv[1] == "--vtk":
        vtk_values(sys.argv[2])
        return
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else common.FIXTURES / "exodus"
    tally, compared, left_out = common.Tally(), {}, []
    with tempfile.TemporaryDirectory() as folder:
        found = readers(folder, tally)
        for source in sorted(p for p in path.rglob("*") if p.is_file()):
            try:
                with ncraw.File(source) as file:
                    if not is_exodus(file):
                        continue
            except (ncraw.NcError, KeyError):
                continue
            able = {}
            for name, (works, function) in found.items():
                able[name] = not works(picked(source)[0]) or not attempt(function, source)[0]
            for target in (None, "cdf2", "cdf5", "netcdf4", "netcdf4-classic"):
                out = Path(folder) / "out.exo"
                options = ["--format", target] if target else []
                code, _, error = common.run("process", source, out, "--scale", "2", "--force", "--quiet", *options)
                label = f"{source.name} -> {target or 'same'}"
                if code == 2 and target and "panicked" not in error:
                    continue
                if not tally.check(label, f"exit code {code}: {error.strip()[-200:]}" if code else []):
                    continue
                form = picked(out)[0]
                for name, (works, function) in found.items():
                    if not works(form):
                        continue
                    problems, count = attempt(function, out)
                    if problems and not able[name]:
                        left_out.append(f"{name} does not read {source.name} itself")
                        continue
                    tally.check(f"{label} by {name}", problems)
                    compared[name] = compared.get(name, 0) + count
    for name in sorted(set(left_out)):
        print(f"left out: {name}")
    print("arrays compared: " + ", ".join(f"{name} {count}" for name, count in sorted(compared.items())))
    tally.finish()


if __name__ == "__main__":
    main()
