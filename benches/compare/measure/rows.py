"""The rows that a person may ask for: each is a question, and says which contenders answer it.

Ratios are of times unless they say otherwise. The goals are those that the project has set itself.
"""

import fractions
import pathlib
import shutil

from . import host, tools, trees
from .bench import LITERALS, O2U, RUFF_O2U, RUFF_SIX, SIX, Section
from .rounds import MEMORY, Comparison, Contender

UNSAFE = "--unsafe-fixes"


def rewrite(bench, rows):
    """The rows about one run over the corpus: only what `rows` asks for takes part."""
    at = lambda key, name, command: Contender(key, name, command, bench.tree)
    contenders = [
        at("o2u-unsafe", f"codemend, {O2U} {UNSAFE}", bench.mend(O2U, UNSAFE)),
        at("o2u", f"codemend, {O2U}", bench.mend(O2U)),
        at("ruff-o2u", f"ruff, {RUFF_O2U}", bench.ruff(RUFF_O2U)),
        at("six", "codemend, six codemods", bench.mend(SIX)),
        at("six-unsafe", f"codemend, six codemods {UNSAFE}", bench.mend(SIX, UNSAFE)),
        at("all-unsafe", f"codemend, all codemods {UNSAFE}", bench.mend("all", UNSAFE)),
        at("ruff-six", f"ruff, {RUFF_SIX}", bench.ruff(RUFF_SIX)),
        at("floor-read", "floor: find and read", bench.least("read")),
        at("floor-gated", "floor: parse files with a literal", bench.least("parse-gated", *LITERALS)),
        at("floor-parse", "floor: parse all files", bench.least("parse")),
    ]
    comparisons = [one for one in of_rewrite() if one.row in rows]
    used = {key for one in comparisons for key in one.keys} | {"floor-read", "floor-parse"}
    return Section("One run over the corpus", [one for one in contenders if one.key in used], comparisons)


def of_rewrite():
    ours, six = f"{O2U} {UNSAFE}", "six codemods"
    return [
        Comparison("rewrite", f"{ours} / ruff {RUFF_O2U}", "o2u-unsafe", "ruff-o2u", 0.30),
        Comparison("rewrite", f"{O2U} / ruff {RUFF_O2U}", "o2u", "ruff-o2u"),
        Comparison("floor", f"{ours} / parsing the files with a literal", "o2u-unsafe", "floor-gated", 1.6),
        Comparison("floor", f"{O2U} / parsing the files with a literal", "o2u", "floor-gated"),
        Comparison("six", f"{six} {UNSAFE} / ruff with its six rules", "six-unsafe", "ruff-six", 0.60),
        Comparison("six", f"{six} / ruff with its six rules", "six", "ruff-six"),
        Comparison("all", f"all codemods {UNSAFE} / {six} {UNSAFE}", "all-unsafe", "six-unsafe", 1.5),
        Comparison("memory", f"memory: {ours} / ruff {RUFF_O2U}", "o2u-unsafe", "ruff-o2u", 1.5, MEMORY),
        Comparison("memory", f"memory: {six} {UNSAFE} / ruff with its six rules", "six-unsafe", "ruff-six", 1.5, MEMORY),
        Comparison("memory", f"memory: {six} / ruff with its six rules", "six", "ruff-six", None, MEMORY),
    ]


def idle(bench):
    """Nothing to do: no trigger occurs."""
    words = tools.triggers(tools.TRIGGERS.read_text(encoding="utf-8"))
    tree = trees.without(bench.tree, words)
    contenders = [
        Contender("idle", f"codemend, {O2U}", bench.mend(O2U), tree),
        Contender("idle-ruff", f"ruff, {RUFF_O2U}", bench.ruff(RUFF_O2U), tree),
        Contender("idle-read", "floor: find and read", bench.least("read"), tree),
    ]
    comparisons = [
        Comparison("idle", f"nothing to do: {O2U} / finding and reading the files", "idle", "idle-read", 1.5),
        Comparison("idle", f"nothing to do: {O2U} / ruff {RUFF_O2U}", "idle", "idle-ruff"),
    ]
    note = f"The corpus with {' and '.join(f'`{word}`' for word in words)} respelled everywhere."
    return Section("Nothing to do", contenders, comparisons, note)


def apply(bench):
    """Writing: what it takes beyond the preview, against a program that writes the same files and does nothing else."""
    command = bench.mend(O2U, UNSAFE, "--apply")
    mended, floor = trees.Copy(bench.tree, bench.work / "mended"), trees.Copy(bench.tree, bench.work / "written")
    bench.run(Contender("apply", "", command, mended.folder))
    changed = bench.work / "changed"
    for name in set(mended.changed()) & mended.origins():
        (changed / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(mended.folder / name, changed / name)
    write = lambda how: (bench.floor, how, changed, ".")
    contenders = [
        Contender("dry", f"codemend, {O2U} {UNSAFE}", bench.mend(O2U, UNSAFE), mended.folder, mended.refresh),
        Contender("apply", f"codemend, {O2U} {UNSAFE} --apply", command, mended.folder, mended.refresh),
        Contender("write", "floor: write these files", write("write"), floor.folder, floor.refresh),
        Contender("write-durable", "floor: write them, whole, onto the disk", write("write-durable"), floor.folder, floor.refresh),
    ]
    beyond = "what --apply takes beyond the preview"
    comparisons = [
        Comparison("apply", f"{beyond} / writing the files whole, onto the disk", "apply", "write-durable", 1.0, less="dry"),
        Comparison("apply", f"{beyond} / writing the files", "apply", "write", less="dry"),
        Comparison("apply", "--apply / preview", "apply", "dry"),
    ]
    return Section("Writing", contenders, comparisons, "Each run on a copy that is made as new before.")


def growth(bench):
    """Parts of the corpus. Gives the section, and the tree of each part by its share."""
    shares = [fractions.Fraction(1, divisor) for divisor in (8, 4, 2, 1)]
    parts = {share: trees.part(bench.whole, share * bench.share) for share in shares}
    contenders = []
    for share, tree in parts.items():
        commands = [
            ("o2u", f"codemend, {O2U} {UNSAFE}", bench.mend(O2U, UNSAFE)),
            ("six", f"codemend, six codemods {UNSAFE}", bench.mend(SIX, UNSAFE)),
            ("ruff", f"ruff, {RUFF_O2U}", bench.ruff(RUFF_O2U)),
        ]
        contenders += [Contender(f"{key}-{share}".replace("/", "-"), name, command, tree) for key, name, command in commands]
    note = "Files are chosen by a hash of their paths; each part holds the smaller ones."
    return Section("Growth", contenders, [], note), parts


def cold(bench):
    """The first run after the machine was started: no file is in its memory."""
    paths = [path for path in trees.files(bench.tree) if path.endswith(trees.PYTHON)]
    forget = lambda: host.forget(bench.tree, paths)
    how = forget()
    contenders = [
        Contender("cold", f"codemend, {O2U} {UNSAFE}", bench.mend(O2U, UNSAFE), bench.tree, forget),
        Contender("cold-ruff", f"ruff, {RUFF_O2U}", bench.ruff(RUFF_O2U), bench.tree, forget),
        Contender("cold-read", "floor: find and read", bench.least("read"), bench.tree, forget),
    ]
    comparisons = [
        Comparison("cold", f"cold: {O2U} {UNSAFE} / ruff {RUFF_O2U}", "cold", "cold-ruff"),
        Comparison("cold", f"cold: {O2U} {UNSAFE} / finding and reading the files", "cold", "cold-read"),
    ]
    note = f"Before each run, {how}."
    return Section("Cold", contenders, comparisons, note)


def cache(bench):
    """What codemend remembers from run to run; `None` where it remembers nothing."""
    if not bench.has_cache:
        return None
    tree = trees.Copy(bench.tree, bench.work / "cached")
    done = trees.Copy(bench.tree, bench.work / "done")
    command = bench.mend(O2U, UNSAFE, memory="../memory")
    again = bench.mend(O2U, UNSAFE, memory="../memory-of-done")
    bench.run(Contender("done", "", bench.mend(O2U, UNSAFE, "--apply"), done.folder))
    bench.run(Contender("done", "", again, done.folder))
    forget = lambda: shutil.rmtree(bench.work / "memory", ignore_errors=True)
    contenders = [
        Contender("none", f"codemend, {O2U} {UNSAFE} --no-cache", bench.mend(O2U, UNSAFE), tree.folder),
        Contender("first", "the same with its cache, first run", command, tree.folder, forget),
        Contender("second", "the same, second run", command, tree.folder),
        Contender("third", "the same, where all is mended", again, done.folder),
        Contender("hash", "floor: find, read and hash", bench.least("hash"), tree.folder),
    ]
    comparisons = [
        Comparison("cache", "second run over an unchanged tree / finding, reading and hashing", "second", "hash", 1.3),
        Comparison("cache", "second run over a mended tree / finding, reading and hashing", "third", "hash", 1.3),
        Comparison("cache", "first run with a cache / without", "first", "none"),
    ]
    return Section("Again", contenders, comparisons, "Nothing is remembered before a first run.")


def slow(bench):
    """Peers that take minutes. pyupgrade has no preview: it writes to a copy."""
    copy = trees.Copy(bench.tree, bench.work / "upgraded")
    names = bench.work / "names"
    names.write_text("".join(f"{path}\n" for path in trees.files(bench.tree) if path.endswith(".py")))
    upgrade = (bench.programs / "pyupgrade", "--py310-plus", "--exit-zero-even-if-changed")
    processes = ("xargs", "-a", names, "-d", "\\n", "-P", str(host.cores()), "-n", "200")
    grep = ("run", "--lang", "python", "--pattern", "Optional[$A]", "--rewrite", "$A | None", "--color", "never", ".")
    contenders = [
        Contender("slow-ours", f"codemend, {O2U} {UNSAFE}", bench.mend(O2U, UNSAFE), bench.tree),
        Contender("ast-grep", "ast-grep, one rule", (bench.programs / "ast-grep", *grep), bench.tree),
        Contender("pyupgrade", "pyupgrade, a process for each core", (*processes, *upgrade), copy.folder, copy.refresh),
    ]
    comparisons = [
        Comparison("slow", f"{O2U} {UNSAFE} / ast-grep", "slow-ours", "ast-grep"),
        Comparison("slow", f"{O2U} {UNSAFE} / pyupgrade", "slow-ours", "pyupgrade"),
    ]
    return Section("Slower tools", contenders, comparisons, "One round.", most=1)
