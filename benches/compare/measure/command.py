"""The command line."""

import argparse
import fractions
import os
import pathlib
import shlex
import signal
import sys
import tempfile

from . import fetch, host, page, pins, report, tools, trees
from .bench import Bench
from .refusal import Refusal

ABOUT = """\
Time codemend against ruff and against the least that any tool has to do, on ten Python projects of 2.5 million lines.

Fetches the source distributions that corpus.toml pins (from the package index that pip is set up with), checks their
digests, installs the peers, builds codemend and its floor, runs all of them in turn, and prints ratios as Markdown.
All of this lies in a cache outside of the repository: 3 GB. Nothing of the projects is built or run.
"""

EXAMPLES = """\
rows:
  rewrite   optional-to-union against the same rewrite by ruff
  floor     the same against parsing the files that contain Optional[ or Union[
  six       six codemods against ruff with its six rules
  all       all codemods against the six
  memory    the memory of these
  idle      nothing to do, against finding and reading the files
  apply     what --apply takes beyond the preview, against writing these files
  growth    1/8, 1/4, 1/2 and all of the corpus
  cold      with no file in the memory of the machine
  cache     a second run over the same tree, against finding, reading and hashing the files

examples:
  benches/compare/run --quick                          an eighth of the corpus, three rounds
  benches/compare/run --only rewrite,six               two of the rows
  benches/compare/run --write docs/performance.md      all of it, into the page
"""


def parser():
    made = argparse.ArgumentParser(
        prog="benches/compare/run", description=ABOUT, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CODEMEND_BENCH") or "~/.cache/codemend-bench"
    made.add_argument("--cache", metavar="DIR", default=default, help="where all of it lies [$CODEMEND_BENCH, or ~/.cache/codemend-bench]")
    made.add_argument("--rounds", metavar="N", type=positive, help="how many rounds count [7; 3 with --quick]")
    made.add_argument("--quick", action="store_true", help="an eighth of the corpus")
    made.add_argument("--only", metavar="ROW,...", type=row_names, default=report.ROWS, help="only these rows")
    made.add_argument("--slow-peers", action="store_true", help="pyupgrade and ast-grep too, in one round")
    made.add_argument("--profile", default="release", help="the Cargo profile to build with [release]")
    made.add_argument("--codemend", metavar="PATH", help="this program, and build none")
    made.add_argument("--floor", metavar="PATH", help="the same for codemend-floor")
    made.add_argument("--write", metavar="PAGE", help="put the results into this page, between its two comments")
    return made


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of rounds")
    return int(text)


def row_names(text):
    names = tuple(text.split(","))
    for name in names:
        if name not in report.ROWS:
            raise argparse.ArgumentTypeError(f"there is no row {name}; there are {', '.join(report.ROWS)}")
    return names


def say(text):
    print(text, file=sys.stderr, flush=True)


def main(arguments=None):
    """Exit code: 0 fine, 2 something is not as it must be."""
    options = parser().parse_args(arguments)
    # What was made for this run alone goes in this case too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        if options.write:
            # Now, and not after half an hour.
            page.check(options.write)
        results = measured(options, sys.argv[1:] if arguments is None else arguments)
        if options.write:
            page.write(options.write, results)
        else:
            print(results)
    except Refusal as error:
        say(f"error: {error}")
        return 2
    return 0


def measured(options, typed):
    cache = pathlib.Path(options.cache).expanduser().resolve()
    if cache.is_relative_to(tools.ROOT):
        raise Refusal(f"the cache must lie outside of the repository, and {cache} does not")
    cache.mkdir(parents=True, exist_ok=True)
    pinned = pins.read(tools.HERE / "corpus.toml")
    programs = tools.peers(pinned, cache, options.slow_peers, say)
    whole = fetch.corpus(pinned, cache, programs / "python", say)
    share = fractions.Fraction(1, 8 if options.quick else 1)
    codemend, floor = own_programs(options)
    with tempfile.TemporaryDirectory(dir=cache, prefix="work-") as work:
        bench = Bench(
            codemend=codemend, floor=floor, programs=programs, tree=trees.part(whole, share), whole=whole, share=share,
            work=pathlib.Path(work), has_cache=tools.has_option(codemend, "--no-cache"), say=say,
        )
        chosen = (*options.only, *(["slow"] if options.slow_peers else []))
        rounds = options.rounds or (3 if options.quick else 7)
        return report.made(bench, chosen, rounds, as_typed(options, typed), built_from(options))


def own_programs(options):
    """codemend and its floor, given or built."""
    given = {"codemend": options.codemend, "codemend-floor": options.floor}
    programs = {name: tools.given(path) for name, path in given.items() if path}
    missing = [name for name in given if name not in programs]
    if missing:
        programs |= tools.built(missing, options.profile, say)
    return programs["codemend"], programs["codemend-floor"]


def as_typed(options, typed):
    """The command for the page: without the folders of this machine."""
    words = list(typed)
    for given in filter(None, (options.codemend, options.floor)):
        words = [pathlib.Path(given).name if word == given else word for word in words]
    words = ["DIR" if word == options.cache else word for word in words]
    words = [os.path.relpath(word, tools.ROOT) if word.startswith("/") else word for word in words]
    return shlex.join(["benches/compare/run", *words])


def built_from(options):
    """The commit that codemend was built from, where it was built here."""
    commit = "" if options.codemend else host.commit(tools.ROOT)
    return f" ({commit})" if commit else ""
