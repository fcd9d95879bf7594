"""Ratios are taken within a round, and their middle is told."""

import pathlib
import unittest

from measure import rounds
from measure.child import Usage
from measure.rounds import MEMORY, Comparison, Contender


def usages(*walls, memory=1):
    return [Usage(wall, 0, 0, memory) for wall in walls]


class Rounds(unittest.TestCase):
    def test_another_one_begins_each_round(self):
        self.assertEqual([rounds.order(3, at) for at in range(4)], [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]])

    def test_the_first_round_does_not_count(self):
        ran = []
        contenders = [
            Contender(key, key, (key,), pathlib.Path("."), lambda key=key: ran.append(f"before {key}")) for key in "ab"
        ]

        def run(contender):
            ran.append(contender.key)
            return len(ran)

        taken = rounds.take(contenders, 2, run)
        self.assertEqual(ran[1::2], ["a", "b", "a", "b", "b", "a"])
        self.assertEqual(ran[::2], [f"before {key}" for key in ran[1::2]])
        self.assertEqual(taken, {"a": [6, 12], "b": [8, 10]})

    def test_ratios_are_of_one_round(self):
        # The machine was ten times slower in the second round: no ratio sees that.
        taken = {"ours": usages(1, 10, 3), "theirs": usages(2, 20, 2)}
        ratios = rounds.ratios(Comparison("row", "", "ours", "theirs"), taken)
        self.assertEqual(ratios, [0.5, 0.5, 1.5])
        self.assertEqual(rounds.spread(ratios), rounds.Spread(0.5, 0.5, 1.5))

    def test_what_one_takes_beyond_another(self):
        taken = {"apply": usages(5, 7), "dry": usages(3, 4), "write": usages(4, 2)}
        ratios = rounds.ratios(Comparison("row", "", "apply", "write", less="dry"), taken)
        self.assertEqual(ratios, [0.5, 1.5])

    def test_more_work(self):
        taken = {"all": usages(8), "part": usages(1)}
        self.assertEqual(rounds.ratios(Comparison("row", "", "all", "part", scale=4), taken), [2.0])

    def test_memory(self):
        taken = {"ours": usages(1, memory=30), "theirs": usages(1, memory=20)}
        self.assertEqual(rounds.ratios(Comparison("row", "", "ours", "theirs", measure=MEMORY), taken), [1.5])

    def test_the_middle_of_an_even_number(self):
        self.assertEqual(rounds.spread([4, 1, 2, 3]), rounds.Spread(2.5, 1, 4))

    def test_rounds_that_do_not_fit(self):
        with self.assertRaises(ValueError):
            rounds.ratios(Comparison("row", "", "a", "b"), {"a": usages(1, 2), "b": usages(1)})
