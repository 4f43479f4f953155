"""Exodus files of any size, quickly: a mesh of N nodes without much else, and results that compress like real ones."""
import zlib

import h5py
import netCDF4
import numpy as np

FORMATS = {"cdf2": "NETCDF3_64BIT_OFFSET", "cdf5": "NETCDF3_64BIT_DATA", "netcdf4": "NETCDF4_CLASSIC"}


def shuffled(data):
    """The shuffle filter: byte k of every element, for each k."""
    return np.frombuffer(data.tobytes(), "u1").reshape(-1, data.dtype.itemsize).T.tobytes()


def series(nodes, variable, count=8):
    """A few steps of a smooth field with noise in its low bits; they are used in turn."""
    rng = np.random.default_rng(variable)
    x = np.linspace(0, 1, nodes)
    return [np.sin(3 * x + s) * (1 + 1e-4 * rng.standard_normal(nodes)) for s in range(count)]


def generate(path, container, nodes, steps, variables=1, deflate=0):
    """Writes a file; `deflate` with shuffle in netCDF-4 only, from chunks that are compressed once and used in turn."""
    options = dict(zlib=True, complevel=deflate, shuffle=True) if deflate else {}
    with netCDF4.Dataset(path, "w", format=FORMATS[container]) as file:
        file.set_fill_off()
        for name, value in (("api_version", np.float32(8.11)), ("version", np.float32(8.11)), ("title", "generated"),
                            ("floating_point_word_size", np.int32(8)), ("file_size", np.int32(1)), ("int64_status", np.int32(0))):
            file.setncattr(name, value)
        for name, length in (("len_string", 33), ("len_name", 33), ("time_step", None), ("num_dim", 3), ("num_nodes", nodes),
                             ("num_elem", nodes // 8), ("num_el_blk", 1), ("num_el_in_blk1", nodes // 8), ("num_nod_per_el1", 8),
                             ("num_nod_var", variables)):
            file.createDimension(name, length)
        make = file.createVariable
        times = make("time_whole", "f8", ("time_step",))
        status = make("eb_status", "i4", ("num_el_blk",))
        ids = make("eb_prop1", "i4", ("num_el_blk",))
        ids.setncattr("name", "ID")
        coordinates = [make(f"coord{axis}", "f8", ("num_nodes",)) for axis in "xyz"]
        connect = make("connect1", "i4", ("num_el_in_blk1", "num_nod_per_el1"))
        connect.elem_type = "HEX8"
        names = make("name_nod_var", "S1", ("num_nod_var", "len_name"))
        chunk = {"chunksizes": (1, nodes)} if container == "netcdf4" else {}
        results = [make(f"vals_nod_var{v + 1}", "f8", ("time_step", "num_nodes"), **chunk, **options) for v in range(variables)]
        status[:], ids[:] = 1, 1
        for v in coordinates:
            v[:] = np.linspace(0, 1, nodes)
        connect[:] = 1 + np.arange(nodes // 8 * 8).reshape(-1, 8)
        names[:] = np.array([[c.encode() for c in f"v{v + 1}".ljust(33, "\0")] for v in range(variables)], "S1")
        times[:steps] = 0.5 * np.arange(steps)
        fields = [series(nodes, v) for v in range(variables)]
        if not deflate:
            for step in range(steps):
                for v, data in zip(results, fields):
                    v[step] = data[step % len(data)]
    if deflate:
        with h5py.File(path, "r+") as file:
            for v, data in enumerate(fields):
                packed = [zlib.compress(shuffled(step), deflate) for step in data]
                target = file[f"vals_nod_var{v + 1}"]
                target.resize((steps, nodes))
                for step in range(steps):
                    target.id.write_direct_chunk((step, 0), packed[step % len(packed)])
