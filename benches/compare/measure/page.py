"""The page that the results stand on: all between two comments is theirs."""

import os
import pathlib
import tempfile

from .refusal import Refusal

BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def replaced(text, results):
    """`text` with `results` between the two comments. Refuses a text that has not each of them once, in this order."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise Refusal(f"the page needs {BEGIN} and {END}, each once")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{results.strip()}\n\n{END}{rest.split(END)[1]}"


def check(path):
    """Refuse a `path` that is no page with these comments."""
    if not pathlib.Path(path).is_file():
        raise Refusal(f"{path} is no page")
    replaced(pathlib.Path(path).read_text(encoding="utf-8"), "")


def write(path, results):
    """Put `results` into the page at `path`, whole or not at all."""
    path = pathlib.Path(path).resolve()
    text = replaced(path.read_text(encoding="utf-8"), results)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(beside, path.stat().st_mode)
    os.replace(beside, path)
