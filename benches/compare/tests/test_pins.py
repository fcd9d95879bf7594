"""corpus.toml is well formed, and what is not is refused."""

import unittest

from measure import pins, tools
from measure.refusal import Refusal

GOOD = """
[[project]]
name = "some-thing"
version = "1.2"
file = "Some_Thing-1.2.tar.gz"
sha256 = "%s"

[[peer]]
name = "ruff"
version = "0.17.5"
""" % ("a" * 64)


class Pins(unittest.TestCase):
    def refused(self, old, new, reason):
        self.assertIn(old, GOOD)
        with self.assertRaisesRegex(Refusal, reason):
            pins.parsed(GOOD.replace(old, new))

    def test_the_file_of_the_repository(self):
        read = pins.read(tools.HERE / "corpus.toml")
        self.assertEqual(len(read.projects), 10)
        self.assertEqual([peer.requirement for peer in read.peers if not peer.slow], ["ruff==0.17.5"])

    def test_a_good_one(self):
        project = pins.parsed(GOOD).projects[0]
        self.assertEqual(project.folder, "Some_Thing-1.2")

    def test_only_final_versions(self):
        for version in ("1.2rc1", "1.2b2", "1.2.dev0", "latest"):
            self.refused('version = "1.2"', f'version = "{version}"', "no final version")
        self.refused("0.17.5", "0.17.5a1", "no final version")

    def test_a_digest_has_64_digits(self):
        self.refused("a" * 64, "a" * 63, "64 hexadecimal digits")
        self.refused("a" * 64, "A" * 64, "64 hexadecimal digits")

    def test_the_file_is_that_of_the_project(self):
        self.refused("Some_Thing-1.2.tar.gz", "other-1.2.tar.gz", "not its source distribution")
        self.refused("Some_Thing-1.2.tar.gz", "Some_Thing-1.2.whl", "not its source distribution")
        self.refused("Some_Thing-1.2.tar.gz", "../Some_Thing-1.2.tar.gz", "no file name")

    def test_each_stands_there_once(self):
        twice = GOOD + GOOD.split("[[peer]]")[0].replace("some-thing", "Some.Thing")
        with self.assertRaisesRegex(Refusal, "some-thing stands there twice"):
            pins.parsed(twice)

    def test_keys_that_nobody_knows(self):
        self.refused('name = "ruff"', 'name = "ruff"\nspeed = "fast"', "speed")
        self.refused("[[peer]]", "[[pear]]", "peer")

    def test_another_corpus_has_another_digest(self):
        other = pins.parsed(GOOD.replace("a" * 64, "b" * 64))
        self.assertNotEqual(pins.parsed(GOOD).digest, other.digest)
