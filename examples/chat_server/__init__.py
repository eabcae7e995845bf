"""A chat server on asyncio's streams, and its tests."""
