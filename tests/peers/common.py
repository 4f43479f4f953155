"""What the peer tests share: the program under test, counting, visible skips, measuring."""
import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
IN_CI = os.environ.get("CI") == "true"


def exo():
    """The program: $EXO, or the newest build."""
    if "EXO" in os.environ:
        return os.environ["EXO"]
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [p for p in (target / "release" / "exo", target / "debug" / "exo") if p.exists()]
    if not built:
        sys.exit("no exo: build it with cargo build --release, or set EXO")
    return str(max(built, key=lambda p: p.stat().st_mtime))


class Tally:
    """Counts what passed and failed."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, name, problems):
        """Counts one test: `problems` is a list, a text, or nothing."""
        problems = [problems] if isinstance(problems, str) else list(problems or [])
        if problems:
            self.failed += 1
            print(f"FAIL {name}: {'; '.join(map(str, problems[:4]))[:600]}", flush=True)
        else:
            self.passed += 1
        return not problems

    def skip(self, why, package=False):
        """Notes what could not be tested; a missing package is a failure in CI."""
        print(f"SKIPPED: {why}", flush=True)
        if package and IN_CI:
            self.failed += 1
        else:
            self.skipped += 1

    def finish(self):
        """Prints the sum and ends the program."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{skipped}", flush=True)
        sys.exit(1 if self.failed or not self.passed and IN_CI else 0)


def require(*modules):
    """Ends the program visibly if a Python package is missing; a failure in CI."""
    for module in modules:
        try:
            __import__(module)
        except ImportError as why:
            print(f"SKIPPED: Python package {module} is missing ({why})")
            print(f"0 passed, {int(IN_CI)} failed")
            sys.exit(int(IN_CI))


def listed(folder, manifest=None, classes=""):
    """The files of a folder; with a manifest (a table with the columns file and class), those of the classes."""
    if not manifest:
        return sorted(p for p in folder.rglob("*") if p.is_file())
    with open(manifest, newline="") as table:
        rows = csv.DictReader(table, delimiter="\t")
        return [folder / row["file"] for row in rows if row["class"] in classes.split(",")]


def run(*args, timeout=120):
    """Runs the program; returns the code, standard output and standard error."""
    done = subprocess.run([exo(), *map(str, args)], capture_output=True, timeout=timeout, text=True, errors="replace")
    return done.returncode, done.stdout, done.stderr


class Measured:
    """One run of a command: `code`, `error`, `wall`, `cpu` in seconds, `anon` and `rss` (peaks) in bytes."""

    def __init__(self, argv, timeout=None, interval=0.002):
        self.anon = self.rss = 0
        self.timed_out = False
        # A file, not a pipe: a program that writes much must not wait for us.
        with tempfile.TemporaryFile() as error:
            start = time.monotonic()
            process = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=error)
            stop = threading.Event()
            sampler = threading.Thread(target=self.sample, args=(process.pid, os.path.realpath(argv[0]), stop, interval))
            sampler.start()
            killer = threading.Timer(timeout, self.kill, [process.pid]) if timeout else None
            if killer:
                killer.start()
            # Not process.wait(): this also tells the processor time, and the process stays readable until now.
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.monotonic() - start
            if killer:
                killer.cancel()
            stop.set()
            sampler.join()
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.cpu = usage.ru_utime + usage.ru_stime
            error.seek(0)
            self.error = error.read().decode(errors="replace")

    def kill(self, pid):
        """Ends a run that takes too long."""
        self.timed_out = True
        os.kill(pid, 9)

    def sample(self, pid, program, stop, interval):
        """Follows the memory. The kernel's own maximum (ru_maxrss) counts what ran before exec, so it is of no use."""
        while not stop.is_set():
            try:
                # Before exec the numbers are those of this Python.
                if os.readlink(f"/proc/{pid}/exe") != program and not program.endswith((".py", "sh")):
                    continue
                with open(f"/proc/{pid}/status") as status:
                    for line in status:
                        if line.startswith("RssAnon:"):
                            self.anon = max(self.anon, 1024 * int(line.split()[1]))
                        elif line.startswith("VmHWM:"):
                            self.rss = max(self.rss, 1024 * int(line.split()[1]))
            except (OSError, ValueError):
                pass
            stop.wait(interval)
