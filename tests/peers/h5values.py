"""Values of HDF5 files through h5py, in the form of `ncraw`: little-endian bytes, a count before text and sequences."""
import struct

import h5py
import numpy as np

NUMBERS = {"i1": "byte", "i2": "short", "i4": "int", "i8": "int64", "u1": "ubyte", "u2": "ushort", "u4": "uint", "u8": "uint64",
           "f4": "float", "f8": "double"}


def netcdf_type(kind):
    """The name of a netCDF type for an HDF5 type; None for those that a file defines."""
    if isinstance(kind, h5py.h5t.TypeStringID):
        return "string" if kind.is_variable_str() or kind.get_size() > 1 else "char"
    if isinstance(kind, (h5py.h5t.TypeIntegerID, h5py.h5t.TypeFloatID)):
        try:
            return NUMBERS.get(kind.dtype.str.lstrip("<>|="))
        except (KeyError, TypeError, ValueError):
            return None  # numpy has no such number
    return None


def counted(text):
    """Text with its length before it."""
    return struct.pack("<Q", len(text)) + text


def text(value):
    """The bytes of a string, up to its first NUL."""
    if value is None or isinstance(value, (int, np.integer)):
        return b""  # a null pointer
    value = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
    return value.split(b"\0")[0]


def element(value, dtype):
    """One element that has no plain bytes."""
    if h5py.check_string_dtype(dtype):
        return counted(text(value))
    if base := h5py.check_vlen_dtype(dtype):
        if value is None or isinstance(value, (int, np.integer)):
            return counted(b"")
        return struct.pack("<Q", len(value)) + elements(np.asarray(value, dtype=base) if not base.hasobject else value, base)
    if not dtype.names:
        return b""  # a reference, which means nothing in another file
    return b"".join(elements(value[name], dtype.fields[name][0]) for name in dtype.names)


def elements(values, dtype):
    """An array (or one element) of a type."""
    if dtype.subdtype:
        return elements(values, dtype.subdtype[0])
    if dtype.kind in "iufbc":
        return np.asarray(values).astype(dtype.newbyteorder("<")).tobytes()
    if dtype.kind == "V" and not dtype.names:
        return np.asarray(values, dtype=dtype).tobytes()
    if dtype.kind == "S" and dtype.itemsize == 1:
        return np.asarray(values, dtype=dtype).tobytes()
    if isinstance(values, np.ndarray) and not (h5py.check_vlen_dtype(dtype) and values.dtype != dtype):
        return b"".join(element(value, dtype) for value in values.ravel(order="C"))
    if isinstance(values, np.ndarray) and values.dtype == object:
        return b"".join(element(value, dtype) for value in values.ravel(order="C"))
    return element(values, dtype)


def values_of(data):
    """All elements of a dataset as numpy has them."""
    if not isinstance(data.id.get_type(), h5py.h5t.TypeOpaqueID) or data.dtype.kind != "V" or not data.size:
        return data[()]
    # By their own type: HDF5 does not convert opaque ones with a tag to those of numpy.
    found = np.empty(data.shape, data.dtype)
    data.id.read(h5py.h5s.ALL, h5py.h5s.ALL, found, mtype=data.id.get_type())
    return found


def canonical(data):
    """All elements of a dataset."""
    if data.shape is None:
        return b""
    raw, values = data.dtype, values_of(data)
    if data.shape == () and raw.kind == "O":
        return element(values, raw)
    return elements(np.asarray(values, dtype=raw) if raw.names else values, raw)


def dataset(group, name):
    """The dataset of a netCDF variable, which has another name where a dimension has its own."""
    for tried in (f"_nc4_non_coord_{name}", name):
        item = group.get(tried)
        if isinstance(item, h5py.Dataset):
            return item
    return None


def is_readable(data):
    """Whether numpy has the type of a dataset; it lacks the numbers of VAX computers."""
    try:
        return data.dtype is not None
    except (KeyError, TypeError, ValueError):
        return False


def attribute(item, name):
    """The netCDF type and the bytes of an attribute; None if it is not there."""
    if not h5py.h5a.exists(item.id, name.encode()):
        return None
    found = h5py.h5a.open(item.id, name.encode())
    kind, space = found.get_type(), found.get_space()
    if space.get_simple_extent_type() == h5py.h5s.NULL:
        return netcdf_type(kind), b""
    if isinstance(kind, h5py.h5t.TypeStringID) and not kind.is_variable_str():
        count = space.get_simple_extent_npoints()
        raw = np.zeros(count, f"S{kind.get_size()}")
        found.read(raw, mtype=kind)
        return ("char", raw.tobytes()) if count == 1 else ("string", b"".join(counted(text(t)) for t in raw.tolist()))
    values = item.attrs[name]
    dtype = found.dtype
    return netcdf_type(kind), elements(values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object if dtype.kind == "O" else dtype), dtype)
