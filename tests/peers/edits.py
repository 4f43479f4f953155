#!/usr/bin/env python3
"""edits.py: random edits of files of all kinds, held against a model in memory, netCDF-C, h5py and our own reader.

    edits.py EDITS EXO [-n N] [--seed S]

Files are made by netCDF-C (all kinds), by h5py (earliest and latest format), and by us. Up to 50 edits each change them: attributes,
names, dimensions, variables, groups, values, in one transaction or several. After each sequence netCDF4 sees what the model says, our
text is that of ncdump, h5dump and h5py read everything, and netCDF-C and h5py go on editing the file.
EDITS is the example `edits` of hyperslab, with `rewrite` beside it, EXO the command line. Skips without its peers.
"""
import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py", "netCDF4")
import h5py  # noqa: E402
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

KINDS = ["NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]
TYPES = {"byte": "i1", "short": "i2", "int": "i4", "float": "f4", "double": "f8"}
FILL = {"i1": -127, "i2": -32767, "i4": -2147483647, "f4": 9.969209968386869e36, "f8": 9.969209968386869e36}


class Model:
    """What a file should hold: names of dimensions, variables and attributes by the paths of their groups."""

    def __init__(self, kind):
        self.kind = kind
        self.groups = {"": {}}  # path: attributes
        self.dims = {}  # (group, name): [length, unlimited]
        self.vars = {}  # (group, name): dict(type, dims, data, attrs)
        self.types = {}  # (group, name): (class, parts)

    @property
    def is_hdf5(self):
        return self.kind.startswith("NETCDF4") or self.kind.startswith("H5")

    def names(self, group):
        below = [g.rsplit("/", 1)[1] for g in self.groups if g and g.rsplit("/", 1)[0] == group]
        return {n for g, n in [*self.dims, *self.vars, *self.types] if g == group} | set(below)

    @property
    def has_groups(self):
        return self.kind == "NETCDF4" or self.kind.startswith("H5")

    def cut_unused(self, axes):
        """Unlimited dimensions are as long as their variables."""
        for d in axes:
            if self.is_hdf5 and d in self.dims and self.dims[d][1] and all(d not in v["dims"] for v in self.vars.values()):
                self.dims[d][0] = 0

    def shape(self, variable):
        return tuple(self.dims[d][0] for d in variable["dims"])

    def fit(self):
        """Grows or cuts the data of all variables to the lengths of their dimensions."""
        for variable in self.vars.values():
            shape, old = self.shape(variable), variable["data"]
            if old.shape != shape:
                new = np.full(shape, variable.get("fill", FILL[variable["type"]]), variable["type"])
                common = tuple(slice(0, min(a, b)) for a, b in zip(old.shape, shape))
                new[common] = old[common]
                variable["data"] = new


def make(path, kind, rng):
    """A file by netCDF-C, and its model."""
    model = Model(kind)
    with netCDF4.Dataset(path, "w", format=kind) as f:
        f.createDimension("time", None)
        f.createDimension("x", 3)
        f.createDimension("y", 4)
        model.dims.update({("", "time"): [0, True], ("", "x"): [3, False], ("", "y"): [4, False]})
        f.title = "made"
        model.groups[""]["title"] = "made"

        def variable(name, kind_of, axes, **more):
            v = f.createVariable(name, kind_of, axes, **more)
            v.set_auto_mask(False)
            model.vars["", name] = dict(type=kind_of, dims=[("", a) for a in axes], attrs={}, data=None)
            return v

        if rng.random() < 0.7:
            variable("x", "f8", ("x",))
        if rng.random() < 0.7:
            variable("time", "f8", ("time",))
        more = dict(zlib=True, shuffle=True, chunksizes=(2, 3, 2)) if kind.startswith("NETCDF4") and rng.random() < 0.6 else {}
        variable("u", "f4", ("time", "x", "y"), **more)
        variable("n", "i2", ("y",))
        variable("s", "i4", ())
        if rng.random() < 0.5:
            variable("y", "i4", ("y", "x"))
        records = rng.randrange(0, 4)
        if records:
            model.dims["", "time"][0] = records
        for (_, name), v in model.vars.items():
            shape = model.shape(v)
            v["data"] = np.array(np.arange(np.prod(shape, dtype=int)).reshape(shape) % 100, v["type"])
            f.variables[name][...] = v["data"]
            if rng.random() < 0.6:
                v["attrs"]["units"] = "m" * rng.randrange(1, 20)
                f.variables[name].units = v["attrs"]["units"]
        for n in range(rng.choice([0, 0, 3, 12])):
            v = model.vars["", "u"]
            v["attrs"][f"a{n}"] = np.arange(n + 1, dtype="f8")
            f.variables["u"].setncattr(f"a{n}", v["attrs"][f"a{n}"])
    return model


def make_h5(path, libver, rng):
    """A file by h5py, as netCDF sees it, and its model."""
    model = Model("H5" + libver)
    with h5py.File(path, "w", libver=libver, track_order=rng.random() < 0.5) as f:
        for name, length in [("x", 3), ("y", 4)]:
            d = f.create_dataset(name, data=np.arange(float(length)))
            d.make_scale(name)
            model.dims["", name] = [length, False]
            model.vars["", name] = dict(type="f8", dims=[("", name)], attrs={}, data=np.arange(float(length)))
        how = rng.choice([{}, dict(chunks=(2, 2)), dict(chunks=(3, 4), compression="gzip", shuffle=True, fletcher32=True)])
        data = np.arange(12, dtype="f4").reshape(3, 4)
        u = f.create_dataset("u", data=data, **how)
        u.dims[0].attach_scale(f["x"])
        u.dims[1].attach_scale(f["y"])
        u.attrs["a"] = np.arange(3, dtype="i4")
        model.vars["", "u"] = dict(type="f4", dims=[("", "x"), ("", "y")], attrs={"a": np.arange(3, dtype="i4")}, data=data)
        f.attrs["n"] = np.int32(5)
        model.groups[""]["n"] = np.int32(5)
    return model


def ours(path, edits):
    """The same file, written by us."""
    old = path.with_suffix(".old")
    path.rename(old)
    subprocess.run([Path(edits).with_name("rewrite"), str(old), str(path)], check=True, capture_output=True)
    old.unlink()


def run(edits, path, lines):
    done = subprocess.run([edits, str(path)], input="".join(line + "\n" for line in lines), text=True, capture_output=True)
    if done.returncode:
        raise AssertionError(f"{done.stderr}\n" + "\n".join(lines))
    return done.stdout.split()


def random_attribute(rng):
    if rng.random() < 0.4:
        text = "".join(rng.choice("abc xyz") for _ in range(rng.choice([1, 5, 30, 400]))).strip() or "a"
        return "char", text, text
    ty = rng.choice(list(TYPES))
    values = [rng.randrange(-100, 100) for _ in range(rng.choice([1, 2, 7, 60]))]
    return ty, ",".join(map(str, values)), np.array(values, TYPES[ty])


def path_of(key):
    return f"{key[0]}/{key[1]}"


def edit(model, rng, counter):
    """One random edit, applied to the model; returns the line."""
    new = f"{rng.choice(['v', 'é', 'x_', 'name'])}{next(counter)}"
    owners = [(g or "/", a) for g, a in model.groups.items()] + [(path_of(k), v["attrs"]) for k, v in model.vars.items()]
    path, attrs = rng.choice(owners)
    what = rng.choices(
        ["set", "unset", "rename attribute", "rename variable", "rename dimension", "swap", "add dimension", "delete dimension", "resize",
         "add variable", "delete variable", "add group", "rename group", "delete group", "add type", "rename type", "delete type", "typed",
         "put", "put", "put", "grow"])[0]
    if what == "set":
        name = rng.choice([*attrs, new])
        ty, words, value = random_attribute(rng)
        attrs[name] = value
        return f"set\t{path}\t{name}\t{ty}\t{words}"
    if what == "unset" and attrs:
        name = rng.choice(list(attrs))
        del attrs[name]
        return f"unset\t{path}\t{name}"
    if what == "rename attribute" and attrs:
        name = rng.choice(list(attrs))
        attrs[new] = attrs.pop(name)
        return f"rename attribute\t{path}\t{name}\t{new}"
    if what in ("rename variable", "swap") and model.vars:
        key = rng.choice(list(model.vars))
        if what == "swap":
            # The name of a dimension: perhaps it becomes a coordinate variable.
            free = [n for g, n in model.dims if g == key[0] and (g, n) not in model.vars]
            if not free:
                return None
            new = rng.choice(free)
        if (key[0], new) in model.vars:
            return None
        line = f"rename variable\t{path_of(key)}\t{new}"
        model.vars[key[0], new] = model.vars.pop(key)
        return line
    if what == "rename dimension":
        key = rng.choice(list(model.dims))
        free = [n for g, n in model.vars if g == key[0] and (g, n) not in model.dims]
        if free and rng.random() < 0.5:
            new = rng.choice(free)
        line = f"rename dimension\t{path_of(key)}\t{new}"
        model.dims[key[0], new] = model.dims.pop(key)
        for v in model.vars.values():
            v["dims"] = [(key[0], new) if d == key else d for d in v["dims"]]
        return line
    if what == "add dimension":
        group = rng.choice(list(model.groups))
        unlimited = model.is_hdf5 and model.kind != "NETCDF4_CLASSIC" and rng.random() < 0.3
        length = 0 if unlimited else rng.randrange(1, 6)
        model.dims[group, new] = [length, unlimited]
        return f"add dimension\t{group or '/'}\t{new}\t{'unlimited' if unlimited else length}"
    if what == "delete dimension":
        unused = [d for d in model.dims if all(d not in v["dims"] for v in model.vars.values())]
        if unused:
            key = rng.choice(unused)
            del model.dims[key]
            return f"delete dimension\t{path_of(key)}"
    if what == "resize":
        fixed = [d for d, (_, unlimited) in model.dims.items() if not unlimited]
        if fixed:
            key, length = rng.choice(fixed), rng.randrange(1, 7)
            if length < model.dims[key][0] and not model.is_hdf5:
                return None  # values that wait to be written may lie beyond it
            model.dims[key][0] = length
            model.fit()
            return f"resize\t{path_of(key)}\t{length}"
    if what == "add variable" and len(model.vars) < 15:
        group = rng.choice(list(model.groups))
        near = [d for d in model.dims if d[0] == group or not d[0] or group.startswith(d[0] + "/")]
        axes = [rng.choice(near) for _ in range(rng.randrange(0, 3))] if near else []
        if not model.is_hdf5:
            axes = [a for n, a in enumerate(axes) if n == 0 or not model.dims[a][1]]
        named = [d[1] for d in near if d[0] == group and (group, d[1]) not in model.vars]
        if named and rng.random() < 0.4:
            new = rng.choice(named)
        ty = rng.choice(list(TYPES))
        v = dict(type=TYPES[ty], dims=axes, attrs={}, data=None)
        v["data"] = np.full(model.shape(v), FILL[TYPES[ty]], TYPES[ty])
        model.vars[group, new] = v
        deflated = int(model.is_hdf5 and bool(axes) and rng.random() < 0.5)
        return f"add variable\t{group or '/'}\t{new}\t{ty}\t{','.join(map(path_of, axes))}\t{deflated}"
    if what == "delete variable" and len(model.vars) > 2:
        key = rng.choice(list(model.vars))
        model.cut_unused(model.vars.pop(key)["dims"])
        return f"delete variable\t{path_of(key)}"
    if what == "add group" and model.has_groups and len(model.groups) < 4:
        above = rng.choice(list(model.groups))
        model.groups[f"{above}/{new}"] = {}
        return f"add group\t{above or '/'}\t{new}"
    if what == "rename group" and len(model.groups) > 1:
        old = rng.choice([g for g in model.groups if g])
        to = f"{old.rsplit('/', 1)[0]}/{new}"
        moved = lambda g: to + g[len(old):] if g == old or g.startswith(old + "/") else g
        model.groups = {moved(g): a for g, a in model.groups.items()}
        model.dims = {(moved(g), n): d for (g, n), d in model.dims.items()}
        model.vars = {(moved(g), n): v for (g, n), v in model.vars.items()}
        model.types = {(moved(g), n): t for (g, n), t in model.types.items()}
        for v in model.vars.values():
            v["dims"] = [(moved(g), n) for g, n in v["dims"]]
            if "user" in v:
                v["user"] = (moved(v["user"][0]), v["user"][1])
        return f"rename group\t{old}\t{new}"
    if what == "delete group" and len(model.groups) > 1:
        gone = rng.choice([g for g in model.groups if g])
        inside = lambda g: g == gone or g.startswith(gone + "/")
        if any(inside(v["user"][0]) and not inside(g) for (g, _), v in model.vars.items() if "user" in v):
            return f"refused\tdelete group\t{gone}"
        axes = [d for (g, _), v in model.vars.items() if inside(g) for d in v["dims"]]
        for things in (model.dims, model.vars, model.types):
            for key in [key for key in things if inside(key[0])]:
                del things[key]
        model.groups = {g: a for g, a in model.groups.items() if not inside(g)}
        model.cut_unused(axes)
        return f"delete group\t{gone}"
    if what in ("add type", "rename type", "delete type", "typed"):
        return edit_types(model, rng, what, new)
    if what in ("put", "grow"):
        key = rng.choice(list(model.vars))
        v = model.vars[key]
        if "user" in v:
            return None
        start, count = [], []
        for d in v["dims"]:
            length, unlimited = model.dims[d]
            most = length + rng.randrange(0, 3) if what == "grow" and unlimited else length
            if most == 0:
                return None
            at = rng.randrange(0, most)
            start.append(at)
            count.append(rng.randrange(1, most - at + 1))
            if len(set(v["dims"])) < len(v["dims"]) and unlimited and at + count[-1] > length:
                return None
        for d, at, n in zip(v["dims"], start, count):
            if model.dims[d][1]:
                model.dims[d][0] = max(model.dims[d][0], at + n)
        model.fit()
        values = np.array([rng.randrange(-100, 100) for _ in range(int(np.prod(count, dtype=int)))], v["type"]).reshape(count)
        v["data"][tuple(slice(a, a + n) for a, n in zip(start, count))] = values
        name = next(t for t, code in TYPES.items() if code == v["type"])
        words = [",".join(str(int(n)) for n in numbers) for numbers in (start, count, values.ravel())]
        return f"put\t{path_of(key)}\t" + "\t".join(words)
    return None


def edit_types(model, rng, what, new):
    """One random edit of user-defined types, or a variable of one."""
    if not model.has_groups:
        return None
    if what == "add type":
        group, kind = rng.choice(list(model.groups)), rng.choice(["enum", "compound", "vlen"])
        parts = rng.choice(list(TYPES)) if kind == "vlen" else f"a_{new},b_{new}"
        model.types[group, new] = (kind, parts)
        return f"add type\t{group or '/'}\t{new}\t{kind}\t{parts}"
    if not model.types:
        return None
    key = rng.choice(list(model.types))
    users = [v for v in model.vars.values() if v.get("user") == key]
    if what == "rename type":
        model.types = {(key[0], new) if k == key else k: t for k, t in model.types.items()}
        for v in users:
            v["user"] = (key[0], new)
        return f"rename type\t{path_of(key)}\t{new}"
    if what == "delete type":
        if users:
            return f"refused\tdelete type\t{path_of(key)}"
        del model.types[key]
        return f"delete type\t{path_of(key)}"
    # netCDF-C knows the types of groups above that were made before.
    group = rng.choice(list(model.groups))
    enums = [k for k, t in model.types.items() if t[0] == "enum" and (group + "/").startswith(k[0] + "/")]
    if not enums or len(model.vars) > 14 or model.kind != "NETCDF4":
        return None
    key = rng.choice(enums)
    near = [d for d in model.dims if d[0] == group or not d[0] or group.startswith(d[0] + "/")]
    axes = [rng.choice(near)] if near else []
    v = dict(type="i1", dims=axes, attrs={}, data=None, user=key, fill=0)
    v["data"] = np.zeros(model.shape(v), "i1")
    model.vars[group, new] = v
    return f"add variable\t{group or '/'}\t{new}\t{path_of(key)}\t{','.join(map(path_of, axes))}\t0"


def same(found, wanted):
    if isinstance(wanted, str) or isinstance(found, str):
        return isinstance(found, str) and isinstance(wanted, str) and found == wanted
    found, wanted = np.asarray(found), np.asarray(wanted)
    return found.size == wanted.size and found.dtype == wanted.dtype and np.array_equal(found.ravel(), wanted.ravel())


def check(path, model):
    """netCDF-C sees what the model says."""
    with netCDF4.Dataset(path) as f:
        f.set_auto_mask(False)
        f.set_auto_scale(False)
        seen = {"": f}

        def below(group, at):
            for name, g in group.groups.items():
                seen[f"{at}/{name}"] = g
                below(g, f"{at}/{name}")

        below(f, "")
        assert set(seen) == set(model.groups), (set(seen), set(model.groups))
        dims = {(g, n): [len(d), d.isunlimited()] for g, group in seen.items() for n, d in group.dimensions.items()}
        assert dims == model.dims, (dims, model.dims)
        variables = {(g, n): v for g, group in seen.items() for n, v in group.variables.items()}
        assert set(variables) == set(model.vars), (set(variables), set(model.vars))
        for g, attrs in model.groups.items():
            attributes(seen[g], attrs, g)
        types = {}
        for g, group in seen.items():
            types.update({(g, n): ("enum", ",".join(t.enum_dict)) for n, t in group.enumtypes.items()})
            types.update({(g, n): ("compound", ",".join(t.dtype.names)) for n, t in group.cmptypes.items()})
            types.update({(g, n): ("vlen", t.dtype.str[1:]) for n, t in group.vltypes.items()})
        wanted = {key: (kind, TYPES[parts] if kind == "vlen" else parts) for key, (kind, parts) in model.types.items()}
        assert types == wanted, (types, wanted)
        for key, v in model.vars.items():
            found = variables[key]
            if "user" in v:
                assert found.datatype.name == v["user"][1], (key, found.datatype, v["user"])
            axes = [(d.group().path.rstrip("/"), d.name) for d in found.get_dims()]
            assert axes == v["dims"], (key, axes, v["dims"])
            assert found.dtype == np.dtype(v["type"]), (key, found.dtype)
            data = np.asarray(found[...])
            assert data.shape == v["data"].shape and np.array_equal(data, v["data"]), (key, data, v["data"])
            attributes(found, v["attrs"], key)


def attributes(found, wanted, what):
    names = set(found.ncattrs()) - {"_FillValue"}
    assert names == set(wanted), (what, names, set(wanted))
    for name, value in wanted.items():
        assert same(found.getncattr(name), value), (what, name, found.getncattr(name), value)


def accepted(path, exo, model):
    """Others read all of it."""
    if model.is_hdf5:
        with h5py.File(path, "r") as f:
            f.visititems(lambda _, o: o[()] if isinstance(o, h5py.Dataset) else [o.attrs[a] for a in o.attrs])
    if model.kind == "H5latest":
        return  # what HDF5 2 writes as the latest format, older tools do not read
    dump = lambda *command: subprocess.run([*command, str(path)], capture_output=True, text=True, errors="surrogateescape")
    theirs, own = dump("ncdump"), dump(exo, "dump")
    assert theirs.returncode == 0, theirs.stderr
    assert own.returncode == 0 and own.stdout == theirs.stdout, (own.stderr, "the text differs from ncdump's")
    if model.is_hdf5:
        told = dump("h5dump")
        assert told.returncode == 0, told.stderr


def go_on(path, model, rng):
    """netCDF-C and h5py edit the file, too."""
    if not model.kind.startswith("H5"):  # netCDF-C writes to no file that does not track the order of creation
        with netCDF4.Dataset(path, "r+") as f:
            f.later = "by netCDF-C"
        model.groups[""]["later"] = "by netCDF-C"
        check(path, model)
    if model.is_hdf5:
        with h5py.File(path, "r+") as f:
            f.attrs["h5"] = np.int32(7)
        model.groups[""]["h5"] = np.int32(7)
        check(path, model)


def sequence(number, seed, args, directory):
    rng = random.Random(f"{seed} {number}")
    path = Path(directory) / f"{number}.nc"
    if rng.random() < 0.25:
        model = make_h5(path, rng.choice(["earliest", "latest"]), rng)
    else:
        model = make(path, rng.choice(KINDS), rng)
        if rng.random() < 0.3:
            ours(path, args.edits)
    counter, lines = iter(range(10**6)), []
    for _ in range(rng.randrange(1, 51)):
        line = edit(model, rng, counter)
        if line:
            lines.append(line)
        if rng.random() < 0.1:
            lines.append("publish")
    first = path.with_suffix(".first")
    shutil.copy(path, first)
    try:
        run(args.edits, path, lines)
        check(path, model)
        accepted(path, args.exo, model)
        go_on(path, model, rng)
    except Exception:
        print(f"sequence {number} (seed {seed}), {model.kind}: {first}\n" + "\n".join(lines))
        raise
    path.unlink()
    first.unlink()


def references(path, libver, exo):
    """Objects that datasets refer to move, and h5py finds them where they are."""
    with h5py.File(path, "w", libver=libver) as file:
        data = file.create_dataset("g/d", data=np.arange(100.0).reshape(10, 10))
        other = file.create_dataset("e", data=np.arange(5))
        objects = file.create_dataset("objects", (3,), dtype=h5py.ref_dtype)
        regions = file.create_dataset("regions", (2,), dtype=h5py.regionref_dtype, chunks=(1,))
        packed = file.create_dataset("packed", (4,), dtype=h5py.ref_dtype, chunks=(2,), compression="gzip")
        objects[:2] = [data.ref, other.ref]
        regions[0], regions[1] = data.regionref[2:4, 1:3], other.regionref[1:2]
        packed[0], packed[3] = data.ref, file["g"].ref
    for number in range(3):
        name = f"note{number}"
        subprocess.run([exo, "edit", path, "attr", "set", "/g/d", name, "x" * 300], check=True, stdout=subprocess.DEVNULL)
        with h5py.File(path) as file:
            assert len(file["g/d"].attrs[name]) == 300
            assert [file[r].name for r in file["objects"][:2]] == ["/g/d", "/e"] and not file["objects"][2]
            assert file["g/d"][file["regions"][0]].ravel().tolist() == [21, 22, 31, 32]
            assert file["e"][file["regions"][1]].tolist() == [1]
            assert [file[file["packed"][n]].name for n in (0, 3)] == ["/g/d", "/g"] and not file["packed"][1]


def rewritten(path, exo):
    """Files that cannot be changed where they are keep what forbids it, and h5py finds everything."""
    kinds = {"user block": dict(userblock_size=1024), "pages": dict(fs_strategy="page", fs_page_size=8192, fs_persist=True),
             "free space": dict(fs_strategy="fsm", fs_persist=True)}
    for name, options in kinds.items():
        with h5py.File(path, "w", libver=("v110", "v110"), **options) as file:
            file["g/d"] = np.arange(1000.0)
            file.create_dataset("packed", data=np.arange(1000), compression="gzip", chunks=(100,))
            file["gone"] = np.zeros(10000)
            del file["gone"]
        if "userblock_size" in options:
            with open(path, "r+b") as file:
                file.write(b"of the user")
        done = subprocess.run([exo, "edit", path, "attr", "set", "/g", "note", "x" * 300, "--then", "rename", "variable", "packed", "p"],
                              check=True, capture_output=True, text=True)
        assert "2 edits done, rewritten" in done.stdout, done.stdout
        with h5py.File(path, "r+") as file:
            assert file["g"].attrs["note"] == b"x" * 300 and file["g/d"][...].tolist() == list(range(1000)), name
            assert file["p"][...].tolist() == list(range(1000)) and file["p"].compression == "gzip", name
            kept = file.id.get_create_plist()
            assert kept.get_userblock() == options.get("userblock_size", 0), name
            if name == "pages":
                assert kept.get_file_space_strategy()[0] == h5py.h5f.FSPACE_STRATEGY_PAGE and kept.get_file_space_page_size() == 8192
            file["later"] = 1
        if name == "user block":
            assert path.read_bytes().startswith(b"of the user")
        assert [p.name for p in path.parent.iterdir() if p.name.endswith(".partial")] == []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("edits")
    parser.add_argument("exo")
    parser.add_argument("-n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        for number in [args.only] if args.only is not None else range(args.n):
            sequence(number, args.seed, args, directory)
        for libver in ("earliest", "latest"):
            references(Path(directory) / f"references_{libver}.h5", libver, args.exo)
        rewritten(Path(directory) / "rewritten.h5", args.exo)
    print(f"{args.n} passed, 0 failed: sequences after which netCDF-C, h5py, ncdump, h5dump and our reader agree with the model")


if __name__ == "__main__":
    main()
