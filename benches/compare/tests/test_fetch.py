"""An archive is used only when it is the one that is pinned, and unpacked to nowhere else."""

import hashlib
import io
import pathlib
import tarfile
import tempfile
import unittest
from unittest import mock

from measure import fetch, index, pins
from measure.refusal import Refusal


def archive(path, members, link=None):
    """A tar file at `path` with these names and texts, and a symbolic link to `link`."""
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
        if link:
            member = tarfile.TarInfo("thing-1.0/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)


class Fetch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = pathlib.Path(folder.name)
        self.path = self.cache / "sdists/thing-1.0.tar.gz"
        self.path.parent.mkdir()

    def pinned(self):
        """A project with the digest that its file has now."""
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        return pins.Project("thing", "1.0", self.path.name, digest)

    def corpus(self, project):
        return fetch.corpus(pins.Pins((project,), ()), self.cache, "python", lambda text: None)

    def test_the_pinned_one_is_unpacked_and_not_looked_at_again(self):
        archive(self.path, {"thing-1.0/a.py": b"x = 1\n"})
        project = self.pinned()
        folder = self.corpus(project)
        self.assertEqual((folder / "thing-1.0/a.py").read_bytes(), b"x = 1\n")
        self.path.unlink()
        with mock.patch.object(index, "address", side_effect=AssertionError("asked the index")):
            self.assertEqual(self.corpus(project), folder)

    def test_a_changed_one_is_refused_and_removed(self):
        archive(self.path, {"thing-1.0/a.py": b"x = 1\n"})
        project = self.pinned()
        self.path.write_bytes(self.path.read_bytes() + b"\0")
        with self.assertRaisesRegex(Refusal, "thing-1.0.tar.gz has the SHA-256"):
            self.corpus(project)
        self.assertFalse(self.path.exists())
        self.assertEqual(list(self.cache.rglob("*.py")), [])

    def test_what_the_index_sends_is_checked_too(self):
        project = pins.Project("thing", "1.0", self.path.name, "0" * 64)
        answers = lambda url, accept="": io.BytesIO(b"anything")
        with (
            mock.patch.object(index, "address", return_value="https://index.example"),
            mock.patch.object(index, "url_of", return_value="https://files.example/thing"),
            mock.patch.object(index, "opened", side_effect=answers),
            self.assertRaisesRegex(Refusal, "removed it"),
        ):
            self.corpus(project)
        self.assertEqual(list(self.path.parent.iterdir()), [])

    def test_nothing_leaves_its_folder(self):
        for members, link in (
            ({"../out.py": b""}, None),
            ({"other/a.py": b""}, None),
            ({"thing-1.0/a.py": b"", "more/b.py": b""}, None),
            ({"thing-1.0/a.py": b""}, "/etc"),
            ({"thing-1.0/a.py": b""}, "../../out"),
        ):
            archive(self.path, members, link)
            with self.subTest(members, link=link), self.assertRaises(Refusal):
                self.corpus(self.pinned())
            left = [path for path in self.cache.rglob("*") if path.is_file()]
            self.assertEqual(left, [self.path])


class Index(unittest.TestCase):
    PROJECT = pins.Project("Some.Thing", "1.0", "some_thing-1.0.tar.gz", "0" * 64)

    def url(self, kind, text):
        asked = []

        def opened(url, accept):
            asked.append(url)
            answer = mock.MagicMock()
            answer.__enter__.return_value = answer
            answer.headers.get_content_type.return_value = kind
            answer.read.return_value = text.encode()
            answer.url = url
            return answer

        with mock.patch.object(index, "opened", side_effect=opened):
            url = index.url_of(self.PROJECT, "https://index.example/simple/")
        self.assertEqual(asked, ["https://index.example/simple/some-thing/"])
        return url

    def test_both_kinds_of_page(self):
        json = '{"files": [{"filename": "some_thing-1.0.tar.gz", "url": "https://files.example/s.tar.gz"}]}'
        self.assertEqual(self.url(index.JSON, json), "https://files.example/s.tar.gz")
        html = '<a href="../../files/some_thing-1.0.tar.gz#sha256=00">some_thing-1.0.tar.gz</a>'
        self.assertEqual(self.url("text/html", html), "https://index.example/files/some_thing-1.0.tar.gz")

    def test_a_file_that_is_not_there(self):
        with self.assertRaisesRegex(Refusal, "has no some_thing-1.0.tar.gz"):
            self.url("text/html", "<a href='some_thing-2.0.tar.gz'>2</a>")
