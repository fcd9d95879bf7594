"""What is fetched: the projects and peers of corpus.toml, with their versions and digests."""

import dataclasses
import hashlib
import pathlib
import re
import tomllib

from .refusal import Refusal

FINAL = re.compile(r"\d+(\.\d+)*(\.post\d+)?")
ENDING = ".tar.gz"


@dataclasses.dataclass(frozen=True)
class Project:
    name: str
    version: str
    file: str
    sha256: str

    @property
    def folder(self):
        """The folder that its archive holds, and the only one."""
        return self.file.removesuffix(ENDING)


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    version: str
    slow: bool = False

    @property
    def requirement(self):
        return f"{self.name}=={self.version}"


@dataclasses.dataclass(frozen=True)
class Pins:
    projects: tuple
    peers: tuple

    @property
    def digest(self):
        """Another one as soon as any project is another one: names the folder that the corpus lies in."""
        digests = sorted(project.sha256 for project in self.projects)
        return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]


def normal(name):
    """A name of the package index as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path):
    """The pins in the file at `path`. Refuses what is not well formed."""
    return parsed(pathlib.Path(path).read_text(encoding="utf-8"))


def parsed(text):
    try:
        tables = tomllib.loads(text)
        projects = tuple(Project(**table) for table in tables["project"])
        peers = tuple(Peer(**table) for table in tables["peer"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Refusal(f"corpus.toml: {error}") from error
    faults = [fault for project in projects for fault in faults_of(project)]
    faults += [f"{peer.name}: {peer.version} is no final version" for peer in peers if not FINAL.fullmatch(peer.version)]
    names = [normal(pin.name) for pin in projects + peers]
    faults += [f"{name} stands there twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise Refusal("\n".join(f"corpus.toml: {fault}" for fault in faults))
    return Pins(projects, peers)


def faults_of(project):
    if not FINAL.fullmatch(project.version):
        yield f"{project.name}: {project.version} is no final version"
    if not re.fullmatch("[0-9a-f]{64}", project.sha256):
        yield f"{project.name}: sha256 has to be 64 hexadecimal digits"
    if not project.file.endswith(ENDING) or normal(project.folder) != normal(f"{project.name}-{project.version}"):
        yield f"{project.name}: {project.file} is not its source distribution"
    if not re.fullmatch(r"\w[\w.-]*", project.file, re.ASCII):
        yield f"{project.name}: {project.file} is no file name"
