#!/usr/bin/env python3
"""Run codemend over many repositories, on the machines of a Ray cluster or on this one.

    python fleet.py repositories.txt --results results -- --select optional-to-union

The list names a repository a line: a folder that every machine sees, or an address that git can clone. Each repository
gets a folder in the results, with `report.json`, `mend.patch` and `log.txt`. Nothing is written to the repositories.

A repository is done when its folder stands in the results. The folder is filled under another name and renamed at the
end, so it is there whole or not at all, and the first one to come stays. So a worker, a machine or the whole job may
die at any moment: start it again, and it does what is left.

Exit codes: 0 fine, 1 something would change (with --check), 2 problems, or repositories that could not be done.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RETRIES = 3  # of a repository whose worker has died
WAITING = 1000  # repositories that Ray knows at a time
# A repository may be begun twice, and is only ever read.
REFUSED = ("--apply", "--commit", "--interactive", "-i", "--series", "--html", "--pr-body", "--write-baseline")


@dataclass(frozen=True)
class Repository:
    location: str  # an absolute path, or what git clones
    key: str  # the name of its folder in the results

    @staticmethod
    def of(line: str) -> Repository:
        location = os.path.realpath(line) if os.path.isdir(line) else line
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", location.rstrip("/").removesuffix(".git").split("/")[-1])
        digest = hashlib.sha256(location.encode()).hexdigest()[:10]
        return Repository(location, f"{name.lstrip('.-')[:60]}-{digest}")


@dataclass(frozen=True)
class Job:
    results: Path  # seen by all machines
    work: Path  # for clones, on each machine its own
    codemend: str
    options: tuple[str, ...]
    timeout: float

    def is_done(self, repository: Repository) -> bool:
        return (self.results / repository.key / "report.json").is_file()


class Failed(Exception):
    """A repository could not be done. It is left for the next start of the job."""


def do(job: Job, repository: Repository) -> None:
    """Put what codemend says of `repository` into the results, unless it is there."""
    if job.is_done(repository):
        return
    attempt = job.results / ".attempts" / f"{repository.key}.{uuid.uuid4().hex}"
    attempt.mkdir(parents=True)
    try:
        with checked_out(job, repository) as folder:
            run(job, folder, attempt)
        for file in (*attempt.iterdir(), attempt):
            sync(file)
        os.rename(attempt, job.results / repository.key)
        sync(job.results)
    except (Failed, OSError):
        discard(attempt)
        if not job.is_done(repository):  # else another one was faster
            raise


@contextlib.contextmanager
def checked_out(job: Job, repository: Repository) -> Iterator[Path]:
    """The folder of `repository`; of an address a clone, which is gone afterwards."""
    if os.path.isdir(repository.location):
        yield Path(repository.location)
        return
    folder = job.work / repository.key
    job.work.mkdir(parents=True, exist_ok=True)
    # Whoever dies lets go of the lock.
    with open(job.work / f"{repository.key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        clone = ["git", "clone", "--quiet", "--depth", "1", "--", repository.location, str(folder)]
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        try:
            cloned = subprocess.run(
                mortal(clone), env=environment, timeout=job.timeout, capture_output=True, text=True, errors="replace"
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"git clone took more than {job.timeout:.0f} s") from None
        if cloned.returncode != 0:
            raise Failed(f"git clone: {cloned.stderr.strip()}")
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def run(job: Job, folder: Path, attempt: Path) -> None:
    """Run codemend in `folder`, and keep what it says in `attempt`."""
    # The repository is only read: nothing is remembered in it.
    command = [job.codemend, "--no-cache", "--format", "json", "--patch", str(attempt / "mend.patch"), *job.options]
    # The environment of this script is not that of the repository.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    with open(attempt / "report.json", "wb") as report, open(attempt / "log.txt", "wb") as log:
        try:
            ended = subprocess.run(
                mortal(command),
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=report,
                stderr=log,
                timeout=job.timeout,
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"codemend took more than {job.timeout:.0f} s") from None
    try:
        said = json.loads((attempt / "report.json").read_bytes())
        root, code = said["run"]["root"], said["summary"]["exit"]["code"]
    except (ValueError, KeyError):
        log = (attempt / "log.txt").read_text(errors="replace").strip()
        raise Failed(f"codemend ended with {ended.returncode} and no report: {log[-500:]}") from None
    if code != ended.returncode:
        raise Failed(f"codemend ended with {ended.returncode}, and its report says {code}")
    if os.path.realpath(root) != os.path.realpath(folder):
        raise Failed(f"is a part of the repository {root}; name that")


def mortal(command: list[str]) -> list[str]:
    """`command`, which goes when this process is killed, where Linux can say so: nobody waits for it any more."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(folder: Path) -> None:
    """Remove `folder`, which somebody may still want to rename: renamed first, it cannot become a result half gone."""
    gone = folder.with_name(f".gone-{uuid.uuid4().hex}")
    with contextlib.suppress(OSError):
        os.rename(folder, gone)
    shutil.rmtree(gone, ignore_errors=True)


def on_ray(job: Job, repositories: list[Repository], workers: int | None) -> dict[Repository, str]:
    """Do `repositories` with the workers of Ray, one at a time each. Gives those that could not be done, and why."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    quiet = {"log_to_driver": False, "logging_level": logging.WARNING}
    if "RAY_ADDRESS" in os.environ:
        ray.init(**quiet)
    else:
        alone = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "object_store_memory": 100 * 2**20}
        ray.init(num_cpus=workers, **quiet, **alone)
    # What a worker that dies was doing, Ray gives to another one.
    task = ray.remote(num_cpus=1, max_retries=RETRIES)(do)
    failed: dict[Repository, str] = {}
    waiting, left = {}, iter(repositories)
    try:
        while True:
            while len(waiting) < WAITING and (repository := next(left, None)):
                waiting[task.remote(job, repository)] = repository
            if not waiting:
                return failed
            for ended in ray.wait(list(waiting))[0]:
                repository = waiting.pop(ended)
                try:
                    ray.get(ended)
                except ray.exceptions.RayTaskError as error:
                    failed[repository] = str(error.cause)
                except ray.exceptions.RayError as error:
                    failed[repository] = type(error).__name__
    finally:
        ray.shutdown()


def here(job: Job, repositories: list[Repository]) -> dict[Repository, str]:
    """The same one after the other, in this process."""
    failed = {}
    for repository in repositories:
        try:
            do(job, repository)
        except (Failed, OSError) as error:
            failed[repository] = str(error)
    return failed


def share_of(repositories: list[Repository], share: str | None) -> list[Repository]:
    """Those of the I-th of N shares, `I/N`: whose key falls into it, so that a longer list moves none."""
    if share is None:
        return repositories
    number, of = (int(part) for part in share.split("/"))
    if not 1 <= number <= of:
        raise ValueError
    digests = ((one, hashlib.sha256(one.key.encode()).hexdigest()) for one in repositories)
    return [one for one, digest in digests if int(digest, 16) % of + 1 == number]


@contextlib.contextmanager
def begun(job: Job, repositories: list[Repository], lock: str) -> Iterator[None]:
    """Make the results ready for `repositories`. One job at a time works on them, always with the same options.

    Raises SystemExit when they are those of others."""
    attempts = job.results / ".attempts"
    attempts.mkdir(parents=True, exist_ok=True)
    with open(job.results / lock, "w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"error: another job is at work on {job.results}") from None
        insist_on_options(job)
        yield
        keys = {one.key for one in repositories}
        for attempt in attempts.iterdir():  # of those who were killed
            if attempt.name.startswith(".gone-") or attempt.name.rpartition(".")[0] in keys:
                discard(attempt)


def insist_on_options(job: Job) -> None:
    """Make sure that all results of the folder are those of one codemend and the same options."""
    version = subprocess.run([job.codemend, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    wanted = json.dumps({"codemend": version, "options": job.options}) + "\n"
    with tempfile.NamedTemporaryFile("w", dir=job.results / ".attempts") as new:
        new.write(wanted)
        new.flush()
        with contextlib.suppress(FileExistsError):
            os.link(new.name, job.results / "job.json")
    if (job.results / "job.json").read_text() != wanted:
        raise SystemExit(f"error: {job.results} holds results of other options or another codemend; name another folder")


def told(job: Job, repositories: list[Repository], failed: dict[Repository, str]) -> int:
    """Say how many repositories are done, and why the others are not. Gives the exit code."""
    done = [one for one in repositories if job.is_done(one)]
    for repository in set(repositories).difference(done):
        failed.setdefault(repository, "was not done")
    for repository, why in sorted(failed.items(), key=lambda item: item[0].location):
        print(f"error: {repository.location!r}: {why!r}", file=sys.stderr)
    print(f"{len(done)} of {len(repositories)} repositories done")
    return 2 if failed else 0


def merged(job: Job, repositories: list[Repository]) -> int:
    """Merge the reports of all that is done, and say what they come to. Gives the worst of their exit codes."""
    reports = [str(job.results / one.key / "report.json") for one in repositories if job.is_done(one)]
    if not reports:
        return 0
    whole = job.results / "report.json"
    subprocess.run([job.codemend, "merge-reports", *reports, "--output", str(whole)], check=True)
    said = json.loads(whole.read_bytes())["summary"]
    counts = ("files_changed", "changes", "withheld", "refusals", "problems")
    print(", ".join(f"{name.replace('_', ' ')}: {said[name]}" for name in counts))
    return said["exit"]["code"]


def main() -> int:
    usage = "%(prog)s LIST --results DIR [...] [-- OPTIONS OF CODEMEND]"
    parser = argparse.ArgumentParser(description="Run codemend over many repositories.", usage=usage)
    parser.add_argument("list", type=Path, help="a repository a line: a folder, or what git clones; # begins a comment")
    parser.add_argument("--results", type=Path, required=True, help="where the results go, seen by all machines")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "codemend-fleet", help="for clones")
    parser.add_argument("--codemend", default="codemend", help="the program, on all machines")
    parser.add_argument("--workers", type=int, help="on this machine; without it, one a core")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for one repository")
    parser.add_argument("--share", metavar="I/N", help="do the I-th of N shares of the list, in this process, without Ray")
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    given, options = parser.parse_args(sys.argv[1:at]), tuple(sys.argv[at + 1 :])
    for option in options:
        if option.split("=")[0] in REFUSED:
            parser.error(f"{option}: repositories are only read; take the patches from the results")
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in given.list.read_text().splitlines())
    try:
        repositories = share_of(list(dict.fromkeys(Repository.of(line) for line in lines if line)), given.share)
    except ValueError:
        parser.error("--share: write the second of five shares as 2/5")
    codemend = shutil.which(given.codemend)
    if codemend is None:
        parser.error(f"there is no program {given.codemend!r}")
    job = Job(given.results.resolve(), given.work.resolve(), os.path.abspath(codemend), options, given.timeout)
    lock = ".lock" if given.share is None else f".lock-{given.share.replace('/', '-')}"
    with begun(job, repositories, lock):
        left = [one for one in repositories if not job.is_done(one)]
        if given.share is not None:
            failed = here(job, left)
        else:
            failed = on_ray(job, left, given.workers) if left else {}
    code = told(job, repositories, failed)
    return code if given.share is not None else max(code, merged(job, repositories))


if __name__ == "__main__":
    sys.exit(main())
