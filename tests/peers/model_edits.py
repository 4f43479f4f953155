#!/usr/bin/env python3
"""model_edits.py [-n N]: libexodus and we read the same of files whose models were changed where they are.

The example `edited` gives copies of the fixtures another title, records, names, values, and variables on all kinds of entities, and so the models in groups;
judge.py then compares what libexodus reads of them with what we read. Without -n all fixtures are taken.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common

common.require("netCDF4")
import netCDF4  # noqa: E402

import judge  # noqa: E402

HERE = Path(__file__).resolve().parent
CHANGE_SETS = HERE.parents[1] / "fixtures" / "exodus" / "change_sets_netcdf4.exo"
# Kinds of files that differ in how they are changed.
FIRST = ["netcdf4_classic.exo", "netcdf4_int64.exo"]


def edit(path, *group):
    done = subprocess.run([judge.example("edited"), str(path), *group], capture_output=True, text=True)
    assert done.returncode == 0, f"{path.name} {group}: {done.stderr}"
    assert done.stdout.strip() in ("InPlace", "Rewritten"), done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int)
    args = parser.parse_args()
    fixtures = sorted((HERE.parents[1] / "fixtures" / "exodus").glob("*.exo"), key=lambda path: (path.name not in FIRST, path.name))
    with tempfile.TemporaryDirectory() as directory:
        for path in fixtures[:args.n]:
            copy = Path(directory) / path.name
            shutil.copy(path, copy)
            edit(copy)
        groups = Path(directory) / "groups_edited.exo"
        shutil.copy(CHANGE_SETS, groups)
        for name in netCDF4.Dataset(CHANGE_SETS).groups:
            edit(groups, name)
        sys.exit(subprocess.run([sys.executable, str(HERE / "judge.py"), directory]).returncode)


if __name__ == "__main__":
    main()
