#!/usr/bin/env python3
"""scale.py [EXO]

Large numbers, as `exo digest` and the C library read them: 10^5 chunks in every chunk index, 10^6 in one, 10^5 links and
attributes, elements and attributes above 64 KiB. Every object, declaration and element must be the same; the times stand
beside each other for information.
"""
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

common.require("h5py", "hdf5plugin")
import h5truth  # noqa: E402
import matrix  # noqa: E402

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from cases.chunks import OPEN, create, dataset, ramp  # noqa: E402
from cases.groups import INDEXED, TRACKED, group  # noqa: E402
from h5py import h5a, h5o, h5s, h5t  # noqa: E402

MANY = 10 ** 5
INDEXES = {"btree1": ("earliest", (OPEN,)), "implicit": ("v110", None), "fixed": ("v110", None),
           "extensible": ("v110", (OPEN,)), "btree2": ("v110", (OPEN, OPEN))}


def chunks(path, index, filtered, count=MANY):
    """A dataset of so many chunks."""
    low, limit = INDEXES[index]
    shape, chunk = ((count * 2,), (2,)) if index != "btree2" else ((count // 100, 200), (1, 2))
    with create(path, low) as file:
        filters = {"shuffle": True, "deflate": 1} if filtered else {}
        made = dataset(file, index, shape, chunk, limit, early=index == "implicit", **filters)
        # In parts: the library takes long to sort out many chunks at once.
        for start in range(0, shape[0], shape[0] // 10):
            made[start:start + shape[0] // 10] = ramp((shape[0] // 10,) + shape[1:])


def links(path, low, order):
    """A group with many links."""
    with create(path, low) as file:
        target = file.create_dataset("target", data=np.arange(3)).id
        many = group(file, "many", order).id
        for n in range(MANY):
            if n % 2:
                many.links.create_soft(f"name {n * 7919 % MANY}".encode(), b"/target")
            else:
                h5o.link(target, many, f"name {n * 7919 % MANY}".encode())


def attributes(path, count, order):
    """An object with many attributes."""
    with create(path, "latest") as file:
        made = file.create_dataset("data", data=np.arange(3), track_order=order).id
        scalar = h5s.create(h5s.SCALAR)
        for n in range(count):
            h5a.create(made, f"attribute {n * 7919 % count}".encode(), h5t.STD_I32LE, scalar).write(np.array(n, "<i4"))


def elements(path, low):
    """Many texts, and elements of any length that are long."""
    with create(path, low) as file:
        file["texts"] = [f"text {n}" * (n % 11) for n in range(MANY)]
        ragged = file.create_dataset("long lists", (4,), h5py.vlen_dtype("<f8"))
        for n, size in enumerate((8191, 8192, 8193, 10 ** 6)):
            ragged[n] = np.arange(size)
        file["long texts"] = ["x" * 65535, "y" * 65536, "z" * (3 << 20)]
        if low != "earliest":
            file.attrs["long"] = np.arange(10 ** 6)
            file.attrs["long texts"] = ["x" * 70000, "y"]


def files():
    """What there is, with what makes it."""
    for index in INDEXES:
        for filtered in (False, True)[:1 if index == "implicit" else 2]:
            yield f"10^5 chunks, {index}{', filtered' * filtered}", lambda path: chunks(path, index, filtered)
    yield "10^6 chunks, extensible", lambda path: chunks(path, "extensible", False, 10 ** 6)
    yield "10^5 links, symbol table", lambda path: links(path, "earliest", 0)
    for name, order in (("no order", 0), ("order tracked", TRACKED), ("order indexed", INDEXED)):
        yield f"10^5 links, dense, {name}", lambda path: links(path, "latest", order)
    yield "10^5 attributes", lambda path: attributes(path, MANY, False)
    yield "65535 attributes, order indexed", lambda path: attributes(path, 65535, True)  # there can be no more
    for low in ("earliest", "latest"):
        yield f"10^5 texts, long elements, {low}", lambda path: elements(path, low)


def timed(action):
    """The seconds that something takes."""
    start = time.monotonic()
    action()
    return time.monotonic() - start


def visit(path):
    """What `exo ls -r` does, with h5py."""
    with h5py.File(path) as file:
        for name in file:
            made = file[name]
            if isinstance(made, h5py.Group):
                for link in made:
                    made.get(link, getclass=True, getlink=True)


def main():
    """All of it."""
    if len(sys.argv) > 1:
        os.environ["EXO"] = sys.argv[1]
    tally = common.Tally()
    print(f"{'seconds':40} {'making':>8} {'digest':>8} {'h5py':>8} {'ls':>8} {'h5py':>8}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.h5"
        for name, make in files():
            making = timed(lambda: make(path))
            (found,), digest = matrix.digests([path])
            peer = timed(lambda: tally.check(name, matrix.check((path, found))[1]))
            ls = timed(lambda: subprocess.run([common.exo(), "ls", "-r", path], stdout=subprocess.DEVNULL, check=True))
            print(f"{name:40} {making:8.2f} {digest:8.2f} {peer:8.2f} {ls:8.3f} {timed(lambda: visit(path)):8.3f}", flush=True)
    tally.finish()


if __name__ == "__main__":
    main()
