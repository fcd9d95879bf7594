"""The Markdown that a reader sees."""

import pathlib
import tempfile
import unittest

from measure import page, tables
from measure.bench import shown
from measure.child import Usage
from measure.refusal import Refusal
from measure.rounds import Comparison, Contender, Spread


class Tables(unittest.TestCase):
    def test_goals(self):
        judged = [
            (Comparison("row", "a | b", "a", "b", 0.30), Spread(0.3, 0.29, 0.4)),
            (Comparison("row", "c", "c", "b", 0.30), Spread(0.3001, 0.3, 0.4)),
            (Comparison("row", "d", "d", "b"), Spread(12.345, 1, 20)),
        ]
        self.assertEqual(
            tables.of_goals(judged),
            "| ratio | median | min | max | goal | met |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: |\n"
            "| a \\| b | 0.30 | 0.29 | 0.40 | ≤ 0.30 | yes |\n"
            "| c | 0.30 | 0.30 | 0.40 | ≤ 0.30 | no |\n"
            "| d | 12.35 | 1.00 | 20.00 |  |  |\n",
        )

    def test_times_are_medians(self):
        contender = Contender("a", "tool", (), pathlib.Path("."))
        taken = {"a": [Usage(1, 2, 0.5, 3_000_000), Usage(3, 4, 0.5, 5_000_000), Usage(20, 3, 0.5, 4_000_000)]}
        last = tables.of_times([contender], taken, {"a": "3 fixes"}).splitlines()[-1]
        self.assertEqual(last, "| tool | 3.000 | 3.000 | 0.500 | 4 | 3 fixes |")

    def test_growth(self):
        last = tables.of_growth([("tool", "1/2", 1_234_567, 12.34, 2e6, 1.018)]).splitlines()[-1]
        self.assertEqual(last, "| tool | 1/2 | 1 234 567 | 12.3 | 2 | 1.02 |")

    def test_commands_name_no_folder(self):
        command = (pathlib.Path("some/bin/tool").resolve(), "--select", "a", pathlib.Path("work/changed").resolve(), "Optional[$A]")
        self.assertEqual(shown(command), "tool --select a changed 'Optional[$A]'")


class Page(unittest.TestCase):
    PAGE = f"head\n\n{page.BEGIN}\nold\n{page.END}\n\ntail\n"

    def test_only_what_is_between_the_comments(self):
        new = page.replaced(self.PAGE, "| a |\n")
        self.assertEqual(new, f"head\n\n{page.BEGIN}\n\n| a |\n\n{page.END}\n\ntail\n")
        self.assertEqual(page.replaced(new, "| a |"), new)

    def test_a_page_without_them(self):
        twice = f"{page.BEGIN}{page.BEGIN}{page.END}"
        for text in ("", page.BEGIN, page.END, f"{page.END}{page.BEGIN}", twice, self.PAGE * 2):
            with self.subTest(text), self.assertRaises(Refusal):
                page.replaced(text, "")

    def test_written_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "page.md")
            with self.assertRaisesRegex(Refusal, "no page"):
                page.check(path)
            path.write_text(self.PAGE)
            path.chmod(0o640)
            page.check(path)
            page.write(path, "| a |")
            self.assertEqual(path.read_text(), page.replaced(self.PAGE, "| a |"))
            self.assertEqual(path.stat().st_mode & 0o777, 0o640)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [path])
