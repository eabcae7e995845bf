"""A loop and a proactor with the interface of Windows' own, able to run anywhere.

The proactor has what ``IocpProactor`` has and nothing more, and its futures
carry an overlapped structure; the loop uses both as ``ProactorEventLoop`` on
Windows does, with asyncio's own transports.
"""

import asyncio
from asyncio import proactor_events

from asynctest.proactor import PollingProactor


class Overlapped:
    """Stands for the kernel's record of an operation."""

    def __init__(self):
        self.pending = True
        self.address = id(self)


class IocpLike:
    """The duck type of ``IocpProactor``."""

    def __init__(self):
        self._inner = PollingProactor()
        self._cache = {}
        self.registered = []
        self.unregistered = []
        self.stopped = []

    def set_loop(self, loop):
        self._loop = loop
        self._inner.set_loop(loop)

    def select(self, timeout=None):
        return self._inner.select(timeout)

    def close(self):
        self._inner.close()

    def recv(self, conn, nbytes, flags=0):
        return self._register(conn, self._inner.recv(conn, nbytes, flags))

    def recv_into(self, conn, buf, flags=0):
        return self._register(conn, self._inner.recv_into(conn, buf, flags))

    def recvfrom(self, conn, nbytes, flags=0):
        return self._register(conn, self._inner.recvfrom(conn, nbytes, flags))

    def recvfrom_into(self, conn, buf, flags=0):
        return self._register(conn, self._inner.recvfrom_into(conn, buf))

    def sendto(self, conn, buf, flags=0, addr=None):
        return self._register(conn, self._inner.sendto(conn, buf, flags, addr))

    def send(self, conn, buf, flags=0):
        return self._register(conn, self._inner.send(conn, buf, flags))

    def sendfile(self, sock, file, offset, count):
        return self._register(sock, self._inner.sendfile(sock, file, offset, count))

    def connect(self, conn, address):
        return self._register(conn, self._inner.connect(conn, address))

    def accept(self, listener):
        return self._register(listener, self._inner.accept(listener))

    def wait_for_handle(self, handle, timeout=None):
        return self._register(handle, self._inner.wait_for_handle(handle, timeout))

    def _register_with_iocp(self, obj):
        self.registered.append(obj)

    def _register(self, obj, future):
        self._register_with_iocp(obj)
        overlapped = Overlapped()
        if isinstance(future, asyncio.Future) and type(future) is not asyncio.Future:
            future._ov = overlapped
        self._cache[overlapped.address] = (future, overlapped, obj, None)
        return future

    def _unregister(self, ov):
        self.unregistered.append(ov)

    def _stop_serving(self, obj):
        self.stopped.append(obj)


class WindowsLikeLoop(proactor_events.BaseProactorEventLoop):
    """Uses its proactor in the way of Windows' ``ProactorEventLoop``."""

    def __init__(self):
        super().__init__(IocpLike())

    def run_forever(self):
        try:
            assert self._self_reading_future is None
            self.call_soon(self._loop_self_reading)
            super().run_forever()
        finally:
            if self._self_reading_future is not None:
                overlapped = self._self_reading_future._ov
                self._self_reading_future.cancel()
                if overlapped is not None and not overlapped.pending:
                    self._proactor._unregister(overlapped)
                self._self_reading_future = None
