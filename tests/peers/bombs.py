#!/usr/bin/env python3
"""bombs.py [--keep FOLDER]: small files that ask for much.

Each is made here and is at most a few hundred kilobytes: a dense index whose thousands of records all name one large object
of the heap (attributes, links), groups whose hard links make 2^40 paths, and declared data of gigabytes that are not there
(CDF-5, HDF5: contiguous, chunked, strings). `exo dump -h`, `dump`, `ls`, `digest`, `digest --netcdf`, `info` and `process`
must each end in less than a second (of processor time) and 64 MiB (VmHWM), well or with exit code 2 or 3 and one line on
standard error.
"""
import argparse
import struct
import tempfile
from pathlib import Path

import common

common.require("numpy", "h5py")
import h5py  # noqa: E402
import numpy as np  # noqa: E402

MIB = 1 << 20
COMMANDS = (["dump", "-h"], ["ls"], ["digest"], ["digest", "--netcdf"], ["info"], ["process"])
MASK = 0xffffffff


def lookup3(data):
    """Bob Jenkins' lookup3, the checksum of HDF5's metadata."""
    rotated = lambda x, k: (x << k | x >> 32 - k) & MASK
    s = [0xdeadbeef + len(data) & MASK] * 3
    blocks = range(0, max(len(data), 1), 12)
    for at in blocks:
        for n, word in enumerate(struct.unpack("<III", data[at:at + 12].ljust(12, b"\0"))):
            s[n] = s[n] + word & MASK
        if at + 12 < len(data):
            for n, turn in enumerate((4, 6, 8, 16, 19, 4)):
                a, b, c = n % 3, (n + 1) % 3, (n + 2) % 3
                s[a] = (s[a] - s[c] & MASK) ^ rotated(s[c], turn)
                s[c] = s[c] + s[b] & MASK
        elif data:
            for n, turn in enumerate((14, 11, 25, 16, 4, 14, 24)):
                to, of = (n + 2) % 3, (n + 1) % 3
                s[to] = (s[to] ^ s[of]) - rotated(s[of], turn) & MASK
    return s[2]


class Tree:
    """A version 2 B-tree in the bytes of a file: its records can be changed, and are sealed again."""

    def __init__(self, data, kind):
        self.data, at = data, 0
        while True:
            at = data.index(b"BTHD", at)
            if data[at + 5] == kind:
                break
            at += 4
        self.node, self.record, self.depth = struct.unpack_from("<IHH", data, at + 6)
        self.root, self.count = struct.unpack_from("<QH", data, at + 16)
        enough = lambda n: (n.bit_length() + 7) // 8
        most = (self.node - 10) // self.record
        self.counted, self.pointers, all_below = enough(most), [], most
        for depth in range(self.depth):
            self.pointers.append(8 + self.counted + (enough(all_below) if depth else 0))
            here = (self.node - 10 - self.pointers[-1]) // (self.record + self.pointers[-1])
            all_below = here + (here + 1) * all_below

    def nodes(self, address=None, count=None, depth=None):
        """Every node: its address, the number of its records, and its length without the checksum."""
        address, count, depth = (address or self.root), (self.count if count is None else count), (self.depth if depth is None else depth)
        length = 6 + count * self.record
        if depth:
            size = self.pointers[depth - 1]
            for n in range(count + 1):
                at = address + length + n * size
                below, = struct.unpack_from("<Q", self.data, at)
                yield from self.nodes(below, int.from_bytes(self.data[at + 8:at + 8 + self.counted], "little"), depth - 1)
            length += (count + 1) * size
        yield address, count, length

    def places(self):
        """Where the records are."""
        return [address + 6 + n * self.record for address, count, _ in self.nodes() for n in range(count)]

    def seal(self):
        """Gives all nodes their checksums."""
        for address, _, length in list(self.nodes()):
            struct.pack_into("<I", self.data, address + length, lookup3(bytes(self.data[address:address + length])))


def all_name_one(path, kind, large, heap_id, hashed):
    """Makes all records of a dense index name the object called `large`; where its hash and identifier lie in a record is given."""
    data = bytearray(path.read_bytes())
    tree = Tree(data, kind)
    named = next(p for p in tree.places() if data[p + hashed:p + hashed + 4] == struct.pack("<I", lookup3(large)))
    start, length = heap_id
    identifier = bytes(data[named + start:named + start + length])
    for place in tree.places():
        data[place + start:place + start + length] = identifier
    tree.seal()
    path.write_bytes(data)


def attributes(path):
    """4000 attributes, all of them one of 300 KB."""
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["large"] = np.zeros(300_000, "u1")
        for n in range(4000):
            file.attrs[f"a{n}"] = np.uint8(1)
    all_name_one(path, 8, b"large", (0, 8), 13)


def links(path):
    """4000 links, all of them one with a name of 60 KB."""
    large = "l" * 60_000
    with h5py.File(path, "w", libver="latest") as file:
        file[large] = h5py.SoftLink("/nowhere")
        for n in range(4000):
            file[f"l{n}"] = h5py.SoftLink("/nowhere")
    all_name_one(path, 5, large.encode(), (4, 7), 0)


def many_paths(path):
    """40 groups with two links to the next one: 2^40 paths."""
    with h5py.File(path, "w", libver="latest") as file:
        group = file
        for _ in range(40):
            below = group.create_group("x")
            group["y"] = below
            group = below


def nothing_cdf5(path):
    """128 bytes that declare 1 GiB."""
    name = lambda text: struct.pack(">q", len(text)) + text.ljust(4, b"\0")
    length = 1 << 27
    head = b"CDF\x05" + struct.pack(">qIq", 0, 10, 1) + name(b"x") + struct.pack(">qIq", length, 0, 0)
    body = name(b"v") + struct.pack(">qqIqIq", 1, 0, 0, 0, 6, 8 * length)
    path.write_bytes(head + struct.pack(">Iq", 11, 1) + body + struct.pack(">q", 128))


def nothing_hdf5(**options):
    """A dataset of many elements of which none is there."""
    def make(path):
        with h5py.File(path, "w") as file:
            file.create_dataset("v", shape=(1 << 27,), **{"dtype": "f8", **options})
    return make


BOMBS = {"attributes": attributes, "links": links, "paths": many_paths, "cdf5": nothing_cdf5, "contiguous": nothing_hdf5(),
         "chunked": nothing_hdf5(chunks=(1 << 20,)), "one chunk": nothing_hdf5(chunks=(1 << 27,), compression="gzip"),
         "strings": nothing_hdf5(dtype=h5py.string_dtype(), chunks=(1 << 20,), fillvalue="a text that is not short " * 40)}


def measured(path, words, folder):
    """What is wrong with a run."""
    out = Path(folder) / "out.exo"
    done = common.Measured([common.exo(), *words, path, *([out, "--quiet"] if words == ["process"] else [])], timeout=20.0, interval=0.001)
    found = []
    if done.timed_out or done.cpu >= 1:
        found.append(f"{done.cpu:.1f} s")
    if done.rss >= 64 * MIB:
        found.append(f"{done.rss / MIB:.0f} MiB")
    lines = [line for line in done.error.splitlines() if line.strip()]
    # `digest` says it on standard output, as one of its lines.
    said = len(lines) == 1 or words[0] == "digest" and not lines
    if not done.timed_out and (done.code not in (0, 2, 3) or done.code and not said or "panicked" in done.error):
        found.append(f"exit code {done.code}: {done.error.strip()[:200]!r}")
    if out.exists():
        found.append("an output appeared")
        out.unlink()
    return found, done


def main():
    """All bombs, all commands."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--keep", type=Path, help="leave the files there")
    args = parser.parse_args()
    tally, slowest, largest = common.Tally(), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        home = args.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        for name, make in BOMBS.items():
            path = home / f"{name.replace(' ', '_')}.bomb"
            make(path)
            for words in COMMANDS:
                found, done = measured(path, words, folder)
                slowest, largest = max(slowest, done.cpu), max(largest, done.rss)
                tally.check(f"{' '.join(words)} {path.name} of {path.stat().st_size} bytes", found)
    print(f"slowest {slowest:.3f} s, largest {largest / MIB:.0f} MiB")
    tally.finish()


if __name__ == "__main__":
    main()
