"""The corpus in the cache: archives fetched, held against their digests, unpacked."""

import hashlib
import os
import shutil
import tarfile
import tempfile

from . import index
from .refusal import Refusal


def corpus(pins, cache, python, say):
    """The folder that holds all projects of `pins`, below `cache`. What is there already is not fetched again."""
    archives, folder = cache / "sdists", cache / f"corpus-{pins.digest}"
    archives.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    where = None
    for project in pins.projects:
        if (folder / project.folder).is_dir():
            continue
        archive = archives / project.file
        if not archive.exists():
            where = where or index.address(python)
            say(f"fetching {project.file}")
            download(project, archive, where)
        check(archive, project)
        unpack(archive, project, folder)
    return folder


def download(project, archive, where):
    """Fetch the archive of `project` from the index at `where`. A half one never has its name."""
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="fetch-") as folder:
        part = os.path.join(folder, project.file)
        with index.opened(index.url_of(project, where)) as answer, open(part, "wb") as file:
            shutil.copyfileobj(answer, file)
        os.replace(part, archive)


def check(archive, project):
    """Refuse the file at `archive`, and remove it, when it has not the digest of `project`."""
    with open(archive, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != project.sha256:
        archive.unlink()
        raise Refusal(f"{project.file} has the SHA-256 {digest}, and corpus.toml says {project.sha256}; removed it")


def unpack(archive, project, folder):
    """Put what is in the checked `archive` into `folder`: whole or not at all, and nothing outside of it."""
    if not hasattr(tarfile, "data_filter"):
        raise Refusal("this Python cannot unpack safely: use 3.11.4 or newer")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unpack-") as temporary:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(temporary, filter="data")
        except tarfile.TarError as error:
            raise Refusal(f"{project.file}: {error}") from error
        if os.listdir(temporary) != [project.folder]:
            raise Refusal(f"{project.file} holds other things than {project.folder}/")
        os.replace(os.path.join(temporary, project.folder), folder / project.folder)
