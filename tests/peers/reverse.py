#!/usr/bin/env python3
"""reverse.py [PATH] [--manifest FILE] [--skip CLASSES] [--max N] [--verbose]

The reverse direction: whatever we accept and write as HDF5 must open elsewhere. Every netCDF and HDF5 file of a folder
(default: the fixtures) is written again, through the NetCDF writer (the example `rewrite`, or REWRITE) into netCDF-4 and
its classic model, and if it is an Exodus file by `exo process` and `exo copy`, too. Each output that appears is opened by
h5py, netCDF-C (the library inside netCDF4-python), ncdump and h5dump, and must give the types, values, attributes and fill
values that netCDF-C, or h5py where that does not open it, reads from the input. What is refused is counted by its reason.
Where such a program cannot judge an object of an output, and the input or what the program lacks shows why, the rest of
the output is compared all the same, and a line SKIPPED says what was not.
A manifest (a table with the columns file and class) tells what to leave out: damaged files make the C libraries crash.
"""
import argparse
import collections
import csv
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

common.require("numpy", "h5py", "netCDF4")
import h5py  # noqa: E402

try:
    import hdf5plugin  # noqa: F401  registers its filters with h5py; netCDF-C has its own
except ImportError:
    hdf5plugin = None
import netCDF4  # noqa: E402,F401
import numpy as np  # noqa: E402

import apart  # noqa: E402
import h5values  # noqa: E402
import ncraw  # noqa: E402

# What describes the container, not the content.
BOOKKEEPING = {"_NCProperties", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict", "CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}
STAMPS = {"file_size", "int64_status"}
# Outputs and variables above this are left out: some files declare terabytes.
LARGE = 256 << 20
# What libraries raise.
ERRORS = (OSError, RuntimeError, KeyError, ValueError, TypeError)
# Filters from this number on are no part of HDF5.
FOREIGN = 256


class Unable(str):
    """What a program cannot judge, and why: not a fault of an output, but never passed over in silence."""


def rewriter():
    """The example `rewrite`: $REWRITE, or the newest build."""
    if "REWRITE" in os.environ:
        return os.environ["REWRITE"]
    target = Path(os.environ.get("CARGO_TARGET_DIR", common.ROOT / "target"))
    built = [p for p in (target / kind / "examples" / "rewrite" for kind in ("release", "debug")) if p.exists()]
    if not built:
        sys.exit("no example rewrite: build it with cargo build --release --examples, or set REWRITE")
    return str(max(built, key=lambda p: p.stat().st_mtime))


def ways(source, exodus, out):
    """The ways to write a file again as HDF5: a name, the command, and whether everything stays as it is."""
    for name in ("netcdf4", "netcdf4-classic"):
        yield f"rewrite {name}", [rewriter(), source, out, name, "--visible"]
    if exodus:
        for name in ("same", "netcdf4", "netcdf4-classic"):
            form = [] if name == "same" else ["--format", name]
            yield f"process {name}", [common.exo(), "process", "--force", "--quiet", "--scale", "1", *form, source, out]
        yield "copy netcdf4", [common.exo(), "copy", "--force", "--quiet", "--format", "netcdf4", source, out]


def reason(text):
    """A refusal without the names in it."""
    text = text.strip().splitlines()[-1] if text.strip() else "nothing said"
    for pattern, word in ((r"\S*/\S+: ", ""), (r'"[^"]*"', "NAME"), (r"\d+", "N"), (r"(type|types, like) \S+", r"\1 T")):
        text = re.sub(pattern, word, text)
    return re.sub(r"(it would be lost: ).*", r"\1...", text)[:110]


# --- netCDF-C

def contents(variable):
    """All values, if they are not too many."""
    return variable.data() if variable.count() * variable.of.size <= LARGE else None


def described(file):
    """What netCDF-C reads: the groups by path, each with dimensions, attributes and variables."""
    found = {}
    for group in file.root.all():
        variables = {v.name: {"type": v.type, "dims": v.dims, "shape": v.shape, "data": contents(v), "fill": v.fill() if v.kind != 12 else None,
                              "attributes": [(a.name, a.type, a.len, a.data) for a in v.attributes]} for v in group.variables}
        found[group.path] = {"dims": sorted(group.dims), "variables": variables,
                             "attributes": [(a.name, a.type, a.len, a.data) for a in group.attributes]}
    return found


def numbers(kind, data):
    """The values of a type of numbers; None for other types."""
    code = next((code for code, name in h5values.NUMBERS.items() if name == kind), None)
    return np.frombuffer(data, f"<{code}") if code and data is not None else None


def same_numbers(where, a, b):
    """The differences between two pairs of a type and values, where the types are not the same."""
    old, new = numbers(*a), numbers(*b)
    if old is None or new is None:
        return
    # Python compares integers and floating point numbers exactly, numpy does not.
    one_kind = old.dtype.kind == new.dtype.kind == "f"
    if not (np.array_equal(old, new, equal_nan=True) if one_kind else old.tolist() == new.tolist()):
        yield f"{where}: values of type {a[0]} -> {b[0]}"


def same_attributes(where, a, b, loose):
    """The differences between two lists of attributes."""
    theirs = {x[0]: x for x in b}
    for x in a:
        if x[0] in BOOKKEEPING or loose and x[0] in STAMPS:
            continue
        y = theirs.get(x[0])
        if y is None:
            yield f"{where}@{x[0]} is lost"
        elif loose and x[1] != y[1]:
            yield from same_numbers(f"{where}@{x[0]}", (x[1], x[3]), (y[1], y[3]))
        elif x != y:
            yield f"{where}@{x[0]} {x[1:3]} {x[3][:30]!r} -> {y[1:3]} {y[3][:30]!r}"
    if extra := set(theirs) - {x[0] for x in a} - BOOKKEEPING:
        yield f"{where} has more attributes: {sorted(extra)}"


def same_netcdf(want, got, loose):
    """The differences between two files, as netCDF-C reads them; `loose` allows other types of another container."""
    if want.keys() != got.keys():
        yield f"groups {sorted(want)} -> {sorted(got)}"
    for path in want.keys() & got.keys():
        a, b = want[path], got[path]
        if a["dims"] != b["dims"]:
            yield f"{path} dimensions {a['dims']} -> {b['dims']}"
        yield from same_attributes(path, a["attributes"], b["attributes"], loose)
        if list(a["variables"]) != list(b["variables"]):
            yield f"{path} variables {list(a['variables'])} -> {list(b['variables'])}"
        for name in a["variables"].keys() & b["variables"].keys():
            v, w = a["variables"][name], b["variables"][name]
            if loose and v["type"] != w["type"]:
                yield from same_numbers(name, (v["type"], v["data"]), (w["type"], w["data"]))
                continue
            yield from same_attributes(name, v["attributes"], w["attributes"], loose)
            for key in ("type", "dims", "shape", "data"):
                if v[key] is not None and v[key] != w[key]:
                    yield f"{name}: {key} {str(v[key])[:60]} -> {str(w[key])[:60]}"
            if not loose and v["fill"] != w["fill"]:
                yield f"{name}: fill value {v['fill']} -> {w['fill']}"


# --- HDF5

def canonical(data, source):
    """All elements of an output's dataset; where h5py cannot read those of the input, for the same reason, what it says."""
    try:
        return h5values.canonical(data)
    except ERRORS as why:
        if str(why) != unreadable(source, data.name):
            raise
        return Unable(f"{data.name}: h5py reads neither the input nor the output: {why}")


def unreadable(source, path):
    """Why h5py cannot read a dataset of the input; None where it can."""
    if not h5py.is_hdf5(source):
        return None
    with h5py.File(source, "r") as file:
        try:
            h5values.canonical(file[path])
        except ERRORS as why:
            return str(why)
    return None


def same_h5py(want, source, out, stamps):
    """The differences between what netCDF-C read from the input and what h5py reads from the output."""
    with h5py.File(out, "r") as file:
        for path, group in want.items():
            inside = file[path]
            yield from h5_attributes(path, [a for a in group["attributes"] if a[0] not in stamps], inside)
            for name, v in group["variables"].items():
                data = h5values.dataset(inside, name)
                if data is None:
                    yield f"{path}/{name} is no dataset"
                    continue
                if not h5values.is_readable(data):
                    continue
                if h5values.netcdf_type(data.id.get_type()) not in (v["type"], None) and v["type"] in ncraw.NAMES.values():
                    continue  # another type of the classic model, compared through netCDF
                yield from h5_attributes(name, v["attributes"], data)
                if v["data"] is None or list(data.shape) != v["shape"]:
                    # HDF5 knows nothing of records that another variable of the dimension has.
                    continue
                got = canonical(data, source)
                if got != v["data"]:
                    yield got if isinstance(got, Unable) else f"{path}/{name}: values"


def h5_attributes(where, attributes, item):
    """Attributes whose values differ."""
    for name, kind, length, data in attributes:
        if name in BOOKKEEPING or kind not in ncraw.NAMES.values():
            continue
        got = h5values.attribute(item, name)
        if got is None:
            yield f"{where}@{name} is lost"
        elif got[0] == kind and got[1] != data:
            yield f"{where}@{name}: {data[:30]!r} -> {got[1][:30]!r}"


def same_objects(source, out, hidden):
    """The same between two HDF5 files by h5py alone, where netCDF-C does not open the input."""
    with h5py.File(source, "r") as a, h5py.File(out, "r") as b:
        items = []
        try:
            a.visititems(lambda name, item: items.append((f"/{name}", item)))
        except ERRORS as why:
            return [Unable(f"h5py does not go through the input: {why}")]
        found = list(same_object(source, "/", a, b, hidden))
        for path, item in items:
            if any(path == other or path.startswith(f"{other}/") for other in hidden):
                continue
            group, _, last = path.rpartition("/")
            other = b.get(group or "/")
            if isinstance(item, h5py.Dataset):
                other = other and h5values.dataset(other, last)
            elif isinstance(item, h5py.Group):
                other = other and other.get(last)
            else:
                continue  # a type that no variable has need not be there
            if other is None:
                found.append(f"{path} is lost")
            elif not (isinstance(item, h5py.Dataset) and not h5values.is_readable(item)):
                found.extend(same_object(source, path, item, other, hidden))
        return found


def same_object(source, path, item, other, hidden):
    """What an output lost of one object, or has otherwise."""
    for name in set(item.attrs) - BOOKKEEPING:
        if f"{path}@{name}" not in hidden and not h5py.h5a.exists(other.id, name.encode()):
            yield f"{path}@{name} is lost"
    if not isinstance(item, h5py.Dataset) or not h5values.is_readable(other) or item.dtype != other.dtype or item.shape != other.shape:
        return
    if why := unreadable(source, path):
        yield Unable(f"{path}: h5py does not read the input: {why}")
    elif h5values.canonical(item) != h5values.canonical(other):
        yield f"{path}: values"


def by_netcdf(path):
    """Whether the netCDF library wrote a file."""
    if not h5py.is_hdf5(path):
        return True
    with h5py.File(path, "r") as file:
        return "_NCProperties" in file.attrs


def is_classic(path):
    """Whether a file has the classic model, which knows no strings: ncdump breaks its texts where lines end."""
    if not h5py.is_hdf5(path):
        return True
    with h5py.File(path, "r") as file:
        return "_nc3_strict" in file.attrs


def needs_filter(data):
    """A filter of a dataset that HDF5 does not have."""
    plist = data.id.get_create_plist()
    numbers = [plist.get_filter(n)[0] for n in range(plist.get_nfilters())]
    return next((f"filter {n}" for n in numbers if n >= FOREIGN), None)


def strange_member(data):
    """Whether a dataset of an enumeration has values that are no member, for which ncdump has no name."""
    members = h5py.check_enum_dtype(data.dtype) if h5values.is_readable(data) else None
    if members and not np.isin(data[()], list(members.values())).all():
        return "value that is no member of its enumeration"
    return None


def judged(path, tests):
    """The paths of all variables of an output, each with what a program cannot print of it."""
    def visit(name, item):
        if isinstance(item, h5py.Dataset) and not bytes(item.attrs.get("NAME", b"")).startswith(b"This is a netCDF dimension but"):
            found[f"/{name}"] = next(filter(None, (test(item) for test in tests)), None)
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


# How programs show the schema alone, and one variable; and what stops them at a variable.
PROGRAMS = {"h5dump": ("-H", "-d", (needs_filter,)), "ncdump": ("-h", "-v", (needs_filter, strange_member))}


def excused(program, wrong, out):
    """Why a program that fails at an output cannot do better, if it shows the schema and all variables that it can print."""
    header, option, tests = PROGRAMS[program]
    found = judged(out, tests)
    reasons = sorted({why for why in found.values() if why})
    tries = [[header], *([option, name] for name, why in found.items() if not why)]
    if not reasons or any(apart.tool(program, *words, out)[1] for words in tries):
        return wrong
    return Unable(f"{program} does not print what has a {', a '.join(reasons)} ({wrong})")


def statements(text, classic=False):
    """The statements that ncdump prints, without what tells of the container and of where lines are broken."""
    if classic:
        text = re.sub(rb'\\n",\n\t\t\t"', rb"\\n", text)
    lines = [line for line in text.splitlines()[1:] if b"_NCProperties" not in line]
    return b" ".join(b" ".join(lines).split()).split(b" ; ")


def same_text(source, before, after):
    """The differences between two texts of ncdump."""
    old, new = statements(before, is_classic(source)), statements(after)
    if old == new:
        return
    # Memory that ncdump has not filled reads otherwise in a second run, above all if that starts with other bytes there.
    again = statements(apart.tool("env", "MALLOC_PERTURB_=170", "ncdump", source)[0], is_classic(source))
    changed = {n for n, pair in enumerate(zip(old, again)) if pair[0] != pair[1]} if len(old) == len(again) else set()
    pair = next(((a, b) for n, (a, b) in enumerate(zip(old, new)) if a != b and n not in changed), None)
    if pair or len(old) != len(new):
        a, b = pair or (b"", f"{len(new)} statements, not {len(old)}".encode())
        yield f"ncdump: {a[:80]!r} -> {b[:80]!r}"
    for n in sorted(changed):
        yield Unable(f"ncdump prints other values of the input each time: {old[n][:40]!r}")


def by_tools(source, out, same):
    """What h5dump and ncdump have against the output, and how their texts of both differ."""
    if shutil.which("h5dump"):
        wrong = apart.tool("h5dump", out)[1]
        # A filter that these programs do not have stops them at the input, too.
        if wrong and not apart.tool("h5dump", source)[1]:
            yield excused("h5dump", wrong, out)
    if shutil.which("ncdump"):
        text, wrong = apart.tool("ncdump", out)
        before, unable = apart.tool("ncdump", source) if wrong or same else (b"", "another schema")
        if wrong and not unable:
            yield excused("ncdump", wrong, out)
        elif not wrong and not unable and same:
            yield from same_text(source, before, text)


def opened(path):
    """What netCDF-C reads from an output, or why it does not open it."""
    try:
        with ncraw.File(path) as file:
            return described(file), None
    except (ncraw.NcError, KeyError) as why:
        return None, str(why)


def netcdf_reads(source, out, want):
    """What netCDF-C reads from an output, and what is wrong if it reads nothing: it may die of it, but not alone of it."""
    answer, status = apart.call(opened, out)
    if answer is None:
        alike = want is None and apart.call(truth, source)[1] == status != 0
        text = f"netCDF-C dies of it ({status})"
        return None, Unable(f"{text}, and of the input; h5py alone compares the values") if alike else text
    got, why = answer
    # Nor does it open an input, for want of a filter.
    return got, f"netCDF-C does not open it: {why}" if why and (want is not None or not h5py.is_hdf5(source)) else None


def compare(source, want, out, way, hidden):
    """Everything that is wrong with one output, and what could not be compared."""
    found = list(by_tools(source, out, want is not None and way == "rewrite netcdf4" and not hidden and by_netcdf(source)))
    got, wrong = netcdf_reads(source, out, want)
    found += [wrong] if wrong else []
    exact = way in ("rewrite netcdf4", "process same")
    try:
        if way == "copy netcdf4":
            want = got  # tests/peers/copy_check.py compares the models; here the readers agree
        elif want is not None and got is not None:
            found += same_netcdf(want, shown(got, hidden), loose=not exact)
        if (wanted := got if want is None else want) is not None:
            found += same_h5py(wanted, source, out, STAMPS if way.startswith("process") else set())
        if want is None and h5py.is_hdf5(source):
            found += same_objects(source, out, hidden)
    except ERRORS as why:
        found.append(f"h5py: {type(why).__name__}: {why}")
    return found


def is_exodus(file):
    """Whether a file has the marks of an Exodus file."""
    names = {a.name for a in file.root.attributes}
    return bool(names & {"api_version", "api version", "version"}) and bool(
        names & {"floating_point_word_size", "floating point word size"})


def truth(source):
    """What netCDF-C reads from the input, and whether it is an Exodus file; (None, False) where it does not open it."""
    try:
        with ncraw.File(source) as file:
            want, exodus = described(file), is_exodus(file)
    except (ncraw.NcError, KeyError, UnicodeDecodeError, MemoryError):
        return None, False
    if any(length == 2**32 - 1 for group in want.values() for _, length, _ in group["dims"]):
        return None, False  # a classic file that was never completed: the length is for the reader to find
    if h5py.is_hdf5(source):
        forget_short(source, want)
    return want, exodus


def forget_short(source, want):
    """Forgets variables shorter than several unlimited dimensions: what netCDF-C reads beyond their end is not determined."""
    with h5py.File(source, "r") as file:
        for path, group in want.items():
            for name, variable in group["variables"].items():
                data = h5values.dataset(file[path], name)
                if data is not None and list(data.shape or ()) != variable["shape"]:
                    variable["data"] = None


def shown(want, hidden):
    """A description without what the writer did not get: links into other files, types that are not netCDF's."""
    if want is None or not hidden:
        return want
    # Dimensions without a name are numbered through, those of hidden variables included.
    named = lambda name: "phony" if name.startswith("phony_dim_") else name
    above = lambda path: any(path == name or path.startswith(name + "/") for name in hidden)
    attributes = lambda owner, found: [a for a in found if f"{owner}@{a[0]}" not in hidden and f"{owner}/@{a[0]}" not in hidden]
    found = {}
    for path, group in want.items():
        if not above(path):
            inside = lambda name: f"{path.rstrip('/')}/{name}"
            variables = {name: {**v, "attributes": attributes(inside(name), v["attributes"]), "dims": [named(d) for d in v["dims"]]}
                         for name, v in group["variables"].items() if not above(inside(name))}
            dims = [d for d in group["dims"] if named(d[0]) == d[0]]
            found[path] = {**group, "dims": dims, "variables": variables, "attributes": attributes(path, group["attributes"])}
    return found


def one(source, folder, want, exodus):
    """All ways for one file: rows of (way, "accepted", "refused", "wrong", "large" or "skipped", details)."""
    out, rows = Path(folder) / "out.nc", []
    for way, argv in ways(source, exodus, out):
        out.unlink(missing_ok=True)
        try:
            done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, errors="replace", timeout=apart.SECONDS,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE, LARGE)))
        except subprocess.TimeoutExpired:
            rows.append((way, "large", [f"more than {apart.SECONDS} s"]))
            continue
        if done.returncode == -signal.SIGXFSZ or "File too large" in done.stderr:
            rows.append((way, "large", [f"more than {LARGE} bytes"]))
        elif done.returncode in (2, 3) and "panicked" not in done.stderr:
            left = ["an output appeared"] if out.exists() else []
            rows.append((way, "wrong" if left else "refused", left or [reason(done.stderr)]))
        elif done.returncode:
            rows.append((way, "wrong", [f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"]))
        elif h5py.is_hdf5(out):
            hidden = {line[7:] for line in done.stdout.splitlines() if line.startswith("hidden ")}
            found = compare(source, shown(want, hidden), out, way, hidden)
            rows += [(way, "skipped", [line]) for line in found if isinstance(line, Unable)]
            wrong = [line for line in found if not isinstance(line, Unable)]
            rows.append((way, "wrong" if wrong else "accepted", wrong))
    return rows


def rows(source, folder):
    """All ways for one file."""
    known, status = apart.call(truth, source, seconds=apart.SECONDS)
    if known is None:
        print(f"netCDF-C dies of {source} ({status}): its outputs are compared by h5py alone", flush=True)
    found, status = apart.call(one, source, folder, *(known or (None, False)), seconds=20 * apart.SECONDS)
    return [("all", "wrong", [f"a library dies of an output, or this program fails ({status})"])] if found is None else found


def chosen(args):
    """The files to take."""
    left_out = set()
    if args.manifest:
        with open(args.manifest, newline="") as table:
            rows = csv.DictReader(table, delimiter="\t")
            left_out = {args.path / row["file"] for row in rows if row["class"] in args.skip.split(",")}
    paths = [p for p in common.listed(args.path) if p not in left_out]
    starts = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
    return [p for p in paths if h5py.is_hdf5(p) or p.read_bytes()[:4] in starts][:args.max]


def main():
    """All files; the sums by way, and the reasons of refusals."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("path", nargs="?", type=Path, default=common.FIXTURES)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("--skip", default="corrupt,companion,multi-file")
    parser.add_argument("--max", type=int)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    tally, counts, reasons = common.Tally(), collections.Counter(), collections.Counter()
    for name in ("h5dump", "ncdump"):
        if not shutil.which(name):
            tally.skip(f"{name} is missing", package=True)
    if hdf5plugin is None:
        tally.skip("the Python package hdf5plugin is missing: h5py reads no filters that are not HDF5's own")
    start, paths = time.monotonic(), chosen(args)
    with tempfile.TemporaryDirectory() as folder:
        for n, path in enumerate(paths):
            if n and n % 100 == 0:
                print(f"{n} of {len(paths)} files, {time.monotonic() - start:.0f} s", flush=True)
            for way, state, details in rows(path, folder):
                counts[way, state] += 1
                if state == "refused":
                    reasons[f"{way}: {details[0]}"] += 1
                if state == "refused" and args.verbose or state == "large":
                    print(f"{state}: {path} {way}: {details[0]}", flush=True)
                if state == "skipped":
                    tally.skip(f"{path.relative_to(args.path)} {way}: {details[0]}")
                if state in ("wrong", "accepted"):
                    tally.check(f"{path.relative_to(args.path)} {way}", details)
    for why, count in reasons.most_common():
        print(f"refused {count:5}: {why}")
    for way in sorted({key[0] for key in counts}):
        print(f"{way}: " + ", ".join(f"{counts[way, state]} {state}" for state in ("accepted", "refused", "wrong", "large")))
    print(f"{len(paths)} files in {time.monotonic() - start:.0f} s; HDF5 {h5py.version.hdf5_version} in h5py, netCDF-C {ncraw.version()}")
    tally.finish()


if __name__ == "__main__":
    main()
