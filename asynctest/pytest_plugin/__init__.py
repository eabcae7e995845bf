"""The pytest plugin: plain async functions get what a TestCase gets.

pytest loads it by itself when asynctest is installed (it does not import this
package before a test wants it). Mark a test, or set ``asynctest_mode = auto``
in the ini file to have all async tests run that no other plugin owns::

    @pytest.fixture
    async def server():
        async with await asyncio.start_server(...) as server:
            yield server

    @pytest.mark.asynctest(timeout=5, fail_on="leaked_tasks")
    async def test_answers(server):
        ...

A test and the async fixtures it uses run in one task of one loop, and see
each other's context variables. That loop is the test's own, unless the test
uses an async fixture of a wider scope: then it is the loop of the widest one.
"""

from .. import _backstage
from ._plugin import Plugin as Plugin
from ._scopes import FixtureCancelled as FixtureCancelled

_backstage.enter()

__all__ = ["FixtureCancelled", "Plugin"]
