"""decomposed.py: models as wholes and in parts, written by netCDF-C, for parallel_check.py.

A plate of quadrilaterals in two blocks, with node sets, a side set, and results at three steps. Each part has some of the
elements and their nodes, and says by node_num_map and elem_num_map which ones these are.
"""
import netCDF4
import numpy as np

COLUMNS, ROWS, STEPS = 7, 5, 3
# Parts by the element, and the container.
MODELS = {"strips": (3, lambda n: n * 3 // (COLUMNS * ROWS), "NETCDF3_64BIT_OFFSET"),
          "cards": (4, lambda n: n % 4, "NETCDF4_CLASSIC"), "whole": (1, lambda n: 0, "NETCDF3_64BIT_DATA")}


def plate():
    """Coordinates of the nodes, nodes of the elements (from 0), and the number of elements of the first block."""
    y, x = np.divmod(np.arange((COLUMNS + 1) * (ROWS + 1)), COLUMNS + 1)
    row, column = np.divmod(np.arange(COLUMNS * ROWS), COLUMNS)
    corner = row * (COLUMNS + 1) + column
    elements = np.stack([corner, corner + 1, corner + COLUMNS + 2, corner + COLUMNS + 1], axis=1)
    return np.stack([x * 0.5, y * 0.25]), elements, COLUMNS * 2


def texts(file, name, dimension, values):
    """A list of names."""
    table = np.zeros((len(values), 33), "S1")
    for row, text in zip(table, values):
        row[:len(text)] = list(text)
    file.createVariable(name, "S1", (dimension, "len_name"))[:] = table


def numbers(file, name, dimensions, values):
    """An array of the type that its values have."""
    kind = "f8" if np.asarray(values).dtype.kind == "f" else "i4"
    file.createVariable(name, kind, dimensions)[...] = values


def sets(file, nodes, elements):
    """The left edge and two corners, and the lower sides, as far as a part has them."""
    left, corners = np.arange(ROWS + 1) * (COLUMNS + 1), np.array([0, (COLUMNS + 1) * (ROWS + 1) - 1])
    file.createDimension("num_node_sets", 2)
    own = [np.flatnonzero(np.isin(nodes, members)) + 1 for members in (left, corners)]
    numbers(file, "ns_prop1", ("num_node_sets",), [10, 20])
    numbers(file, "ns_status", ("num_node_sets",), [int(len(members) > 0) for members in own])
    for n, members in enumerate(own, 1):
        if len(members):
            file.createDimension(f"num_nod_ns{n}", len(members))
            numbers(file, f"node_ns{n}", (f"num_nod_ns{n}",), members)
    file.createDimension("num_side_sets", 1)
    lower = np.flatnonzero(elements < COLUMNS) + 1
    numbers(file, "ss_prop1", ("num_side_sets",), [30])
    numbers(file, "ss_status", ("num_side_sets",), [int(len(lower) > 0)])
    if len(lower):
        file.createDimension("num_side_ss1", len(lower))
        numbers(file, "elem_ss1", ("num_side_ss1",), lower)
        numbers(file, "side_ss1", ("num_side_ss1",), np.ones(len(lower), int))


def results(file, nodes, blocks):
    """Values that follow from the number of the node or element in the whole."""
    file.createDimension("num_nod_var", 1)
    file.createDimension("num_elem_var", 1)
    texts(file, "name_nod_var", "num_nod_var", ["u"])
    texts(file, "name_elem_var", "num_elem_var", ["s"])
    numbers(file, "time_whole", ("time_step",), np.arange(STEPS) * 0.5)
    steps = np.arange(STEPS)[:, None] * 1000.0
    numbers(file, "vals_nod_var1", ("time_step", "num_nodes"), steps + nodes)
    for n, members in enumerate(blocks, 1):
        if len(members):
            numbers(file, f"vals_elem_var1eb{n}", ("time_step", f"num_el_in_blk{n}"), steps - members)


def write(path, form, elements):
    """A file of some of the elements, in the order of the blocks."""
    points, corners, first = plate()
    blocks = [elements[elements < first], elements[elements >= first]]
    nodes = np.unique(corners[elements])
    with netCDF4.Dataset(path, "w", format=form) as file:
        file.setncatts({"api_version": np.float32(8.11), "version": np.float32(8.11),
                        "floating_point_word_size": np.int32(8), "file_size": np.int32(1), "title": "a plate"})
        sizes = {"len_string": 33, "len_name": 33, "time_step": None, "num_dim": 2, "num_nodes": len(nodes),
                 "num_elem": len(elements), "num_el_blk": 2}
        for name, size in sizes.items():
            file.createDimension(name, size)
        for name, axis in zip(("coordx", "coordy"), points):
            numbers(file, name, ("num_nodes",), axis[nodes])
        numbers(file, "node_num_map", ("num_nodes",), nodes + 1)
        numbers(file, "elem_num_map", ("num_elem",), np.concatenate(blocks) + 1)
        numbers(file, "eb_prop1", ("num_el_blk",), [100, 200])
        numbers(file, "eb_status", ("num_el_blk",), [int(len(members) > 0) for members in blocks])
        for n, members in enumerate(blocks, 1):
            if len(members):
                file.createDimension(f"num_el_in_blk{n}", len(members))
                file.createDimension(f"num_nod_per_el{n}", 4)
                numbers(file, f"connect{n}", (f"num_el_in_blk{n}", f"num_nod_per_el{n}"),
                        np.searchsorted(nodes, corners[members]) + 1)
                file.variables[f"connect{n}"].elem_type = "QUAD4"
        sets(file, nodes, np.concatenate(blocks))
        results(file, nodes, blocks)


def make(directory):
    """Every model, whole and in parts."""
    for name, (count, part, form) in MODELS.items():
        elements = np.arange(COLUMNS * ROWS)
        write(directory / f"{name}.e", form, elements)
        for rank in range(count):
            write(directory / f"{name}.e.{count}.{rank}", form, elements[[part(n) == rank for n in elements]])
