#!/usr/bin/env python3
"""interrupt.py [-n N]

Interrupts `exo process` at N random moments (default 20) with SIGINT, SIGTERM, SIGHUP and SIGKILL, fills the disk, takes away the right to
write: the target is the old file or the complete new one, nothing else is left behind, and the exit codes are 130,
143, 129 and 3. `exo edit` of files that it has to write anew (a classic one, HDF5 files with a user block and with pages) is interrupted
as often: the file is the old one, to the byte, or the new one. What the caller lets the program ignore, as nohup does, does not end it. The small file systems need root; without it these tests are skipped.
"""
import argparse
import hashlib
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import common

common.require("numpy", "netCDF4", "h5py")
import h5py  # noqa: E402
import ncraw  # noqa: E402
import numpy as np  # noqa: E402
from generate import generate  # noqa: E402

OLD = b"the old file\n"


def command(source, target, *options):
    """A run that takes long enough to be hit."""
    return [common.exo(), "process", str(source), str(target), "--scale", "1.5", "--quiet", *options]


def digest(path):
    """The content as netCDF-C reads it: files may differ in the order of their chunks."""
    try:
        with ncraw.File(path) as file:
            sums = [(v.name, v.shape, hashlib.sha256(v.data()).hexdigest()) for v in file.root.variables]
            return str((file.root.dims, [a.key() for a in file.root.attributes], sums))
    except (ncraw.NcError, KeyError) as why:
        return f"unreadable: {why}"


def target_problems(target, before, whole):
    """What is wrong with the target's content."""
    if not target.exists():
        return [] if before is None else ["the old target is gone"]
    if before is not None and target.stat().st_size == len(before) and target.read_bytes() == before:
        return []
    return [] if digest(target) == whole else ["the target holds a partial file"]


def interrupt(tally, folder, source, number, tries, options, whole, duration):
    """One signal at random moments."""
    hit = unhandled = left = 0
    code = 128 + number
    for attempt in range(tries):
        place = Path(tempfile.mkdtemp(dir=folder))
        target, before = place / "out.exo", OLD if attempt % 2 else None
        if before:
            target.write_bytes(before)
        process = subprocess.Popen(command(source, target, *options, *(["--force"] if before else [])),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(random.uniform(0, duration))
        process.send_signal(number)
        error = process.communicate()[1].decode(errors="replace")
        problems = target_problems(target, before, whole)
        others = sorted(p.name for p in place.iterdir() if p != target)
        left += bool(others)
        if process.returncode == 0:
            problems += [] if target.exists() and digest(target) == whole else ["exit code 0 without the file"]
        elif process.returncode in (code, -number):
            hit += 1
            # Before its handlers are there, the signal itself ends the program; for a shell that is the same code.
            unhandled += process.returncode < 0
        else:
            problems.append(f"exit code {process.returncode}")
        if others and number != signal.SIGKILL:
            problems.append(f"left behind: {others}")
        if "panicked" in error:
            problems.append(error.strip()[:200])
        tally.check(f"{signal.Signals(number).name} {attempt}", problems)
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
    print(f"{signal.Signals(number).name}: {hit} of {tries} hit the run, {unhandled} by the signal's default action, {left} left files")
    if not hit:
        tally.check(signal.Signals(number).name, "no run was hit")


def hdf5_digest(path):
    """How an HDF5 file is laid out, and what it holds."""
    with h5py.File(path) as file:
        space = file.id.get_create_plist().get_file_space_strategy()
        data = {name: hashlib.sha256(file[name][()].tobytes()).hexdigest() for name in file}
        return str((file.userblock_size, space, dict(file.attrs), data))


def hdf5_sources(folder):
    """HDF5 files that cannot be changed where they are."""
    for name, options in (("user block", {"userblock_size": 512}), ("pages", {"fs_strategy": "page", "fs_page_size": 4096})):
        source = Path(folder) / "anew.h5"
        with h5py.File(source, "w", **options) as file:
            file["data"] = np.random.default_rng(1).random(6 << 20)
        yield name, source, hdf5_digest


def copies(process):
    """How many copies without a name a program has open."""
    found = set()
    for handle in Path(f"/proc/{process.pid}/fd").glob("*"):
        try:
            if os.readlink(handle).endswith("(deleted)"):
                found.add(handle.stat().st_ino)
        except OSError:
            continue
    return len(found)


def wait(process, duration, is_late):
    """Waits for a random moment, or until a copy is written again."""
    if not is_late:
        time.sleep(random.uniform(0, duration))
    while is_late and process.poll() is None and copies(process) < 2:
        time.sleep(0.0005)


def edits(tally, folder, kind, source, digest, tries):
    """Signals while a file is written anew; every other one of an HDF5 file when its copy is written again."""
    place = Path(tempfile.mkdtemp(dir=folder))
    target = place / "a.exo"
    edit = [common.exo(), "edit", "--quiet", str(target), "attr", "set", "/", "note", "x" * 30_000]
    target.write_bytes(source.read_bytes())
    start = time.monotonic()
    subprocess.run(edit, check=True)
    duration, new, old = time.monotonic() - start, digest(target), source.read_bytes()
    hit = late = 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        for attempt in range(tries):
            target.write_bytes(old)
            process = subprocess.Popen(edit, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            is_late = kind != "classic" and attempt % 2 == 1
            wait(process, duration, is_late)
            process.send_signal(number)
            error = process.communicate()[1].decode(errors="replace")
            is_old, problems = target.read_bytes() == old, []
            if process.returncode in (128 + number, -number):
                hit += 1
                late += is_late and number != signal.SIGKILL
                if not is_old and (number != signal.SIGKILL or digest(target) != new):
                    problems.append("the file changed")
            elif process.returncode or is_old or digest(target) != new:
                problems.append(f"exit code {process.returncode}, {'the old' if is_old else 'another'} file, {error.strip()[:200]}")
            if process.returncode == 128 + number and "was not changed" not in error:
                problems.append(f"it says {error.strip()[:200]!r}")
            if number != signal.SIGKILL and len(list(place.iterdir())) > 1:
                problems.append("something is left behind")
            tally.check(f"edit of {kind}, {signal.Signals(number).name} {attempt}", problems)
    print(f"edit of {kind}: {hit} of {4 * tries} hit the run, which takes {duration:.3f} s, {late} when its copy was written again")
    if not hit or kind != "classic" and not late:
        tally.check(f"edit of {kind}", "no run was hit, or none when its copy was written again")


def ignored(tally, folder, source, whole):
    """Signals that the caller ignores."""
    for number in (signal.SIGINT, signal.SIGHUP):
        target = Path(folder) / "ignored.exo"
        process = subprocess.Popen(command(source, target, "--force"), preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
        for _ in range(20):
            process.send_signal(number)
            time.sleep(0.002)
        code = process.wait()
        tally.check(f"{signal.Signals(number).name} ignored", [] if code == 0 and digest(target) == whole else [f"exit code {code}"])


def mounted(tally, folder, size):
    """A small file system of its own, or None."""
    place = Path(tempfile.mkdtemp(dir=folder))
    if os.geteuid() != 0:
        tally.skip("a full disk and a read-only one need root")
        return None
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, text=True)
    if done.returncode:
        tally.skip(f"mounting a tmpfs is not allowed here: {done.stderr.strip()}")
        return None
    return place


def failing(tally, label, source, target, codes, before=None, options=()):
    """A run that must fail and leave all as it was."""
    done = subprocess.run(command(source, target, *options, "--force"), capture_output=True, text=True, timeout=120)
    problems = [] if done.returncode in codes else [f"exit code {done.returncode}"]
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    if len(lines) != 1 or target.name not in done.stderr or "panicked" in done.stderr:
        problems.append(f"not one line that names the file: {done.stderr.strip()[:300]!r}")
    if before is None and target.exists():
        problems.append("a target appeared")
    if before is not None and (not target.exists() or target.read_bytes() != before):
        problems.append("the old target changed")
    others = sorted(p.name for p in target.parent.iterdir() if p != target) if target.parent.is_dir() else []
    if others:
        problems.append(f"left behind: {others}")
    tally.check(label, problems)


def disks(tally, folder, source):
    """A full disk and a directory that cannot be written."""
    place = mounted(tally, folder, "4m")
    if place:
        try:
            for options in ([], ["--format", "netcdf4", "--deflate", "1", "--shuffle"], ["--format", "cdf5"]):
                name = " ".join(options)
                failing(tally, f"full disk {name}", source, place / "out.exo", {3}, options=options)
                (place / "out.exo").write_bytes(OLD)
                failing(tally, f"full disk, old target {name}", source, place / "out.exo", {3}, OLD, options)
                (place / "out.exo").unlink()
            subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
            failing(tally, "read-only file system", source, place / "out.exo", {3})
        finally:
            subprocess.run(["umount", str(place)], check=False)
    place = Path(tempfile.mkdtemp(dir=folder))
    failing(tally, "missing directory", source, place / "nowhere" / "out.exo", {2, 3})
    if os.geteuid():
        place.chmod(0o555)
        failing(tally, "unwritable directory", source, place / "out.exo", {3})
        place.chmod(0o755)
    else:
        print("SKIPPED: an unwritable directory does not stop root (the read-only file system stands for it)")


def main():
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-n", type=int, default=20, help="moments per signal")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random.seed(args.seed)
    # Shells start what runs beside them with SIGINT ignored, which children inherit.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    tally = common.Tally()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.exo"
        generate(source, "cdf2", 100_000, args.steps)
        for options in ([], ["--format", "netcdf4-classic", "--deflate", "1", "--shuffle"]):
            target = Path(folder) / "whole.exo"
            start = time.monotonic()
            subprocess.run(command(source, target, *options, "--force"), check=True)
            duration, whole = time.monotonic() - start, digest(target)
            print(f"{' '.join(options) or 'same container'}: a whole run takes {duration:.3f} s")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
                interrupt(tally, folder, source, number, (args.n + 1) // 2, options, whole, duration)
            if not options:
                ignored(tally, folder, source, whole)
        for kind, file, told in (("classic", source, digest), *hdf5_sources(folder)):
            edits(tally, folder, kind, file, told, (args.n + 3) // 4)
        disks(tally, folder, source)
    tally.finish()


if __name__ == "__main__":
    main()
