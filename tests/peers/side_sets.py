#!/usr/bin/env python3
"""side_sets.py

The nodes of the sides of every element type: libexodus and the example `side_nodes` read the same files of one element.
Where a version of libexodus is known to be wrong or to know less, the table below says how, and its list is printed
beside ours. What we list instead is the business of the unit tests of the table of types.
"""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import common

HERE = Path(__file__).resolve().parent

# Type, nodes, dimensions, sides.
TYPES = [
    ("CIRCLE", 1, 2, 1), ("SPHERE", 1, 3, 1),
    ("TRUSS", 2, 3, 2), ("BAR", 3, 3, 2), ("EDGE", 2, 2, 2), ("BEAM", 2, 3, 2), ("BEAM", 3, 3, 2),
    *(("TRI", n, 2, 3) for n in (3, 4, 6, 7, 9, 13)), *(("TRI", n, 3, 5) for n in (3, 4, 6, 7, 9, 13)),
    *(("QUAD", n, 2, 4) for n in (4, 5, 8, 9, 12, 16)), ("QUAD", 4, 3, 4),
    ("SHELL", 2, 2, 2), *(("SHELL", n, 3, 6) for n in (4, 8, 9)),
    *(("TETRA", n, 3, 4) for n in (4, 5, 8, 10, 11, 14, 15, 16, 40)),
    *(("PYRAMID", n, 3, 5) for n in (5, 13, 14, 18, 19)),
    *(("WEDGE", n, 3, 5) for n in (6, 12, 15, 16, 18, 20, 21, 24, 52)),
    *(("HEX", n, 3, 6) for n in (8, 9, 12, 16, 20, 27, 32, 64)),
]

# What libexodus makes of some types, at least in version 6.02, and why that is not followed.
ENDS = "gives all nodes of a line for each of its ends; newer versions give the end"
TURNED = "does not turn the second side around; newer versions do"
SHORT = "lists as many nodes as the next larger type has, beyond those there are"
INNER = "leaves out the nodes inside of faces"
CUBIC = "takes cubic types for quadratic ones"
CORNERS = "lists the corners only"
KNOWN = {
    **dict.fromkeys([("TRUSS", 2, 3), ("BAR", 3, 3), ("EDGE", 2, 2)], ENDS),
    **dict.fromkeys([("BEAM", 2, 3), ("BEAM", 3, 3)], TURNED),
    **dict.fromkeys([("TRI", 4, 2), ("TRI", 4, 3), ("SHELL", 2, 2), ("SHELL", 9, 3), ("TETRA", 5, 3)], SHORT),
    **dict.fromkeys([("WEDGE", 12, 3), ("HEX", 16, 3)], SHORT),
    **dict.fromkeys([("TRI", 7, 3), ("TETRA", 14, 3), ("TETRA", 15, 3)], INNER),
    **dict.fromkeys([("PYRAMID", n, 3) for n in (14, 18, 19)] + [("WEDGE", n, 3) for n in (18, 20, 21)], INNER),
    **dict.fromkeys([("TRI", 9, 2), ("TRI", 13, 2), ("TRI", 9, 3), ("TRI", 13, 3), ("QUAD", 12, 2), ("QUAD", 16, 2)], CUBIC),
    **dict.fromkeys([("TETRA", 16, 3), ("TETRA", 40, 3), ("WEDGE", 24, 3), ("WEDGE", 52, 3)], CUBIC),
    **dict.fromkeys([("HEX", 32, 3), ("HEX", 64, 3)], CUBIC),
    ("HEX", 12, 3): CORNERS,
}


def lists(program, path, sets):
    """What libexodus says: side to nodes, or the error."""
    found = {}
    for side in range(1, sets + 1):
        done = subprocess.run([program, "read", path, str(side)], capture_output=True, text=True, timeout=20)
        words = [int(word) for word in done.stdout.split()]
        found[side] = words[1:] if done.returncode == 0 else "error"
    return found


def ours(example, path):
    """What the example says."""
    done = subprocess.run([example, path], capture_output=True, text=True, timeout=20)
    if done.returncode:
        return done.stderr.strip()[-200:]
    rows = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    return {row[0]: row[2:] for row in rows}


def built(name):
    """An example, built."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", common.ROOT / "target"))
    subprocess.run(["cargo", "build", "-q", "-p", "exodus-rs", "--example", name], cwd=common.ROOT, check=True)
    return target / "debug" / "examples" / name


def main():
    """All types."""
    tally = common.Tally()
    if not shutil.which("gcc") or not Path("/usr/include/exodusII.h").exists():
        tally.skip("libexodus: gcc or libexodusii-dev is missing", package=True)
        tally.finish()
    example, same, differ = built("side_nodes"), 0, []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "side_sets"
        subprocess.run(["gcc", "-O1", "-Wall", "-o", program, HERE / "side_sets.c", "-lexoIIv2c", "-lnetcdf"], check=True)
        for name, nodes, dim, sides in TYPES:
            label = f"{name}{nodes} in {dim} dimensions"
            path = Path(folder) / f"{name}{nodes}_{dim}.exo"
            done = subprocess.run([program, "create", path, name, str(nodes), str(dim), str(sides)], capture_output=True, text=True)
            if not tally.check(f"{label}: create", done.stderr.strip() if done.returncode else []):
                continue
            want, got = lists(program, path, sides), ours(example, path)
            if isinstance(got, str):
                tally.check(label, got)
                continue
            known = KNOWN.get((name, nodes, dim))
            for side in range(1, sides + 1):
                theirs, mine = want[side], got.get(side)
                # Whatever else is missing, those that are there have their places.
                expected = mine[:len(theirs)] if known in (INNER, CORNERS) else mine
                if theirs == mine:
                    same += 1
                elif known and known not in (INNER, CORNERS):
                    differ.append(f"{label} side {side}: libexodus {theirs}, ours {mine}")
                    continue
                tally.check(f"{label} side {side}", [] if theirs == expected else f"libexodus {theirs}, ours {mine}")
    print(*differ, sep="\n")
    for key, why in KNOWN.items():
        print("not followed:", "{}{} in {} dimensions:".format(*key), "libexodus", why)
    print(f"sides with the same nodes: {same}")
    tally.finish()


if __name__ == "__main__":
    main()
