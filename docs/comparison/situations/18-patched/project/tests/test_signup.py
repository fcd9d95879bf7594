import unittest
from unittest import mock

from app.signup import signup


class TestSignup(unittest.TestCase):
    def test_signup(self):
        with mock.patch("app.mailer.send", return_value="sent"):
            self.assertEqual(signup("bo"), "sent")
