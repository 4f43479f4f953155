#!/usr/bin/env python3
"""faults.py [-n N]

Lets each system call by which `exo process` writes fail, the first time, the second, ... the N-th time (strace injects the error):
the run ends with 3 and one line, the target is the old file or the complete new one, and nothing is left behind but the finished
file that the line names. Interrupted calls are made again. File systems without unnamed files and hard links
(nolink.py): the same, and the mode of a replaced file stays.
"""
import argparse
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
from generate import generate  # noqa: E402
from interrupt import OLD, digest  # noqa: E402

NOLINK = [sys.executable, str(Path(__file__).with_name("nolink.py"))]
# Errors, and whether the run must succeed all the same.
FAULTS = [
    ("pwrite64", "EIO", False), ("pwrite64", "ENOSPC", False), ("pwrite64", "EINTR", True),
    ("fallocate", "ENOSPC", False), ("fallocate", "EOPNOTSUPP", True),
    ("ftruncate", "EIO", False), ("fdatasync", "EIO", False), ("fdatasync", "ENOSPC", False),
    ("linkat", "EPERM", True), ("fsync", "EIO", False), ("renameat2", "EIO", False), ("rename", "EIO", False),
]


def command(source, target, *options):
    return [common.exo(), "process", str(source), str(target), "--scale", "1.5", "--quiet", *options]


def injected(call, error, when):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]


def run(arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=300)


def problems_of(done, target, before, whole, must_work):
    """What is wrong with the end of a run and with what it left."""
    problems = []
    others = [p for p in target.parent.iterdir() if p != target]
    if done.returncode == 0:
        problems += [] if digest(target) == whole else ["exit code 0 without the file"]
        problems += [f"left behind: {others}"] if others else []
        return problems
    if must_work or done.returncode != 3:
        problems.append(f"exit code {done.returncode}")
    if len(done.stderr.splitlines()) != 1 or target.name not in done.stderr or "os error" not in done.stderr:
        problems.append(f"not one line that names the file: {done.stderr.strip()[:300]!r}")
    # The last call of all is for the name of the complete file.
    complete = "is in place" in done.stderr and digest(target) == whole
    if not complete and (target.read_bytes() if target.exists() else None) != before:
        problems.append("the target changed")
    for other in others:
        if other.name not in done.stderr or digest(other) != whole:
            problems.append(f"left behind: {other.name}")
    return problems


def with_faults(tally, folder, source, tries, options, whole, wrapper):
    """Every call, at every place."""
    failed = 0
    for (call, error, must_work), old, number in itertools.product(FAULTS, (None, OLD), [*range(1, tries + 1), "1+"]):
        if (error, number) == ("EINTR", "1+"):
            continue
        place = Path(tempfile.mkdtemp(dir=folder))
        target = place / "out.exo"
        if old:
            target.write_bytes(old)
        done = run([*injected(call, error, number), *wrapper, *command(source, target, *options, *(["--force"] if old else []))])
        failed += done.returncode == 3
        tally.check(f"{call} {error} {number} {old and 'old target'} {options} {wrapper and 'no links'}",
                    problems_of(done, target, old, whole, must_work))
        shutil.rmtree(place)
    print(f"{' '.join(options) or 'same container'}{', no links' if wrapper else ''}: {failed} runs were failed")
    if not failed:
        tally.check("injection", "no run failed")


def order(tally, folder, source):
    """The data are durable before the file has its name, and its name before the run ends."""
    place = Path(tempfile.mkdtemp(dir=folder))
    target, log = place / "out.exo", place / "log"
    calls = "pwrite64,copy_file_range,sendfile,ftruncate,fdatasync,fsync,linkat,rename,renameat2"
    # The file has no name at first and can have one; it has one from the beginning; it can have none, so that a copy gets it.
    unable = ["-e", "inject=linkat:error=EPERM"]
    for (fault, wrapper), options in itertools.product((([], []), ([], NOLINK), (unable, [])), ([], ["--force"])):
        traced = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={calls}", *fault]
        run([*traced, *wrapper, *command(source, target, *options)])
        lines = [line for line in log.read_text().splitlines() if "= 0" in line or "pwrite64" in line]
        names = [line.split(None, 1)[1].split("(")[0] for line in lines]
        named = [n for n, name in enumerate(names) if name in ("linkat", "rename", "renameat2")]
        good = named and names[named[0] - 1] == "fdatasync" and names[named[-1] + 1:] == ["fsync"]
        tally.check(f"order {options} {wrapper and 'no links'}{fault and 'a copy'}", [] if good else names)
        if options:
            target.unlink()


def partial(place):
    """The temporary file, when there is one."""
    return next(iter(place.glob(".*.partial")), None)


def start(arguments, place):
    """A run whose temporary file exists."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while partial(place) is None and process.poll() is None:
        time.sleep(0.0005)
    return process


def end(process):
    error = process.communicate(timeout=300)[1]
    return subprocess.CompletedProcess(process.args, process.returncode, "", error)


def without_links(tally, folder, source, whole, wrapper):
    """A file system that has temporary names only."""
    label = " ".join(wrapper[2:]) or "no links"
    place = Path(tempfile.mkdtemp(dir=folder))
    target = place / "out.exo"
    names = lambda: sorted(p.name for p in place.iterdir())  # noqa: E731

    done = run([*wrapper, *command(source, target)])
    tally.check(f"{label}: new", problems_of(done, target, None, whole, True))
    done = run([*wrapper, *command(source, target)])
    tally.check(f"{label}: not replaced", [] if done.returncode == 2 and names() == ["out.exo"] else [done.returncode, names()])
    target.write_bytes(OLD)
    target.chmod(0o600)
    done = run([*wrapper, *command(source, target, "--force")])
    tally.check(f"{label}: replaced", problems_of(done, target, OLD, whole, True))
    mode = target.stat().st_mode & 0o777
    tally.check(f"{label}: mode", [] if mode == 0o600 else f"{mode:o}")
    target.unlink()

    process = start([*wrapper, *command(source, target)], place)
    process.send_signal(signal.SIGTERM)
    done = end(process)
    hit = done.returncode == 128 + signal.SIGTERM
    tally.check(f"{label}: interrupted", [] if hit and not names() else [done.returncode, names(), done.stderr])

    diff = [common.exo(), "diff", str(source), str(source), str(target)]
    process = start([*wrapper, *diff], place)
    process.send_signal(signal.SIGTERM)
    done = end(process)
    hit = done.returncode == 128 + signal.SIGTERM
    tally.check(f"{label}: diff interrupted", [] if hit and not names() else [done.returncode, names(), done.stderr])

    process = start([*wrapper, *command(source, target)], place)
    target.write_bytes(OLD)
    done = end(process)
    kept = partial(place)
    problems = [] if done.returncode == 2 and target.read_bytes() == OLD else [f"exit code {done.returncode}"]
    if not kept or kept.name not in done.stderr or digest(kept) != whole:
        problems.append(f"the finished file was not kept and named: {names()} {done.stderr}")
    tally.check(f"{label}: name taken meanwhile", problems)
    for path in place.iterdir():
        path.unlink()

    short = Path(folder) / "short.exo"
    shutil.copy(source, short)
    process = start([*wrapper, *command(short, target)], place)
    os.truncate(short, 8192)
    done = end(process)
    problems = [] if done.returncode == 3 and not names() else [done.returncode, names()]
    if len(done.stderr.splitlines()) != 1 or str(short) not in done.stderr or "--no-mmap" not in done.stderr:
        problems.append(done.stderr)
    tally.check(f"{label}: input cut short", problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-n", type=int, default=4, help="places of each call")
    args = parser.parse_args()
    tally = common.Tally()
    with tempfile.TemporaryDirectory() as folder:
        small, large, whole = (Path(folder) / name for name in ("small.exo", "large.exo", "whole.exo"))
        generate(small, "cdf2", 500, 3)
        generate(large, "cdf2", 100_000, 40)
        if run([*NOLINK, "/bin/true"]).returncode:
            tally.skip("a file system without hard links cannot be played here (seccomp on x86-64)")
        else:
            run(command(large, whole))
            expected = digest(whole)
            for wrapper in (NOLINK, [*NOLINK, "--no-renameat2"]):
                without_links(tally, folder, large, expected, wrapper)
        if not shutil.which("strace") or run([*injected("pwrite64", "EIO", 1), "/bin/true"]).returncode:
            tally.skip("calls that fail need strace")
            tally.finish()
        order(tally, folder, small)
        for options in ([], ["--format", "netcdf4-classic", "--deflate", "1", "--shuffle"]):
            run(command(small, whole, *options, "--force"))
            expected = digest(whole)
            with_faults(tally, folder, small, args.n, options, expected, [])
        run(command(small, whole, "--force"))
        with_faults(tally, folder, small, 2, [], digest(whole), NOLINK)
    tally.finish()


if __name__ == "__main__":
    main()
