#!/usr/bin/env python3
"""recover_check.py: what `exo recover` brings back of torn files, beside what h5clear does.

usage: recover_check.py [-n CASES] [--seed N] [--keep DIR]

Programs that write with h5py and netCDF4 are killed; their files, and some that were closed, are cut at CASES places and get
blocks of zeros and of garbage. What comes back of each is counted, objects and right values, in our output and in a copy that
`h5clear -s --increment` mended, both as h5py reads them: ours are never fewer. The output opens in h5py, and in netCDF4 where the
file was netCDF; every value in it is what was written, the fill value, or what lies in the damaged block; every loss is named.
Whole files lose nothing. Of files of the classic model in which nothing is filled in, netCDF4 reads fill values where something is lost.
Files of ours that steps were added to one by one give back whole steps, and no other states of them.
Of files with many attributes, and with texts in one piece, in chunks and in records, the attributes and texts that are right are
counted in both as well.
"""
import argparse
import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

common.require("numpy", "h5py", "netCDF4")
import append  # noqa: E402
import h5py  # noqa: E402
import netCDF4  # noqa: E402
import numpy as np  # noqa: E402

COLUMNS = 200
# Programs that are killed: what writes, the format, steps between two flushes (0: none).
KILLED = [("h5py", "earliest", 0), ("h5py", "earliest", 10), ("h5py", "latest", 0), ("h5py", "latest", 10),
          ("netCDF4", "NETCDF4", 0), ("netCDF4", "NETCDF4", 10), ("netCDF4", "NETCDF3_64BIT_OFFSET", 10)]
CLOSED = [("h5py", "earliest"), ("h5py", "latest"), ("netCDF4", "NETCDF4")]
# Steps that our own program adds to a file, which it publishes one by one.
APPENDED = 40
SECONDS = 60


def told(name, shape):
    """What the writers write to a dataset."""
    if name == "t":
        return np.arange(shape[0]) / 8 + 1
    if name == "u":
        return np.arange(shape[0])[:, None] + np.arange(shape[1])[None, :] / 1024 + 1
    return np.arange(int(np.prod(shape)), dtype="f8").reshape(shape) + 1


def steps(write, flush, every):
    """Writes step by step, until somebody kills it."""
    for step in range(1 << 20):
        write(step)
        if every and (step + 1) % every == 0:
            flush()
        if step % 10 == 9:
            print(step, flush=True)


def h5py_writer(path, libver, every):
    file = h5py.File(path, "w", libver=libver)
    group = file.create_group("g")
    group.attrs["note"] = "hello"
    file["x"] = told("x", (1000,))
    u = group.create_dataset("u", shape=(0, COLUMNS), maxshape=(None, COLUMNS), chunks=(1, COLUMNS), dtype="f8")
    t = file.create_dataset("t", shape=(0,), maxshape=(None,), chunks=(64,), dtype="f8")

    def write(step):
        u.resize(step + 1, 0)
        t.resize(step + 1, 0)
        u[step] = told("u", (step + 1, COLUMNS))[step]
        t[step] = step / 8 + 1

    steps(write, file.flush, every)


def netcdf_writer(path, form, every):
    file = netCDF4.Dataset(path, "w", format=form)
    file.createDimension("time", None)
    file.createDimension("n", COLUMNS)
    file.createVariable("x", "f8", ("n",))[:] = told("x", (COLUMNS,))
    u, t = file.createVariable("u", "f8", ("time", "n")), file.createVariable("t", "f8", ("time",))

    def write(step):
        u[step] = told("u", (step + 1, COLUMNS))[step]
        t[step] = step / 8 + 1

    steps(write, file.sync, every)


def killed(path, writer, form, every, rng):
    """The file of a program that was killed while it wrote."""
    process = subprocess.Popen([sys.executable, __file__, "--writer", writer, path, form, str(every)], stdout=subprocess.PIPE)
    process.stdout.readline()
    time.sleep(rng.uniform(0.1, 0.5))
    process.kill()
    process.communicate()


def closed(path, writer, form):
    """A file that is whole, with datasets of many layouts, groups and attributes."""
    if writer == "netCDF4":
        with netCDF4.Dataset(path, "w", format=form) as file:
            file.createDimension("time", None)
            file.createDimension("n", COLUMNS)
            file.createVariable("x", "f8", ("n",))[:] = told("x", (COLUMNS,))
            u = file.createVariable("u", "f8", ("time", "n"), zlib=True, fletcher32=True, chunksizes=(1, COLUMNS))
            u.units = "m"
            u[:] = told("u", (150, COLUMNS))
            file.createVariable("t", "f8", ("time",), chunksizes=(16,))[:] = told("t", (150,))
            group = file.createGroup("g")
            group.createVariable("y", "f8", ("n",))[:] = told("y", (COLUMNS,))
        return
    with h5py.File(path, "w", libver=form) as file:
        for n in range(6):
            group = file.create_group(f"g{n}")
            group.attrs["note"] = f"group {n}"
            group["piece"] = told("piece", (40, 50))
            group.create_dataset("packed", data=told("packed", (64, 40)), chunks=(4, 40), compression="gzip", fletcher32=True)
            group.create_dataset("plain", data=told("plain", (64, 40)), chunks=(4, 40), maxshape=(None, 40))
            group["packed"].attrs["factor"] = float(n)
        group = file.create_group("many")
        for n in range(40):
            group[f"d{n:02}"] = told("d", (10,))


def read_h5(path):
    """The datasets of numbers by their paths, and the number of objects; elements that cannot be read are not-a-number."""
    found, objects = {}, [0]

    def look(name, thing):
        objects[0] += 1
        if isinstance(thing, h5py.Dataset) and thing.dtype == np.dtype("f8") and thing.shape is not None and thing.size < 1 << 24:
            fill = float(thing.fillvalue)
            try:
                found[name] = thing[...], fill
                return
            except Exception:
                values = np.full(thing.shape, np.nan)
            for row in range(thing.shape[0] if thing.ndim else 0):
                try:
                    values[row] = thing[row]
                except Exception:
                    pass
            found[name] = values, fill

    def visit(group, prefix, depth):
        # One link after the other: what is broken hides nothing else.
        try:
            names = list(group)
        except Exception:
            return
        for name in names:
            try:
                thing = group[name]
                look(prefix + name, thing)
            except Exception:
                continue
            if isinstance(thing, h5py.Group) and depth < 5:
                visit(thing, f"{prefix}{name}/", depth + 1)

    with h5py.File(path, "r") as file:
        visit(file, "", 0)
    return objects[0], found


def read_nc(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        waiting, found = [(file, "")], {}
        while waiting:
            group, prefix = waiting.pop()
            for name, variable in group.variables.items():
                fill = getattr(variable, "_FillValue", netCDF4.default_fillvals["f8"])
                if variable.dtype == np.dtype("f8"):
                    found[prefix + name] = variable[...], float(fill)
            waiting += [(below, f"{prefix}{name}/") for name, below in group.groups.items()]
    return len(found), found


def apart(work, path, seconds=SECONDS):
    """What a reader says, in a process that may die; None if it does."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer")
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(seconds)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                answer.write_bytes(pickle.dumps(work(path)))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        return pickle.loads(answer.read_bytes()) if answer.exists() and answer.stat().st_size else None


def expected(path, values):
    """What was written to a dataset; one that was found without its name is what it is like most."""
    names = ["t", "u", "x"] if "lost+found" in path else [path.split("/")[-1]]
    answers = [told(name, values.shape) for name in names if (name == "u") <= (values.ndim == 2) and (name == "t") <= (values.ndim == 1)]
    return max(answers, key=lambda answer: np.count_nonzero(values == answer))


def right(found, kept):
    """How many values are what was written, by path; `kept` limits the steps that are looked at."""
    sums = {}
    for name, (values, _) in found.items():
        values = values[:kept] if kept is not None and name.split("/")[-1] in "ut" else values
        sums[name] = int(np.count_nonzero(values == expected(name, values)))
    return sums


def wrong(found, is_killed, block):
    """What is neither what was written nor the fill value; of a damaged block so many values as fit in it may be."""
    problems, odd = [], 0
    for name, (values, fill) in found.items():
        allowed = (values == expected(name, values)) | (values == fill)
        # What lay in the memory of a program that was killed is a hole in its file.
        allowed |= (values == 0) if is_killed else False
        odd += int(np.count_nonzero(~allowed))
    if odd > block // 8 + 1:
        problems.append(f"{odd} values are none that were written")
    return problems


def named(path, report):
    """Whether a report speaks of an object, of one above it, or of steps that are left out."""
    if any(records["kept"] < records["told"] for records in report["records"]) and path in ("u", "t", "time"):
        return True
    return any(f"/{path}/".startswith(item["object"].rstrip("/") + "/") for item in report["lost"])


class Check:
    def __init__(self, folder, keep):
        self.tally, self.folder, self.keep = common.Tally(), Path(folder), keep
        self.has_h5clear = shutil.which("h5clear") is not None
        if not self.has_h5clear:
            self.tally.skip("h5clear is missing", package=True)
        print(f"{'case':44} {'ours':>14} {'h5clear':>14}  lost", flush=True)

    def recovered(self, torn, out):
        """The exit code and the report."""
        out.unlink(missing_ok=True)
        code, text, error = common.run("recover", torn, out, "--json")
        return code, json.loads(text) if code < 2 else error

    def h5clear(self, torn, read=read_h5, seconds=SECONDS):
        mended = self.folder / "mended.h5"
        shutil.copy(torn, mended)
        subprocess.run(["h5clear", "-s", "--increment", mended], capture_output=True, timeout=SECONDS)
        return apart(read, mended, seconds)

    def case(self, name, data, base, block=0):
        """One torn file; `base` says what wrote it, and how many values came back of it before it was damaged further."""
        torn, out = self.folder / "torn", self.folder / "out"
        torn.write_bytes(data)
        code, report = self.recovered(torn, out)
        problems = []
        if code not in (0, 1, 2):
            problems.append(f"exit code {code}: {report}")
        is_hdf5 = base["form"] != "NETCDF3_64BIT_OFFSET"
        ours = apart(read_h5 if is_hdf5 else read_nc, out) if code < 2 else (0, {})
        if ours is None:
            problems.append("the output cannot be read")
            ours = (0, {})
        is_netcdf = code < 2 and base["writer"] == "netCDF4"
        if is_netcdf and apart(read_nc, out) is None:
            problems.append("netCDF4 does not open the output")
        kept = (report.get("records") or [{}])[0].get("kept") if code < 2 else None
        mine = right(ours[1], None)
        theirs = (self.h5clear(torn) if self.has_h5clear and is_hdf5 else None) or (0, {})
        cleared = right(theirs[1], kept if base["writer"] == "netCDF4" else None)
        values = sum(mine.values()), sum(cleared.values())
        if theirs[0] > ours[0] or values[1] > values[0]:
            problems.append(f"{theirs[0]} objects and {values[1]} values by h5clear, {ours[0]} and {values[0]} by us")
        problems += wrong(ours[1], base["killed"], block)
        lost = report["lost"] if code < 2 else []
        if code < 2:
            # Elements in a damaged block are not judged.
            less = [p for p, n in base.get("right", {}).items() if mine.get(p, 0) + block // 8 + 1 * (block > 0) < n]
            problems += [f"{path}: a loss that is not named" for path in less if not named(path, report)]
        print(f"{name:44} {ours[0]:4} {values[0]:9} {theirs[0]:4} {values[1]:9}  {len(lost) if code < 2 else 'all'}", flush=True)
        if not self.tally.check(name, problems) and self.keep:
            Path(self.keep, name.replace(" ", "_")).write_bytes(data)
        return ours[0], mine

    def base(self, name, path, base, cases, rng):
        """A file, and what becomes of it."""
        data = path.read_bytes()
        base["objects"], base["right"] = self.case(name, data, base)
        if len(data) < 4096:
            return
        for _ in range(cases):
            at = rng.randrange(64, len(data))
            self.case(f"{name}, cut at {at}", data[:at], base)
            for block in () if base["form"].startswith("NETCDF3") else (512, 4096):
                # Half of them where the metadata are.
                far = rng.choice([min(len(data), 64 << 10), len(data)])
                at = rng.randrange(far // 512) * 512
                for kind, with_ in (("zeros", bytes(block)), ("garbage", rng.randbytes(block))):
                    damaged = (data[:at] + with_ + data[at + block:])[:len(data)]
                    self.case(f"{name}, {block} {kind} at {at}", damaged, base, block)


def appended(check, path, cases, rng):
    """A file of ours that steps were added to, cut and damaged: whole steps come back, for netCDF4, too, and no older ones beside."""
    subprocess.run([append.program(), path, str(APPENDED), "1"], check=True, stdout=subprocess.DEVNULL)
    data, torn, out = path.read_bytes(), check.folder / "torn", check.folder / "out"
    damaged = [("whole", data)]
    for _ in range(cases * 4):
        at = rng.randrange(len(data) // 8, len(data))
        damaged.append((f"cut at {at}", data[:at]))
        # Half of them where the newest state is.
        at = rng.choice([rng.randrange(len(data)), rng.randrange(len(data) - (24 << 10), len(data))]) // 512 * 512
        damaged.append((f"512 garbage at {at}", (data[:at] + rng.randbytes(512) + data[at + 512:])[:len(data)]))
    for what, torn_data in damaged:
        torn.write_bytes(torn_data)
        code, report = check.recovered(torn, out)
        problems = [] if code < 2 else [f"exit code {code}: {report}"]
        kept = None
        if code < 2:
            records = (report["records"] or [{"told": 0, "kept": 0}])[0]
            kept, problems = of_steps(out, records, report)
            # Elements in a damaged block are not judged.
            problems = [problem for problem in problems if "garbage" not in what or "is not what was put" not in problem]
            if what == "whole" and (report["lost"] or kept != APPENDED):
                problems.append(f"{kept} steps, and {report['lost']}")
        print(f"{f'appended, {what}':44} {kept} steps", flush=True)
        if not check.tally.check(f"appended, {what}", problems) and check.keep:
            Path(check.keep, f"appended_{what.replace(' ', '_')}").write_bytes(torn_data)


def whole(check, path):
    """Files of which nothing is lost, however much of them is no data, or leads nowhere."""
    def vlen_texts(file):
        file.create_dataset("s", data=[f"text number {n} " * 20 for n in range(5000)], dtype=h5py.string_dtype())

    def many_groups(file):
        for n in range(5000):
            file.create_group(f"g{n}")

    def large_attribute(file):
        file.attrs["a"] = np.arange(100_000.0)

    for make, libver in ((vlen_texts, "earliest"), (many_groups, "earliest"), (many_groups, "latest"), (large_attribute, "latest")):
        path.unlink(missing_ok=True)
        with h5py.File(path, "w", libver=libver) as file:
            make(file)
        nothing_lost(check, path, make.__name__)
    path.unlink()
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("x", 3)
        for name in "uvw":
            file.createVariable(name, "f8", ("x",))[:] = 1
    with h5py.File(path, "a") as file:
        del file["v"]
    nothing_lost(check, path, "a scale whose user was removed")


MANY = 12
TEXTS = 400
RECORD = np.dtype([("a", "i4"), ("s", h5py.string_dtype())])
# What the attributes and texts of a file lie in, and the seconds after which the library is taken to walk in circles.
HEAPS = [("h5py", "earliest"), ("h5py", "latest"), ("netCDF4", "NETCDF4")]
CIRCLES = 5


def text_of(name, number):
    return f"{name} has a text with the number {number}"


def with_heaps(path, writer, form):
    """A file of texts, and of datasets with many attributes."""
    texts = lambda name: np.array([text_of(name, n) for n in range(TEXTS)], dtype=object)  # noqa: E731
    if writer == "netCDF4":
        with netCDF4.Dataset(path, "w", format=form) as file:
            file.createDimension("time", None)
            file.createDimension("n", TEXTS)
            file.createVariable("piece", str, ("n",))[:] = texts("piece")
            file.createVariable("chunks", str, ("n",), chunksizes=(50,))[:] = texts("chunks")
            for name in ("d0", "d1"):
                variable = file.createVariable(name, "f8", ("time", "n"))
                variable[:] = np.ones((3, TEXTS))
                for n in range(MANY):
                    variable.setncattr(f"a{n}", np.arange(40) + n)
        return
    with h5py.File(path, "w", libver=form) as file:
        file.create_dataset("piece", data=texts("piece"), dtype=h5py.string_dtype())
        file.create_dataset("chunks", data=texts("chunks"), dtype=h5py.string_dtype(), chunks=(50,))
        records = np.empty(TEXTS, RECORD)
        records["a"], records["s"] = np.arange(TEXTS), texts("record")
        file["record"] = records
        for name in ("d0", "d1"):
            file[name] = np.ones(100)
            for n in range(MANY):
                file[name].attrs[f"a{n}"] = np.arange(40) + n


def read_heaps(path):
    """How many attributes, texts and numbers beside texts are right, by the names of datasets; and texts that nobody wrote."""
    sums, odd = {}, 0
    with h5py.File(path, "r") as file:
        for name in ("d0", "d1"):
            sums[name] = sum(is_right(file, name, n) for n in range(MANY))
        for name in ("piece", "chunks", "record"):
            good = numbers = 0
            for n, element in elements_of(file, name):
                text = element["s"] if name == "record" else element
                good += text == text_of(name, n).encode()
                odd += text not in (b"", text_of(name, n).encode())
                numbers += name == "record" and element["a"] == n
            sums[name], sums[f"{name} numbers"] = int(good), int(numbers)
    return sums, int(odd)


def is_right(file, name, number):
    try:
        return bool(np.array_equal(file[name].attrs[f"a{number}"], np.arange(40) + number))
    except Exception:
        return False


def elements_of(file, name):
    """The elements of a dataset that can be read, with their numbers."""
    try:
        dataset = file[name]
    except Exception:
        return
    try:
        yield from enumerate(dataset[...])
        return
    except Exception:
        pass
    for n in range(len(dataset)):
        try:
            yield n, dataset[n]
        except Exception:
            pass


def heaps(check, path, cases, rng):
    """Attributes and texts of files that are cut, or damaged: not fewer are right than in what h5clear mended."""
    for writer, form in HEAPS:
        path.unlink(missing_ok=True)
        with_heaps(path, writer, form)
        data, torn, out = path.read_bytes(), check.folder / "torn", check.folder / "out"
        damaged = [("whole", data), ("cut by 1", data[:-1])]
        for _ in range(cases * 3):
            at = rng.choice([rng.randrange(len(data) // 4, len(data)), len(data) - rng.randrange(8 << 10)])
            damaged.append((f"cut at {at}", data[:at]))
            at = rng.choice([at & ~7, max(data.find(b"GCOL", at), data.find(b"GCOL"))])
            damaged.append((f"16 zeros at {at}", (data[:at] + bytes(16) + data[at + 16:])[:len(data)]))
        full = apart(read_heaps, path)[0]
        for what, torn_data in damaged:
            torn.write_bytes(torn_data)
            name = f"heaps, {writer} {form[:8]}, {what}"
            if not check.tally.check(name, of_heaps(check, (name, what), full)) and check.keep:
                Path(check.keep, name.replace(" ", "_")).write_bytes(torn_data)


def of_heaps(check, names, full):
    (name, what), torn, out = names, check.folder / "torn", check.folder / "out"
    code, report = check.recovered(torn, out)
    if code not in (0, 1, 2):
        return [f"exit code {code}: {report}"]
    ours, odd = (apart(read_heaps, out, CIRCLES) or ({}, 0)) if code < 2 else ({}, 0)
    problems = [] if ours or code == 2 else ["the output cannot be read"]
    if odd and "zeros" not in what:
        problems.append(f"{odd} texts that nobody wrote")
    theirs = {}
    if check.has_h5clear:
        theirs = (check.h5clear(torn, read_heaps, CIRCLES) or ({}, 0))[0]
    for path, count in theirs.items():
        # The library reads zeros behind the end: of an element that is cut they may be what was there.
        least = count - (what.startswith("cut at") and path in ("piece", "chunks", "record", "record numbers"))
        if ours.get(path, 0) < least:
            problems.append(f"{count} of {path} by h5clear, {ours.get(path, 0)} by us")
    # Zeros in the place of values are not judged.
    if code < 2 and "zeros" not in what:
        less = {path.split(" ")[0] for path, count in full.items() if ours.get(path, 0) < count}
        problems += [f"{path}: a loss that is not named" for path in sorted(less) if not named(path, report)]
    print(f"{name:44} {sum(ours.values()):14} {sum(theirs.values()):14}", flush=True)
    return problems


def nothing_lost(check, path, name):
    code, report = check.recovered(path, check.folder / "out")
    check.tally.check(f"whole, {name}", [] if code == 0 else [f"exit code {code}: {report}"])


def opened(check, path, cases, rng):
    """What is done to a netCDF-4 file, what it is then, and what netCDF4 reads of what came back; None if it does not open it."""
    data, torn, out = path.read_bytes(), check.folder / "torn", check.folder / "out"
    for _ in range(cases * 6):
        at = rng.randrange(200, len(data))
        for what, damaged in ((f"cut at {at}", data[:at]), (f"64 garbage at {at}", data[:at] + rng.randbytes(64) + data[at + 64:])):
            torn.write_bytes(damaged)
            code, _ = check.recovered(torn, out)
            yield what, damaged, apart(read_nc, out) if code < 2 else (0, {})


def strict(check, path, cases, rng):
    """A file of the classic model in which nothing is filled in: netCDF4 opens what comes of it, and what is lost are fill values."""
    with netCDF4.Dataset(path, "w", format="NETCDF4_CLASSIC") as file:
        file.set_fill_off()
        for number in range(12):
            file.createDimension(f"d{number}", 10 + number)
        file.createDimension("time", None)
        for number in range(12):
            file.createVariable(f"v{number}", "f8", (f"d{number}",))[:] = told("v", (10 + number,))
        for name in ("t", "u"):
            axes = ("time",) if name == "t" else ("time", "d3")
            variable = file.createVariable(name, "f8", axes, chunksizes=(1, 13)[: len(axes)])
            for step in range(30):
                variable[step] = told(name, (30, 13)[: len(axes)])[step]
    for what, damaged, found in opened(check, path, cases, rng):
        problems = [] if found is not None else ["netCDF4 does not open the output"]
        if found is not None and "cut" in what:
            values = {name: values for name, values in found[1].items() if "lost+found" not in name}
            problems += wrong(values, False, 0)
        if not check.tally.check(f"classic model, {what}", problems) and check.keep:
            Path(check.keep, f"strict_{what.replace(' ', '_')}").write_bytes(damaged)


def grouped(check, path, cases, rng):
    """A netCDF-4 file of groups, with dimensions above them and a coordinate variable of two: netCDF4 opens what comes of it."""
    with netCDF4.Dataset(path, "w") as file:
        for name, length in (("time", None), ("y", 12), ("x", 9)):
            file.createDimension(name, length)
        for name, axes, shape in (("time", ("time",), (7,)), ("y", ("y", "x"), (12, 9)), ("x", ("x",), (9,))):
            file.createVariable(name, "f8", axes)[:] = told(name, shape)
        for number in range(3):
            group = file.createGroup(f"g{number}")
            group.createDimension("z", 5)
            group.createVariable("z", "f8", ("z",))[:] = told("z", (5,))
            for name in "abc":
                group.createVariable(name, "f8", ("time", "z", "x"), fletcher32=True)[:] = told(name, (7, 5, 9))
            group.createGroup("deep").createVariable("q", "f8", ("time", "z"))[:] = told("q", (7, 5))
    for what, _, found in opened(check, path, cases, rng):
        check.tally.check(f"groups, {what}", [] if found is not None else ["netCDF4 does not open the output"])


def of_steps(out, records, report):
    """How many steps netCDF4 finds, and what is wrong with them."""
    found = apart(append.steps, out)
    if found is None:
        named = any(item["object"] == "/" or "vals" in item["object"] or "time" in item["object"] for item in report["lost"])
        opens = apart(read_nc, out) is not None
        return None, [] if named and opens else [f"netCDF4 does not read the output: {report['lost']}"]
    count, problems = found
    problems = [problem for problem in problems if not any(problem.split(" ")[0] in item["object"] for item in report["lost"])]
    if count != records["kept"] or records["told"] < count:
        problems.append(f"{count} steps, and {records} are reported")
    if count < APPENDED and not report["lost"]:
        problems.append(f"{count} steps, and nothing is lost")
    return count, problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=2, help="places at which each file is cut, and damaged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder for the files that failed")
    parser.add_argument("--writer", nargs=4)
    options = parser.parse_args()
    if options.writer:
        kind, path, form, every = options.writer
        {"h5py": h5py_writer, "netCDF4": netcdf_writer}[kind](path, form, int(every))
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        check, path = Check(folder, options.keep), Path(folder, "base")
        for writer, form, every in KILLED:
            path.unlink(missing_ok=True)
            killed(path, writer, form, every, rng)
            base = {"writer": writer, "form": form, "killed": True}
            check.base(f"{writer} {form[:8]} {'flushed' if every else 'unflushed'}", path, base, options.n, rng)
        for writer, form in CLOSED:
            path.unlink(missing_ok=True)
            closed(path, writer, form)
            check.base(f"{writer} {form[:8]} closed", path, {"writer": writer, "form": form, "killed": False}, options.n, rng)
        path.unlink(missing_ok=True)
        appended(check, path, options.n, rng)
        path.unlink(missing_ok=True)
        grouped(check, path, options.n, rng)
        path.unlink(missing_ok=True)
        whole(check, path)
        path.unlink(missing_ok=True)
        strict(check, path, options.n, rng)
        heaps(check, path, options.n, rng)
    check.tally.finish()


if __name__ == "__main__":
    main()
