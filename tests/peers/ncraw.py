"""netCDF files as the C library sees them, through ctypes: types, lengths and bytes without any conversion.

netCDF4-python drops the terminating NUL of text attributes and turns fill values into masks; here nothing is lost.
The library is the one inside the netCDF4 wheel, or the system's.
"""
import ctypes as C
import ctypes.util
import glob
import hashlib
import os
import struct

NAMES = {1: "byte", 2: "char", 3: "short", 4: "int", 5: "float", 6: "double", 7: "ubyte", 8: "ushort",
         9: "uint", 10: "int64", 11: "uint64", 12: "string"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
FORMATS = {1: "classic", 2: "64bit-offset", 5: "cdf5", 3: "netcdf4", 4: "netcdf4-classic"}
CLASSES = {13: "vlen", 14: "opaque", 15: "enum", 16: "compound"}
STORAGE = {0: "chunked", 1: "contiguous", 2: "compact"}
MAX_NAME = 257


def load():
    """The C library."""
    try:
        import netCDF4
        # Imported first, so that the wheel's own library finds its neighbours.
        home = os.path.dirname(os.path.dirname(os.path.abspath(netCDF4.__file__)))
        bundled = glob.glob(os.path.join(home, "[nN]et[cC][dD][fF]4.libs", "libnetcdf*.so*"))
    except ImportError:
        bundled = []
    for name in bundled + [ctypes.util.find_library("netcdf") or "libnetcdf.so.19"]:
        try:
            return C.CDLL(name)
        except OSError:
            continue
    raise ImportError("no netCDF C library")


LIB = load()
LIB.nc_strerror.restype = C.c_char_p
LIB.nc_inq_libvers.restype = C.c_char_p


class NcError(Exception):
    """An error of the C library."""


def call(name, *args):
    """Calls a function of the library and raises on failure."""
    status = getattr(LIB, name)(*args)
    if status:
        raise NcError(f"{name}: {LIB.nc_strerror(status).decode()}")


def integer(name, *args):
    """The one integer a function returns through its last argument."""
    value = C.c_int()
    call(name, *args, C.byref(value))
    return value.value


def size(name, *args):
    """The one size a function returns through its last argument."""
    value = C.c_size_t()
    call(name, *args, C.byref(value))
    return value.value


def sha(data):
    """The digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def counted(texts):
    """Strings by the digest rule: a 64-bit length before each."""
    return b"".join(struct.pack("<Q", len(t)) + t for t in texts)


class Type:
    """A type of elements: `name`, `size` in memory, and for those that a file defines `cls`, `base`, `fields` or `members`."""

    def __init__(self, group, kind):
        self.kind, self.name, self.cls = kind, NAMES.get(kind), None
        self.size = SIZES.get(kind, 8)
        if self.name is None:
            self.define(group)

    def define(self, group):
        """Asks the library about a user-defined type."""
        name, length, base = C.create_string_buffer(MAX_NAME), C.c_size_t(), C.c_int()
        count, cls = C.c_size_t(), C.c_int()
        call("nc_inq_user_type", group, self.kind, name, *map(C.byref, (length, base, count, cls)))
        self.name, self.size, self.cls = name.value.decode(), length.value, CLASSES[cls.value]
        self.base = Type(group, base.value) if self.cls in ("vlen", "enum") else None
        self.members, self.fields = [], []
        for i in range(count.value if self.cls == "enum" else 0):
            value = C.c_longlong()
            call("nc_inq_enum_member", group, self.kind, i, name, C.byref(value))
            raw = bytes(value)[:self.base.size]
            self.members.append([name.value.decode(), int.from_bytes(raw, "little", signed=self.base.name in ("byte", "short", "int", "int64"))])
        for i in range(count.value if self.cls == "compound" else 0):
            offset, kind, rank, lengths = C.c_size_t(), C.c_int(), C.c_int(), (C.c_int * 32)()
            call("nc_inq_compound_field", group, self.kind, i, name, C.byref(offset), C.byref(kind), C.byref(rank), lengths)
            self.fields.append((name.value.decode(), offset.value, Type(group, kind.value), lengths[:rank.value]))

    def describe(self):
        """The definition as plain data."""
        found = {"name": self.name, "class": self.cls}
        if self.base:
            found["base"] = self.base.name
        if self.cls == "enum":
            found["members"] = self.members
        if self.cls == "compound":
            found["fields"] = [[name, kind.name, lengths] for name, _, kind, lengths in self.fields]
        return found

    def elements(self, raw, count):
        """Elements in memory by the digest rule."""
        if self.cls in (None, "enum", "opaque") and self.kind != 12:
            return raw[:count * self.size]
        return b"".join(self.element(raw[i * self.size:(i + 1) * self.size]) for i in range(count))

    def element(self, raw):
        """One element that has no plain bytes."""
        if self.kind == 12:
            address = int.from_bytes(raw[:8], "little")
            return counted([C.string_at(address) if address else b""])
        if self.cls == "vlen":
            count, address = struct.unpack("<QQ", raw[:16])
            return struct.pack("<Q", count) + (self.base.elements(C.string_at(address, count * self.base.size), count) if count else b"")
        parts = []
        for _, offset, kind, lengths in self.fields:
            count = 1
            for length in lengths:
                count *= length
            parts.append(kind.elements(raw[offset:offset + count * kind.size], count))
        return b"".join(parts)

    def nulls(self, raw, count):
        """How many of these strings are null pointers; 0 for other types."""
        return sum(raw[8 * i:8 * i + 8] == bytes(8) for i in range(count)) if self.kind == 12 else 0


class Attribute:
    """One attribute: `type`, `len` and `data`, the bytes of its value in little-endian order."""

    def __init__(self, group, variable, index):
        name = C.create_string_buffer(MAX_NAME)
        call("nc_inq_attname", group, variable, index, name)
        self.name = name.value.decode()
        kind, length = C.c_int(), C.c_size_t()
        call("nc_inq_att", group, variable, name, C.byref(kind), C.byref(length))
        of = Type(group, kind.value)
        self.type, self.len = of.name, length.value
        buffer = C.create_string_buffer(max(self.len * of.size, 1))
        if self.len:
            call("nc_get_att", group, variable, name, buffer)
        self.data, self.nulls = of.elements(buffer.raw, self.len), of.nulls(buffer.raw, self.len)

    def key(self):
        """What must be equal."""
        return self.name, self.type, self.len, self.data


class Variable:
    """One variable; its values are read on demand."""

    def __init__(self, group, index, dims):
        self.group, self.id = group, index
        name, kind, rank = C.create_string_buffer(MAX_NAME), C.c_int(), C.c_int()
        natts = C.c_int()
        call("nc_inq_varndims", group, index, C.byref(rank))
        ids = (C.c_int * max(rank.value, 1))()
        call("nc_inq_var", group, index, name, C.byref(kind), C.byref(rank), ids, C.byref(natts))
        self.name, self.kind = name.value.decode(), kind.value
        self.of = Type(group, kind.value)
        self.type, self.nulls = self.of.name, 0
        self.dims = [dims[i][0] for i in ids[:rank.value]]
        self.shape = [dims[i][1] for i in ids[:rank.value]]
        self.attributes = [Attribute(group, index, i) for i in range(natts.value)]

    def count(self):
        """The number of elements."""
        product = 1
        for length in self.shape:
            product *= length
        return product

    def data(self):
        """All values in little-endian order by the digest rule."""
        return self.part([0] * len(self.shape), self.shape)

    def part(self, start, count):
        """The values of a box."""
        total = 1
        for length in count:
            total *= length
        starts, counts = (C.c_size_t * max(len(start), 1))(*start), (C.c_size_t * max(len(count), 1))(*count)
        buffer = C.create_string_buffer(max(total * self.of.size, 1))
        if total:
            call("nc_get_vara", self.group, self.id, starts, counts, buffer)
        self.nulls = self.of.nulls(buffer.raw, total)
        return self.of.elements(buffer.raw, total)

    def storage(self):
        """Layout, chunk shape and filters (netCDF-4 only)."""
        kind = C.c_int()
        chunks = (C.c_size_t * max(len(self.shape), 1))()
        call("nc_inq_var_chunking", self.group, self.id, C.byref(kind), chunks)
        found = {"storage": STORAGE.get(kind.value, str(kind.value))}
        if kind.value == 0:
            found["chunk"] = list(chunks[:len(self.shape)])
        shuffle, deflate, level, fletcher = C.c_int(), C.c_int(), C.c_int(), C.c_int()
        call("nc_inq_var_deflate", self.group, self.id, C.byref(shuffle), C.byref(deflate), C.byref(level))
        call("nc_inq_var_fletcher32", self.group, self.id, C.byref(fletcher))
        found["shuffle"], found["fletcher32"] = bool(shuffle.value), bool(fletcher.value)
        found["deflate"] = level.value if deflate.value else None
        endian = C.c_int()
        call("nc_inq_var_endian", self.group, self.id, C.byref(endian))
        found["endian"] = {1: "little", 2: "big"}.get(endian.value)
        return found

    def fill(self):
        """The fill value as bytes, or None when nothing is filled in."""
        off, value = C.c_int(), C.create_string_buffer(64)
        if self.kind not in SIZES:
            return None
        call("nc_inq_var_fill", self.group, self.id, C.byref(off), value)
        return None if off.value else value.raw[:SIZES[self.kind]]


class Group:
    """One group with its dimensions, variables, attributes and subgroups."""

    def __init__(self, ident, path, dims):
        self.id, self.path = ident, path
        count = C.c_int()
        call("nc_inq_dimids", ident, C.byref(count), None, 0)
        ids = (C.c_int * max(count.value, 1))()
        call("nc_inq_dimids", ident, C.byref(count), ids, 0)
        unlimited = (C.c_int * 1024)()
        open_ended = C.c_int()
        call("nc_inq_unlimdims", ident, C.byref(open_ended), unlimited)
        endless = set(unlimited[:open_ended.value])
        dims = dict(dims)
        self.dims = []
        for i in ids[:count.value]:
            name, length = C.create_string_buffer(MAX_NAME), C.c_size_t()
            call("nc_inq_dim", ident, i, name, C.byref(length))
            dims[i] = (name.value.decode(), length.value)
            self.dims.append((name.value.decode(), length.value, i in endless))
        self.attributes = [Attribute(ident, -1, i) for i in range(integer("nc_inq_natts", ident))]
        self.types = self.user_types()
        self.variables = [Variable(ident, i, dims) for i in range(integer("nc_inq_nvars", ident))]
        call("nc_inq_grps", ident, C.byref(count), None)
        children = (C.c_int * max(count.value, 1))()
        call("nc_inq_grps", ident, C.byref(count), children)
        self.groups = []
        for child in children[:count.value]:
            name = C.create_string_buffer(MAX_NAME)
            call("nc_inq_grpname", child, name)
            self.groups.append(Group(child, path.rstrip("/") + "/" + name.value.decode(), dims))

    def user_types(self):
        """The types that the group defines; classic files have none."""
        count = C.c_int()
        if LIB.nc_inq_typeids(self.id, C.byref(count), None):
            return []
        kinds = (C.c_int * max(count.value, 1))()
        call("nc_inq_typeids", self.id, C.byref(count), kinds)
        return [Type(self.id, kind) for kind in kinds[:count.value]]

    def all(self):
        """This group and those below it, parents first."""
        yield self
        for group in self.groups:
            yield from group.all()

    def variable(self, name):
        """A variable by its name, or None."""
        return next((v for v in self.variables if v.name == name), None)


class File:
    """An open file: `format` and `root`."""

    def __init__(self, path):
        ident = C.c_int()
        call("nc_open", os.fsencode(path), 0, C.byref(ident))
        self.id = ident.value
        self.format = FORMATS[integer("nc_inq_format", self.id)]
        self.root = Group(self.id, "/", {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        call("nc_close", self.id)


def version():
    """The version of the library."""
    return LIB.nc_inq_libvers().decode().split()[0]
