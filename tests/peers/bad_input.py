#!/usr/bin/env python3
"""bad_input.py [--lengths N] [--corrupt DIR [--manifest FILE --class NAME]]

What is wrong must be said in one line that names the file, with exit code 2 (3 for I/O) and without a panic: truncated
files, text, HDF5 that is not Exodus, missing files, IN = OUT, an existing OUT, directories, senseless numbers.
With --corrupt, `exo info` and `exo process` also run on every file of a folder (those of one class of a manifest, a table
with the columns file and class): each must end within 2 s and 256 MiB, whatever it says.
"""
import argparse
import tempfile
from pathlib import Path

import common

MIB = 1 << 20


def refused(tally, label, args, name, codes=(2,), timeout=60):
    """A run that must fail clearly."""
    code, _, error = common.run(*args, timeout=timeout)
    problems = []
    if code not in codes:
        problems.append(f"exit code {code}, not {' or '.join(map(str, codes))}")
    lines = [line for line in error.splitlines() if line.strip()]
    if "panicked" in error:
        problems.append("panicked")
    if len(lines) != 1:
        problems.append(f"{len(lines)} lines: {error.strip()[:300]!r}")
    if name not in error:
        problems.append(f"does not name {name}: {error.strip()[:200]!r}")
    return tally.check(label, problems)


def truncated(tally, folder, lengths):
    """Every fixture of a container, cut at many lengths."""
    sources = [common.FIXTURES / "exodus" / name for name in
               ("cdf1.exo", "cdf2.exo", "cdf5.exo", "netcdf4_classic.exo", "netcdf4_deflate.exo")]
    each = max(lengths // len(sources), 1)
    for source in sources:
        data = source.read_bytes()
        cut = Path(folder) / f"cut_{source.name}"
        for i in range(each):
            length = len(data) * i // each
            cut.write_bytes(data[:length])
            refused(tally, f"{source.name} cut to {length} bytes, info", ["info", cut], cut.name)
            out = Path(folder) / "out.exo"
            refused(tally, f"{source.name} cut to {length} bytes, process", ["process", cut, out, "--quiet"], cut.name)
            if out.exists():
                tally.check(f"{source.name} cut to {length} bytes", "an output appeared")
                out.unlink()


def others(tally, folder):
    """All other mistakes."""
    good = common.FIXTURES / "exodus" / "cdf2.exo"
    text = Path(folder) / "notes.txt"
    text.write_text("This is not a mesh.\n" * 50)
    empty = Path(folder) / "empty.exo"
    empty.write_bytes(b"")
    out = Path(folder) / "out.exo"
    missing = Path(folder) / "missing.exo"
    plain = common.FIXTURES / "hdf5" / "not_exodus.h5"
    netcdf = common.FIXTURES / "netcdf" / "types_cdf5.nc"
    for label, path, codes in (("text file", text, (2,)), ("empty file", empty, (2,)), ("plain HDF5", plain, (2,)),
                               ("netCDF that is not Exodus", netcdf, (2,)), ("missing file", missing, (2, 3)),
                               ("directory", Path(folder), (2,))):
        refused(tally, f"info on {label}", ["info", path], path.name, codes)
        refused(tally, f"process on {label}", ["process", path, out, "--quiet"], path.name, codes)
    copy = Path(folder) / "copy.exo"
    copy.write_bytes(good.read_bytes())
    link = Path(folder) / "link.exo"
    link.symlink_to(copy)
    for label, target in (("IN = OUT", copy), ("IN = OUT through a link", link)):
        refused(tally, label, ["process", copy, target, "--force", "--quiet"], target.name)
        tally.check(f"{label} leaves the input", [] if copy.read_bytes() == good.read_bytes() else "the input changed")
    out.write_bytes(b"precious\n")
    refused(tally, "existing OUT", ["process", good, out, "--quiet"], out.name)
    tally.check("existing OUT stays", [] if out.read_bytes() == b"precious\n" else "it changed")
    out.unlink()
    refused(tally, "OUT is a directory", ["process", good, Path(folder), "--force", "--quiet"], Path(folder).name)
    for options in (["--scale", "nan"], ["--coord-scale", "1,nan,1"], ["--translate", "1"], ["--scale", "fast"],
                    ["--format", "xml"], ["--steps", "5:1:0"], ["--field", "no_such_field=2"], ["--no-such-option"]):
        code, _, error = common.run("process", good, out, "--quiet", *options)
        problems = [] if code == 2 else [f"exit code {code}"]
        said = options[0].lstrip("-") in error or options[-1].split("=")[0] in error
        if "panicked" in error or not error.strip() or not said:
            problems.append(f"says {error.strip()[:200]!r}")
        tally.check(" ".join(options), problems)
        if out.exists():
            tally.check(" ".join(options), "an output appeared")
            out.unlink()


def corrupt(tally, folder, args):
    """Damaged and malicious files."""
    out, slowest, largest, accepted = Path(folder) / "out.exo", 0.0, 0, 0
    paths = common.listed(args.corrupt, args.manifest, args.kind)
    for path in paths:
        for words in (["info", path], ["process", path, out, "--force", "--quiet", "--scale", "1.5"]):
            done = common.Measured([common.exo(), *words], timeout=2.0, interval=0.001)
            problems = []
            if done.timed_out:
                problems.append("more than 2 s")
            elif done.code not in (0, 2, 3):
                problems.append(f"exit code {done.code}: {done.error.strip()[-200:]}")
            if "panicked" in done.error:
                problems.append(done.error.strip()[:200])
            # Mapped pages belong to the file, anonymous ones to us.
            if done.anon > 256 * MIB:
                problems.append(f"{done.anon / MIB:.0f} MiB")
            accepted += done.code == 0
            slowest, largest = max(slowest, done.wall), max(largest, done.anon)
            tally.check(f"{words[0]} {path.relative_to(args.corrupt)}", problems)
    print(f"{len(paths)} damaged files: slowest {slowest:.3f} s, largest {largest / MIB:.0f} MiB, {accepted} runs accepted the file")


def main():
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lengths", type=int, default=200, help="how many lengths to cut files at")
    parser.add_argument("--corrupt", type=Path, help="a folder of damaged files")
    parser.add_argument("--manifest", type=Path, help="a table with the columns file and class")
    parser.add_argument("--class", dest="kind", default="corrupt", help="which class of the manifest")
    args = parser.parse_args()
    tally = common.Tally()
    with tempfile.TemporaryDirectory() as folder:
        truncated(tally, folder, args.lengths)
        others(tally, folder)
        if args.corrupt:
            corrupt(tally, folder, args)
    tally.finish()


if __name__ == "__main__":
    main()
