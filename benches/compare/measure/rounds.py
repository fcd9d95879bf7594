"""Rounds: every contender once in each, and ratios within a round.

A machine that gets slower while this runs makes all of them slower; a ratio within one round stays what it is.
"""

import collections.abc
import dataclasses
import pathlib
import statistics

WALL, MEMORY = "wall", "memory"


@dataclasses.dataclass(frozen=True)
class Contender:
    """A command that is timed in `folder`. `before` is called, and not timed, each time before it runs."""

    key: str
    name: str
    command: tuple
    folder: pathlib.Path
    before: collections.abc.Callable = lambda: None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One row of the goals: `ours`, less what `less` took, over `theirs`. These three are keys of contenders. `ours`
    had `scale` times as much to do."""

    row: str
    text: str
    ours: str
    theirs: str
    goal: float | None = None
    measure: str = WALL
    less: str | None = None
    scale: float = 1.0

    @property
    def keys(self):
        return [key for key in (self.ours, self.theirs, self.less) if key]


@dataclasses.dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float


def order(count, at):
    """The turns of round `at`: another one begins each time."""
    return [(at + step) % count for step in range(count)]


def take(contenders, count, run):
    """Usages by key, one for each of `count` rounds. `run` takes a contender. One round before is not counted: it
    brings the files into memory."""
    usages = {contender.key: [] for contender in contenders}
    for at in range(-1, count):
        for turn in order(len(contenders), max(at, 0)):
            contender = contenders[turn]
            contender.before()
            usage = run(contender)
            if at >= 0:
                usages[contender.key].append(usage)
    return usages


def ratios(comparison, usages):
    """The ratio of each round."""
    values = {key: [getattr(usage, comparison.measure) for usage in usages[key]] for key in comparison.keys}
    less = values[comparison.less] if comparison.less else [0] * len(values[comparison.ours])
    rows = zip(values[comparison.ours], less, values[comparison.theirs], strict=True)
    return [(ours - minus) / theirs / comparison.scale for ours, minus, theirs in rows]


def spread(values):
    return Spread(statistics.median(values), min(values), max(values))


def median(usages, measure):
    return statistics.median(getattr(usage, measure) for usage in usages)
