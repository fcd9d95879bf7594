"""What a tool says that it did, in the shortest form: so that a reader sees that all did the same work."""

import re

CHANGES = re.compile(r"(?m)^  [a-z-]+ +(\d+) changes?$")
FILES = re.compile(r"(?m)^(?:Would change|Changed) (\d+) of (\d+) files?\b")
NOTHING = re.compile(r"(?m)^Nothing to change in (\d+) files?\b")
WITHHELD = re.compile(r"(?m)^(\d+) unsafe changes? withheld\b")
FIXES = re.compile(r"(?m)^(?:Would fix|Fixed) (\d+) errors?\b")
PARSED = re.compile(r"(?m)^files (\d+)\nlines \d+\nbytes \d+\nparsed (\d+)$")


def told(out, err):
    """`out` and `err` are what a run has printed."""
    if found := PARSED.search(out):
        files, parsed = found.groups()
        return f"{parsed} of {files} files parsed" if parsed != "0" else f"{files} files"
    if found := FIXES.search(err) or FIXES.search(out[-1000:]):
        return f"{found[1]} fixes"
    withheld = f", {found[1]} withheld" if (found := WITHHELD.search(err)) else ""
    if found := FILES.search(err):
        changes = sum(map(int, CHANGES.findall(err)))
        return f"{changes} changes in {found[1]} of {found[2]} files{withheld}"
    if found := NOTHING.search(err):
        return f"nothing to change in {found[1]} files{withheld}"
    return ""
