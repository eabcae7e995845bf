"""Many patched generators, stepped, thrown into, closed and dropped at random."""

import gc
import random
import unittest

from asynctest.mock import LIMITED, PatchScope, patch
from asynctest.mock._layers import _piles, _postponed


class Target:
    value = "original"


class History:
    """One random history; everything in it follows from the seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.values = {"one": 1, "two": 2}
        self.problems = []
        self.alive = []

    def expect(self, what, got, expected):
        # While a change is under way, a finalizer has to do without.
        if got is not expected and not _postponed:
            self.problems.append((what, got, expected))

    def start(self, name):
        """Decorate a body with random scopes and call it."""
        of_value, of_values = self.random.choices([*PatchScope], k=2)
        steps = self.random.randrange(1, 6)

        @patch.dict(self.values, {name: name}, self.random.random() < 0.2, of_values)
        @patch.object(Target, "value", scope=of_value)
        def body(mock):
            def check():
                if of_value is LIMITED:
                    self.expect("value", Target.value, mock)
                if of_values is LIMITED:
                    self.expect("values", self.values.get(name), name)

            try:
                for step in range(steps):
                    check()
                    self.values[body] = step
                    yield
                    if of_values is LIMITED:
                        self.expect("own", self.values.get(body), step)
            except KeyError:
                yield
            finally:
                check()

        self.alive.append(body())

    def act(self):
        """Do something to one of the generators."""
        index = self.random.randrange(len(self.alive))
        deed = self.random.choice(["step"] * 5 + ["throw", "close", "drop", "cycle"])
        try:
            if deed == "step":
                next(self.alive[index])
            elif deed == "throw":
                self.alive[index].throw(KeyError())
            else:
                generator = self.alive.pop(index)
                if deed == "close":
                    generator.close()
                elif deed == "cycle":
                    cycle = [generator]
                    cycle.append(cycle)
        except (StopIteration, KeyError):
            del self.alive[index]

    def run(self):
        for number in range(40):
            if not self.alive or self.random.random() < 0.25:
                self.start(f"name {number}")
            else:
                self.act()
        self.random.shuffle(self.alive)
        while self.alive:
            self.alive.pop()
        gc.collect()


class Histories(unittest.TestCase):
    def check(self, seeds):
        before = {*_piles}
        for seed in seeds:
            history = History(seed)
            history.run()
            left = (history.problems, Target.value, list(history.values), {*_piles} - before)
            self.assertEqual(left, ([], "original", ["one", "two"], set()), f"seed {seed}")

    def test_original_is_back_and_limited_bodies_see_their_own(self):
        self.check(range(25))

    def test_also_when_the_collector_runs_at_every_turn(self):
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(1, 1, 1)
        self.check(range(100, 104))


if __name__ == "__main__":
    unittest.main()
