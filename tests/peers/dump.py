#!/usr/bin/env python3
"""dump.py EXO ROOT... [--list] [--jobs N]

Compares what `exo dump` and `ncdump` print, header only and with data, byte for byte, for every netCDF and HDF5 file below the
folders (or for the files) ROOT. Files that ncdump refuses, or for which it needs more than 20 seconds, do not count. Prints the
differences by the class of the file, and `N equal, M differ`. What is known to differ, and why, is in dump_known.tsv.
"""
import argparse
import collections
import concurrent.futures
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import common

LIMIT = 20
CLASSIC = {b"CDF\1": "classic", b"CDF\2": "classic", b"CDF\5": "classic"}
HDF5 = b"\x89HDF\r\n\x1a\n"


def run(folder, *argv):
    """Runs a program in a folder; returns its code (None if it takes too long) and a file with what it printed."""
    out = tempfile.TemporaryFile()
    try:
        done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None, out, b"too slow"
    return done.returncode, out, done.stderr


def difference(ours, theirs):
    """Where two outputs part, or nothing."""
    ours.seek(0)
    theirs.seek(0)
    line = 0
    while True:
        a, b = ours.readline(1 << 20), theirs.readline(1 << 20)
        line += 1
        if a != b:
            return f"line {line}: {a[:120]!r} instead of {b[:120]!r}"
        if not a:
            return None


def kind(path, root):
    """classic, netcdf4 or hdf5; nothing for other files."""
    with open(root / path, "rb") as file:
        head = file.read(8)
        if head[:4] in CLASSIC:
            return CLASSIC[head[:4]]
        start = 0
        while head != HDF5:
            start = start * 2 or 512
            file.seek(start)
            head = file.read(8)
            if len(head) < 8:
                return None
    done = subprocess.run(["ncdump", "-h", "-s", path], cwd=root, capture_output=True, timeout=LIMIT)
    return "netcdf4" if b":_NCProperties" in done.stdout or b":_IsNetcdf4 = 1" in done.stdout else "hdf5"


def known_differences():
    """Files and why they differ."""
    with open(Path(__file__).with_name("dump_known.tsv"), newline="") as table:
        return {row["file"]: row["reason"] for row in csv.DictReader(table, delimiter="\t")}


def why_known(path, known):
    """The reason for which a file may differ."""
    parts = path.split("/")
    return next((known[name] for name in ("/".join(parts[i:]) for i in range(len(parts))) if name in known), None)


def compare(job):
    """Compares one file; returns its class and, for the two outputs, what happened."""
    root, path, exo = job
    try:
        group = kind(path, root)
    except subprocess.TimeoutExpired:
        group = "hdf5"
    if group is None:
        return path, None, []
    found = []
    for options in (["-h"], []):
        code, theirs, _ = run(root, "ncdump", *options, path)
        what = "header" if options else "data"
        if code != 0:
            found.append((what, "refused", code))
            continue
        code, ours, error = run(root, exo, "dump", "--allow-external", *options, path)
        apart = difference(ours, theirs)
        # What is cut off is zero to both; ours says so.
        problem = apart if code == 0 or code == 2 and b"the file is truncated" in error else f"status {code}: {error.decode(errors='replace').strip()[:200]}"
        found.append((what, "differ" if problem else "equal", problem))
    return path, group, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exo")
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true", help="list what ncdump refuses and what is known to differ, too")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    try:
        subprocess.run(["ncdump"], capture_output=True, check=False)
    except FileNotFoundError:
        print("SKIPPED: there is no ncdump (Debian: netcdf-bin)")
        sys.exit(int(common.IN_CI))
    exo = str(Path(args.exo).resolve())
    jobs = []
    for root in args.roots:
        if root.is_file():
            jobs.append((root.parent.parent, f"{root.parent.name}/{root.name}", exo))
        else:
            jobs += [(root, str(p.relative_to(root)), exo) for p in sorted(root.rglob("*")) if p.is_file()]
    counts, known = collections.Counter(), known_differences()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for path, group, found in pool.map(compare, jobs):
            for what, verdict, detail in found:
                reason = why_known(path, known) if verdict == "differ" else None
                if reason:
                    verdict, detail = "known", reason
                counts[group, what, verdict] += 1
                if verdict == "differ" or args.list and verdict in ("refused", "known"):
                    print(f"{verdict.upper()} {group} {what} {path}: {detail}", flush=True)
    for group, what in sorted({key[:2] for key in counts}):
        numbers = ", ".join(f"{counts[group, what, verdict]} {verdict}" for verdict in ("equal", "differ", "known", "refused"))
        print(f"{group} {what}: {numbers}")
    equal = sum(n for key, n in counts.items() if key[2] == "equal")
    differ = sum(n for key, n in counts.items() if key[2] == "differ")
    print(f"{equal} equal, {differ} differ")
    sys.exit(int(differ > 0 or equal == 0))


if __name__ == "__main__":
    main()
