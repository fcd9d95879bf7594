"""The results as Markdown."""

from . import rounds


def table(head, rows):
    """A Markdown table. All columns but the first are flush right; cells are escaped."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    lines = [[escaped(cell) for cell in row] for row in [head, *rows]]
    return "".join("| " + " | ".join(line) + " |\n" for line in [lines[0], marks, *lines[1:]])


def escaped(cell):
    return str(cell).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def of_goals(judged):
    """`judged`: pairs of a comparison and the spread of its ratios."""
    rows = []
    for comparison, spread in judged:
        goal = "" if comparison.goal is None else f"≤ {comparison.goal:.2f}"
        values = [f"{value:.2f}" for value in (spread.median, spread.low, spread.high)]
        rows.append([comparison.text, *values, goal, verdict(comparison, spread)])
    return table(["ratio", "median", "min", "max", "goal", "met"], rows)


def verdict(comparison, spread):
    if comparison.goal is None:
        return ""
    return "yes" if spread.median <= comparison.goal else "no"


def of_times(contenders, usages, told):
    """One row a contender: medians over the rounds, and what it says that it did."""
    rows = []
    for contender in contenders:
        took = [rounds.median(usages[contender.key], measure) for measure in ("wall", "user", "system", "memory")]
        rows.append([contender.name, *map(seconds, took[:3]), megabytes(took[3]), told.get(contender.key, "")])
    return table(["what", "wall, s", "user, s", "system, s", "memory, MB", "what it says"], rows)


def of_growth(rows):
    """`rows`: name, share, lines, median seconds, median bytes of memory, ratio to linear."""
    cells = [
        [name, share, thousands(lines), seconds(wall), megabytes(memory), f"{ratio:.2f}"]
        for name, share, lines, wall, memory, ratio in rows
    ]
    return table(["what", "of the corpus", "lines", "wall, s", "memory, MB", "time per line / that of the smallest"], cells)


def seconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def megabytes(value):
    return f"{value / 1e6:.0f}"


def thousands(number):
    """`2 475 785`."""
    return f"{number:,}".replace(",", " ")
