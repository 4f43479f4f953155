#!/usr/bin/env python3
"""convert_check.py [--corpus FOLDER [--manifest TABLE --classes A,B]] [--max N] [--long]

`exo convert` beside netCDF-C. Each file is converted to all five containers. What netCDF-C reads of the output (groups,
dimensions, types, variables, attributes, values, storage) is what it reads of the input; what the output cannot hold is
refused with the name of the object, and leaves no file. Where nccopy converts too, both outputs are the same to netCDF-C.
A fill value that only HDF5 knows becomes an attribute in classic files, and nothing else is added.
Then the options: chunks, filters, byte orders, types, dimensions, parts of files, room in headers.
"""
import argparse
import collections
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4")
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

import apart  # noqa: E402
import ncraw  # noqa: E402

KINDS = {"cdf1": "classic", "cdf2": "64bit-offset", "cdf5": "cdf5", "netcdf4": "netcdf4", "netcdf4-classic": "netcdf4-classic"}
NCCOPY = {"cdf1": "classic", "cdf2": "64-bit offset", "cdf5": "cdf5", "netcdf4": "netCDF-4", "netcdf4-classic": "netCDF-4 classic model"}
# What was said of each output that is refused: a path or a name in it is the object.
NAMED = ("/", "attribute ", "variable ", "dimension ", "unlimited ")
# What the C library leaves out without a word, or takes although its own rules for names refuse it.
LEFT_OUT = ("netCDF has no type", "the link", "contains itself", "the name ")
MAX_BYTES = 64 << 20


def seen(path):
    """All that netCDF-C shows of a file, by path."""
    found = {}
    with ncraw.File(path) as file:
        found["format"] = file.format
        unlimited = {d[0] for group in file.root.all() for d in group.dims if d[2]}
        for group in file.root.all():
            found[group.path] = (
                [(d[0], d[1], d[2]) for d in group.dims],
                [str(t.describe()) for t in group.types],
                [a.key() for a in group.attributes],
                [v.name for v in group.variables],
            )
            for v in group.variables:
                # The C library returns what was in memory where a variable is shorter than two of its unlimited dimensions.
                is_known = sum(d in unlimited for d in v.dims) < 2 and v.count() * v.of.size <= MAX_BYTES
                data = ncraw.sha(v.data()) if is_known else None
                found[group.path.rstrip("/") + "/" + v.name] = (v.type, v.dims, v.shape, [a.key() for a in v.attributes], data)
    return found


def as_characters(of, new):
    """What becomes of texts in containers without them, as far as netCDF-C can say: the rest has to be the same."""
    for name, (kind, _, shape, attributes, _) in [(n, v) for n, v in of.items() if len(v) == 5]:
        if kind == "string" and name in new and new[name][0] == "char" and new[name][2][:-1] == shape:
            of[name] = new[name][:3] + (attributes, new[name][4])
            of["/"] = (new["/"][0],) + of["/"][1:]
    return of


def fills(path):
    """The fill values of the variables of a file, by path, in little-endian order, whether an attribute tells them or not."""
    with ncraw.File(path) as file:
        return {group.path.rstrip("/") + "/" + v.name: v.fill() for group in file.root.all() for v in group.variables}


def without_told(path, of, new):
    """The same without attributes that tell a fill value which the input has without one: a classic file has no other place for it."""
    added = {n: v for n, v in new.items() if len(v) == 5 and n in of and len(of[n]) == 5
             and "_FillValue" in {key[0] for key in v[3]} - {key[0] for key in of[n][3]}}
    known = apart.call(fills, path)[0] or {} if added else {}
    told = {n: v for n, v in added.items() if any(key[0] == "_FillValue" and key[3] == known.get(n) for key in v[3])}
    return new | {n: (*v[:3], [key for key in v[3] if key[0] != "_FillValue"], v[4]) for n, v in told.items()}


def differences(of, new):
    """What is not the same."""
    for name in of.keys() | new.keys():
        if name == "format":
            continue
        if of.get(name) != new.get(name):
            a, b = of.get(name), new.get(name)
            part = next((f"{x!r:.80} -> {y!r:.80}" for x, y in zip(a, b) if x != y), "") if a and b else f"{a!r:.40} -> {b!r:.40}"
            yield f"{name}: {part}"


def without_texts(view):
    """The same with single texts of attributes as characters."""
    def plain(keys):
        return [key[0] if key[1] in ("string", "char") else key for key in keys]
    return {n: v if n == "format" else (v[0], v[1], plain(v[2]), v[3]) if len(v) == 4 else (*v[:3], plain(v[3]), v[4]) for n, v in view.items()}


def one(tally, path, folder, view):
    """A file in all containers."""
    for kind, form in KINDS.items():
        output = folder / "out.nc"
        output.unlink(missing_ok=True)
        code, _, said = common.run("convert", path, output, "--format", kind, "--quiet")
        problems = []
        if code:
            if output.exists():
                problems.append("there is an output all the same")
            if code != 2 or not any(word in said.split(":", 2)[-1] for word in NAMED):
                problems.append(f"exit code {code}: {said}")
        elif view is None:
            # What the C library cannot read of the input, it may not read of the output either.
            problems += same_digest(path, output) if kind == "netcdf4" else []
        else:
            new, status = apart.call(seen, output)
            if new is None:
                problems.append(f"netCDF-C does not read it ({status})")
            else:
                problems += [f"format {new['format']}"] * (new["format"] != form)
                old = as_characters(dict(view), new)
                new = without_told(path, old, new) if kind.startswith("cdf") else new
                if kind != "netcdf4":
                    old, new = without_texts(old), without_texts(new)
                problems += list(differences(old, new))[:3]
        tally.check(f"{path.name} to {kind}", problems)
        yield kind, code, said


def same_digest(path, output):
    """What our own digests say of two files."""
    records = []
    for file in (path, output):
        record = json.loads(common.run("digest", "--netcdf", file)[1] or "{}")
        groups = record.get("groups", [])
        for group in groups:
            group.pop("types", None)
            for variable in group["variables"]:
                for stored in ("storage", "chunk", "filters", "endian"):
                    variable.pop(stored, None)
        records.append(groups)
    return [] if records[0] == records[1] else ["the digests are not the same"]


def beside_nccopy(tally, path, folder, kind, view, refused):
    """What nccopy converts without a loss is converted, and what it makes is the same to netCDF-C; true if nccopy loses something."""
    theirs = folder / "nccopy.nc"
    theirs.unlink(missing_ok=True)
    try:
        done = subprocess.run(["nccopy", "-k", NCCOPY[kind], path, theirs], capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    copied = apart.call(seen, theirs)[0] if done.returncode == 0 else None
    if copied is None:
        return False
    if list(differences(without_texts(view), without_texts(copied))):
        return True
    if refused and any(why in refused for why in LEFT_OUT):
        return True
    if refused:
        tally.check(f"{path.name} to {kind}: nccopy does it", refused)
        return False
    new = apart.call(seen, folder / "out.nc")[0]
    new = without_told(path, view, new) if kind.startswith("cdf") else new
    tally.check(f"{path.name} to {kind} as nccopy", list(differences(without_texts(copied), without_texts(new)))[:3])
    return False


def files(tally, paths, folder):
    """All files that netCDF-C or we read."""
    refusals, lossy = collections.Counter(), 0
    for path in paths:
        if path.name.startswith(("streaming_", "scales_by_name")):
            continue  # The C library takes the number of records as it is; one file has two variables of one name.
        if common.run("info", path)[0] not in (0, 2) or common.run("dump", "-h", path)[0]:
            continue
        view, _ = apart.call(seen, path)
        for kind, code, said in one(tally, path, folder, view):
            if code:
                refusals[said.strip().split(": ")[-1][:60]] += 1
            if view is not None and shutil.which("nccopy"):
                lossy += beside_nccopy(tally, path, folder, kind, view, said if code else None)
    for what, count in refusals.most_common(12):
        print(f"  refused {count} times: {what}")
    print(f"  nccopy loses something {lossy} times")


def make(path):
    """A file with something of everything."""
    with netCDF4.Dataset(path, "w") as ds:
        ds.createDimension("t", None), ds.createDimension("y", 20), ds.createDimension("x", 30)
        rng = np.random.default_rng(3)
        ds.createVariable("t", "f8", ("t",))[:] = np.arange(7)
        ds.createVariable("x", "f4", ("x",))[:] = np.arange(30)
        u = ds.createVariable("u", "f8", ("t", "y", "x"), fill_value=-1.0, zlib=True, complevel=4, shuffle=True, chunksizes=(1, 20, 30))
        u.valid_range = np.array([-5.0, 5.0])
        u[:] = rng.normal(size=(7, 20, 30)).round(3)
        n = ds.createVariable("n", "i4", ("y", "x"))
        n[:10] = rng.integers(0, 1000, size=(10, 30))
        s = ds.createVariable("s", str, ("y",))
        s[:] = np.array([f"text {i}" * (i % 3) for i in range(20)], dtype=object)
        ds.title = "a file"


def values(path, name):
    """The values of a variable."""
    with netCDF4.Dataset(path) as ds:
        ds.set_auto_maskandscale(False)
        return ds[name][:]


def option(tally, folder, name, words, check, source=None):
    """One conversion with options, and what must hold then."""
    source, output = source or folder / "all.nc", folder / "option.nc"
    code, _, said = common.run("convert", source, output, "--force", "--quiet", *words)
    problems = []
    if code:
        problems.append(said)
    else:
        with netCDF4.Dataset(output) as ds:
            ds.set_auto_maskandscale(False)
            try:
                wrong = check(ds)
            except (KeyError, AttributeError, IndexError) as why:
                wrong = repr(why)
            problems += [str(wrong)] if wrong else []
    tally.check(f"option {name}", problems)


def refused(tally, folder, name, words, expected):
    """A conversion that must not happen."""
    output = folder / "refused.nc"
    code, _, said = common.run("convert", folder / "all.nc", output, "--quiet", *words)
    wrong = [f"{code}: {said}"] if code != 2 or expected not in said or output.exists() else []
    tally.check(f"refused {name}", wrong)


def options(tally, folder):
    """The options one by one."""
    make(folder / "all.nc")
    u, n = values(folder / "all.nc", "u"), values(folder / "all.nc", "n")

    def same(ds, names="u n"):
        return [v for v in names.split() if not np.array_equal(ds[v][:], {"u": u, "n": n}[v])]

    def filters(ds, name, **wanted):
        got = ds[name].filters()
        return same(ds) or [f"{key}: {got[key]}" for key, value in wanted.items() if got[key] != value]

    option(tally, folder, "nothing", [], lambda ds: filters(ds, "u", zlib=True, complevel=4, shuffle=True))
    option(tally, folder, "deflate", ["--deflate", "1"], lambda ds: filters(ds, "u", complevel=1, shuffle=True) or filters(ds, "n", zlib=True, shuffle=False))
    option(tally, folder, "deflate of one", ["--deflate", "n=9", "--shuffle=n"], lambda ds: filters(ds, "u", complevel=4) or filters(ds, "n", complevel=9, shuffle=True))
    option(tally, folder, "deflate 0", ["--deflate", "0"], lambda ds: filters(ds, "u", zlib=False, shuffle=False))
    option(tally, folder, "no filters", ["--no-filters"], lambda ds: filters(ds, "u", zlib=False, shuffle=False))
    option(tally, folder, "fletcher32", ["--fletcher32", "--no-shuffle"], lambda ds: filters(ds, "u", fletcher32=True, zlib=True, shuffle=False))
    option(tally, folder, "zstd", ["--zstd", "3"], lambda ds: filters(ds, "u", zstd=True, zlib=False))
    option(tally, folder, "bzip2", ["--bzip2", "9"], lambda ds: filters(ds, "u", bzip2=True))
    option(tally, folder, "blosc", ["--blosc", "lz4"], lambda ds: filters(ds, "u", zlib=False) or not ds["u"].filters()["blosc"])
    option(tally, folder, "filters by number", ["--filter", "n=307,5"], lambda ds: filters(ds, "n", bzip2=True) or filters(ds, "u", zlib=True))
    option(tally, folder, "filters by name", ["--filter", "n=bzip2=5", "--filter", "u=shuffle,zstd=3"], lambda ds: filters(ds, "n", bzip2=True) or filters(ds, "u", zstd=True, shuffle=True, zlib=False))
    option(tally, folder, "szip", ["--szip", "n=nn,16", "--no-shuffle=n"], lambda ds: same(ds) or not ds["n"].filters()["szip"])
    option(tally, folder, "chunks", ["--chunk", "u=3,5,30", "--chunk", "n="], lambda ds: same(ds) or [] if ds["u"].chunking() == [3, 5, 30] and ds["n"].chunking() == "contiguous" else ds["u"].chunking())
    option(tally, folder, "chunks along", ["--chunk", "y/4,t/2"], lambda ds: same(ds) or [] if (ds["u"].chunking(), ds["n"].chunking()) == ([2, 4, 30], [4, 30]) else ds["u"].chunking())
    option(tally, folder, "endian", ["--endian", "big"], lambda ds: same(ds) or [v for v in "u n t x".split() if ds[v].endian() != "big"])
    option(tally, folder, "float32", ["--float32"], lambda ds: [ds["u"].dtype, ds["u"].valid_range.dtype] if (ds["u"].dtype, ds["t"].dtype, ds["u"]._FillValue.dtype, ds["u"].valid_range.dtype) != (np.float32,) * 4 or not np.array_equal(ds["u"][:], u.astype("f4")) else [])
    option(tally, folder, "float64 of one", ["--float64=x"], lambda ds: same(ds) or (ds["x"].dtype != np.float64))
    option(tally, folder, "int64", ["--int64"], lambda ds: ds["n"].dtype != np.int64 or not np.array_equal(ds["n"][:10], n[:10]) or (ds["n"][10:] != netCDF4.default_fillvals["i8"]).any())
    option(tally, folder, "fixed", ["--fixed", "t", "--unlimited", "y"], lambda ds: same(ds) or ds.dimensions["t"].isunlimited() or not ds.dimensions["y"].isunlimited())
    option(tally, folder, "only", ["--only", "n"], lambda ds: same(ds, "n") or set(ds.variables) != {"x", "n"} or list(ds.dimensions) != ["y", "x"] or ds.title != "a file")
    option(tally, folder, "characters", ["--format", "cdf2"], lambda ds: same(ds) or list(netCDF4.chartostring(ds["s"][:])) != [f"text {i}" * (i % 3) for i in range(20)])
    option(tally, folder, "room in the header", ["--format", "cdf5", "--header-pad", "4096"], lambda ds: same(ds))
    for pad in (0, 1000):
        common.run("convert", folder / "all.nc", folder / f"pad{pad}.nc", "--format", "cdf1", "--header-pad", pad, "--quiet")
    grown = (folder / "pad1000.nc").stat().st_size - (folder / "pad0.nc").stat().st_size
    tally.check("room of 1000 bytes", [grown] if grown != 1000 else [])
    refused(tally, folder, "unknown variable", ["--deflate", "w=1"], "no variable w")
    refused(tally, folder, "unknown dimension", ["--fixed", "w"], "no dimension w")
    refused(tally, folder, "unknown part", ["--only", "w"], "no variable and no group w")
    refused(tally, folder, "deflate in a classic file", ["--format", "cdf1", "--deflate", "1"], "compression")
    refused(tally, folder, "texts", ["--format", "cdf1", "--keep-strings"], "/s")
    refused(tally, folder, "two unlimited", ["--format", "cdf2", "--unlimited", "x"], "unlimited")
    refused(tally, folder, "what does not fit", ["--int32=u"], "/u")
    refused(tally, folder, "more digits than there are", ["--quantize", "u=16"], "/u")
    refused(tally, folder, "digits of integers", ["--quantize", "n=3"], "/n")
    refused(tally, folder, "chunks of another rank", ["--chunk", "u=3"], "/u")


def numbers(kind, count):
    """Numbers of every size, and those at which digits change."""
    rng = np.random.default_rng(count)
    most = 37 if kind == "f4" else 300
    powers = np.array([m * 10.0 ** e for e in range(-most, most) for m in (1, 0.9999999, 1.0000001, 5, 9.5)])
    two = np.array([2.0 ** e for e in range(-3 * most, 3 * most)])
    some = rng.normal(size=count) * 10.0 ** rng.integers(-most, most, size=count)
    small = rng.normal(size=100) * (1e-42 if kind == "f4" else 1e-320)
    with np.errstate(over="ignore", under="ignore"):
        return np.concatenate([powers, -two, some, small, [0.0, -0.0, -9.0, 9.96921e36, 1e20]]).astype(kind)


def quantized(tally, folder, long):
    """Rounded values, and their attributes, are those of netCDF-C, to the bit."""
    modes = {"bitgroom": "BitGroom", "granular": "GranularBitRound", "bitround": "BitRound"}
    for kind, most, bits in (("f4", 6, 23), ("f8", 15, 52)):
        data = numbers(kind, 200_000 if long else 20_000)
        data = np.resize(data, (len(data) // 105, 7, 15))
        for fill in (None, -9.0):
            make_quantized(folder / "plain.nc", data, fill, {})
            for mode, name in modes.items():
                for digits in range(1, (bits if mode == "bitround" else most) + 1, 1 if long else 2):
                    make_quantized(folder / "theirs.nc", data, fill, {"significant_digits": digits, "quantize_mode": name})
                    words = ["--quantize", f"v={digits},{mode}", "--force", "--quiet"]
                    code, _, said = common.run("convert", folder / "plain.nc", folder / "ours.nc", *words)
                    problems = [said] if code else list(differences(seen(folder / "theirs.nc"), seen(folder / "ours.nc")))
                    tally.check(f"{mode} {kind} to {digits} digits, fill value {fill}", problems or headers(folder))


def make_quantized(path, data, fill, words):
    """A file with one variable."""
    with netCDF4.Dataset(path, "w") as ds:
        for name, length in zip("abc", data.shape):
            ds.createDimension(name, None if name == "a" else length)
        v = ds.createVariable("v", data.dtype, ("a", "b", "c"), zlib=True, complevel=1, chunksizes=(3, 4, 15), fill_value=fill, **words)
        v.units = "m"
        v.set_auto_maskandscale(False)
        v[:] = data


def headers(folder):
    """What ncdump says of how the two files are stored."""
    if not shutil.which("ncdump"):
        return []
    texts = [apart.tool("ncdump", "-hs", folder / name)[0].splitlines()[1:] for name in ("theirs.nc", "ours.nc")]
    kept = [[line for line in text if b"_NCProperties" not in line and b"_SuperblockVersion" not in line] for text in texts]
    return [f"{a!r} {b!r}" for a, b in zip(*kept) if a != b]


def main():
    """Fixtures and perhaps a corpus, then the options."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--classes", default="")
    parser.add_argument("--max", type=int)
    parser.add_argument("--long", action="store_true", help="round to every number of digits")
    args = parser.parse_args()
    tally = common.Tally()
    if not shutil.which("nccopy"):
        tally.skip("nccopy is missing", package=True)
    with tempfile.TemporaryDirectory() as folder:
        options(tally, Path(folder))
        quantized(tally, Path(folder), args.long)
        paths = common.listed(common.FIXTURES / "netcdf") + common.listed(common.FIXTURES / "exodus")
        if args.corpus:
            paths = common.listed(args.corpus, args.manifest, args.classes)
        files(tally, paths[:args.max], Path(folder))
    tally.finish()


if __name__ == "__main__":
    sys.exit(main())
