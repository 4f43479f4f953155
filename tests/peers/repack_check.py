#!/usr/bin/env python3
"""repack_check.py: h5py finds in a file that `exo repack` wrote what it finds in the one that was read.

usage: repack_check.py [-n FILES] [FOLDER_OR_FILE...]

Every HDF5 file of the folders (those of the fixtures, if none are named) is copied as it is, and then with other chunks
and filters. Both are walked: links, types, attributes and their order, references by what they lead to, layouts, chunks,
filters, fill values, elements. `exo digest` and, for every eighth file, h5diff agree. What is refused is listed by name.
"""
import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import common

common.require("numpy", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

EXO = common.exo()
try:
    import hdf5plugin  # noqa: F401  registers its filters
except ImportError:
    pass

ROOT = Path(__file__).resolve().parents[2]
# More elements are compared by the digest alone.
MOST = 1 << 20


class Walk:
    """What a file holds, by the names of its objects."""

    def __init__(self, file, stored):
        self.file, self.stored = file, stored
        self.first, self.facts = {}, {}
        self.walk(h5py.h5g.open(file.id, b"/"), "/")

    def walk(self, group, path):
        """Notes an object, and what is below it."""
        self.first[h5py.h5o.get_info(group).addr] = path
        waiting = [(group, path)]
        while waiting:
            object_id, path = waiting.pop()
            self.facts[path] = self.object(object_id)
            if not isinstance(object_id, h5py.h5g.GroupID):
                continue
            for name in self.names(object_id):
                below = path.rstrip("/") + "/" + name.decode("utf-8", "surrogateescape")
                info = object_id.links.get_info(name)
                if info.type != h5py.h5l.TYPE_HARD:
                    value = object_id.links.get_val(name)
                    self.facts[below] = ("link", info.type, value)
                    continue
                child = h5py.h5o.open(object_id, name)
                address = h5py.h5o.get_info(child).addr
                if address in self.first:
                    self.facts[below] = ("again", self.first[address])
                else:
                    self.first[address] = below
                    waiting.append((child, below))

    @staticmethod
    def names(group):
        return sorted(group.links.get_info(name) and name for name in group)

    def object(self, object_id):
        attributes = self.attributes(object_id)
        if isinstance(object_id, h5py.h5g.GroupID):
            plist = object_id.get_create_plist()
            order = plist.get_link_creation_order()
            links = []
            if order & h5py.h5p.CRT_ORDER_TRACKED:
                object_id.links.iterate(links.append, idx_type=h5py.h5.INDEX_CRT_ORDER if order & 2 else h5py.h5.INDEX_NAME)
            return ("group", order, links, attributes)
        if isinstance(object_id, h5py.h5t.TypeID):
            return ("type", self.type(object_id), attributes)
        return ("dataset", *self.dataset(object_id), attributes)

    def attributes(self, object_id):
        """In their order, where one is kept."""
        found = []
        for index in range(h5py.h5a.get_num_attrs(object_id)):
            attribute = h5py.h5a.open(object_id, index=index)
            kind = attribute.get_type()
            space = attribute.get_space()
            found.append((attribute.name, self.type(kind), self.space(space), self.values(attribute, kind, space)))
        order = object_id.get_create_plist().get_attr_creation_order() if hasattr(object_id, "get_create_plist") else 0
        return (order, found if order else sorted(found, key=lambda fact: fact[0]))

    def dataset(self, dataset):
        kind, space, plist = dataset.get_type(), dataset.get_space(), dataset.get_create_plist()
        stored = ()
        if self.stored:
            layout = plist.get_layout()
            chunk = plist.get_chunk() if layout == h5py.h5d.CHUNKED else None
            filters = tuple((f[0], tuple(f[2])) for f in map(plist.get_filter, range(plist.get_nfilters())))
            external = [plist.get_external(n) for n in range(plist.get_external_count())]
            maps = []
            if layout == h5py.h5d.VIRTUAL:
                for n in range(plist.get_virtual_count()):
                    spaces = [plist.get_virtual_vspace(n), plist.get_virtual_srcspace(n)]
                    maps.append((plist.get_virtual_filename(n), plist.get_virtual_dsetname(n),
                                 [self.selection(one) for one in spaces]))
            stored = (layout, chunk, filters, external, maps, plist.get_fill_time(), plist.get_alloc_time())
        fill = plist.fill_value_defined()
        value = self.fill(plist, dataset) if fill == h5py.h5d.FILL_VALUE_USER_DEFINED else None
        return (self.type(kind), self.space(space), stored, fill == 2, value, self.values(dataset, kind, space))

    @staticmethod
    def selection(space):
        if space.get_select_type() == h5py.h5s.SEL_HYPERSLABS and space.is_regular_hyperslab():
            return space.get_regular_hyperslab()
        return (space.get_select_type(), space.get_select_npoints())

    def fill(self, plist, dataset):
        try:
            return str(h5py.Dataset(dataset).fillvalue)
        except Exception as error:  # of types that h5py does not know
            return type(error).__name__

    def type(self, kind):
        """The type part by part, whatever the version of its message, and whether it is committed."""
        return (described(kind), kind.committed())

    @staticmethod
    def space(space):
        kind = space.get_simple_extent_type()
        if kind != h5py.h5s.SIMPLE:
            return (kind,)
        return (kind, space.shape, space.get_simple_extent_dims(True))

    def values(self, holder, kind, space):
        """The elements, with references by what they lead to."""
        if space.get_simple_extent_type() == h5py.h5s.NULL:
            return "null"
        if space.get_simple_extent_npoints() > MOST:
            return "many"
        try:
            if isinstance(holder, h5py.h5a.AttrID):
                dtype = kind.dtype
                array = np.empty(space.shape, dtype=dtype)
                holder.read(array)
            else:
                array = h5py.Dataset(holder)[()]
        except Exception as error:  # what h5py cannot read
            return ("unread", type(error).__name__)
        return self.shown(array)

    def shown(self, value):
        if isinstance(value, h5py.RegionReference):
            if not value:
                return "null region"
            space = h5py.h5r.get_region(value, self.file.id)
            return ("region", self.target(value), self.selected(space))
        if isinstance(value, h5py.Reference):
            target = self.target(value) if value else "gone"
            # The copy has no reference to what is gone.
            return "null reference" if target == "gone" else ("object", target)
        if isinstance(value, np.ndarray) and value.dtype.hasobject:
            return [value.shape, [self.shown(one) for one in value.ravel()]]
        if isinstance(value, np.void) and value.dtype.hasobject:
            return [self.shown(value[name]) for name in value.dtype.names]
        if isinstance(value, (bytes, str)):
            return value
        return (str(getattr(value, "dtype", "")), getattr(value, "shape", ()), np.asarray(value).tobytes())

    @staticmethod
    def selected(space):
        """The elements of a region, however they are stored."""
        which = space.get_select_type()
        if which == h5py.h5s.SEL_HYPERSLABS:
            return (space.shape, which, sorted(map(str, space.get_select_hyper_blocklist().tolist())))
        if which == h5py.h5s.SEL_POINTS:
            return (space.shape, which, space.get_select_elem_pointlist().tolist())
        return (space.shape, which)

    def target(self, reference):
        try:
            return self.first.get(h5py.h5o.get_info(h5py.h5r.dereference(reference, self.file.id)).addr, "?")
        except Exception:
            return "gone"


def described(kind):
    """A type in all its parts."""
    t = h5py.h5t
    which = kind.get_class()
    facts = [which, kind.get_size()]
    if which == t.COMPOUND:
        members = range(kind.get_nmembers())
        facts += [(kind.get_member_name(n), kind.get_member_offset(n), described(kind.get_member_type(n))) for n in members]
    elif which == t.ENUM:
        facts += [described(kind.get_super())]
        facts += [(kind.get_member_name(n), kind.get_member_value(n)) for n in range(kind.get_nmembers())]
    elif which == t.ARRAY:
        facts += [kind.get_array_dims(), described(kind.get_super())]
    elif which == t.VLEN:
        facts += [described(kind.get_super())]
    elif which == t.STRING:
        facts += [kind.is_variable_str(), kind.get_cset(), kind.get_strpad()]
    elif which == t.OPAQUE:
        facts += [kind.get_tag()]
    elif which in (t.INTEGER, t.FLOAT):
        facts += [kind.get_order(), kind.get_precision(), kind.get_offset()]
        facts += [kind.get_sign()] if which == t.INTEGER else []
        facts += [kind.get_fields(), kind.get_ebias(), kind.get_norm()] if which == t.FLOAT else []
    elif which == t.REFERENCE:
        facts += [kind.equal(t.STD_REF_OBJ), kind.equal(t.STD_REF_DSETREG)]
    else:
        facts += [kind.encode()]
    return tuple(facts)


def run(*command):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, errors="replace")


def digests(path):
    """The objects of a file with their digests, but for how they are stored."""
    out = run(EXO, "digest", path).stdout
    record = json.loads(out.splitlines()[0])
    keep = ("path", "kind", "type", "shape", "digest", "reason", "link", "target", "attributes", "same_as")
    return [{key: one[key] for key in keep if key in one} for one in record["objects"]]


def differing(a, b, stored):
    """The first path where two files differ."""
    with h5py.File(a, "r") as first, h5py.File(b, "r") as second:
        left, right = Walk(first, stored).facts, Walk(second, stored).facts
        for path in sorted(left.keys() | right.keys()):
            one, other = narrowed(left.get(path), right.get(path))
            if one != other:
                return f"{path}: {str(one)[:300]} / {str(other)[:300]}"
    return None


def apart(path, copy, stored):
    """What differs, found by another process: the library crashes on some damaged files."""
    ends = multiprocessing.Pipe(False)
    child = multiprocessing.get_context("fork").Process(target=tell, args=(ends[1], path, copy, stored))
    child.start()
    ends[1].close()
    try:
        found = ends[0].recv()
    except EOFError:
        found = "crashed"
    child.join()
    return found


def tell(end, path, copy, stored):
    try:
        with h5py.File(path, "r") as file:
            Walk(file, stored)
    except Exception:
        end.send("unreadable")
        return
    try:
        end.send(differing(path, copy, stored))
    except Exception as error:
        end.send(f"{type(error).__name__}: {error}")


def narrowed(one, other):
    """The innermost parts that differ."""
    # What the library cannot read of the input may well be there in the copy; the digests are the same.
    if isinstance(one, tuple) and one[:1] == ("unread",):
        return None, None
    if isinstance(one, (tuple, list)) and type(one) is type(other) and len(one) == len(other):
        parts = (narrowed(a, b) for a, b in zip(one, other))
        return next((part for part in parts if part[0] != part[1]), (None, None))
    return one, other


# Choices under which the elements stay what they are.
VARIANTS = [[], ["--filter", "shuffle,gzip=1"], ["--layout", "chunked", "--filter", "none"], ["--layout", "contiguous"],
            ["--level", "earliest"], ["--level", "latest", "--paged=4K"]]


def beside(path, folder):
    """A folder in which the files that a file names are found as beside it."""
    place = Path(folder) / path.parent.name
    if not place.exists():
        place.mkdir()
        for one in path.parent.iterdir():
            (place / one.name).symlink_to(one.resolve())
    return place


def check(path, folder, number, outcomes):
    """Copies a file in several ways; yields what is wrong."""
    for n, options in enumerate(VARIANTS):
        copy = beside(path, folder) / f"repacked-{n}.h5"
        done = run(EXO, "repack", "--quiet", "--force", *options, path, copy)
        if done.returncode not in (0, 2):
            yield f"{path} {options}: ended with {done.returncode}: {done.stderr[-500:]}"
        if done.returncode:
            reason = done.stderr.strip().rsplit(": ", 1)[-1]
            outcomes[f"refused: {reason[:90]}"] += 1
            continue
        outcomes["copied"] += 1
        if digests(path) != digests(copy):
            left, right = digests(path), digests(copy)
            first = next(((a, b) for a, b in zip(left, right) if a != b), (len(left), len(right)))
            yield f"{path} {options}: digests differ: {str(first)[:600]}"
        found = apart(path, copy, not options)
        if found in ("unreadable", "crashed"):
            outcomes[f"h5py {found.replace('unreadable', 'cannot walk the input').replace('crashed', 'crashes')}"] += 1
        elif found:
            yield f"{path} {options}: {found}"
        if path.suffix in (".nc", ".exo", ".e", ".g") and path.stat().st_size < 1 << 22:
            before, after = run("ncdump", path), run("ncdump", copy)
            # What the library cannot read of the input may well be there in the copy; what was never written is anything.
            same = before.stdout != run("ncdump", path).stdout or before.returncode or before.stdout.partition("\n")[2] == after.stdout.partition("\n")[2]
            outcomes["ncdump prints the same" if same else "ncdump prints something else"] += 1
            if not same:
                yield f"{path} {options}: ncdump prints something else"
        if number % 8 == 0 and not options:
            diff = run("h5diff", path, copy)
            outcomes[f"h5diff ended with {diff.returncode}"] += 1
            # References inside of records are compared as bytes, which are addresses.
            if diff.returncode == 1 and "REF" not in diff.stdout.upper():
                yield f"{path}: h5diff: {diff.stdout[-300:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=0)
    parser.add_argument("places", nargs="*", type=Path)
    args = parser.parse_args()
    places = args.places or [ROOT / "fixtures" / "hdf5", ROOT / "fixtures" / "netcdf", ROOT / "fixtures" / "exodus"]
    files = [p for place in places for p in ([place] if place.is_file() else sorted(place.rglob("*"))) if p.is_file()]
    files = [path for path in files if b"\x89HDF\r\n\x1a\n" in path.open("rb").read(4096)]
    if args.n:
        files = files[:: max(1, len(files) // args.n)]
    outcomes, wrong = Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number, path in enumerate(files):
                for problem in check(path, folder, number, outcomes):
                    wrong += 1
                    print("WRONG", problem, flush=True)
                outcomes["files"] += 1
        except KeyboardInterrupt:
            print("interrupted")
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6}  {outcome}")
    print(f"{outcomes['files']} of {len(files)} files, {wrong} wrong")
    sys.exit(wrong > 0 or outcomes["copied"] == 0)


if __name__ == "__main__":
    os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
    main()
