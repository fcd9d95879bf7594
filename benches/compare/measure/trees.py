"""Trees made of the corpus, in the cache: a part of it, one without triggers, copies that may be written to.

A tree has its name only once it is whole. Nothing is linked: codemend and others treat a file with several names
differently.
"""

import fractions
import hashlib
import os
import pathlib
import shutil
import tempfile

from .refusal import Refusal

PYTHON = (".py", ".pyi", ".pyw")


def files(folder):
    """The regular files below `folder`, by their relative path, sorted."""
    found = []
    for where, _, names in os.walk(folder):
        paths = (os.path.join(where, name) for name in names)
        found += [os.path.relpath(path, folder) for path in paths if os.path.isfile(path) and not os.path.islink(path)]
    return sorted(found)


def place_of(name):
    """A number from 0 to 1 for a file, by its path alone: the same everywhere, and spread evenly."""
    digest = hashlib.blake2b(pathlib.PurePath(name).as_posix().encode(), digest_size=8).digest()
    return fractions.Fraction(int.from_bytes(digest, "big"), 1 << 64)


def part(folder, share):
    """A `share` (a fraction) of the files of `folder`: a tree beside it. Smaller parts are parts of the larger ones."""
    if share == 1:
        return folder
    name = f"{folder.name}-{share.numerator}-of-{share.denominator}"
    return made(folder, name, lambda name, data: data if place_of(name) < share else None)


def without(folder, words):
    """`folder` with each of `words` respelled in its Python files, so that it occurs nowhere: as many bytes as before."""
    spelled = {word.encode(): respelled(word).encode() for word in words}
    mark = hashlib.sha256("\0".join(words).encode()).hexdigest()[:8]

    def text(name, data):
        for word, other in spelled.items() if name.endswith(PYTHON) else ():
            data = data.replace(word, other)
        if name.endswith(PYTHON) and any(word in data for word in spelled):
            raise Refusal(f"{name}: {', '.join(words)} cannot be respelled")
        return data

    return made(folder, f"{folder.name}-without-{mark}", text)


def respelled(word):
    """`word` with its last two letters swapped; with the last one doubled where these are the same."""
    swapped = word[:-2] + word[-1] + word[-2]
    return swapped if swapped != word else word[:-2] + word[-1].swapcase() * 2


def made(folder, name, text):
    """The tree `name` beside `folder`: each file as `text` of its path and bytes says, or not at all."""
    tree = folder.parent / name
    if tree.is_dir():
        return tree
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="made-") as temporary:
        for file in files(folder):
            data = text(file, (folder / file).read_bytes())
            if data is not None:
                target = pathlib.Path(temporary, "tree", file)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        os.replace(os.path.join(temporary, "tree"), tree)
    return tree


class Copy:
    """A copy of a tree that tools may write to, below the folder `place`."""

    def __init__(self, folder, place):
        self.origin, self.folder = folder, place
        place.mkdir(parents=True)
        self.stamps = {}
        self.refresh()

    def refresh(self):
        """Make it as new: what differs is copied again, what is new goes. Then wait until the disk is quiet."""
        for name in self.changed():
            if name in self.origins():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.origin / name, self.folder / name)
                self.stamps[name] = stamp(self.folder / name)
            else:
                (self.folder / name).unlink()
        for entry in self.folder.iterdir():
            if not (self.origin / entry.name).exists():
                shutil.rmtree(entry)
        os.sync()

    def changed(self):
        """The files that are not as they were copied: changed, gone, or new."""
        names = set(files(self.folder)) | self.origins()
        now = lambda name: stamp(self.folder / name) if (self.folder / name).exists() else None
        return sorted(name for name in names if now(name) is None or now(name) != self.stamps.get(name))

    def origins(self):
        if not hasattr(self, "_origins"):
            self._origins = set(files(self.origin))
        return self._origins


def stamp(path):
    """Another one whenever somebody has written to `path` or replaced it."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
