"""Set-up of a whole class may be asynchronous; nothing of it is dropped."""

import asyncio
import contextlib
import sys
import types
import unittest

import asynctest
from test.tools import run


class AsyncClassLevel(unittest.TestCase):
    def test_steps_run_in_order_on_one_loop_of_the_class(self):
        log, loops = [], set()

        class Case(asynctest.TestCase):
            @classmethod
            def setUpClass(cls):
                log.append("setUpClass")

            @classmethod
            async def asyncSetUpClass(cls):
                cls.note("asyncSetUpClass")
                cls.addAsyncClassCleanup(cls.clean)

            async def test(self):
                log.append("test")
                self.assertNotIn(asyncio.get_running_loop(), loops)

            @classmethod
            async def asyncTearDownClass(cls):
                cls.note("asyncTearDownClass")

            @classmethod
            def tearDownClass(cls):
                log.append("tearDownClass")

            @classmethod
            async def clean(cls):
                cls.note("clean")

            @classmethod
            def note(cls, step):
                log.append(step)
                loops.add(asyncio.get_running_loop())

        self.assertEqual(run(Case).words, {"ran": 1})
        self.assertEqual(
            log,
            "setUpClass asyncSetUpClass test asyncTearDownClass tearDownClass clean".split(),
        )
        self.assertEqual(len(loops), 1)
        self.assertTrue(loops.pop().is_closed())

    def test_contexts_are_entered_and_left(self):
        log = []

        @contextlib.asynccontextmanager
        async def resource():
            log.append("entered")
            yield "value"
            log.append("left")

        class Case(asynctest.TestCase):
            @classmethod
            async def asyncSetUpClass(cls):
                cls.value = await cls.enterAsyncClassContext(resource())

            def test(self):
                self.assertEqual(self.value, "value")
                log.append("test")

        self.assertEqual(run(Case).words, {"ran": 1})
        self.assertEqual(log, ["entered", "test", "left"])

    def test_coroutine_set_up_class_is_run_too_and_super_works(self):
        log = []

        class Base(asynctest.TestCase):
            @classmethod
            async def setUpClass(cls):
                log.append("base")

        class Async(Base):
            @classmethod
            async def setUpClass(cls):
                await super().setUpClass()
                log.append("async")

            def test(self):
                pass

        class Plain(Base):
            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                log.append("plain")

            def test(self):
                pass

            @classmethod
            async def tearDownClass(cls):
                log.append("down")

        self.assertEqual(run(Async, Plain).words, {"ran": 2})
        self.assertEqual(log, ["base", "async", "base", "plain", "down"])

    def test_one_in_a_mixin_is_run_too(self):
        log = []

        class Mixin:
            @classmethod
            async def setUpClass(cls):
                log.append("mixin")

        class Case(Mixin, asynctest.TestCase):
            def test(self):
                pass

        self.assertEqual(run(Case).words, {"ran": 1})
        self.assertEqual(log, ["mixin"])

    def test_async_set_up_class_runs_without_a_call_of_super(self):
        log = []

        class Case(asynctest.TestCase):
            @classmethod
            async def asyncSetUpClass(cls):
                log.append("async")

            @classmethod
            def setUpClass(cls):
                pass

            def test(self):
                pass

        run(Case)
        self.assertEqual(log, ["async"])

    def test_failing_set_up_fails_the_class_and_closes_its_loop(self):
        loops = []

        class Case(asynctest.TestCase):
            @classmethod
            async def asyncSetUpClass(cls):
                loops.append(asyncio.get_running_loop())
                raise ValueError("class set-up")

            def test(self):
                self.fail("not reached")

        ran = run(Case)
        self.assertEqual(ran.words, {"errors": 1})
        self.assertIn("class set-up", ran.text)
        self.assertTrue(loops[0].is_closed())

    def test_a_plain_class_clean_up_may_be_a_coroutine_function(self):
        log = []

        async def clean():
            log.append("cleaned")

        class Case(asynctest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.addClassCleanup(clean)
                cls.addClassCleanup(lambda: clean())

            def test(self):
                pass

        self.assertEqual(run(Case).words, {"ran": 1})
        self.assertEqual(log, ["cleaned", "cleaned"])

    def test_without_class_level_coroutines_there_is_no_class_loop(self):
        class Case(asynctest.TestCase):
            def test(self):
                self.assertIsNone(self._class_stage)

        self.assertEqual(run(Case).words, {"ran": 1})

    def test_use_default_loop_shares_the_loop_of_the_class(self):
        class Case(asynctest.TestCase):
            use_default_loop = True

            @classmethod
            async def asyncSetUpClass(cls):
                cls.class_loop = asyncio.get_running_loop()

            async def test(self):
                self.assertIs(asyncio.get_running_loop(), self.class_loop)

        self.assertEqual(run(Case).words, {"ran": 1})

    def test_coroutine_set_up_module_is_an_error(self):
        async def setUpModule():
            pass

        module = types.ModuleType("module_with_async_set_up")
        module.setUpModule = setUpModule
        sys.modules[module.__name__] = module
        self.addCleanup(sys.modules.pop, module.__name__)

        class Case(asynctest.TestCase):
            def test(self):
                pass

        Case.__module__ = module.__name__
        with self.assertRaisesRegex(TypeError, "setUpModule .* nobody awaits") as caught:
            Case.setUpClass()
        self.assertIn("test_class_level.py", str(caught.exception))
        self.assertIn("Make it a plain function", str(caught.exception))

    def test_a_plain_context_manager_is_refused(self):
        class Case(asynctest.TestCase):
            async def test(self):
                await self.enterAsyncContext(contextlib.nullcontext)

        ran = run(Case)
        self.assertIn("is not an async context manager", ran.text)
        self.assertIn("use enterContext", ran.text)
