"""What is newer than libexodus 6.02, in the file that the example `features` writes: the names, types and attributes that
libexodus 9.06 gives to assemblies, blobs, reduction variables, attributes of entities, fields, bases and quadratures,
as netCDF4-python sees them; and what VTK makes of them."""
import json
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np

import ncraw

STEPS = 3
# Dimensions: name and length.
DIMENSIONS = {
    "num_entity_assembly100": 2, "num_entity_assembly200": 2, "num_entity_assembly222": 2,
    "blob_entity": 1, "num_values_blob1": 10, "num_values_blob3": 4, "num_blob_var": 2, "num_assembly_var": 2,
    "num_cframes": 2, "num_cframes_9": 18,
    **{f"num_{kind}_red_var": 3 for kind in
       ("elem", "edge", "face", "nset", "eset", "fset", "sset", "elset", "assembly", "blob")},
}
REDUCTIONS = [f"vals_red_var_{what}" for what in (
    "eb1", "eb2", "eb3", "eb4", "edb1", "fb1", "fb2", "nset1", "nset2", "eset1", "fset1", "sset1", "sset2",
    "elset1", "elset2", "assembly100", "assembly200", "assembly222", "blob1", "blob3")]
# Variables: dimensions and values, in the order of the file.
LISTS = {
    "assembly_entity100": ("num_entity_assembly100", [200, 222]),
    "assembly_entity200": ("num_entity_assembly200", [100, 30]),
    "assembly_entity222": ("num_entity_assembly222", [41, 40]),
    "blob_entity1": ("blob_entity", [0]),
    "blob_entity3": ("blob_entity", [0]),
}


def facts(about):
    """The attributes that the file gives to some entities."""
    return {"serial": ("i4", [about, -about]), "scale": ("f8", [0.5 * about, 1e300]), "maker": ("S", f"maker {about}")}


# Attributes: of a variable, or of the file; type and value. Texts end with a NUL that counts: see raw_problems.
ATTRIBUTES = {
    "assembly_entity100": {"_id": ("i4", [100]), "_type": ("i4", [16]), "_name": ("S", "root"), "_typename": ("S", "assembly"), **facts(100)},
    "assembly_entity200": {"_id": ("i4", [200]), "_type": ("i4", [1]), "_name": ("S", "child2"), "_typename": ("S", "element block")},
    "assembly_entity222": {"_id": ("i4", [222]), "_type": ("i4", [3]), "_name": ("S", "child3"), "_typename": ("S", "side set")},
    "blob_entity1": {"_id": ("i4", [1]), "_name": ("S", "tempus"), **facts(1)},
    "blob_entity3": {"_id": ("i4", [3]), "_name": ("S", "irs")},
    "connect1": {"elem_type": ("S", "HEX8"), **facts(100),
                 "Field@velocity@type": ("i4", [8]),
                 "Field@species@type": ("i4", [1]), "Field@species@cardinality": ("i4", [2]), "Field@species@suffices": ("S", "h2o,gas"),
                 "Field@gradient@type": ("i4", [8, 3]), "Field@gradient@type_name": ("S", ",HGRAD"), "Field@gradient@separator": ("S", "_$")},
    "fbconn2": {"elem_type": ("S", "nsided"), **facts(5)},
    "elem_ss1": facts(41),
    "coor_names": {"where": ("S", "on the nodes")},
    None: {**facts(13), "maximum_name_length": ("i4", [255]), "int64_status": ("i4", [0]), "file_size": ("i4", [1]),
           "floating_point_word_size": ("i4", [8]), "version": ("f4", [9.06]), "api_version": ("f4", [9.06]),
           "Basis@HGRAD@cardinality": ("i4", [2]), "Basis@HGRAD@subc_dim": ("i4", [0, 1]), "Basis@HGRAD@subc_ordinal": ("i4", [0, 3]),
           "Basis@HGRAD@subc_dof_ordinal": ("i4", [0, 1]), "Basis@HGRAD@subc_num_dof": ("i4", [1, 1]),
           "Basis@HGRAD@xi": ("f8", [-1, 0]), "Basis@HGRAD@eta": ("f8", [-1, 0.5]), "Basis@HGRAD@zeta": ("f8", [0, 0.25]),
           "Quad@2x1@cardinality": ("i4", [2]), "Quad@2x1@xi": ("f8", [-0.5, 0.5]), "Quad@2x1@eta": ("f8", [0, 0]),
           "Quad@2x1@zeta": ("f8", [0, 0]), "Quad@2x1@weight": ("f8", [1, 1])},
}


def attribute_problems(where, holder, wanted):
    """The attributes of a variable or of the file that are missing or different."""
    for name, (kind, value) in wanted.items():
        if name not in holder.ncattrs():
            yield f"{where}@{name} is missing"
            continue
        found = holder.getncattr(name)
        if kind == "S":
            # netCDF4-python drops the NUL at the end.
            right = isinstance(found, str) and found == value
        else:
            right = np.asarray(found).dtype == np.dtype(kind) and np.array_equal(np.atleast_1d(found), np.asarray(value, kind))
        if not right:
            yield f"{where}@{name}: {found!r}, not {value!r}"


def problems(path):
    """Everything that is not as libexodus 9.06 writes it."""
    with netCDF4.Dataset(path) as data:
        data.set_auto_mask(False)
        for name, length in DIMENSIONS.items():
            if name not in data.dimensions or len(data.dimensions[name]) != length:
                yield f"dimension {name}"
        for name, (dimension, values) in LISTS.items():
            variable = data.variables[name]
            if variable.dimensions != (dimension,) or variable.dtype != np.int32 or variable[:].tolist() != values:
                yield f"{name}: {variable.dimensions} {variable.dtype} {variable[:]}"
        for name in REDUCTIONS:
            variable = data.variables.get(name)
            if variable is None or variable.shape != (STEPS, 3) or variable.dtype != np.float64:
                yield f"{name} is missing or of another shape or type"
        for name, dimension in (("vals_assembly_var1assembly200", "num_entity_assembly200"), ("vals_blob_var2blob3", "num_values_blob3")):
            variable = data.variables.get(name)
            if variable is None or variable.dimensions != ("time_step", dimension):
                yield f"{name} is missing or of another shape"
        unknown = [v for v in data.variables if v.startswith("vals_red") and v not in REDUCTIONS]
        if unknown:
            yield f"unknown: {unknown}"
        for holder, wanted in ATTRIBUTES.items():
            yield from attribute_problems(holder or "", data.variables[holder] if holder else data, wanted)


def raw_problems(path):
    """Texts of attributes that do not end with a NUL."""
    with ncraw.File(path) as file:
        holders = [("", file.root.attributes), *((v.name, v.attributes) for v in file.root.variables)]
        for where, attributes in holders:
            for attribute in attributes:
                is_text = attribute.type == "char" and attribute.name != "_FillValue"
                if is_text and not bytes(attribute.data).endswith(b"\0"):
                    yield f"{where}@{attribute.name}: {attribute.data!r} has no NUL"


def group_problems(path):
    """What a group has other than the file; both hold the same model, but for assemblies and blobs."""
    with netCDF4.Dataset(path) as data:
        data.set_auto_mask(False)
        if list(data.groups) != ["first", "second"]:
            yield f"groups {list(data.groups)}"
        for name, group in data.groups.items():
            if group.getncattr("title") != name or not group.dimensions["time_step"].isunlimited():
                yield f"{name}: title or steps"
            for variable in (v for v in data.variables if "assembly" not in v and "blob" not in v):
                inside, outside = group.variables.get(variable), data.variables[variable]
                if inside is None:
                    yield f"{name}: {variable} is missing"
                elif inside.dimensions != outside.dimensions or inside.ncattrs() != outside.ncattrs():
                    yield f"{name}: {variable} {inside.dimensions} {inside.ncattrs()}"
                # Results are other ones, which libexodus 9 and the model compare.
                elif not variable.startswith("vals_") and inside[:].tobytes() != outside[:].tobytes():
                    yield f"{name}: {variable} has other values"


def assembly(data, node):
    """An assembly as VTK shows it: name, assemblies in it."""
    children = [data.GetChild(node, n) for n in range(data.GetNumberOfChildren(node))]
    return {data.GetAttributeOrDefault(node, "label", data.GetNodeName(node)): [assembly(data, child) for child in children]}


def vtk_ioss(path):
    """The process of its own: what vtkIOSSReader shows, as JSON."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOIOSS import vtkIOSSReader
    reader = vtkIOSSReader()
    reader.SetFileName(path)
    reader.UpdateInformation()
    # It shows sets of edges, faces and elements as errors.
    for kind in (reader.NODEBLOCK, reader.ELEMENTBLOCK):
        reader.GetEntitySelection(kind).EnableAllArrays()
        reader.GetFieldSelection(kind).EnableAllArrays()
    for kind in (reader.EDGESET, reader.FACESET, reader.ELEMENTSET):
        reader.GetEntitySelection(kind).DisableAllArrays()
    times = reader.GetOutputInformation(0).Get(reader.GetExecutive().TIME_STEPS())
    reader.UpdateTimeStep(times[-1])
    output, blocks = reader.GetOutputDataObject(0), {}
    for n in range(output.GetNumberOfPartitionedDataSets()):
        name = output.GetMetaData(n).Get(output.NAME())
        for part in range(output.GetPartitionedDataSet(n).GetNumberOfPartitions()):
            data = output.GetPartitionedDataSet(n).GetPartition(part)
            cells = {data.GetCellData().GetArrayName(k): vtk_to_numpy(data.GetCellData().GetArray(k)).tolist()
                     for k in range(data.GetCellData().GetNumberOfArrays())}
            blocks[name] = {"cells": data.GetNumberOfCells(), "arrays": cells}
    print(json.dumps({"times": list(times), "assemblies": assembly(reader.GetAssembly(), 0), "blocks": blocks}))


def vtk_exodus(path):
    """The process of its own: the names that vtkExodusIIReader shows, as JSON."""
    from vtkmodules.vtkIOExodus import vtkExodusIIReader
    reader = vtkExodusIIReader()
    reader.SetFileName(path)
    reader.UpdateInformation()
    kinds = ("ELEM_BLOCK", "EDGE_BLOCK", "FACE_BLOCK", "NODE_SET", "EDGE_SET", "FACE_SET", "SIDE_SET", "ELEM_SET",
             "NODE_MAP", "EDGE_MAP", "FACE_MAP", "ELEM_MAP")
    shown = {}
    for kind in kinds:
        code = getattr(reader, kind)
        names = [reader.GetObjectName(code, n) for n in range(reader.GetNumberOfObjects(code))]
        arrays = [reader.GetObjectArrayName(code, n) for n in range(reader.GetNumberOfObjectArrays(code))]
        shown[kind] = [sorted(names), sorted(arrays)]
    print(json.dumps(shown))


SHOWN = {
    "ELEM_BLOCK": [["bricks", "nothing", "polygons", "polyhedron", "tet"], None],
    "EDGE_BLOCK": [["lines"], ["first", "second"]], "FACE_BLOCK": [["quads", "walls"], ["first", "second"]],
    "NODE_SET": [["set 10", "set 11", "set 9"], ["first", "second"]], "EDGE_SET": [["set 21"], ["first", "second"]],
    "FACE_SET": [["set 31"], ["first", "second"]], "SIDE_SET": [["set 40", "set 41"], ["first", "second"]],
    "ELEM_SET": [["Unnamed set ID: 52", "set 51"], ["first", "second"]],
    "NODE_MAP": [["map 60", "map 61"], []], "EDGE_MAP": [["map 63"], []], "FACE_MAP": [["map 64"], []], "ELEM_MAP": [["map 65"], []],
}
CHILDREN = [{"child2": [{"bricks": []}, {"tet": []}]}, {"child3": [{"set 41": []}, {"set 40": []}]}]


def by_vtk(reader, path):
    done = subprocess.run([sys.executable, __file__, reader, str(path)], capture_output=True, text=True, timeout=120)
    if done.returncode or "{" not in done.stdout:
        raise RuntimeError((done.stderr or f"exit code {done.returncode}").strip()[-300:])
    return json.loads(done.stdout[done.stdout.index("{"):])


def ioss_problems(path):
    """What vtkIOSSReader shows differently."""
    shown = by_vtk("vtk_ioss", path)
    if shown["times"] != [0.0, 0.25, 0.5]:
        yield f"times {shown['times']}"
    top = next(iter(shown["assemblies"].values()))
    if {"root": CHILDREN} not in top:
        yield f"assemblies {shown['assemblies']}"
    bricks = shown["blocks"].get("bricks", {"cells": 0, "arrays": {}})
    with netCDF4.Dataset(path) as data:
        components = [data.variables[f"vals_elem_var{n}eb1"][-1].tolist() for n in (2, 3, 4)]
        gas = data.variables["vals_elem_var6eb1"][-1].tolist()
    if bricks["cells"] != 2:
        yield f"bricks {bricks['cells']}"
    # It joins vectors, but not the components that users name.
    for name, rows in (("velocity", [list(row) for row in zip(*components)]), ("species_gas", gas)):
        if bricks["arrays"].get(name) != rows:
            yield f"{name}: {bricks['arrays'].get(name)}, not {rows}; there are {sorted(bricks['arrays'])}"


def exodus_problems(path):
    """What vtkExodusIIReader shows differently."""
    shown = by_vtk("vtk_exodus", path)
    for kind, (names, arrays) in SHOWN.items():
        if shown[kind][0] != names or arrays is not None and shown[kind][1] != arrays:
            yield f"{kind}: {shown[kind]}"


def check(features, folder, tally):
    """All containers through netCDF4-python, one through VTK."""
    path = Path(folder) / "newer.exo"
    for container in ("cdf1", "cdf2", "cdf5", "netcdf4", "netcdf4-classic"):
        subprocess.run([features, path, "--container", container], check=True, stdout=subprocess.DEVNULL)
        tally.check(f"{container}: conventions", [*problems(path), *raw_problems(path)])
    subprocess.run([features, path, "--container", "netcdf4", "--groups"], check=True, stdout=subprocess.DEVNULL)
    tally.check("groups", group_problems(path))
    # VTK reads polyhedra only where all faces are polygons, IOSS reads none.
    subprocess.run([features, path, "--container", "cdf2", "--plain"], check=True, stdout=subprocess.DEVNULL)
    for module, problems_of in (("vtkIOIOSS", ioss_problems), ("vtkIOExodus", exodus_problems)):
        try:
            __import__(f"vtkmodules.{module}")
        except ImportError as why:
            tally.skip(f"vtk: {why}", package=True)
            continue
        try:
            tally.check(f"shown by {module}", problems_of(path))
        except RuntimeError as why:
            tally.check(f"shown by {module}", str(why))


if __name__ == "__main__" and len(sys.argv) == 3:
    {"vtk_ioss": vtk_ioss, "vtk_exodus": vtk_exodus}[sys.argv[1]](sys.argv[2])
