"""The programs: peers in a virtual environment in the cache, codemend and its floor built or given."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from .refusal import Refusal

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
TRIGGERS = ROOT / "codemods/optional_to_union/mod.rs"


def peers(pins, cache, slow, say):
    """The folder with the programs of the peers: pip, ruff, and with `slow` the others too."""
    folder = cache / "peers-venv"
    programs = folder / "bin"
    if not (programs / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = programs / "python"
    listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True)
    installed = {one["name"]: one["version"] for one in json.loads(listed.stdout)}
    wanted = [peer for peer in pins.peers if slow or not peer.slow]
    missing = [peer.requirement for peer in wanted if installed.get(peer.name) != peer.version]
    if missing:
        say("installing " + ", ".join(missing))
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
        if subprocess.run([*pip, *missing]).returncode != 0:
            raise Refusal("pip could not install " + ", ".join(missing))
    return programs


def given(path):
    """The program at `path`, or on the search path."""
    found = shutil.which(path)
    if not found:
        raise Refusal(f"{path} is no program")
    return pathlib.Path(found).resolve()


def built(packages, profile, say):
    """The programs of `packages`, which have their names, built with the Cargo profile `profile` in one go: so they
    share what both need."""
    say(f"building {' and '.join(packages)} ({profile})")
    wanted = [word for package in packages for word in ("--package", package)]
    if subprocess.run(["cargo", "build", "--locked", "--profile", profile, *wanted], cwd=ROOT).returncode != 0:
        raise Refusal(f"cargo could not build {' and '.join(packages)}")
    asked = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--locked"]
    target = json.loads(subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout)["target_directory"]
    folder = pathlib.Path(target, "debug" if profile == "dev" else profile)
    return {package: folder / package for package in packages}


def version(program):
    """What it says about itself: `ruff 0.17.5`."""
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()


def has_option(program, option):
    """Whether the help of codemend knows `option`."""
    told = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    return re.search(rf"(?m)^\s+(-\w, )?{re.escape(option)}\b", told) is not None


def codemods(program):
    """The names that `codemend list` lists."""
    lines = subprocess.run([program, "list"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line.split()[0] for line in lines[1:] if re.match(r"[a-z][a-z-]*\s", line)]


def parser_version():
    """The version of the parser that the floor is made with."""
    return re.search(r'(?m)^ruff_python_parser = "=(.*)"$', (ROOT / "Cargo.toml").read_text())[1]


def triggers(text):
    """The words in a source of a codemod, one of which has to stand in a file for it to look there."""
    found = re.search(r"fn triggers\(&self\) -> &'static \[&'static str\] \{\s*&\[([^\]]*)\]", text)
    words = re.findall(r'"([^"\\]+)"', found[1]) if found else []
    if not words:
        raise Refusal("no triggers in the source of optional-to-union")
    return words
