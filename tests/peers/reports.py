#!/usr/bin/env python3
"""reports.py: what users of Exodus programs have reported, made again in small files, and what is right there.

Truth tables that promise what is not in the file, names cut to one name, results without names or times, missing and packed
values, files cut off in their last step, blocks of one name, vectors in one variable: `exo process`, `copy`, `diff`, `info`,
`check`, `dump` and `digest` must give the right answer, and netCDF-C must read it in what they wrote.
"""
import json
import os
import stat
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
import h5py  # noqa: E402
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

CLASSIC, HDF5 = "NETCDF3_64BIT_OFFSET", "NETCDF4"
TALLY = common.Tally()
NODES = 6


def chars(data, name, dimensions, texts):
    """A list of texts, one a row."""
    variable = data.createVariable(name, "S1", dimensions)
    variable.set_auto_chartostring(False)
    width = len(data.dimensions[dimensions[1]])
    rows = [list(text.encode().ljust(width, b"\0")) for text in texts]
    variable[:] = np.array(rows, "u1").view("S1")


def nodal(variable, step):
    """What the nodal variable with this number has at a step, both counted from 0."""
    return 100.0 * variable + 10.0 * step + np.arange(NODES)


def mesh(path, form=CLASSIC, nodal_names=(), element_names=(), global_names=(), steps=2, real="f8", width=33, truth=None,
         block_names=None, unlimited=True, values=nodal, stress=lambda variable, block, step: 7.0 + variable + block + step,
         totals=lambda step: None, has_names=True, has_times=True, has_table=True):
    """Two quadrilaterals, each in a block of its own; open for more."""
    data = netCDF4.Dataset(path, "w", format=form)
    data.api_version = data.version = np.float32(8.11)
    data.floating_point_word_size, data.file_size, data.maximum_name_length = np.int32(int(real[1])), np.int32(1), np.int32(width - 1)
    data.title = "a report"
    sizes = {"len_string": 33, "len_line": 81, "len_name": width, "four": 4, "time_step": None if unlimited else steps, "num_dim": 2,
             "num_nodes": NODES, "num_elem": 2, "num_el_blk": 2}
    for block in (1, 2):
        sizes.update({f"num_el_in_blk{block}": 1, f"num_nod_per_el{block}": 4})
    for kind, names in (("nod", nodal_names), ("elem", element_names), ("glo", global_names)):
        sizes.update({f"num_{kind}_var": len(names)} if names else {})
    for name, size in sizes.items():
        data.createDimension(name, size)
    for axis, row in (("x", [0, 1, 2, 0, 1, 2]), ("y", [0, 0, 0, 1, 1, 1])):
        data.createVariable("coord" + axis, real, ("num_nodes",))[:] = row
    data.createVariable("eb_status", "i4", ("num_el_blk",))[:] = 1
    ids = data.createVariable("eb_prop1", "i4", ("num_el_blk",))
    ids.setncattr("name", "ID")
    ids[:] = [1, 2]
    if block_names:
        chars(data, "eb_names", ("num_el_blk", "len_name"), block_names)
    for block, nodes in ((1, [1, 2, 5, 4]), (2, [2, 3, 6, 5])):
        connect = data.createVariable(f"connect{block}", "i4", (f"num_el_in_blk{block}", f"num_nod_per_el{block}"))
        connect.elem_type = "QUAD4"
        connect[:] = [nodes]
    for kind, names in (("nod", nodal_names), ("elem", element_names), ("glo", global_names)):
        if names and has_names:
            chars(data, f"name_{kind}_var", (f"num_{kind}_var", "len_name"), names)
    truth = np.ones((2, len(element_names)), "i4") if truth is None else np.array(truth, "i4")
    if element_names and has_table:
        data.createVariable("elem_var_tab", "i4", ("num_el_blk", "num_elem_var"))[:] = truth
    if has_times:
        data.createVariable("time_whole", real, ("time_step",))[0:steps] = np.arange(steps) / 2
    for variable in range(len(nodal_names)):
        list_ = data.createVariable(f"vals_nod_var{variable + 1}", real, ("time_step", "num_nodes"))
        for step in range(steps):
            list_[step] = values(variable, step)
    for block, variable in np.argwhere(truth) if element_names else ():
        list_ = data.createVariable(f"vals_elem_var{variable + 1}eb{block + 1}", real, ("time_step", f"num_el_in_blk{block + 1}"))
        for step in range(steps):
            list_[step] = stress(variable, block, step)
    if global_names:
        list_ = data.createVariable("vals_glo_var", real, ("time_step", "num_glo_var"))
        for step in range(steps):
            list_[step] = totals(step) or np.arange(len(global_names)) + step
    return data


def make(path, **options):
    """A mesh that is complete."""
    mesh(path, **options).close()
    return path


def raw(path):
    """All variables as they are stored."""
    with netCDF4.Dataset(path) as data:
        data.set_auto_maskandscale(False)
        return {name: variable[...] for name, variable in data.variables.items()}


def results(path):
    """The names of the variables that hold results."""
    return {name for name in raw(path) if name.startswith("vals_")}


def rules(path):
    """The rules that `exo check` finds broken."""
    code, out, error = common.run("check", "--json", "--values", path)
    assert code in (0, 1, 2) and out, error
    found = json.loads(out)
    found = found[0] if isinstance(found, list) else found
    return {finding["rule"] for finding in found["findings"]}


def ends(name, code, *args):
    """A command must end with this code; None is an error, which is told, where others do not tell any."""
    found, out, error = common.run(*args)
    told = error.startswith("exo:") or "\nexo:" in error or '"error":"' in out  # digest has errors among the objects
    right = found > 0 and told if code is None else found == code and not told
    TALLY.check(f"{name}: {' '.join(Path(str(arg)).name for arg in args)}", [] if right else [f"ended with {found}: {out[-200:]}{error[-300:]}"])
    return out + error


def same(name, found, wanted):
    """Two answers must be the same."""
    equal = np.array_equal(found, wanted) if isinstance(wanted, np.ndarray) else found == wanted
    TALLY.check(name, [] if equal else [f"{found}, not {wanted}"])


def truth_tables(folder):
    """A table that is sparse, missing, promises too much, or too little."""
    table = [[1, 0, 1], [0, 1, 0]]
    there = {"vals_elem_var1eb1", "vals_elem_var3eb1", "vals_elem_var2eb2"}
    for case, rule in (("sparse", None), ("none", None), ("boasts", "truth-table"), ("denies", "truth-table-extra")):
        path, copy, out = folder / f"{case}.exo", folder / f"{case}-copy.exo", folder / f"{case}-out.exo"
        with mesh(path, element_names=["p", "q", "r"], truth=table, has_table=case != "none") as data:
            if case in ("boasts", "denies"):
                data["elem_var_tab"][:] = int(case == "boasts")
        ends(case, 0, "copy", path, copy)
        ends(case, 0, "process", path, out, "--scale", "3")
        ends(case, 0, "diff", path, copy)
        same(f"{case}: nothing is invented or lost", [results(copy), results(out)], [there, there])
        same(f"{case}: scaled", raw(out)["vals_elem_var2eb2"][1, 0], 3 * (7.0 + 1 + 1 + 1))
        if rule:
            same(f"{case}: check", [rule in rules(path), rule == "truth-table-extra" or rule in rules(copy)], [True, True])


def cut_names(folder):
    """Two names of which one file has the first 32 characters only, which makes them one."""
    full = ["thermal_expansion_of_the_whole_part_in_x", "thermal_expansion_of_the_whole_part_in_y"]
    whole = make(folder / "whole.exo", nodal_names=full, width=65)
    cut = make(folder / "cut.exo", nodal_names=[name[:32] for name in full])
    other = make(folder / "cut-other.exo", nodal_names=[name[:32] for name in full], values=lambda v, s: nodal(v, s) + 50 * v)
    ends("cut names", 2, "diff", whole, cut)
    ends("cut names", 0, "diff", cut, cut)
    ends("the second of a name", 2, "diff", cut, other)
    ends("cut names", 0, "copy", cut, folder / "cut-copy.exo")
    same("both of a name are copied", raw(folder / "cut-copy.exo")["vals_nod_var2"], raw(cut)["vals_nod_var2"])
    # Names that fill their rows, without a NUL behind them.
    filled = make(folder / "filled.exo", nodal_names=[name[:33] for name in full], width=33)
    ends("names that fill their rows", 2, "diff", filled, cut)
    ends("names that fill their rows", 2, "diff", filled, whole)
    ends("names that fill their rows", 0, "copy", filled, folder / "filled-copy.exo")
    ends("names that fill their rows", 0, "diff", filled, folder / "filled-copy.exo")
    listed = ends("names that fill their rows", 0, "info", folder / "filled-copy.exo")
    same("names that fill their rows are not cut", all(name[:33] in listed for name in full), True)


def only_named(folder):
    """A variable that is named, and whose values are not in the file."""
    full = make(folder / "all.exo", nodal_names=["u", "v", "w"])
    less = folder / "less.exo"
    with mesh(less, nodal_names=["u", "v"]) as data:
        pass
    with netCDF4.Dataset(less, "w", format=CLASSIC) as data, netCDF4.Dataset(full) as source:
        source.set_auto_maskandscale(False)
        data.setncatts({name: source.getncattr(name) for name in source.ncattrs()})
        for name, dimension in source.dimensions.items():
            data.createDimension(name, None if dimension.isunlimited() else len(dimension))
        for name, variable in source.variables.items():
            if name != "vals_nod_var3":
                target = data.createVariable(name, variable.dtype, variable.dimensions)
                target.setncatts({key: variable.getncattr(key) for key in variable.ncattrs()})
                target.set_auto_chartostring(False)
                variable.set_auto_chartostring(False)
                target[...] = variable[...]
    ends("only named", 2, "diff", less, full)
    ends("only named", 2, "diff", full, less)
    ends("only named", 0, "copy", less, folder / "less-copy.exo")
    same("only named: the copy", results(folder / "less-copy.exo"), {"vals_nod_var1", "vals_nod_var2"})
    same("only named: check", "truth-table" in rules(less), True)


def cut_off(folder):
    """A classic file that ends within its last step."""
    whole = make(folder / "long.exo", nodal_names=["u", "v"], element_names=["s"], global_names=["g"], steps=3)
    data = whole.read_bytes()
    for cut in (1, 9, 60, 8 * NODES + 24):
        path, out = folder / f"short{cut}.exo", folder / f"short{cut}-out.exo"
        path.write_bytes(data[:-cut])
        listed = ends("cut off", None, "info", path)
        same("cut off: what is there is listed", "2 nodal variables: u, v" in listed, True)
        ends("cut off", None, "process", path, out, "--scale", "2")
        same("cut off: no output", out.exists(), False)
        # What is declared is listed all the same.
        listed = ends("cut off", None, "ls", "-l", path)
        same("cut off: ls lists what is declared", all(name in listed for name in raw(whole)), True)
        ends("cut off", None, "copy", path, folder / "cut-off-copy.exo")
        same("cut off: no copy", (folder / "cut-off-copy.exo").exists(), False)
        for command in (("dump",), ("digest", "--netcdf")):
            ends("cut off", None, *command, path)
        ends("cut off", 0, "copy", path, folder / "cut-off-mesh.exo", "--mesh-only", "--force")
        ends("cut off", 0, "process", path, folder / "cut-off-steps.exo", "--steps", "1:2", "--force")
        same("cut off: steps that are there", raw(folder / "cut-off-steps.exo")["vals_nod_var2"], np.array([nodal(1, 0), nodal(1, 1)]))
        same("cut off: check", "incomplete" in rules(path), True)
        ends("cut off", 0, "process", path, out, "--scale", "2", "--salvage")
        same("salvaged: steps", raw(out)["time_whole"].tolist(), [0.0, 0.5])
        same("salvaged: values", raw(out)["vals_nod_var2"], 2 * np.array([nodal(1, 0), nodal(1, 1)]))


def missing_values(folder):
    """Values that stand for missing ones: the fill value, missing_value, and what was never written."""
    for form in (CLASSIC, HDF5):
        for real in ("f4", "f8"):
            path, out, copy = (folder / f"missing-{form}-{real}{end}.exo" for end in ("", "-out", "-copy"))
            marks = np.array([-9999.0, -1e30], real)
            with mesh(path, form=form, real=real) as data:
                data.createDimension("num_nod_var", 3)
                chars(data, "name_nod_var", ("num_nod_var", "len_name"), ["fill", "mark", "none"])
                shape = ("time_step", "num_nodes")
                fill = data.createVariable("vals_nod_var1", real, shape, fill_value=marks[0])
                mark = data.createVariable("vals_nod_var2", real, shape)
                never = data.createVariable("vals_nod_var3", real, shape)
                mark.missing_value = marks[1]
                for variable in (fill, mark, never):
                    variable.set_auto_mask(False)
                fill[0:2] = np.where(np.arange(12).reshape(2, 6) % 5 == 0, marks[0], 4.0)
                mark[0:2] = np.where(np.arange(12).reshape(2, 6) % 4 == 1, marks[1], 5.0)
                never[1, 0:2] = 6.0
            ends("missing values", 0, "process", path, out, "--scale", "2")
            ends("missing values", 0, "copy", path, copy)
            before, after = raw(path), raw(out)
            default = np.array(netCDF4.default_fillvals[real], real)
            for name, missing in (("vals_nod_var1", marks[0]), ("vals_nod_var2", marks[1]), ("vals_nod_var3", default)):
                wanted = np.where(before[name] == missing, missing, 2 * before[name].astype(real))
                same(f"missing values stay in {name} ({form}, {real})", after[name], wanted.astype(real))
                same(f"missing values are copied in {name} ({form}, {real})", raw(copy)[name], before[name])
            with netCDF4.Dataset(copy) as data:
                kept = [data["vals_nod_var1"].getncattr("_FillValue"), data["vals_nod_var2"].missing_value]
                same(f"attributes of missing values ({form}, {real})", kept, marks.tolist())
            narrowed(path, folder, marks, f"{form}, {real}")


def narrowed(path, folder, marks, what):
    """Missing values in numbers of other sizes."""
    for size in (4, 8):
        kind, copy = np.dtype(f"f{size}"), folder / f"sized{size}.exo"
        ends("missing values in another size", 0, "copy", path, copy, "--word-size", str(size), "--force")
        with netCDF4.Dataset(copy) as data, netCDF4.Dataset(path) as source:
            for name in ("vals_nod_var1", "vals_nod_var2", "vals_nod_var3"):
                masks = [np.ma.getmaskarray(file[name][...]) for file in (data, source)]
                values = [np.ma.compressed(file[name][...]).astype(kind) for file in (data, source)]
                same(f"missing values of {name} in {size} bytes ({what})", masks[0], masks[1])
                same(f"other values of {name} in {size} bytes ({what})", values[0], values[1])
                same(f"type of {name} in {size} bytes ({what})", data[name].dtype, kind)
            kept = [data["vals_nod_var1"].getncattr("_FillValue"), data["vals_nod_var2"].missing_value]
            same(f"attributes in {size} bytes ({what})", kept, marks.astype(kind).tolist())


def integers(folder):
    """Results that are integers, or packed."""
    path, out = folder / "integers.exo", folder / "integers-out.exo"
    with mesh(path, form=HDF5) as data:
        data.createDimension("num_nod_var", 2)
        chars(data, "name_nod_var", ("num_nod_var", "len_name"), ["whole", "packed"])
        data.createVariable("vals_nod_var1", "i4", ("time_step", "num_nodes"))[0:2] = np.arange(12).reshape(2, 6) - 3
        packed = data.createVariable("vals_nod_var2", "i2", ("time_step", "num_nodes"))
        packed.set_auto_maskandscale(False)
        packed.scale_factor, packed.add_offset = 0.25, 20.0
        packed[0:2] = np.arange(12).reshape(2, 6) * 8
    ends("integers times 2", 0, "process", path, out, "--scale", "2")
    same("integers times 2", raw(out)["vals_nod_var1"], 2 * (np.arange(12).reshape(2, 6) - 3))
    with netCDF4.Dataset(out) as data:
        physical = np.ma.getdata(data["vals_nod_var2"][...])
        same("packed values times 2", physical, 2 * (20.0 + 2.0 * np.arange(12).reshape(2, 6)))
    ends("integers times 0.3", None, "process", path, folder / "fraction.exo", "--scale", "0.3")
    same("integers times 0.3: no output", (folder / "fraction.exo").exists(), False)
    ends("packed values alone", 0, "process", path, folder / "packed.exo", "--scale", "0.3", "--field", "whole=1")


def strings(folder):
    """A variable and an attribute of strings beside the model."""
    path = folder / "strings.exo"
    with mesh(path, form=HDF5, nodal_names=["u"]) as data:
        words = data.createVariable("words", str, ("num_dim",), fill_value="nothing")
        words[1] = "Grüße"
        data["coordx"].setncattr_string("remarks", ["one", "", "three"])
    for command in ("process", "copy"):
        out = folder / f"strings-{command}.exo"
        ends("strings", 0, command, path, out)
        with netCDF4.Dataset(out) as data:
            same(f"strings: {command}", list(data["words"][:]), ["nothing", "Grüße"])
            same(f"strings: {command}, attribute", data["coordx"].remarks, ["one", "", "three"])
    kinds = {
        "scalar": ((), {}, lambda words: words.__setitem__(..., "one")),
        "steps": (("time_step",), {}, lambda words: words.__setitem__(slice(0, 2), np.array(["a", "b"], object))),
        "unwritten": (("num_dim",), {}, lambda words: None),
        "no fill": (("num_dim",), {"fill_value": False}, lambda words: words.__setitem__(slice(0, 2), np.array(["x", ""], object))),
        "packed": (("num_dim",), {"zlib": True}, lambda words: words.__setitem__(slice(0, 2), np.array(["x", "y"], object))),
        "many": (("many",), {}, lambda words: words.__setitem__(slice(None), np.array([f"text {n}" for n in range(4000)], object))),
    }
    for case, (dimensions, options, fill) in kinds.items():
        path = folder / f"strings-{case.replace(' ', '-')}.exo"
        with mesh(path, form=HDF5, nodal_names=["u"]) as data:
            data.createDimension("many", 4000)
            fill(data.createVariable("words", str, dimensions, **options))
            data.setncattr_string("alone", "word")
        strings_survive(path, case)
    path = folder / "strings-h5py.exo"
    make(path, form=HDF5, nodal_names=["u"])
    with h5py.File(path, "a") as file:
        words = file.create_dataset("words", data=["p", "q"], dtype=h5py.string_dtype())
        words.dims[0].attach_scale(file["num_dim"])
    strings_survive(path, "h5py")


def strings_survive(path, case):
    """Whatever is written again opens elsewhere, with the same strings."""
    with netCDF4.Dataset(path) as source:
        words = source["words"][...]
        alone = getattr(source, "alone", None)
    for command in ("process", "copy"):
        out = path.with_suffix(f".{command}.exo")
        ends(f"strings, {case}", 0, command, path, out)
        with netCDF4.Dataset(out) as data:
            same(f"strings, {case}: {command}", np.asarray(data["words"][...], object).tolist(), np.asarray(words, object).tolist())
            same(f"strings, {case}: {command}, attribute", getattr(data, "alone", None), alone)
        with h5py.File(out) as file:
            same(f"strings, {case}: {command}, libhdf5", np.shape(file["words"][()]), np.shape(words))


def no_times(folder):
    """A fixed number of steps; no times; no names."""
    fixed = make(folder / "fixed.exo", nodal_names=["u"], global_names=["g"], steps=3, unlimited=False)
    ends("fixed steps", 0, "copy", fixed, folder / "fixed-copy.exo")
    same("fixed steps are all copied", raw(folder / "fixed-copy.exo")["vals_nod_var1"], raw(fixed)["vals_nod_var1"])
    info = json.loads(common.run("info", "--json", fixed)[1])
    info = info[0] if isinstance(info, list) else info
    same("fixed steps are listed", (info["num_steps"] if "num_steps" in info else len(info["times"])), 3)
    for case, options in (("no-times", {"has_times": False}), ("no-names", {"has_names": False})):
        one, two = make(folder / f"{case}.exo", nodal_names=["u"], **options), folder / f"{case}-other.exo"
        make(two, nodal_names=["u"], values=lambda v, s: nodal(v, s) + 3, **options)
        ends(case, 2, "diff", one, two)
        ends(case, 0, "diff", one, one)
        ends(case, 0, "copy", one, folder / f"{case}-copy.exo")
        same(f"{case}: nothing is lost", raw(folder / f"{case}-copy.exo")["vals_nod_var1"], raw(one)["vals_nod_var1"])
        same(f"{case}: check", bool(rules(one)), True)
        ends(case, 0, "process", one, folder / f"{case}-step.exo", "--steps", "2:2", "--scale", "3")
        same(f"{case}: a step is taken by its number", raw(folder / f"{case}-step.exo")["vals_nod_var1"], 3 * raw(one)["vals_nod_var1"][1:])
    untimed = folder / "no-times.exo"
    for command in ("copy", "step"):
        same(f"no-times: {command} makes no times up", "time_whole" in raw(folder / f"no-times-{command}.exo"), False)
    ends("no times", None, "process", untimed, folder / "no-times-near.exo", "--times", "0.5")
    same("no times: no output", (folder / "no-times-near.exo").exists(), False)
    same("no times: steps are counted", "2 steps" in ends("no times", 0, "info", untimed), True)
    timed = make(folder / "times.exo", nodal_names=["u"])
    ends("no times beside times", 2, "diff", untimed, timed)
    ends("no times beside times", 2, "diff", timed, untimed)


def case_of_names(folder):
    """Names that differ in case only."""
    names = {"nodal_names": ["h", "H"], "element_names": ["E", "e"], "global_names": ["k", "K"]}
    turned = {key: value[::-1] for key, value in names.items()}
    one = make(folder / "case.exo", **names)
    second = make(folder / "case-second.exo", **names, values=lambda v, s: nodal(v, s) + v)
    block = make(folder / "case-block.exo", **names, stress=lambda v, b, s: 7.0 + v + b + s + 5 * v)
    total = make(folder / "case-total.exo", **names, totals=lambda s: [0.0 + s, 9.0 + s])
    swapped = make(folder / "case-swapped.exo", **turned, values=lambda v, s: nodal(1 - v, s),
                   stress=lambda v, b, s: 7.0 + (1 - v) + b + s, totals=lambda s: [1.0 + s, 0.0 + s])
    for other in (second, block, total):
        ends("case of names", 2, "diff", one, other)
    ends("case of names", 0, "diff", one, swapped)


def blocks_of_one_name(folder):
    """Blocks that are found by name, and have one name, names of one spelling, or none."""
    for number, names in enumerate((["part", "part"], ["part", "Part"], ["", ""])):
        one = make(folder / f"blocks{number}.exo", block_names=names, element_names=["s"])
        two = make(folder / f"blocks{number}-other.exo", block_names=names, element_names=["s"],
                   stress=lambda v, b, s: 7.0 + v + b + s + 2 * b)
        ends("blocks of one name", 0, "diff", "--match-by-name", one, one)
        ends("blocks of one name", 2, "diff", "--match-by-name", one, two)


def vectors(folder):
    """A vector as one variable with a third axis."""
    path, other = folder / "vectors.exo", folder / "vectors-other.exo"
    velocity = np.arange(2.0 * NODES * 3).reshape(2, NODES, 3)
    for target, change in ((path, 0), (other, 1)):
        with mesh(target, form=HDF5, nodal_names=["p", "velocity"]) as data:
            data.createDimension("axis", 3)
            data.renameVariable("vals_nod_var2", "unused")
            data.createVariable("vals_nod_var2", "f4", ("time_step", "num_nodes", "axis"))[0:2] = velocity + change * (velocity == 32)
    ends("vectors", 0, "copy", path, folder / "vectors-copy.exo")
    ends("vectors", 0, "copy", path, folder / "vectors-cdf.exo", "--format", "cdf2")
    ends("vectors", 0, "process", path, folder / "vectors-out.exo", "--scale", "2")
    for name, factor in (("copy", 1), ("cdf", 1), ("out", 2)):
        same(f"vectors: {name}", raw(folder / f"vectors-{name}.exo")["vals_nod_var2"].astype("f8"), factor * velocity)
    ends("vectors", 0, "diff", path, folder / "vectors-copy.exo")
    said = ends("vectors", 2, "diff", path, other)
    same("vectors: the component is named", "velocity[3]" in said, True)
    ends("vectors", 0, "info", path)
    same("vectors: check", "components" in rules(path), True)


def library_vectors(folder):
    """The same as a mesh library writes it: 64 bits that no attribute tells of, identifiers from 0, times of single precision."""
    path, copy, out = (folder / f"library{end}.exo" for end in ("", "-copy", "-out"))
    with netCDF4.Dataset(path, "w") as data:
        sizes = {"num_nodes": NODES, "num_dim": 3, "num_elem": 1, "num_el_blk": 1, "num_node_sets": 1, "len_string": 33, "time_step": None,
                 "num_el_in_blk1": 1, "num_nod_per_el1": 4, "num_nod_var": 2, "num_nod_ns1": 1, "axis": 3}
        for name, size in sizes.items():
            data.createDimension(name, size)
        data.setncatts({"title": "a library", "version": np.float32(5.1), "api_version": np.float32(5.1), "floating_point_word_size": np.int64(8)})
        data.createVariable("time_whole", "f4", ("time_step",))[0] = 0.25
        data.createVariable("coord", "f8", ("num_dim", "num_nodes"))[:] = np.arange(3.0 * NODES).reshape(3, NODES)
        for name in ("eb_prop1", "ns_prop1"):
            data.createVariable(name, "i4", ({"eb_prop1": "num_el_blk", "ns_prop1": "num_node_sets"}[name],))[:] = 0
        connect = data.createVariable("connect1", "i8", ("num_el_in_blk1", "num_nod_per_el1"))
        connect.elem_type = "TETRA"
        connect[:] = [[1, 2, 3, 4]]
        data.createVariable("node_ns1", "i8", ("num_nod_ns1",))[:] = 6
        chars(data, "name_nod_var", ("num_nod_var", "len_string"), ["p", "velocity"])
        data.createVariable("vals_nod_var1", "f8", ("time_step", "num_nodes"))[0] = np.arange(NODES)
        data.createVariable("vals_nod_var2", "f8", ("time_step", "num_nodes", "axis"))[0] = np.arange(3.0 * NODES).reshape(NODES, 3)
    ends("a library", 0, "copy", path, copy)
    ends("a library", 0, "process", path, out, "--scale", "2")
    ends("a library", 0, "diff", path, copy)
    ends("a library", 2, "diff", path, out)
    before, copied, scaled = raw(path), raw(copy), raw(out)
    for name, factor in (("vals_nod_var1", 2), ("vals_nod_var2", 2), ("connect1", 1), ("node_ns1", 1), ("eb_prop1", 1), ("ns_prop1", 1)):
        same(f"a library: {name} is copied", copied[name].astype("f8"), before[name].astype("f8"))
        same(f"a library: {name} is processed", scaled[name].astype("f8"), factor * before[name].astype("f8"))
    same("a library: 64 bits stay", [copied["connect1"].dtype, scaled["connect1"].dtype], [np.dtype("i8")] * 2)
    same("a library: coordinates are copied", [copied["coord" + axis].tolist() for axis in "xyz"], before["coord"].tolist())
    wanted = {"components", "id-positive", "int64-status", "word-size"}
    same("a library: check", wanted - rules(path), set())
    same("a library: info", "velocity" in ends("a library", 0, "info", path), True)


def short_netcdf(folder):
    """A classic file without its last bytes, and far shorter than it says."""
    full = folder / "plain.nc"
    with netCDF4.Dataset(full, "w", format="NETCDF3_CLASSIC") as data:
        data.createDimension("step", None)
        data.createDimension("n", 3)
        for name, kind, first in (("a", "i2", 1), ("b", "i1", 20)):
            data.createVariable(name, kind, ("step", "n"))[0:2] = np.arange(6).reshape(2, 3) + first
    big = folder / "big.nc"
    with netCDF4.Dataset(big, "w", format=CLASSIC) as data:
        data.createDimension("n", 500_000)
        data.createVariable("b", "i2", ("n",))[:] = 3
    data = full.read_bytes()
    padding, element, far = (folder / name for name in ("padding.nc", "element.nc", "far.nc"))
    padding.write_bytes(data[:-1])
    element.write_bytes(data[:-2])
    far.write_bytes(big.read_bytes()[:5_000])
    for path, code in ((full, 0), (padding, 0), (element, None), (far, None)):
        ends("short netCDF", code, "dump", path)
        ends("short netCDF", code, "digest", "--netcdf", path)
    wanted = common.run("digest", "--netcdf", full)[1].replace("plain", "padding")
    same("without the padding", common.run("digest", "--netcdf", padding)[1], wanted)


def small_ones(folder):
    """Messages and refusals."""
    path = make(folder / "small.exo", nodal_names=["u"], steps=3)
    ends("a range that is empty", None, "process", path, folder / "none.exo", "--steps", "3:1")
    same("a range that is empty", (folder / "none.exo").exists(), False)
    empty = folder / "empty.exo"
    empty.touch()
    same("a file of 0 bytes", "empty" in ends("0 bytes", None, "info", empty), True)
    same("digest names the option", "--netcdf" in ends("digest", None, "digest", path), True)
    same("single precision", '8.11' in common.run("info", "--json", path)[1] and "8.109" not in common.run("info", "--json", path)[1], True)
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    ends("a pipe as output", None, "process", path, pipe, "--force")
    same("a pipe stays one", stat.S_ISFIFO(pipe.stat().st_mode), True)
    ends("a pipe as input", None, "info", pipe)
    link = folder / "link.exo"
    link.symlink_to(folder / "target.exo")
    ends("a link to nothing", 0, "process", path, link)
    same("a link is followed", [link.is_symlink(), (folder / "target.exo").is_file()], [True, True])


def main():
    cases = (truth_tables, cut_names, only_named, cut_off, missing_values, integers, strings, no_times, case_of_names,
             blocks_of_one_name, vectors, library_vectors, short_netcdf, small_ones)
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            case(Path(folder))
    TALLY.finish()


if __name__ == "__main__":
    main()
