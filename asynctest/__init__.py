"""Test asyncio code, with unittest's own words."""

from ._version import __version__ as __version__
