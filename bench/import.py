#!/usr/bin/env python3
"""import.py DIR [-n ROUNDS]: importing a mesh of 1 000 000 hexahedra beside libexodus and netCDF4-python.

Coordinates (nodes x 3), connectivity and all sets, each into memory of its own, opening included. The files are made in
DIR on the first call; the three read in turn; medians after one round that is not counted.
"""
import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import netCDF4
import numpy as np

HERE = Path(__file__).resolve().parent
CELLS = 100
OURS = "exo's library"


def make(path, form):
    """A cube with node sets on two faces and a side set with factors on one."""
    n, nodes = CELLS, CELLS + 1
    grid = np.meshgrid(*[np.arange(nodes, dtype="f8")] * 3, indexing="ij")
    i, j, k = np.meshgrid(*[np.arange(n)] * 3, indexing="ij")

    def node(a, b, c):
        return (a * nodes + b) * nodes + c + 1

    corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    connectivity = np.stack([node(i + a, j + b, k + c) for a, b, c in corners], -1).reshape(-1, 8).astype("i4")
    face = np.meshgrid(np.arange(nodes), np.arange(nodes))
    with netCDF4.Dataset(path, "w", format=form) as data:
        data.setncatts({"api_version": np.float32(8.11), "version": np.float32(8.11), "title": "cube",
                        "floating_point_word_size": np.int32(8), "file_size": np.int32(1)})
        for name, length in {"len_name": 33, "time_step": None, "num_dim": 3, "num_nodes": nodes ** 3, "num_elem": n ** 3,
                             "num_el_blk": 1, "num_node_sets": 2, "num_side_sets": 1, "num_el_in_blk1": n ** 3,
                             "num_nod_per_el1": 8, "num_nod_ns1": nodes ** 2, "num_nod_ns2": nodes ** 2,
                             "num_side_ss1": n * n, "num_df_ss1": 4 * n * n}.items():
            data.createDimension(name, length)

        def put(variable, kind, dims, values, **attributes):
            variable = data.createVariable(variable, kind, dims)
            variable.setncatts(attributes)
            variable[:] = values

        data.createVariable("time_whole", "f8", ("time_step",))
        for axis, values in zip("xyz", grid):
            put("coord" + axis, "f8", ("num_nodes",), values.ravel())
        for prefix, count in (("eb", "num_el_blk"), ("ns", "num_node_sets"), ("ss", "num_side_sets")):
            put(prefix + "_status", "i4", (count,), 1)
            put(prefix + "_prop1", "i4", (count,), np.arange(1, len(data.dimensions[count]) + 1), name="ID")
        put("connect1", "i4", ("num_el_in_blk1", "num_nod_per_el1"), connectivity, elem_type="HEX8")
        put("node_ns1", "i4", ("num_nod_ns1",), node(0, *face).ravel())
        put("node_ns2", "i4", ("num_nod_ns2",), node(n, *face).ravel())
        put("elem_ss1", "i4", ("num_side_ss1",), np.arange(1, n * n + 1))
        put("side_ss1", "i4", ("num_side_ss1",), 4)
        put("dist_fact_ss1", "f8", ("num_df_ss1",), 1.0)


def by_netcdf4(path):
    start = time.perf_counter()
    with netCDF4.Dataset(path) as data:
        data.set_auto_mask(False)
        np.stack([data["coord" + axis][:] for axis in "xyz"], axis=1)
        for name in ("connect1", "node_ns1", "node_ns2", "elem_ss1", "side_ss1", "dist_fact_ss1"):
            data[name][:]
    return (time.perf_counter() - start) * 1e3


def by_program(program, path):
    done = subprocess.run([program, path, "1"], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("-n", type=int, default=7)
    parser.add_argument("--example", default=str(HERE.parent / "target/release/examples/import"),
                        help="built by `cargo build --release --examples`")
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    peer = args.dir / "import_peer"
    subprocess.run(["gcc", "-O3", "-Wall", "-o", peer, HERE / "import.c", "-lexoIIv2c", "-lnetcdf"], check=True)
    for form in ("NETCDF3_64BIT_OFFSET", "NETCDF4_CLASSIC"):
        path = args.dir / f"cube_{form}.exo"
        if not path.exists():
            make(path, form)
        readers = {OURS: lambda p: by_program(args.example, p), "libexodus": lambda p: by_program(peer, p),
                   "netCDF4-python": by_netcdf4}
        times = {name: [] for name in readers}
        for round_ in range(args.n + 1):
            for name, read in readers.items():
                elapsed = read(path)
                if round_:
                    times[name].append(elapsed)
        medians = {name: statistics.median(list_) for name, list_ in times.items()}
        best = min(v for k, v in medians.items() if k != OURS)
        print(f"{form}: " + ", ".join(f"{k} {v:.1f} ms" for k, v in medians.items())
              + f"; ratio to the best peer {medians[OURS] / best:.2f}")


if __name__ == "__main__":
    sys.exit(main())
