"""A run of a program: what it took, what it said, and how it ended."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

from measure import child, command, page, told, tools
from measure.refusal import Refusal

FLOOR = "files 12\nlines 0\nbytes 300\nparsed %d\n"
CODEMEND = """Would change 25 of 38 files (0.03 s)
  optional-to-union  90 changes
  bare-except         1 change
4 unsafe changes withheld, add --unsafe-fixes
"""


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def python(self, code):
        return child.run((sys.executable, "-I", "-S", "-c", code), self.folder, self.folder / "output")

    def test_the_memory_is_its_own(self):
        mine = bytearray(300_000_000)
        mine[::4096] = b"x" * len(mine[::4096])
        self.assertLess(self.python("pass").memory, 100_000_000)
        self.assertGreater(self.python("x = b'x' * 150_000_000").memory, 150_000_000)

    def test_output_goes_to_files_and_the_folder_is_that_of_the_corpus(self):
        self.python("import os, sys; print(os.getcwd()); print('no', file=sys.stderr)")
        out = (self.folder / "output.out").read_text()
        self.assertEqual(pathlib.Path(out.strip()).resolve(), self.folder.resolve())
        self.assertEqual((self.folder / "output.err").read_text(), "no\n")
        self.python("pass")
        self.assertEqual((self.folder / "output.out").read_text(), "")

    def test_a_program_that_fails(self):
        for code in (0, 1, 2):
            self.python(f"raise SystemExit({code})")
        for code in ("raise SystemExit(3)", "import os; os.kill(os.getpid(), 9)"):
            with self.assertRaisesRegex(Refusal, "ended with"):
                self.python(code)

    def test_no_program(self):
        with self.assertRaisesRegex(Refusal, "cannot be started"):
            child.run(("/nowhere/program",), self.folder, self.folder / "output")

    def test_what_the_tools_say(self):
        self.assertEqual(told.told(FLOOR % 0, ""), "12 files")
        self.assertEqual(told.told(FLOOR % 3, ""), "3 of 12 files parsed")
        self.assertEqual(told.told("", CODEMEND), "91 changes in 25 of 38 files, 4 withheld")
        self.assertEqual(told.told("", "Nothing to change in 7 files (0.62 s)\n"), "nothing to change in 7 files")
        withheld = "Nothing to change in 7 files (0.62 s)\n1 unsafe change withheld, add --unsafe-fixes\n"
        self.assertEqual(told.told("", withheld), "nothing to change in 7 files, 1 withheld")
        self.assertEqual(told.told("--- a\n", "Would fix 3057 errors (2 more).\n"), "3057 fixes")
        self.assertEqual(told.told("+Would fix 1 error\n", ""), "")


class Command(unittest.TestCase):
    def said(self, *words):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            try:
                code = command.main(words)
            except SystemExit as end:
                code = end.code
        return code, said.getvalue()

    def test_help(self):
        code, said = self.said("--help")
        self.assertEqual(code, 0)
        self.assertIn("--slow-peers", said)

    def test_options_that_make_no_sense(self):
        for words, reason in (
            (["--only", "rewrites"], "there is no row rewrites"),
            (["--rounds", "0"], "no number of rounds"),
            (["--cache", str(tools.ROOT / "target/bench")], "outside of the repository"),
        ):
            code, said = self.said(*words)
            self.assertEqual(code, 2, said)
            self.assertIn(reason, said)
        self.assertFalse((tools.ROOT / "target/bench").exists())

    def test_the_command_of_the_page_names_no_folder(self):
        words = ["--cache", "/home/me/cache", "--codemend", "/home/me/bin/codemend", "--write", str(tools.ROOT / "docs/a.md")]
        shown = command.as_typed(command.parser().parse_args(words), words)
        self.assertEqual(shown, "benches/compare/run --cache DIR --codemend codemend --write docs/a.md")

    def test_the_page_of_the_repository_takes_results(self):
        text = (tools.ROOT / "docs/performance.md").read_text()
        self.assertIn("| new |", page.replaced(text, "| new |"))
