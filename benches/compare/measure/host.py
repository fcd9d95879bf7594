"""The machine that all of this runs on."""

import datetime
import os
import pathlib
import platform
import subprocess

DROP = pathlib.Path("/proc/sys/vm/drop_caches")


def cores():
    """How many of them this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory():
    """Of the whole machine, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def load():
    """How many others want a core, on average over the last minute."""
    return os.getloadavg()[0]


def today():
    return datetime.date.today().isoformat()


def commit(folder):
    """The commit that `folder` stands at, when git knows it."""
    asked = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=folder, capture_output=True, text=True)
    return asked.stdout.strip()


def forget(folder, paths):
    """Let the system's memory of the files `paths` below `folder` go, or of all files where it lets us. Says which."""
    os.sync()
    try:
        DROP.write_text("3\n")
        return "all files, also the programs, are put out of memory (`drop_caches`)"
    except OSError:
        pass
    for path in paths:
        descriptor = os.open(folder / path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
    return "these files are put out of memory (`posix_fadvise`); the programs stay"
