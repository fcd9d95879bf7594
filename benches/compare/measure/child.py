"""One run of a program, and what it took: time, processor time, memory at its peak."""

import dataclasses
import os
import pathlib
import subprocess
import sys

from .refusal import Refusal

LAUNCHER = pathlib.Path(__file__).with_name("launcher.py")
# What a shell may hold that would change what a tool does.
FOREIGN = ("PYTHON", "RUFF_", "CODEMEND", "VIRTUAL_ENV", "CONDA", "UV_", "RAYON_", "MIMALLOC_")
# codemend and ruff end with 2 when a file could not be read, and ruff with 1 when there is something to mend.
FINE = (0, 1, 2)


@dataclasses.dataclass(frozen=True)
class Usage:
    """Seconds and bytes. `memory` is the most that was resident at once; below some 10 MB it says nothing."""

    wall: float
    user: float
    system: float
    memory: int


def environment():
    kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return kept | {"NO_COLOR": "1", "TERM": "dumb"}


def run(command, folder, output):
    """Run `command` in `folder`; its output goes to the files `output` with the endings .out and .err."""
    files = [f"{output}.out", f"{output}.err"]
    launcher = [sys.executable, "-I", "-S", LAUNCHER, *files, *command]
    said = subprocess.run(launcher, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if said.returncode != 0:
        raise Refusal(f"{command[0]} cannot be started: {said.stderr.strip()[-500:]}")
    *took, code = said.stdout.split()
    wall, user, system, memory = map(float, took)
    if int(code) not in FINE:
        last = pathlib.Path(files[1]).read_text(errors="replace")[-2000:]
        raise Refusal(f"{' '.join(map(str, command))} ended with {code}:\n{last}")
    # Kilobytes, but on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(wall, user, system, int(memory) * unit)
