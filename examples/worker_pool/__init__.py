"""A pool of workers that can be cancelled, and its tests."""
