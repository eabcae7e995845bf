"""leaked_patches with the library's own patches; those of unittest.mock are in the catalogue."""

import colorsys

import asynctest
from test.checks.tools import CheckTest, line_of


class Palette:
    red = 1


class OursLeft(CheckTest):
    check = "leaked_patches"

    def test_a_patch_of_a_name(self):
        async def test(case):
            asynctest.patch("colorsys.rgb_to_hls").start()

        self.assertFound(test, "patch of colorsys.rgb_to_hls", line_of(test, 1))

    def test_a_patch_of_an_object(self):
        def test(case):
            patcher = asynctest.patch.object(Palette, "red", 2)
            patcher.start()

        self.assertFound(test, "patch of Palette.red", line_of(test, 2))

    def test_a_patch_of_several_names(self):
        def test(case):
            asynctest.patch.multiple(colorsys, rgb_to_hls=1, hls_to_rgb=2).start()

        self.assertFound(test, "patch of colorsys.rgb_to_hls", line_of(test, 1))

    def test_a_patch_of_a_dictionary(self):
        async def test(case):
            asynctest.patch.dict("sys.modules", palette=Palette).start()

        self.assertFound(test, "patch of sys.modules", line_of(test, 1))

    def test_one_that_is_stopped_is_in_order(self):
        async def test(case):
            patcher = asynctest.patch("colorsys.rgb_to_hls")
            patcher.start()
            case.addCleanup(patcher.stop)
            asynctest.patch.dict("sys.modules", palette=Palette).start()
            case.addCleanup(asynctest.patch.stopall)
            with asynctest.patch("colorsys.hls_to_rgb"):
                pass

        self.assertClean(test)

    def test_one_from_before_the_test_is_not_the_tests(self):
        asynctest.patch("colorsys.rgb_to_hls").start()

        async def test(case):
            pass

        self.assertClean(test)
