#!/usr/bin/env python3
"""vtk_order.py

The order of nodes in cells of VTK, as the example `vtk_cells` prints it: every node of a cell must be where the cell has
it by its own parametric coordinates, and files of one element must give the same cells as VTK's own reader.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("vtkmodules", "numpy")
import numpy as np  # noqa: E402

from side_sets import HERE, TYPES, built  # noqa: E402

# What the reader of VTK makes of some types, where it is not followed.
FEWER = "shows fewer nodes"
READER = {
    **dict.fromkeys([("TRI", 7), ("QUAD", 16), ("SHELL", 9), ("TETRA", 14), ("HEX", 64)], FEWER),
    **dict.fromkeys([("PYRAMID", 14), ("PYRAMID", 18), ("PYRAMID", 19)], FEWER),
    **dict.fromkeys([("WEDGE", 12), ("WEDGE", 16), ("WEDGE", 20)], FEWER),
    ("SHELL", 2): "crashes",
    # The tables of libexodus and IOSS have the nodes in faces first, as in the 14-node type.
    ("TETRA", 15): "takes the 11th node for the one in the middle",
}


def parametric(cell_type, count):
    """Where a cell of VTK has its nodes, from 0 to 1."""
    from vtkmodules.vtkCommonDataModel import vtkGenericCell
    cell = vtkGenericCell.InstantiateCell(cell_type)
    if cell.GetNumberOfPoints() != count:
        cell.GetPoints().SetNumberOfPoints(count)
        cell.GetPointIds().SetNumberOfIds(count)
    if hasattr(cell, "SetUniformOrderFromNumPoints"):
        cell.SetUniformOrderFromNumPoints(count)
    raw = cell.GetParametricCoords()
    places = np.array([[raw[3 * i + k] for k in range(3)] for i in range(count)])
    if cell_type == 35:
        # A cubic line goes from -1 to 1.
        places[:, 0] = (places[:, 0] + 1) / 2
    if cell_type == 37:
        # A pyramid whose base is at 0.5.
        places[:, 2] = 2 * places[:, 2] - 1
    return places


def collapsed(coords):
    """The coordinates that VTK has for pyramids: those of a cube whose upper face is one point."""
    z = coords[:, 2:]
    below = z < 1
    flat = np.where(below, (coords[:, :2] - z / 2) / np.where(below, 1 - z, 1), 0)
    return np.hstack([flat, z])


def check_types(example, tally):
    """All types by their parametric coordinates."""
    done = subprocess.run([example], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        name, cell_type, order, *coords = line.split()
        order, coords = [int(n) for n in order.split(",")], np.array([[float(x) for x in c.split(",")] for c in coords])
        if len(coords) == 0:
            continue
        places = parametric(int(cell_type), len(order)) if int(cell_type) != 1 else coords
        if cell_type in ("14", "27"):
            coords = collapsed(coords)
        # The nearest node of all; those inside of the faces of a 19-node pyramid are a little elsewhere in VTK.
        nearest = [int(np.argmin(((coords[order] - place) ** 2).sum(axis=1))) for place in places]
        far = max(((coords[order] - places) ** 2).sum(axis=1)) ** 0.5
        problems = [] if nearest == list(range(len(order))) else [f"nodes are at {nearest}"]
        problems += [f"a node is {far} away"] if far > (0.2 if cell_type == "37" else 1e-3) else []
        tally.check(f"{name} as cell type {cell_type}", problems)


def by_reader(path):
    """What VTK's reader makes of a file, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--read", path], capture_output=True, text=True, timeout=120)
    return done.stdout.strip() if done.returncode == 0 else f"exit code {done.returncode}"


def read(path):
    """The process of its own."""
    from vtkmodules.vtkIOExodus import vtkExodusIIReader
    reader = vtkExodusIIReader()
    reader.SetFileName(path)
    reader.UpdateInformation()
    reader.SetSqueezePoints(False)
    reader.Update()
    grid = reader.GetOutput().GetBlock(0).GetBlock(0)
    ids = grid.GetCell(0).GetPointIds()
    print(grid.GetCellType(0), *[ids.GetId(n) + 1 for n in range(ids.GetNumberOfIds())])


def check_files(example, tally):
    """Files of one element."""
    if not shutil.which("gcc") or not Path("/usr/include/exodusII.h").exists():
        tally.skip("libexodus: gcc or libexodusii-dev is missing", package=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "side_sets"
        subprocess.run(["gcc", "-O1", "-Wall", "-o", program, HERE / "side_sets.c", "-lexoIIv2c", "-lnetcdf"], check=True)
        for name, nodes, dim, _ in TYPES:
            path = Path(folder) / f"{name}{nodes}_{dim}.exo"
            subprocess.run([program, "create", path, name, str(nodes), str(dim), "1"], check=True)
            theirs = by_reader(path)
            mine = subprocess.run([example, path], capture_output=True, text=True, check=True).stdout.strip()
            label = f"{name}{nodes} in {dim} dimensions"
            if theirs != mine and (name, nodes) in READER:
                print(f"not followed: {label}: VTK's reader {READER[name, nodes]}: {theirs}; ours {mine}")
                continue
            tally.check(label, [] if theirs == mine else f"VTK's reader {theirs}, ours {mine}")


def main():
    """Types, then files."""
    if len(sys.argv) == 3 and sys.argv[1] == "--read":
        read(sys.argv[2])
        return
    tally, example = common.Tally(), built("vtk_cells")
    check_types(example, tally)
    check_files(example, tally)
    tally.finish()


if __name__ == "__main__":
    main()
