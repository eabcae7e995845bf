"""The five classes."""

from __future__ import annotations

from unittest import mock

__all__ = ["CoroutineMock", "MagicMock", "Mock", "NonCallableMagicMock", "NonCallableMock"]


class NonCallableMock(mock.NonCallableMock):
    """A stand-in that cannot be called."""


class Mock(NonCallableMock, mock.Mock):
    """A stand-in that records how it is used."""


class NonCallableMagicMock(NonCallableMock, mock.NonCallableMagicMock):
    """A stand-in with magic methods that cannot be called."""


class MagicMock(Mock, mock.MagicMock):
    """A stand-in with magic methods."""


class CoroutineMock(Mock, mock.AsyncMock):
    """A stand-in for a coroutine function."""
