#!/usr/bin/env python3
"""nolink.py [--no-renameat2] PROGRAM ARGUMENT...

Runs a program as on a file system without files without a name and without hard links (FAT, exFAT, many in user space), and
perhaps without a rename that refuses to replace: a seccomp filter lets those calls fail. Linux on x86-64 only.
"""
import ctypes
import errno
import os
import platform
import struct
import sys

LOAD, EQUAL, MASK, RETURN = 0x20, 0x15, 0x54, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LINK, LINKAT, OPEN, OPENAT, RENAMEAT2 = 86, 265, 2, 257, 316
O_TMPFILE = 0x400000
NO_NEW_PRIVS, SECCOMP, FILTER = 38, 22, 2


def instruction(code, value, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)


def refuse(call, number):
    """The call fails with this error."""
    return [instruction(EQUAL, call, 0, 1), instruction(RETURN, ERRNO | number)]


def refuse_unnamed(call, argument):
    """The call fails when the file is to have no name."""
    return [instruction(EQUAL, call, 0, 5), instruction(LOAD, 16 + 8 * argument), instruction(MASK, O_TMPFILE),
            instruction(EQUAL, O_TMPFILE, 0, 1), instruction(RETURN, ERRNO | errno.EOPNOTSUPP), instruction(LOAD, 0)]


def main():
    arguments = sys.argv[1:]
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        sys.exit("nolink.py: for Linux on x86-64 only")
    program = [instruction(LOAD, 0)]
    for call in (LINK, LINKAT):
        program += refuse(call, errno.EPERM)
    if arguments[0] == "--no-renameat2":
        arguments.pop(0)
        program += refuse(RENAMEAT2, errno.EINVAL)
    program += refuse_unnamed(OPEN, 1) + refuse_unnamed(OPENAT, 2) + [instruction(RETURN, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    libc = ctypes.CDLL(None, use_errno=True)
    described = Program(len(program), ctypes.addressof(code))
    if libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(SECCOMP, FILTER, ctypes.byref(described), 0, 0):
        sys.exit(f"nolink.py: {os.strerror(ctypes.get_errno())}")
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
