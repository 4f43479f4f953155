#!/usr/bin/env python3
"""append.py [-n N]

Kills a program that appends steps N times (default 60) with SIGKILL, at random moments, into one file that goes on growing: every
step that was published before is there, whole, and no other than whole ones, for `exo` and for netCDF-C; meanwhile netCDF-C reads
the file, and sees whole steps alone. Then netCDF4-python appends to our files, and `exo append` to its.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import common

common.require("numpy", "netCDF4")
# Readers ask for no lock: the file is open for change.
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

FORMS = ("cdf2", "cdf5", "nc4")
#: Steps between publications.
POLICIES = (1, 7)
FORMATS = {"nc4": "NETCDF4", "nc4c": "NETCDF4_CLASSIC", "cdf1": "NETCDF3_CLASSIC", "cdf2": "NETCDF3_64BIT_OFFSET", "cdf5": "NETCDF3_64BIT_DATA"}


def program():
    """The example that appends: beside the program under test, or newly built."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", common.ROOT / "target"))
    built = [target / kind / "examples" / "append" for kind in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        subprocess.run(["cargo", "build", "-q", "-p", "exodus-rs", "--example", "append"], check=True, cwd=common.ROOT)
        built = [target / "debug" / "examples" / "append"]
    return str(max(built, key=lambda path: path.stat().st_mtime))


def steps(path, numbers=np.arange):
    """How many steps netCDF-C finds, and what is wrong with them; `numbers` of so many steps are what they say."""
    problems = []
    with netCDF4.Dataset(path) as file:
        count = len(file.dimensions["time_step"])
        number = numbers(count).astype(float)
        expected = {"time_whole": number / 8, "vals_glo_var": number[:, None], "vals_nod_var1": number[:, None],
                    "vals_nod_var2": -number[:, None]}
        for name, values in expected.items():
            found = np.ma.getdata(file.variables[name][:])
            if not (found == values).all():
                problems.append(f"{name} is not what was put")
    return count, problems


def seen(path):
    """How many whole steps `exo` finds."""
    done = common.run("info", "--json", path)
    info = json.loads(done[1]) if done[0] == 0 else {}
    return info.get("num_steps"), info.get("whole_steps")


def killed(tally, folder, form, every, times):
    """Appends and kills, again and again."""
    path = folder / f"killed_{every}.{form}"
    published = hit = 0
    for attempt in range(times):
        process = subprocess.Popen([program(), path, "1000000", str(every)], stdout=subprocess.PIPE, text=True)
        # The first line says that it has begun.
        first = process.stdout.readline()
        time.sleep(random.uniform(0, 0.03))
        reading = steps(path) if attempt % 4 == 0 else (0, [])
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.stdout.read().split("\n")]
        process.wait()
        # The last line may be cut short.
        told = [int(line) for line in lines[:-1] if line.strip()]
        published = max([published, *told])
        hit += bool(told)
        count, problems = steps(path)
        problems += [f"while it was written: {problem}" for problem in reading[1]]
        if count < published:
            problems.append(f"{published} steps were published, {count} are there")
        if seen(path) != (count, count):
            problems.append(f"netCDF-C finds {count} steps, exo {seen(path)}")
        published = count
        if not tally.check(f"{form}, every {every}, kill {attempt}", problems):
            break
    if not hit:
        tally.check(f"{form}, every {every}", "nothing was ever published before a kill")


def both_ways(tally, folder, form):
    """netCDF-C goes on with our file, and we with its."""
    ours, theirs, other = (folder / f"{name}.{form}" for name in ("ours", "theirs", "other"))
    for path in (ours, other):
        subprocess.run([program(), path, "5", "5"], check=True, stdout=subprocess.DEVNULL)
    with netCDF4.Dataset(ours, "a") as file:
        file["time_whole"][5] = 5 / 8
        file["vals_glo_var"][5] = 5
        file["vals_nod_var1"][5] = 5
        file["vals_nod_var2"][5] = -5
    count, problems = steps(ours)
    tally.check(f"{form}: netCDF-C appends to ours", problems + ([] if count == 6 else [f"{count} steps"]))
    with netCDF4.Dataset(ours) as source, netCDF4.Dataset(theirs, "w", format=FORMATS[form]) as target:
        target.setncatts({name: source.getncattr(name) for name in source.ncattrs()})
        for name, dimension in source.dimensions.items():
            target.createDimension(name, None if dimension.isunlimited() else len(dimension))
        for name, variable in source.variables.items():
            variable.set_auto_maskandscale(False)
            told = {key: variable.getncattr(key) for key in variable.ncattrs()}
            made = target.createVariable(name, variable.dtype, variable.dimensions, fill_value=told.pop("_FillValue", None))
            for key, value in told.items():
                netCDF4.Variable.setncattr(made, key, value)
            made[:] = variable[:]
    # The steps of the other file are numbered from 0 again: those of ours are read with what they say.
    done = common.run("append", theirs, other)
    problems = [] if done[0] == 0 else [done[2]]
    with netCDF4.Dataset(theirs) as file:
        found = np.ma.getdata(file["vals_glo_var"][:, 0]).tolist()
    if found != [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4]:
        problems.append(f"{found}")
    tally.check(f"{form}: exo appends to a file of netCDF-C", problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=60)
    tally, times = common.Tally(), parser.parse_args().n
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        cases = [(form, every) for form in FORMS for every in POLICIES]
        for form, every in cases:
            killed(tally, Path(folder), form, every, times // len(cases))
        for form in FORMATS:
            both_ways(tally, Path(folder), form)
    tally.finish()


if __name__ == "__main__":
    main()
