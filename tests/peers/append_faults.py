#!/usr/bin/env python3
"""append_faults.py [-n N]

Lets each system call by which `exo append` writes fail, the first time, the second, ... (N places, default 6; strace injects the
error), cuts writes short (a small library between), and fills the disk at every page (a small tmpfs, as root): the run ends with 3 and
one line that names the file, or goes on where the call may be made again; the file holds whole steps, those that were published.
"""
import argparse
import itertools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import common

common.require("numpy", "netCDF4")
import numpy as np  # noqa: E402

from append import program, steps  # noqa: E402
from faults import injected  # noqa: E402
from interrupt import mounted  # noqa: E402

FORMS = ("cdf2", "nc4")
#: Steps before, those that are appended, and the steps between publications.
BEFORE, MORE, EVERY = 4, 12, 3
# Errors, and whether the run must succeed all the same.
FAULTS = [
    ("pwrite64", "EIO", False), ("pwrite64", "ENOSPC", False), ("pwrite64", "EINTR", True), ("fdatasync", "EIO", False),
    ("fdatasync", "ENOSPC", False), ("ftruncate", "EIO", False), ("fallocate", "ENOSPC", False), ("fallocate", "EOPNOTSUPP", True),
]
#: Lets the n-th write, and all after it, write no more than 700 bytes.
SHORT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static long calls;
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    static ssize_t (*next)(int, const void *, size_t, off64_t);
    if (!next) next = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    const char *from = getenv("SHORT_FROM");
    if (++calls >= (from ? atol(from) : 1) && count > 700) count = 700;
    return next(fd, bytes, count, offset);
}
"""


def files(folder, form):
    """A file, and another one whose steps go behind its own: both numbered from 0."""
    first, second = (Path(folder) / f"{name}.{form}" for name in ("first", "second"))
    for path, count in ((first, BEFORE), (second, BEFORE + MORE)):
        subprocess.run([program(), path, str(count), "100"], check=True, stdout=subprocess.DEVNULL)
    return first, second


def append(target, other, *before, **options):
    run = [*before, common.exo(), "append", str(target), str(other), "--sync", str(EVERY), "--quiet"]
    return subprocess.run(run, capture_output=True, text=True, timeout=120, check=False, **options)


def problems_of(done, target, must_work):
    """What is wrong with the end of a run and with what it left."""
    problems, total = [], BEFORE + BEFORE + MORE
    if done.returncode != (0 if must_work else done.returncode) or done.returncode not in (0, 3):
        problems.append(f"exit code {done.returncode}: {done.stderr[:200]}")
    lines = done.stderr.splitlines()
    if done.returncode == 3 and (len(lines) not in (1, 2) or not all(target.name in line for line in lines)):
        problems.append(f"not one or two lines that name the file: {done.stderr.strip()[:300]!r}")
    try:
        count, wrong = steps(target, numbers)
    except OSError as why:
        return [*problems, f"unreadable: {why}"]
    published = [*range(BEFORE, total, EVERY), total]
    if count not in published or done.returncode == 0 and count != total:
        problems.append(f"{count} steps with exit code {done.returncode}")
    told = re.search(r"has got (\d+) steps? of", lines[-1]) if done.returncode == 3 and lines else None
    if done.returncode == 3 and count != BEFORE + (int(told[1]) if told else 0) and count != total:
        problems.append(f"{count} steps where it says {lines[-1]!r}")
    return problems + wrong


def numbers(count):
    """What the steps say: those that are appended begin with 0 again."""
    return np.concatenate([np.arange(BEFORE), np.arange(max(count - BEFORE, 0))])


def with_errors(tally, folder, form, tries):
    first, second = files(folder, form)
    failed = 0
    for (call, error, must_work), number in itertools.product(FAULTS, [*range(1, tries + 1), "1+"]):
        if (error, number) == ("EINTR", "1+"):
            continue
        target = Path(folder) / f"target.{form}"
        shutil.copy(first, target)
        done = append(target, second, *injected(call, error, number))
        failed += done.returncode == 3
        tally.check(f"{form}: {call} {error} {number}", problems_of(done, target, must_work))
    print(f"{form}: {failed} runs were failed")
    if not failed:
        tally.check(f"{form}: injection", "no run failed")


def cut_short(tally, folder, form, tries):
    first, second = files(folder, form)
    source, library = Path(folder) / "short.c", Path(folder) / "short.so"
    source.write_text(SHORT)
    if not shutil.which("gcc") or subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=False).returncode:
        return tally.skip("short writes need gcc")
    for number in range(1, tries + 1):
        target = Path(folder) / f"target.{form}"
        shutil.copy(first, target)
        environment = {**os.environ, "LD_PRELOAD": str(library), "SHORT_FROM": str(number)}
        tally.check(f"{form}: short from write {number}", problems_of(append(target, second, env=environment), target, True))


def full(tally, folder, form):
    """A disk that is full after the first page, the second, ..."""
    first, second = files(folder, form)
    place = mounted(tally, folder, "64m")
    if not place:
        return
    try:
        for pages in itertools.count():
            target = place / f"target.{form}"
            shutil.copy(first, target)
            used = first.stat().st_size // 4096 + 1
            blank = shutil.disk_usage(place).free - 4096 * pages
            with open(place / "blank", "wb") as file:
                os.posix_fallocate(file.fileno(), 0, blank)
            done = append(target, second)
            tally.check(f"{form}: {pages} pages left", problems_of(done, target, False))
            for path in place.iterdir():
                path.unlink()
            if done.returncode == 0:
                break
        print(f"{form}: full after each of {pages} pages behind {used}")
        if not pages:
            tally.check(f"{form}: full", "the disk was never full")
    finally:
        subprocess.run(["umount", str(place)], check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=6)
    tally, tries = common.Tally(), parser.parse_args().n
    with tempfile.TemporaryDirectory() as folder:
        for number, form in enumerate(FORMS):
            place = Path(folder) / str(number)
            place.mkdir()
            full(tally, place, form)
        for number, form in enumerate(FORMS):
            place = Path(folder) / f"cut{number}"
            place.mkdir()
            cut_short(tally, place, form, tries)
        if not shutil.which("strace") or append(Path(folder) / "none", "none", *injected("pwrite64", "EIO", 1)).returncode == 127:
            tally.skip("calls that fail need strace")
        else:
            for number, form in enumerate(FORMS):
                place = Path(folder) / f"fail{number}"
                place.mkdir()
                with_errors(tally, place, form, tries)
    tally.finish()


if __name__ == "__main__":
    main()
