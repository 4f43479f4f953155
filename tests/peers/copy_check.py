#!/usr/bin/env python3
"""copy_check.py [PATH] [--manifest FILE --class NAMES] [--formats NAMES]

Writes every Exodus file of a folder (default: the fixtures) again through the model, `exo copy`, into each container
that can hold it, and compares `exo digest --netcdf` of both: every dimension, variable and attribute of the input must
be there with the same type, shape and digest. The differences that are meant are those of docs/exodus.md, each of them
named and counted here; texts that differ in their padding only are read and compared row by row.
"""
import argparse
import codecs
import collections
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4")
import netCDF4  # noqa: E402

codecs.register_error("question", lambda error: ("?" * (error.end - error.start), error.end))
FORMATS = ["cdf1", "cdf2", "cdf5", "netcdf4", "netcdf4-classic"]
STAMPS = {"version", "api_version", "api version", "file_size", "maximum_name_length", "int64_status",
          "floating_point_word_size", "floating point word size"}
# Lists that old files leave out and every new file has.
COMPLETED = re.compile(
    r"(eb|ed|fa|ns|es|fs|ss|els)_(status|names)|(coor|nmap|edmap|famap|emap)_names|time_whole|len_(name|string|line)|four|"
    r"(elem|edge|face|nset|eset|fset|sset|elset)_var_tab|([nefsl]*s|f|e|)attrib_name\d*|nattrib_name|.*_prop1|time_step")
NARROW = ("byte", "ubyte", "short", "ushort", "uint", "uint64")
MEANT = collections.Counter()


def digest(exo, path):
    done = subprocess.run([exo, "digest", "--netcdf", str(path)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def rows(path, name):
    """The texts of a variable of characters, without their padding."""
    with netCDF4.Dataset(path) as data:
        data.set_auto_mask(False)
        variable = data[name]
        variable.set_auto_chartostring(False)
        values = variable[:]
        width = values.shape[-1] if values.ndim else 1
        lines = values.tobytes()
        lines = [lines[n:n + width] for n in range(0, len(lines), width)]
        return [line.split(b"\0")[0].rstrip(b" \t\n\r\f") for line in lines]


def numbers(path, name):
    with netCDF4.Dataset(path) as data:
        data.set_auto_mask(False)
        return data[name][:].tolist()


def meant(reason):
    MEANT[reason] += 1


def compare_attributes(where, a, b, found):
    ours = {x["name"]: x for x in b}
    for attribute in a:
        name = attribute["name"]
        other = ours.get(name)
        if where == "" and name in STAMPS:
            meant("stamps of version, layout and sizes")
        elif name == "_FillValue":
            meant("fill values")
        elif other is None:
            found.append(f"{where}@{name} is lost")
        elif (attribute["type"], attribute["digest"]) != (other["type"], other["digest"]):
            if name == "_typename":
                meant("the word for the kind of an assembly's members, which follows its number")
            elif attribute["type"] == "char" == other["type"] and abs(attribute["len"] - other["len"]) <= 1 or name in ("title", "elem_type", "_name", "name"):
                meant("the NUL at the end of texts")
            else:
                found.append(f"{where}@{name}: {attribute} != {other}")


def resized(path, name, types, wide):
    """Why integers may have another type in the copy."""
    if name.endswith("_idx"):
        return "width of the offsets of processors"
    if types[0] in NARROW and types[1] in ("int", "int64"):
        return "integers of other sizes"
    if path != "/" and wide and types == ["int", "int64"]:
        return "integers of a model in a group as wide as those of the file"
    return None


def compare(source, copied, exo):
    found = []
    a, b = digest(exo, source), digest(exo, copied)
    wide = any(v["type"] == "int64" for group in a["groups"] for v in group["variables"])
    others = {group["path"]: group for group in b["groups"]}
    for x in a["groups"]:
        path, y = x["path"], others.pop(x["path"], None)
        if y is None:
            found.append(f"group {path} is lost")
            continue
        compare_attributes("", x["attributes"], y["attributes"], found)
        dims = {d[0]: d[1] for d in y["dims"]}
        for name, length, unlimited in x["dims"]:
            if name == "time_step" and not unlimited:
                meant("steps that cannot grow")
            if dims.get(name) != length:
                used = any(name in v["dims"] for v in x["variables"])
                if used or name in dims and name not in ("len_string", "len_line", "four"):
                    found.append(f"dimension {name}: {length} != {dims.get(name)}")
                else:
                    meant("dimensions that nothing uses")
        theirs = {v["name"]: v for v in x["variables"]}
        ours = {v["name"]: v for v in y["variables"]}
        for name, variable in theirs.items():
            other = ours.get(name)
            if other is None:
                found.append(f"variable {name} is lost")
                continue
            compare_attributes(name, variable["attributes"], other["attributes"], found)
            same = [variable[k] == other[k] for k in ("type", "shape", "digest")]
            if all(same):
                continue
            if variable["type"] == "char":
                texts, copies = (rows(file, f"{path}/{name}") for file in (source, copied))
                if texts == copies:
                    meant("padding of texts")
                    continue
                if [text.decode("utf-8", "question").rstrip(" \t\n\r\f") for text in texts] == [text.decode() for text in copies]:
                    meant("bytes that are not UTF-8")
                    continue
            reason = resized(path, name, [variable["type"], other["type"]], wide)
            if reason and numbers(source, f"{path}/{name}") == numbers(copied, f"{path}/{name}"):
                meant(reason)
                continue
            found.append(f"variable {name}: {[variable[k] for k in ('type', 'shape', 'digest')]} != "
                         f"{[other[k] for k in ('type', 'shape', 'digest')]}")
        for name in ours.keys() - theirs.keys():
            if COMPLETED.fullmatch(name):
                meant("lists that the input leaves out")
            else:
                found.append(f"variable {name} is new")
    return found + [f"group {path} is new" for path in others]


def is_exodus(path):
    try:
        with netCDF4.Dataset(path) as data:
            names = set(data.ncattrs())
    except OSError:
        return False
    return bool(names & {"api_version", "api version", "version"}) and bool(
        names & {"floating_point_word_size", "floating point word size"})


def files(args):
    if args.list:
        return [Path(line) for line in Path(args.list).read_text().split()]
    root = Path(args.path)
    return sorted(p for p in root.rglob("*") if p.is_file() and is_exodus(p))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", default=str(common.ROOT / "fixtures" / "exodus"))
    parser.add_argument("--list", help="a file with the paths to take")
    parser.add_argument("--formats", default=",".join(FORMATS))
    args = parser.parse_args()
    exo = common.exo()
    good = bad = impossible = 0
    with tempfile.TemporaryDirectory() as temporary:
        for path in files(args):
            possible = containers(exo, path)
            for name in args.formats.split(","):
                if name not in possible:
                    impossible += 1
                    continue
                target = Path(temporary) / "copy.exo"
                done = subprocess.run([exo, "copy", "--force", "--quiet", "--format", name, str(path), str(target)],
                                      capture_output=True, text=True)
                found = [done.stderr.strip()] if done.returncode else compare(path, target, exo)
                if found:
                    bad += 1
                    print(f"{path} -> {name}: {len(found)} differences")
                    for line in found[:6]:
                        print("   ", line[:300])
                else:
                    good += 1
    for reason, count in sorted(MEANT.items()):
        print(f"meant: {reason}: {count}")
    print(f"copy: {good} right, {bad} wrong; {impossible} not possible (64-bit integers in a container of 32 bits, groups in one that has none)")
    sys.exit(1 if bad or not good else 0)


def containers(exo, path):
    """Those that can hold the file."""
    groups = digest(exo, path)["groups"]
    if len(groups) > 1:
        return {"netcdf4"}
    wide = any(v["type"] == "int64" for group in groups for v in group["variables"])
    return {"cdf5", "netcdf4"} if wide else set(FORMATS)


if __name__ == "__main__":
    main()
