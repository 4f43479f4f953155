#!/usr/bin/env python3
"""h5py_peer.py TASK DIR ROUNDS: the tasks of main.rs on h5py; prints the seconds of each round."""
import sys
import time
from pathlib import Path

import h5py
import numpy as np

TASKS = {
    "contiguous": ("whole.h5", "contiguous", ...),
    "chunked": ("whole.h5", "chunked", ...),
    "deflate4": ("whole.h5", "deflate4", ...),
    "step": ("whole.h5", "chunked", np.s_[125:126]),
    "small_v1": ("small_v1.h5", "v", ...),
    "small_v2": ("small_v2.h5", "v", ...),
    "element_v1": ("small_v1.h5", "v", np.s_[:, 500:501]),
    "element_v2": ("small_v2.h5", "v", np.s_[:, 500:501]),
    "list": ("objects.h5", "", None),
    "million_v1": ("million_v1.h5", "v", ...),
    "million_v2": ("million_v2.h5", "v", ...),
}


def once(path, name, region):
    """One round."""
    with h5py.File(path, "r") as file:
        if not name:
            return sum(item.size for item in file.values() if isinstance(item, h5py.Dataset))
        values = file[name][region]
        return values.flat[values.size // 2]


def main():
    task, folder, rounds = sys.argv[1:]
    name, dataset, region = TASKS[task]
    for _ in range(int(rounds)):
        start = time.perf_counter()
        value = once(Path(folder) / name, dataset, region)
        print(time.perf_counter() - start, value)


main()
