"""What the C library reads from an HDF5 file, in the words of `exo digest`: declarations, and digests of raw elements.

Elements are read with the file's own type, so that the library converts nothing; see the rule of digests in
crates/format/src/digest.rs.
"""
import ctypes
import hashlib
import math
import struct
import sys

import h5py
import numpy as np
from h5py import h5a, h5d, h5f, h5g, h5l, h5o, h5p, h5s, h5t

from common import ROOT

sys.path.append(str(ROOT / "fixtures" / "gen"))
from cases.capi import C, DEFAULT, LIBRARY  # noqa: E402

try:
    import hdf5plugin  # noqa: F401  registers its filters
except ImportError:
    hdf5plugin = None

COMPLEX = 11
ORDERS = {h5t.ORDER_LE: "le", h5t.ORDER_BE: "be", h5t.ORDER_VAX: "vax"}
PADDINGS = {h5t.STR_NULLTERM: "nullterm", h5t.STR_NULLPAD: "nullpad", h5t.STR_SPACEPAD: "spacepad"}
IEEE = {2: (15, 10, 5, 0, 10, 15), 4: (31, 23, 8, 0, 23, 127), 8: (63, 52, 11, 0, 52, 1023)}
INDEXES = ["btree1", "single", "implicit", "fixed_array", "extensible_array", "btree2"]


class Text:
    """Text of any length, at a pointer."""

    size = 8

    def take(self, element, out):
        """Adds the canonical bytes of an element."""
        place = struct.unpack("Q", element)[0]
        text = ctypes.string_at(place) if place else b""
        out.append(struct.pack("<Q", len(text)) + text)


class List:
    """A list of any length, at a pointer."""

    size = 16

    def __init__(self, base):
        self.base = base

    def take(self, element, out):
        """Adds the canonical bytes of an element."""
        count, place = struct.unpack("QQ", element)
        out.append(struct.pack("<Q", count))
        if count:
            out.append(self.base.canonical(ctypes.string_at(place, count * self.base.size), count))


class Form:
    """What the digest takes of an element: bytes at places of it in an order, and what is behind pointers in it."""

    def __init__(self, size, parts):
        self.size, self.parts = size, parts

    @classmethod
    def of(cls, kind):
        """The form of a type."""
        return cls(kind.get_size(), merged(parts(kind)))

    def canonical(self, data, count):
        """The digest's bytes of some elements."""
        if not self.parts:
            return b""
        if all(isinstance(what, list) for _, what in self.parts):
            places = [at + byte for at, what in self.parts for byte in what]
            return np.frombuffer(data, "u1").reshape(count, self.size)[:, places].tobytes()
        out = []
        for start in range(0, count * self.size, self.size):
            for at, what in self.parts:
                if isinstance(what, list):
                    out.append(bytes(data[start + at + byte] for byte in what))
                else:
                    what.take(data[start + at:start + at + what.size], out)
        return b"".join(out)


def parts(kind):
    """Where in an element there is what: lists of bytes, `Text` and `List`."""
    what, size = kind.get_class(), kind.get_size()
    if what == h5t.COMPOUND:
        return [(kind.get_member_offset(i) + at, part) for i in range(kind.get_nmembers())
                for at, part in parts(kind.get_member_type(i))]
    if what in (h5t.ARRAY, COMPLEX):
        base = kind.get_super()
        return [(n * base.get_size() + at, part) for n in range(size // base.get_size()) for at, part in parts(base)]
    if what == h5t.VLEN:
        return [(0, List(Form.of(kind.get_super())))]
    if what == h5t.STRING and kind.is_variable_str():
        return [(0, Text())]
    reverse = what in (h5t.INTEGER, h5t.BITFIELD, h5t.FLOAT, h5t.TIME, h5t.ENUM) and C.H5Tget_order(kind) == h5t.ORDER_BE
    return [(0, list(range(size))[::-1] if reverse else list(range(size)))]


def merged(found):
    """The same with neighbours put together."""
    made = []
    for at, part in found:
        if made and isinstance(part, list) and isinstance(made[-1][1], list):
            start, before = made[-1]
            made[-1] = (start, before + [at - start + byte for byte in part])
        else:
            made.append((at, part))
    return made


def refers(kind):
    """Whether elements are, or contain, references."""
    what = kind.get_class()
    if what == h5t.COMPOUND:
        return any(refers(kind.get_member_type(i)) for i in range(kind.get_nmembers()))
    return what == h5t.REFERENCE or what in (h5t.ARRAY, h5t.VLEN) and refers(kind.get_super())


def points(kind):
    """Whether elements in memory contain pointers."""
    return any(not isinstance(part, list) for _, part in parts(kind))


def notation(kind):
    """The type in one line."""
    what, size = kind.get_class(), kind.get_size()
    if what in (h5t.INTEGER, h5t.BITFIELD, h5t.FLOAT, h5t.TIME):
        return number(kind, what, size)
    if what == h5t.STRING:
        charset = "utf8" if kind.get_cset() == h5t.CSET_UTF8 else "ascii"
        start = "vstr" if kind.is_variable_str() else f"str{size}"
        return f"{start}:{PADDINGS[kind.get_strpad()]}:{charset}"
    if what == h5t.OPAQUE:
        return f"opaque{size}:{name(kind.get_tag())}"
    if what == h5t.COMPOUND:
        members = (f"{name(kind.get_member_name(i))}@{kind.get_member_offset(i)}:{notation(kind.get_member_type(i))}"
                   for i in range(kind.get_nmembers()))
        return f"compound{size}{{{','.join(members)}}}"
    if what == h5t.REFERENCE:
        return {8: "ref:obj", 12: "ref:reg"}.get(size, "ref:std")
    base = notation(kind.get_super())
    if what == h5t.ENUM:
        members = (f"{name(kind.get_member_name(i))}={kind.get_member_value(i)}" for i in range(kind.get_nmembers()))
        return f"enum<{base}>{{{','.join(members)}}}"
    if what == h5t.ARRAY:
        return f"array[{','.join(map(str, kind.get_array_dims()))}]<{base}>"
    return f"{'vlen' if what == h5t.VLEN else 'complex'}<{base}>"


def number(kind, what, size):
    """The notation of a number."""
    order = ORDERS.get(C.H5Tget_order(kind)) if size > 1 else ""
    letter = {h5t.BITFIELD: "b", h5t.FLOAT: "f", h5t.TIME: "time"}.get(what)
    letter = letter or ("i" if kind.get_sign() == h5t.SGN_2 else "u")
    text = f"{letter}{8 * size}{order}"
    if what == h5t.TIME:
        return text
    precision, offset = C.H5Tget_precision(kind), C.H5Tget_offset(kind)
    if what == h5t.FLOAT:
        sign, exponent, exponent_size, mantissa, mantissa_size = fields = kind.get_fields()
        if (precision, offset, order) == (8 * size, 0, order) and (*fields, kind.get_ebias()) == IEEE.get(size) \
                and order in ("le", "be"):
            return text
        norm = {h5t.NORM_IMPLIED: 0, h5t.NORM_MSBSET: 1, h5t.NORM_NONE: 2}[kind.get_norm()]
        return (f"{text}p{precision}o{offset}s{sign}e{exponent}:{exponent_size}b{kind.get_ebias()}"
                f"m{mantissa}:{mantissa_size}n{norm}")
    return text if (precision, offset) == (8 * size, 0) else f"{text}p{precision}o{offset}"


def name(text):
    """A name; bytes that are not UTF-8 appear as `\\xNN`."""
    return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text


def digest(kind, count, read, doubtful=False):
    """The digest of elements, or why there is none; `read` fills a buffer, which is doubtful if there may be gaps."""
    if refers(kind):
        return {"digest": None, "reason": "reference"}
    size = count * kind.get_size()
    if size > 64 << 20:
        return {"digest": None, "reason": "larger than 64 MiB"}
    form, results = Form.of(kind), set()
    # What the library leaves alone was never written, and nobody knows what it is.
    for before in (b"\0", b"\xff")[:2 if doubtful and not points(kind) else 1]:
        data = ctypes.create_string_buffer(before * size, size)
        if size:
            read(data)
        results.add(hashlib.sha256(form.canonical(data.raw, count)).hexdigest())
    return {"digest": results.pop()} if len(results) == 1 else {"digest": None, "reason": "undetermined"}


def lengths(space):
    """The shape of a space; none for the null space."""
    return None if space.get_simple_extent_type() == h5s.NULL else list(space.get_simple_extent_dims())


def attributes(owner):
    """All attributes of an object, by name."""
    found, names = [], []
    h5a.iterate(owner, names.append)  # by their numbers would take quadratic time
    for key in names:
        made = h5a.open(owner, key)
        kind, space = made.get_type(), made.get_space()
        shape = lengths(space)
        count = 0 if shape is None else math.prod(shape)
        found.append({"name": name(key), "dtype": notation(kind), "shape": shape,
                      **digest(kind, count, lambda data: C.H5Aread(made, kind, data))})
    return sorted(found, key=lambda attribute: attribute["name"].encode())


def dataset(made):
    """What a dataset declares, and its digest."""
    kind, space, plist = made.get_type(), made.get_space(), made.get_create_plist()
    shape = lengths(space)
    fields = {"dtype": notation(kind), "shape": shape, "maxshape": None}
    if shape is not None:
        limits = space.get_simple_extent_dims(True)
        fields["maxshape"] = [None if limit == h5s.UNLIMITED else limit for limit in limits]
    layout = plist.get_layout()
    fields["layout"] = {h5d.COMPACT: "compact", h5d.CONTIGUOUS: "contiguous", h5d.CHUNKED: "chunked"}.get(layout, "virtual")
    if layout == h5d.CONTIGUOUS and plist.get_external_count():
        fields["layout"] = "external"
    if layout == h5d.CHUNKED:
        fields["chunk"] = list(plist.get_chunk())
        index = ctypes.c_int(-1)
        C.H5Dget_chunk_index_type(made, ctypes.byref(index))
        fields["chunk_index"] = INDEXES[index.value]
    stages = [plist.get_filter(n) for n in range(plist.get_nfilters())]
    fields["filters"] = [[number, flags & 1, list(values)] for number, flags, values, _ in stages]
    status = plist.fill_value_defined()
    fields["fill_status"] = {h5d.FILL_VALUE_UNDEFINED: "undefined", h5d.FILL_VALUE_DEFAULT: "default"}.get(status, "user")
    count = 0 if shape is None else math.prod(shape)
    doubtful = status == h5d.FILL_VALUE_UNDEFINED or plist.get_fill_time() == h5d.FILL_TIME_NEVER
    return fields | digest(kind, count, lambda data: C.H5Dread(made, kind, DEFAULT, DEFAULT, DEFAULT, data), doubtful)


class GroupInfo(ctypes.Structure):
    """H5G_info_t."""

    _fields_ = [("storage", ctypes.c_int), ("links", ctypes.c_uint64), ("order", ctypes.c_int64), ("mounted", ctypes.c_bool)]


def group_storage(group):
    """How links are stored."""
    info = GroupInfo()
    C.H5Gget_info(group, ctypes.byref(info))
    return ["symbol_table", "compact", "dense"][info.storage]


class Walk:
    """All objects of a file, depth first, links by name."""

    def __init__(self):
        self.objects, self.seen = [], {}

    def object(self, made, path):
        """An object, and what is in it."""
        address = h5o.get_info(made).addr
        kind = {h5o.TYPE_GROUP: "group", h5o.TYPE_DATASET: "dataset"}.get(h5o.get_info(made).type, "datatype")
        record = {"path": path, "kind": kind}
        self.objects.append(record)
        if address in self.seen:
            record["same_as"] = self.seen[address]
            return
        self.seen[address] = path
        record["attributes"] = attributes(made)
        if kind == "dataset":
            record |= dataset(made)
        elif kind == "datatype":
            record["dtype"] = notation(made)
        else:
            record["group_storage"] = group_storage(made)
            self.links(made, path)

    def links(self, group, path):
        """The links of a group."""
        found = []
        group.links.iterate(found.append, idx_type=h5py.h5.INDEX_NAME, order=h5py.h5.ITER_INC)
        for link in sorted(found):
            self.link(group, link, f"{path.rstrip('/')}/{name(link)}")

    def link(self, group, link, path):
        """One link."""
        info = group.links.get_info(link)
        if info.type == h5l.TYPE_HARD:
            self.object(h5o.open(group, link), path)
        elif info.type == h5l.TYPE_SOFT:
            self.objects.append({"path": path, "kind": "softlink", "target": name(group.links.get_val(link))})
        elif info.type == h5l.TYPE_EXTERNAL:
            file, target = group.links.get_val(link)
            self.objects.append({"path": path, "kind": "externallink", "file": name(file), "target": name(target)})
        else:
            self.objects.append({"path": path, "kind": "udlink", "link_type": info.type})


def truth(path):
    """A file."""
    file = h5f.open(str(path).encode(), h5f.ACC_RDONLY)
    plist, walk = file.get_create_plist(), Walk()
    walk.object(h5g.open(file, b"/"), "/")
    return {"superblock": plist.get_version()[0], "userblock": plist.get_userblock(), "sizes": list(plist.get_sizes()),
            "objects": walk.objects}


__all__ = ["LIBRARY", "h5p", "truth"]
