"""The jump that is taken when there is provably nothing but timers.

No other thread, no child, no signal handler, no job, and no descriptor but the
loop's own bell, which then nobody can ring: so not even a poll is needed. A
test that only sleeps takes this way at every jump, and pays for nothing else.
All names are local on purpose, and no method is called that can be avoided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .._ports import _time_threads as threads
from ._real import real_time

if TYPE_CHECKING:
    from ._pilot import Pilot

__unittest = True  # unittest leaves our frames out of tracebacks

__all__ = ["make_fast_lane"]

_FINE_NS = 2**21 * 1_000_000_000


def make_fast_lane(pilot: Pilot) -> Callable[[], bool]:
    """Make the function that jumps if all is quiet, and says whether it did."""
    line, limit, next_ns = pilot.line, pilot.limit, pilot.insides.next_ns
    peers, watched = pilot.peers, pilot.peers.watched
    bystanders = pilot.bystanders
    jobs, children, held, signals = pilot.jobs.everything()
    count, ready = threads.count, pilot.insides.ready()

    def jump_if_quiet() -> bool:
        if pilot.goals or jobs or children or held or signals or count():
            return False
        if ready:  # a thread that has ended by now may have left something after the loop looked
            return False
        if (len(watched) != 1 or peers.bell not in watched) and peers.any():
            return False
        if real_time() > bystanders.childless_until and not bystanders.are_childless():
            return False
        target = next_ns()
        if target >= _FINE_NS or pilot.jumps >= pilot.jump_limit:
            return False
        pilot.wait = None
        pilot.jumps += 1
        pilot.bound = pilot.turns + limit
        if line.watchers or target <= line.ns:
            line.move(target)
        else:
            line.ns = target
            line.now = target / 1e9
        return True

    return jump_if_quiet if pilot.is_auto and pilot.insides.shows_all() else lambda: False
