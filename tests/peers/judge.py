#!/usr/bin/env python3
"""judge.py [PATH]

libexodus judges the model, feature by feature: version 6.02 as Debian has it, and version 9 as VTK brings it along.
`judge.c` prints all that libexodus reads, in whole and in parts, and writes it again through libexodus; the example `model`
prints all that the model reads, in the same words; the example `features` writes a file with everything in it. Both
must read the same, from each other's files, in every container and with all sizes of numbers; and from every file of a
folder (default: the fixtures). judge_conventions.py looks at the names in the file, and at what VTK makes of it.
"""
import codecs
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4")
import netCDF4  # noqa: E402

import judge_conventions  # noqa: E402

codecs.register_error("question", lambda error: ("?" * (error.end - error.start), error.end))
HERE = Path(__file__).resolve().parent
CONTAINERS = ("cdf1", "cdf2", "netcdf4", "netcdf4-classic")
ALL_CONTAINERS = (*CONTAINERS, "cdf5")
# The nodes of the sides of both side sets: sides 4 and 6 of the bricks, side 3 of the tetrahedron, side 5.
SIDES = [([4, 4, 3], [1, 9, 13, 5, 10, 11, 15, 14, 4, 17, 12]), ([4], [2, 6, 7, 3])]
MEANT = collections.Counter()


def example(name):
    """The newest build of an example."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", common.ROOT / "target"))
    built = [p for p in (target / kind / "examples" / name for kind in ("release", "debug")) if p.exists()]
    if not built:
        sys.exit(f"no example {name}: build it with cargo build --examples")
    return str(max(built, key=lambda p: p.stat().st_mtime))


class Judge:
    """libexodus of one version: the program, and what the version can do."""

    def __init__(self, name, program, newer, reads, writes):
        self.name, self.program, self.newer, self.reads, self.writes = name, program, newer, reads, writes

    def agrees(self, model, path, orientations=True, group=()):
        """What libexodus and the model read differently."""
        theirs, ours = said(self.program, path, *group), said(model, path, *group)
        if group:
            meant("libexodus knows one title for a file and all of its groups")
            theirs.pop("title"), ours.pop("title")
        if not self.newer:
            ours.pop("newer")
        blank_names(ours)
        cut = [line.encode()[:80].decode(errors="question").rstrip() for line in ours["info"]]
        if cut != ours["info"]:
            meant("libexodus reads 80 letters of a line; some programs write 81 and no NUL")
            ours["info"], theirs["info"] = cut, [line.encode()[:80].decode(errors="question").rstrip() for line in theirs["info"]]
        if not orientations:
            theirs, ours = [without(m, ["edge set", "face set"], "sides") for m in (theirs, ours)]
        theirs, ours = forgetful(theirs, ours)
        without_sides(theirs, ours, self.newer)
        if self.newer:
            in_any_order(theirs["newer"], ours["newer"])
        return list(differences(theirs, ours))

    def is_narrow(self, container):
        """Version 6 keeps wide members of sets in 16 bits without a sign: orientations do not fit."""
        return not self.newer and "int64" in container

    def rewritten(self, model, path, container, folder):
        """What the model reads differently after libexodus has written the file again, and that file."""
        copy = Path(folder) / "copy.exo"
        said(self.program, path, copy, container)
        before, after = said(model, path), said(model, copy)
        if not self.newer:
            before.pop("newer"), after.pop("newer")
        if self.is_narrow(container):
            meant("libexodus 6 keeps wide members of sets in 16 bits, and orientations do not fit")
            before, after = [without(m, ["edge set", "face set"], "sides") for m in (before, after)]
        blank_names(before)
        after, before = forgetful(after, before)
        if self.newer:
            in_any_order(after["newer"], before["newer"])
        if before["info"] != after["info"]:
            meant("libexodus writes lines without the NUL at their end: something else may follow them")
            starts = [line.encode()[:80].decode(errors="question").rstrip() for line in before["info"]]
            if all(line.startswith(start[:79]) for start, line in zip(starts, after["info"])):
                after["info"] = before["info"]
        return list(differences(before, after)), copy


def judges(folder, tally):
    """The judges that are here."""
    if not shutil.which("gcc") or not Path("/usr/include/exodusII.h").exists():
        tally.skip("libexodus: gcc or libexodusii-dev is missing", package=True)
        return
    build = ["gcc", "-O1", "-Wall", HERE / "judge.c", "-o"]
    old, new = Path(folder) / "judge6", Path(folder) / "judge9"
    subprocess.run([*build, old, "-lexoIIv2c", "-lnetcdf"], check=True)
    yield Judge("libexodus 6", str(old), False, CONTAINERS, (*CONTAINERS, "netcdf4+int64"))
    try:
        import vtkmodules
    except ImportError as why:
        tally.skip(f"libexodus 9: {why}", package=True)
        return
    library = Path(vtkmodules.__file__).parent
    if not (library / "libvtkexodusII.so").exists():
        tally.skip("libexodus 9: this VTK does not have it in a library of its own", package=True)
        return
    # VTK's copies of the libraries have prefixes; ex_open and ex_create are macros.
    source = "".join((HERE / name).read_text() for name in ("judge.c", "judge_newer.h"))
    names = set(re.findall(r"\b((?:ex|nc)_[a-z]\w*)\(", source)) - {"ex_open", "ex_create"} | {"ex_open_int", "ex_create_int"}
    prefix = {"ex": "vtkexodusII", "nc": "vtknetcdf"}
    renamed = [f"-D{name}={prefix[name[:2]]}_{name}" for name in sorted(names)]
    libraries = [f"-L{library}", "-l:libvtkexodusII.so", "-l:libvtknetcdf.so", f"-Wl,-rpath,{library}"]
    subprocess.run([*build, new, "-DNEWER", *renamed, *libraries], check=True)
    # It writes classic files only, of one kind.
    yield Judge("libexodus 9", str(new), True, ALL_CONTAINERS, ("cdf2",))


class Failed(Exception):
    """A program that ended with an error."""


def said(*argv):
    """What a program prints, as JSON."""
    done = subprocess.run(list(map(str, argv)), capture_output=True, timeout=120)
    if done.returncode:
        raise Failed((done.stderr.decode(errors="replace") or f"exit code {done.returncode}").strip()[-300:])
    return trimmed(json.loads(done.stdout.decode(errors="question")))


def trimmed(value):
    """Texts without what is blank at their end, which libexodus keeps where it is not a space."""
    if isinstance(value, dict):
        return {key: trimmed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trimmed(item) for item in value]
    return value.rstrip() if isinstance(value, str) else value


def differences(a, b, where=""):
    """What two JSON values differ in."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                yield f"{where}/{key}: only {'the second' if key in b else 'the first'} has it"
            else:
                yield from differences(a[key], b[key], f"{where}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for n, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{where}[{n}]")
    elif a != b and not (a != a and b != b):
        yield f"{where}: {str(a)[:120]} != {str(b)[:120]}"


def meant(reason):
    MEANT[reason] += 1


def without(model, kinds, item):
    """The same model; the items of some kinds of entities are left out."""
    copy = dict(model)
    for kind in kinds:
        copy[kind] = [{k: v for k, v in entity.items() if k != item} for entity in copy[kind]]
    return copy


def blank_names(model):
    """libexodus shows, and writes, blanks where a file does not name its coordinates."""
    if not model["coordinate names"]:
        meant("names of coordinates that a file does not have are blank in libexodus")
        model["coordinate names"] = [""] * model["counts"]["dimensions"]


def without_sides(by_libexodus, by_model, newer):
    """Leaves out the nodes of sides where libexodus or the model has none, or is known to be wrong."""
    for sets in zip(by_libexodus["side set"], by_model["side set"]):
        theirs, ours = (s.get("nodes of sides") for s in sets)
        if theirs is None and ours is None or theirs == ours and sets[0]["nodes per side"] == sets[1]["nodes per side"]:
            continue
        if theirs is None or ours is None:
            meant("elements of some types have sides in libexodus or in the model only")
        elif not newer:
            meant("libexodus 6 does not know the sides of newer types")
        elif 0 in theirs:
            meant("libexodus leaves out nodes of the sides of tet14")
        else:
            continue
        for s in sets:
            s.pop("nodes of sides", None), s.pop("nodes per side", None)


def in_any_order(by_libexodus, by_model):
    """HDF5 attributes may come in any order, and lists that are not there are zeros in libexodus."""
    for model in (by_libexodus, by_model):
        for entity in (e for kind in model["described"].values() for e in kind):
            entity["fields"].sort(key=lambda field: field["name"])
    for theirs, ours in (pair for kind in ("bases", "quadratures") for pair in zip(by_libexodus[kind], by_model[kind])):
        for name in (n for n, values in ours.items() if values == [] and not any(theirs[n])):
            meant("lists of a basis that a file does not have are zeros in libexodus")
            theirs[name] = []


def forgetful(by_libexodus, by_model):
    """libexodus does not write the dimension by which it finds the factors of edge, face and element sets."""
    kinds = ["edge set", "face set", "element set"]
    lost = [e for kind in kinds for e, ours in zip(by_libexodus[kind], by_model[kind]) if ours["factors"] and not e["factors"]]
    if lost:
        meant("libexodus does not find the factors that it wrote for edge, face and element sets")
        return [without(model, kinds, "factors") for model in (by_libexodus, by_model)]
    return by_libexodus, by_model


def everything(found, model, features, tally, folder):
    """Our file with everything in it, in every container, by all judges; and written again by them."""
    reference = None
    for container in ALL_CONTAINERS:
        for options in ([], ["--float"], ["--int64"], ["--nemesis"], ["--plain"]):
            if options == ["--int64"] and container not in ("netcdf4", "cdf5"):
                continue
            path = Path(folder) / "features.exo"
            label = " ".join([container, *options])
            subprocess.run([features, path, "--container", container, *options], check=True, stdout=subprocess.DEVNULL)
            if not options:
                ours = said(model, path)
                reference = reference or ours
                tally.check(f"{label}: the same in all containers", differences(reference, ours))
            for judge in (j for j in found if container in j.reads):
                by = f"{label} by {judge.name}"
                tally.check(f"{by}: read", judge.agrees(model, path))
                if options != ["--plain"]:
                    sides = [[s["nodes per side"], s["nodes of sides"]] for s in said(judge.program, path)["side set"]]
                    tally.check(f"{by}: nodes of sides", differences([list(s) for s in SIDES], sides))
                for target in judge.writes:
                    problems, copy = judge.rewritten(model, path, target, folder)
                    tally.check(f"{by}: written as {target}", problems)
                    tally.check(f"{by}: written as {target}, read", judge.agrees(model, copy, not judge.is_narrow(target)))


def groups(found, model, features, tally, folder):
    """Models in groups; libexodus 6 does not read them."""
    path = Path(folder) / "groups.exo"
    subprocess.run([features, path, "--container", "netcdf4", "--groups"], check=True, stdout=subprocess.DEVNULL)
    for judge in (j for j in found if j.newer):
        for group in ("first", "second"):
            tally.check(f"group {group} by {judge.name}", judge.agrees(model, path, group=[group]))


def files(path):
    """The Exodus files of a folder."""
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        try:
            with netCDF4.Dataset(file) as data:
                if {"api_version", "api version"} & set(data.ncattrs()):
                    yield file
        except OSError:
            continue


def folder_of_files(path, judge, model, tally, folder):
    """Every Exodus file that libexodus reads, read by both, and once more when libexodus has written it."""
    for file in files(path):
        try:
            said(judge.program, file)
        except Failed as why:
            print(f"left out: {judge.name} does not read {file.name} itself: {str(why).splitlines()[-1]}")
            continue
        try:
            tally.check(f"{file.name} by {judge.name}", judge.agrees(model, file))
        except Failed as why:
            tally.check(f"{file.name} by {judge.name}", str(why))
        try:
            problems, copy = judge.rewritten(model, file, "cdf2", folder)
        except Failed as why:
            print(f"left out: {judge.name} does not write {file.name}: {str(why).splitlines()[-1]}")
            continue
        tally.check(f"{file.name}: written by {judge.name}, read", problems)


def main():
    """All of it."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else common.FIXTURES / "exodus"
    tally, model, features = common.Tally(), example("model"), example("features")
    with tempfile.TemporaryDirectory() as folder:
        found = list(judges(folder, tally))
        everything(found, model, features, tally, folder)
        groups(found, model, features, tally, folder)
        for judge in found:
            folder_of_files(path, judge, model, tally, folder)
        judge_conventions.check(features, folder, tally)
    for reason, count in sorted(MEANT.items()):
        print(f"meant: {reason}: {count}")
    tally.finish()


if __name__ == "__main__":
    main()
