#!/usr/bin/env python3
"""gen.py DIR [S] [M] [T] [--only KIND,...]: the files that are measured.

S: 100 000 nodes x 20 steps; M: 1 000 000 nodes x 40 steps; T: 10 000 nodes x 20 000 steps. Three nodal variables and an
element variable on two blocks (T: one nodal variable). The nodal ones differ in how they compress: full doubles with noise; values of single
precision stored as doubles; zero outside a moving ball. Kinds: cdf2, cdf5, nc4 (plain), nc4d1 (shuffle + deflate 1).
"""
import argparse
import math
from pathlib import Path

import netCDF4
import numpy as np

SIZES = {"S": (100_000, 20, 3, 1), "M": (1_000_000, 40, 3, 1), "T": (10_000, 20_000, 1, 0)}
KINDS = {"cdf2": "NETCDF3_64BIT_OFFSET", "cdf5": "NETCDF3_64BIT_DATA", "nc4": "NETCDF4_CLASSIC", "nc4d1": "NETCDF4_CLASSIC"}


class Mesh:
    """A block of hexahedra."""

    def __init__(self, nodes, rng):
        n = round(nodes ** (1 / 3))
        nz = max(2, round(nodes / n**2))
        axes = np.linspace(0, 1, n), np.linspace(0, 1, n), np.linspace(0, 1, nz)
        jitter = lambda a: a.ravel() + 1e-5 * rng.standard_normal(a.size)
        self.xyz = [jitter(a) for a in np.meshgrid(*axes, indexing="ij")]
        node = np.arange(1, n * n * nz + 1, dtype="i4").reshape(n, n, nz)
        low, high = slice(None, -1), slice(1, None)
        ring = ((low, low), (high, low), (high, high), (low, high))
        self.cells = np.stack([node[(*c, k)] for k in (low, high) for c in ring], axis=-1).reshape(-1, 8)
        self.centres = [a[self.cells - 1].mean(axis=1) for a in self.xyz]
        self.base = node[:, :, 0].ravel()
        self.nodes, self.elements = node.size, len(self.cells)


def field(place, time, kind, noise):
    """One variable at one step."""
    x, y, z = place
    if kind == 2:
        r2 = (x - 0.5 - 0.3 * math.sin(time)) ** 2 + (y - 0.5) ** 2 + (z - 0.5) ** 2
        return np.where(r2 < 0.09, (0.09 - r2) * (1 + 1e-4 * noise), 0.0)
    value = (np.sin(3 * x + time + kind) * np.cos(2 * y - time / 2) + 0.3 * z) * (1 + 1e-4 * noise)
    return value.astype("f4").astype("f8") if kind == 1 else value


def names(words):
    """Names as a character array."""
    return np.array([list(w.ljust(33, "\0")) for w in words], "S1")


def write(path, kind, nodes, steps, nodal_count, element_count):
    """One file."""
    rng = np.random.default_rng(1)
    mesh = Mesh(nodes, rng)
    pool = rng.standard_normal(4 * mesh.nodes + 1_000_000)
    half = mesh.elements // 2
    blocks = [half, mesh.elements - half]
    packed = dict(zlib=True, complevel=1, shuffle=True) if kind == "nc4d1" else {}
    with netCDF4.Dataset(path, "w", format=KINDS[kind]) as file:
        file.set_fill_off()
        file.setncatts({"api_version": np.float32(8.11), "version": np.float32(8.11), "floating_point_word_size": np.int32(8),
                        "file_size": np.int32(1), "int64_status": np.int32(0), "title": "benchmark"})
        for name, length in {"len_string": 33, "len_line": 81, "four": 4, "len_name": 33, "time_step": None, "num_dim": 3,
                             "num_nodes": mesh.nodes, "num_elem": mesh.elements, "num_el_blk": 2, "num_node_sets": 1,
                             "num_el_in_blk1": blocks[0], "num_nod_per_el1": 8, "num_el_in_blk2": blocks[1],
                             "num_nod_per_el2": 8, "num_nod_ns1": mesh.base.size, "num_nod_var": nodal_count}.items():
            file.createDimension(name, length)
        if element_count:
            file.createDimension("num_elem_var", 1)
        data = []

        def add(name, kind, dims, values, large=False, **attributes):
            v = file.createVariable(name, kind, dims, **(packed if large else {}))
            v.setncatts(attributes)
            data.append((v, values))
            return v
        times = add("time_whole", "f8", ("time_step",), None)
        for key, dim, ids in (("eb", "num_el_blk", [1, 2]), ("ns", "num_node_sets", [1])):
            add(f"{key}_status", "i4", (dim,), np.ones(len(ids), "i4"))
            file_ids = add(f"{key}_prop1", "i4", (dim,), np.array(ids, "i4"))
            file_ids.setncattr("name", "ID")
        add("eb_names", "S1", ("num_el_blk", "len_name"), names(["left", "right"]))
        add("node_ns1", "i4", ("num_nod_ns1",), mesh.base, True)
        for axis, values in zip("xyz", mesh.xyz):
            add(f"coord{axis}", "f8", ("num_nodes",), values, True)
        add("node_num_map", "i4", ("num_nodes",), np.arange(1, mesh.nodes + 1, dtype="i4"), True)
        for b, cells in enumerate((mesh.cells[:half], mesh.cells[half:]), 1):
            add(f"connect{b}", "i4", (f"num_el_in_blk{b}", f"num_nod_per_el{b}"), cells, True, elem_type="HEX8")
        add("name_nod_var", "S1", ("num_nod_var", "len_name"), names(["noisy", "single", "local"][:nodal_count]))
        if element_count:
            add("name_elem_var", "S1", ("num_elem_var", "len_name"), names(["pressure"]))
            add("elem_var_tab", "i4", ("num_el_blk", "num_elem_var"), np.ones((2, 1), "i4"))
        chunk = lambda count: {} if kind.startswith("cdf") else {"chunksizes": (1, count)}
        nodal = [file.createVariable(f"vals_nod_var{k + 1}", "f8", ("time_step", "num_nodes"), **packed, **chunk(mesh.nodes))
                 for k in range(nodal_count)]
        element = [file.createVariable(f"vals_elem_var1eb{b}", "f8", ("time_step", f"num_el_in_blk{b}"), **packed, **chunk(n))
                   for b, n in enumerate(blocks, 1) if element_count]
        for v, values in data:
            if values is not None:
                v[:] = values
        for step in range(steps):
            now = 0.05 * step
            times[step] = now

            def noise(count):
                start = int(rng.integers(0, pool.size - count))
                return pool[start:start + count]
            for k, v in enumerate(nodal):
                v[step] = field(mesh.xyz, now, k, noise(mesh.nodes))
            if element_count:
                values = field(mesh.centres, now, 0, noise(mesh.elements))
                element[0][step], element[1][step] = values[:half], values[half:]


def main():
    """The files asked for, those that exist left alone."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", nargs="*", default=["S"], help="S, M, T (default: S)")
    parser.add_argument("--only", default=",".join(KINDS), help="kinds, with commas")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for size in args.sizes:
        for kind in args.only.split(","):
            path = args.folder / f"{size}.{kind}.exo"
            if not path.exists():
                partial = path.with_suffix(".partial")
                write(partial, kind, *SIZES[size])
                partial.rename(path)
            print(f"{path} {path.stat().st_size / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
