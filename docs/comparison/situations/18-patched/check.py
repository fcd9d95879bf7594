import unittest

import tests.test_signup

unittest.main(tests.test_signup)
