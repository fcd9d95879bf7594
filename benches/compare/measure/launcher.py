"""Starts one program, waits for it, and prints what it took: seconds of wall, user and system time, the most memory
that was resident, and the exit code.

    python -I -S launcher.py OUT ERR PROGRAM ARGUMENT...

A process of its own, and a small one: a child counts the memory of the one that started it as its own peak. It imports
as little as it can for that reason.
"""

import os
import sys
import time

MODE = 0o644


def main(out, err, *command):
    for path in (out, err):
        # What an earlier run has left goes before the clock starts.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE))
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, MODE),
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY, MODE),
        (os.POSIX_SPAWN_OPEN, 2, err, os.O_WRONLY, MODE),
    ]
    started = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    print(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))


main(*sys.argv[1:])
