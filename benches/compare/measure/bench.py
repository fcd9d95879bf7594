"""What the rows share: the programs, the trees, the commands, and how one of them is run."""

import dataclasses
import pathlib

from . import child, rounds, told

O2U = "optional-to-union"
SIX = "optional-to-union,union-to-optional,hoist-imports,email-validator,response-model,bare-except"
RUFF_O2U = "UP007,UP045,F401"
RUFF_SIX = "UP007,UP045,F401,E722,PLC0415,FAST001"
LITERALS = ("Optional[", "Union[")
TARGET = "3.10"


@dataclasses.dataclass
class Section:
    """Contenders that run in the same rounds, and what is read off them."""

    title: str
    contenders: list
    comparisons: list
    note: str = ""
    # Fewer rounds than were asked for, where one takes minutes.
    most: int | None = None


@dataclasses.dataclass(frozen=True)
class Bench:
    """`programs` is the folder with those of the peers, `tree` the corpus or the part of it that all is about, and
    `whole` what that is a `share` of. `work` may be written to, and goes at the end."""

    codemend: pathlib.Path
    floor: pathlib.Path
    programs: pathlib.Path
    tree: pathlib.Path
    whole: pathlib.Path
    share: object
    work: pathlib.Path
    has_cache: bool
    say: object

    def mend(self, select, *more, memory=None):
        """The command of codemend for some codemods: a preview. What it remembers goes into the folder `memory`, a path
        relative to the folder that it runs in."""
        kept = ("--config", f'cache-dir="{memory}"')
        quick = kept if memory else ("--no-cache",) if self.has_cache else ()
        return (self.codemend, "--color", "never", *quick, "--target-version", TARGET, "--select", select, *more, ".")

    def ruff(self, select):
        """The same of ruff."""
        alone = ("--no-cache", "--isolated", "--target-version", "py" + TARGET.replace(".", ""))
        return (self.programs / "ruff", "check", *alone, "--select", select, "--fix", "--diff", ".")

    def least(self, command, *more):
        """A command of the floor."""
        return (self.floor, command, ".", *more)

    def output(self, contender):
        return self.work / f"output-{contender.key}"

    def run(self, contender):
        return child.run(contender.command, contender.folder, self.output(contender))

    def told(self, contender):
        """What its last run has said."""
        out, err = (pathlib.Path(f"{self.output(contender)}.{end}") for end in ("out", "err"))
        return told.told(out.read_text(errors="replace"), err.read_text(errors="replace"))

    def count(self, tree):
        """Files, lines and bytes of the Python code below `tree`."""
        contender = rounds.Contender("count", "", self.least("count"), tree)
        self.run(contender)
        words = pathlib.Path(f"{self.output(contender)}.out").read_text().split()
        counts = dict(zip(words[::2], map(int, words[1::2])))
        return counts["files"], counts["lines"], counts["bytes"]


def shown(command):
    """A command as a person types it: programs and folders by their names."""
    words = [word.name if isinstance(word, pathlib.PurePath) else str(word) for word in command]
    return " ".join(f"'{word}'" if set(word) & set("[]*$\\\"") else word for word in words)
