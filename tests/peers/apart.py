"""Other programs and libraries kept at a distance: they may die of a file, or take for ever."""
import os
import pickle
import signal
import subprocess
import sys

SECONDS = 60


def call(work, *args, seconds=4 * SECONDS):
    """A function in a process of its own: what it returns, or None, and how the process ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(seconds)
        with os.fdopen(writer, "wb") as pipe:
            try:
                pickle.dump(work(*args), pipe)
            except Exception as why:  # noqa: BLE001
                print(f"{type(why).__name__}: {why}", file=sys.stderr, flush=True)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (pickle.loads(answer) if answer else None), status


def tool(*words):
    """What a program prints, and what is wrong with it: it must end well and say nothing on standard error."""
    try:
        done = subprocess.run([str(w) for w in words], capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return b"", f"{words[0]}: more than {SECONDS} s"
    error = done.stderr.decode(errors="replace").strip()
    if done.returncode or error:
        return done.stdout, f"{words[0]}: exit code {done.returncode}: {error.splitlines()[0][:160] if error else ''}"
    return done.stdout, None
