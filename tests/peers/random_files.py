#!/usr/bin/env python3
"""random_files.py FOLDER [--max N] [--edit N]

Random HDF5 files beside the C library. FOLDER has what the test `random_files` of the library leaves there:

    FILES_OUT=FOLDER cargo test -p hyperslab --test random_files

Each file has a description beside it: every object with its type, lengths, layout, filters, attributes and a digest of its
elements. It must be what h5py reads and what `exo digest` says; h5dump must print the files of the levels that it knows
without a word on standard error. Files of the earliest level must have nothing that HDF5 1.8 lacks. One file of N (--edit,
4) is opened by h5py for writing, and gets longer datasets, new attributes, links and groups; `exo digest` and h5py must say
the same of what comes out.
"""
import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

import h5truth  # noqa: E402
import matrix  # noqa: E402

HAS_PLUGINS = h5truth.hdf5plugin is not None
# Filters that always add as many bytes, and those that the library skips where they would make a chunk larger.
KEEPS_LENGTH = {h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
LZF, BLOSC, BLOSC2, FCIDECOMP = 32000, 32001, 32026, 32018
SKIPPED = {h5py.h5z.FILTER_SZIP, LZF, BLOSC, BLOSC2, FCIDECOMP}
SAID = ("attributes", "kind", "dtype", "shape", "maxshape", "layout", "chunk", "chunk_index", "fill_status", "digest", "target", "file")


def plain(record):
    """An object in the words of the descriptions."""
    found = {key: value for key, value in record.items() if key in SAID}
    if "same_as" in record:
        return {"kind": "again", "of": record["same_as"]}
    if "filters" in record:
        found["filters"] = [number for number, *_ in record["filters"]]
    for attribute in found.get("attributes", ()):
        attribute.pop("reason", None)
    return found


def first(objects, path):
    """What is at a path; of several links to an object one shows it."""
    return objects[objects[path].get("of", path)]


def by_h5py(path, wanted):
    """The differences between a description and what the library reads."""
    truth = h5truth.truth(path)
    if truth["userblock"] != wanted["userblock"]:
        yield f"user block {truth['userblock']}"
    found = {record["path"]: plain(record) for record in truth["objects"]}
    if found.keys() != wanted["objects"].keys():
        yield f"objects {sorted(wanted['objects'].keys() ^ found.keys())[:5]}"
        return
    for place in found:
        got, want = first(found, place), first(wanted["objects"], place)
        for key in got.keys() | want.keys():
            if got.get(key) != want.get(key):
                yield f"{place} {key}: {str(want.get(key))[:90]} -> {str(got.get(key))[:90]}"


def by_h5dump(path, wanted):
    """What h5dump complains of."""
    plugins = any(n > 255 for record in wanted["objects"].values() for n in record.get("filters", ()))
    if wanted["level"] == "Latest" or plugins or not shutil.which("h5dump"):
        return
    done = subprocess.run(["h5dump", path.name], cwd=path.parent, capture_output=True, timeout=120)
    if done.returncode or done.stderr:
        yield f"h5dump: {done.stderr.decode(errors='replace')[:200]}"


def may_lose(plist):
    """Whether the library may lose a chunk that it writes again, also in files of its own.

    It skips a filter that would make a chunk larger, and notes that in the mask of the chunk; but where the chunk stays as
    long as it was, it leaves the old mask. One filter alone never gives two masks and one length; with a second one that
    changes lengths, both can be: LZF twice, or LZF and deflate.
    """
    resizing = [number for number in (plist.get_filter(n)[0] for n in range(plist.get_nfilters())) if number not in KEEPS_LENGTH]
    return len(resizing) > 1 and not SKIPPED.isdisjoint(resizing)


def lengthen(dataset):
    """Makes a dataset longer where it can grow. The library does not read one without any element and without a fill value."""
    plist = dataset.id.get_create_plist()
    undefined = plist.fill_value_defined() == h5py.h5d.FILL_VALUE_UNDEFINED
    if not dataset.chunks or None not in dataset.maxshape or undefined or may_lose(plist):
        return
    dataset.resize([length + 3 if limit is None else length for length, limit in zip(dataset.shape, dataset.maxshape)])
    if dataset.id.get_type().get_class() in (h5py.h5t.INTEGER, h5py.h5t.FLOAT) and dataset.size:
        dataset[-1:] = 1


def edit(path, level):
    """Changes a file as programs do: longer datasets, new attributes, links and groups."""
    bounds = ("earliest", "v108") if level == "Earliest" else None
    with h5py.File(path, "r+", libver=bounds) as file:
        found = []
        file.visititems(lambda name, made: found.append(made))
        for made in found[:10]:
            made.attrs["new"] = np.arange(5)
            if isinstance(made, h5py.Group):
                for n in range(10):
                    made.create_group(f"new{n}")
            elif isinstance(made, h5py.Dataset):
                lengthen(made)
        for n in range(20):
            file.attrs[f"new{n}"] = "text" * n
        added = file.create_dataset("added/dataset", data=np.arange(100), chunks=(7,), maxshape=(None,), compression="gzip")
        added.resize((200,))
        added[100:] = 5


def by_exo(path):
    """The differences of what the library and exo say of a file."""
    truth = h5truth.truth(path)
    (found,) = matrix.digests([path])[0]
    problems, _ = matrix.listed(truth["objects"], found["objects"], "path", "")
    return problems


def check(task):
    """The problems of a case."""
    number, folder, every = task
    path, wanted = folder / "case.h5", json.loads((folder / "case.json").read_text())
    os.chdir(folder)
    problems = []
    try:
        problems += by_h5py(path, wanted)
        problems += by_h5dump(path, wanted)
        problems += by_exo(path)
        if every and number % every == 0:
            with tempfile.TemporaryDirectory() as scratch:
                shutil.copytree(folder, scratch, dirs_exist_ok=True)
                edited = Path(scratch) / "case.h5"
                os.chdir(scratch)
                edit(edited, wanted["level"])
                problems += [f"edited: {problem}" for problem in by_exo(edited)]
                problems += [f"edited: {problem}" for problem in by_h5dump(edited, wanted)]
                os.chdir(folder)
    except Exception as why:  # whatever it is: the file must not go unread
        problems.append(f"{type(why).__name__}: {why}"[:300])
    return folder.name, problems


def main():
    """All files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--max", type=int, help="at most so many files of each level")
    parser.add_argument("--edit", type=int, default=4, help="edit every nth file; 0 for none")
    args = parser.parse_args()
    folders = sorted(path.parent.resolve() for path in args.folder.glob("*/case.json"))
    if args.max:
        levels = {}
        folders = [f for f in folders if levels.setdefault(f.name.split("-")[0], []).append(f) or len(levels[f.name.split("-")[0]]) <= args.max]
    tally = common.Tally()
    if not HAS_PLUGINS:
        tally.skip("hdf5plugin is missing: files with its filters are not read", package=True)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for name, problems in pool.imap(check, [(n, f, args.edit) for n, f in enumerate(folders)]):
            tally.check(name, problems)
    tally.finish()


if __name__ == "__main__":
    sys.exit(main())
