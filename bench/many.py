#!/usr/bin/env python3
"""many.py DIR [-n ROUNDS]: what every call and command costs with ten times as many blocks and sets, or variables.

Models of 10 000 elements in 100, 1000 and 10 000 blocks with as many node and side sets, and of 100 elements with 100, 1000
and 10 000 nodal variables. What has nothing to do for an entity but what it does for another one grows with them at most:
lines that grow from 1000 to 10 000 by more than twenty times, and by more than 400 ms, are marked, and the exit code is 1.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = {"blocks and sets": lambda n: (10_000, n, n, 10), "variables": lambda n: (100, 10, 10, n)}
COUNTS = (100, 1_000, 10_000)
FORMS = ("netcdf4", "cdf5")
MOST, LEAST = 20, 400


def commands(exo, path, out):
    """Every command, on one file."""
    yield from ((name, [exo, name, path]) for name in ("info", "check", "ls", "dump"))
    yield "digest", [exo, "digest", "--netcdf", path]
    yield from ((f"diff {option}", [exo, "diff", *option.split(), path, path]) for option in ("", "-m", "--strict"))
    yield from ((name, [exo, name, path, out, "--force", "--quiet"]) for name in ("copy", "process"))


def measured(exo, many, folder, counts):
    """Milliseconds of everything, by name; the calls of the library come as the example prints them."""
    times, part = {}, ""
    done = subprocess.run([many, *map(str, counts), folder], check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.endswith(" ms"):
            times[part + line[:28].strip()] = float(line[28:-3])
        else:
            part = line + ": "
    for form in FORMS:
        path, out = folder / f"{form}.exo", folder / "out.exo"
        subprocess.run([exo, "copy", folder / "many.exo", path, "--format", form, "--force", "--quiet"], check=True)
        for name, command in commands(exo, path, out):
            start = time.perf_counter()
            ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300)
            if ended.returncode:
                sys.exit(f"{command} ended with {ended.returncode}: {ended.stderr}")
            times[f"exo {name.strip()}, {form}"] = (time.perf_counter() - start) * 1e3
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("-n", type=int, default=3, help="the least of so many rounds counts")
    release = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    parser.add_argument("--exo", default=os.environ.get("EXO", release / "exo"))
    parser.add_argument("--many", default=release / "examples/many")
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    marked = 0
    for case, counts in CASES.items():
        columns = []
        for count in COUNTS:
            rounds = [measured(args.exo, args.many, args.dir, counts(count)) for _ in range(args.n)]
            columns.append({name: min(one[name] for one in rounds) for name in rounds[0]})
        print(f"{case + ', ms':50}" + "".join(f"{count:>10}" for count in COUNTS))
        for name in columns[0]:
            row = [column[name] for column in columns]
            grows = row[2] > MOST * row[1] and row[2] - row[1] > LEAST
            marked += grows
            print(f"{name:50}" + "".join(f"{value:10.1f}" for value in row) + (" <- grows faster" if grows else ""))
    return min(marked, 1)


if __name__ == "__main__":
    sys.exit(main())
