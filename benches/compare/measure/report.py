"""Runs the sections that were asked for, and puts their results together."""

import statistics

from . import host, rounds, rows, tables, tools
from .bench import shown
from .refusal import Refusal

OF_REWRITE = ("rewrite", "floor", "six", "all", "memory")
ROWS = (*OF_REWRITE, "idle", "apply", "growth", "cold", "cache")


def made(bench, chosen, count, command, commit):
    """The Markdown of all results. `chosen` are names of rows, `command` is what the person typed."""
    before = host.load()
    head = heading(bench, count, command, commit)
    judged, parts, commands = [], [], []
    for section, growing in sections(bench, chosen):
        usages, told = measured(bench, section, count)
        goals = [(one, rounds.spread(rounds.ratios(one, usages))) for one in section.comparisons]
        if growing:
            text, of_growth = grown(bench, section, growing, usages)
            goals += of_growth
        else:
            text = tables.of_times(section.contenders, usages, told)
        judged += goals
        parts.append("\n\n".join(filter(None, [f"### {section.title}", section.note, text.strip()])))
        commands += [shown(one.command) for one in section.contenders]
    load = f"Load average: {before:.1f} before the first round, {host.load():.1f} after the last."
    typed = "\n".join(dict.fromkeys(commands))
    typed = f"### What was run\n\n```text\n{typed}\n```"
    return "\n\n".join(part.strip() for part in [head, tables.of_goals(judged), load, *parts, typed])


def heading(bench, count, command, commit):
    files, lines, size = bench.count(bench.tree)
    projects = sum(path.is_dir() for path in bench.tree.iterdir())
    versions = f"{tools.version(bench.codemend)}{commit}, {tools.version(bench.programs / 'ruff')}"
    machine = f"{host.cores()} cores ({host.processor()}), {host.memory() / 1e9:.0f} GB"
    counts = f"{tables.thousands(files)} files, {tables.thousands(lines)} lines, {size / 1e6:.1f} MB of {projects} projects"
    return (
        f"Measured on {host.today()} with `{command}`; rounds: {count}.\n\n"
        f"- Programs: {versions}; the floor parses with ruff_python_parser {tools.parser_version()}.\n"
        f"- Corpus: {counts}.\n"
        f"- Machine: {machine}."
    )


def sections(bench, chosen):
    """Each section that is asked for, when its turn comes; with the parts of the corpus where it is about growth."""
    about = [name for name in OF_REWRITE if name in chosen]
    if about:
        yield rows.rewrite(bench, about), None
    for name in ("idle", "apply", "cold", "cache", "slow"):
        section = getattr(rows, name)(bench) if name in chosen else None
        if section:
            yield section, None
        elif name in chosen:
            bench.say(f"{name}: this codemend has no --no-cache, so nothing to measure")
    if "growth" in chosen:
        yield rows.growth(bench)


def measured(bench, section, count):
    count = min(count, section.most or count)
    turns = (count + 1) * len(section.contenders)
    done, said = 0, {}

    def run(contender):
        nonlocal done
        done += 1
        bench.say(f"{section.title}: {done} of {turns}: {contender.name}")
        usage = bench.run(contender)
        now = bench.told(contender)
        if said.setdefault(contender.key, now) != now:
            raise Refusal(f"{contender.name} said {said[contender.key]!r}, and then {now!r}: these are not the same runs")
        return usage

    return rounds.take(section.contenders, count, run), said


def grown(bench, section, parts, usages):
    """The table of growth, and its goals: twice the code takes twice the time."""
    sizes = {share: bench.count(tree)[1] for share, tree in parts.items()}
    first, last = min(sizes), max(sizes)
    lines, goals = [], []
    for tool in ("o2u", "six", "ruff"):
        key = lambda share: f"{tool}-{share}".replace("/", "-")
        named = {one.key: one.name for one in section.contenders}
        for share, count in sizes.items():
            to_first = rounds.Comparison("growth", "", key(share), key(first), scale=count / sizes[first])
            median = lambda measure: rounds.median(usages[key(share)], measure)
            ratio = statistics.median(rounds.ratios(to_first, usages))
            lines.append([named[key(share)], str(share), count, median("wall"), median("memory"), ratio])
        text = f"{named[key(last)]}: time per line, all / {first} of it"
        to_last = rounds.Comparison("growth", text, key(last), key(first), None if tool == "ruff" else 1.1, scale=sizes[last] / sizes[first])
        memory = rounds.Comparison("growth", f"{named[key(last)]}: memory, all / {first} of it", key(last), key(first), measure=rounds.MEMORY)
        goals += [(one, rounds.spread(rounds.ratios(one, usages))) for one in (to_last, memory)]
    return tables.of_growth(lines), goals
