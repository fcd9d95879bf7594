"""Parts of the corpus, the corpus without triggers, and copies that are as new."""

import fractions
import os
import pathlib
import tempfile
import unittest

from measure import tools, trees
from measure.refusal import Refusal


class Trees(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.tree = self.root / "tree"
        for number in range(200):
            self.write(f"pkg{number % 7}/m{number}.py", f"x: Optional[Union[int, str]] = {number}\n")
        self.write("README.md", "Optional\n")

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_smaller_parts_are_parts_of_larger_ones(self):
        names = [set(trees.files(trees.part(self.tree, fractions.Fraction(1, of)))) for of in (8, 4, 2, 1)]
        for small, large in zip(names, names[1:]):
            self.assertLess(small, large)
        self.assertTrue(10 < len(names[0]) < 40, len(names[0]))
        self.assertEqual(len(names[3]), 201)

    def test_a_file_has_its_place_by_its_path_alone(self):
        self.assertEqual(trees.place_of("pkg/a.py"), fractions.Fraction(15370777298424533983, 1 << 64))

    def test_respelled(self):
        tree = trees.without(self.tree, ["Optional", "Union"])
        for name in trees.files(self.tree):
            self.assertEqual((tree / name).stat().st_size, (self.tree / name).stat().st_size)
        texts = "".join(path.read_text() for path in tree.rglob("*.py"))
        self.assertIn("x: Optionla[Unino[int, str]]", texts)
        self.assertNotRegex(texts, "Optional|Union")
        self.assertEqual((tree / "README.md").read_text(), "Optional\n")

    def test_what_cannot_be_respelled(self):
        self.assertNotEqual(trees.respelled("odd"), "odd")
        self.write("a.py", "abba")
        with self.assertRaisesRegex(Refusal, "a.py"):
            trees.without(self.tree, ["ab", "ba"])

    def test_a_copy_is_made_as_new(self):
        copy = trees.Copy(self.tree, self.root / "copy")
        before = {name: (copy.folder / name).read_bytes() for name in trees.files(copy.folder)}
        self.assertEqual(copy.changed(), [])
        (copy.folder / "pkg0/m0.py").write_text("x")
        (copy.folder / "pkg1/m1.py").unlink()
        (copy.folder / "pkg2/new.py").write_text("x")
        remembered = copy.folder / ".codemend_cache/undo"
        remembered.mkdir(parents=True)
        (remembered / "1").write_text("x")
        same = copy.folder / "pkg3/m3.py"
        os.replace(self.other_with(same.read_bytes()), same)
        changed = [".codemend_cache/undo/1", "pkg0/m0.py", "pkg1/m1.py", "pkg2/new.py", "pkg3/m3.py"]
        self.assertEqual(copy.changed(), changed)
        copy.refresh()
        self.assertEqual(copy.changed(), [])
        self.assertEqual({name: (copy.folder / name).read_bytes() for name in trees.files(copy.folder)}, before)
        self.assertFalse((copy.folder / ".codemend_cache").exists())

    def other_with(self, data):
        path = self.root / "other"
        path.write_bytes(data)
        return path

    def test_the_triggers_of_the_codemod(self):
        self.assertEqual(tools.triggers(tools.TRIGGERS.read_text()), ["Optional", "Union"])
        with self.assertRaises(Refusal):
            tools.triggers("fn triggers() {}")
