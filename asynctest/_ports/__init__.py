"""The fence around asyncio's private attributes: nothing else touches them.

One file per subject. Each keeps a tuple ``LEANS_ON`` of what it relies on, as
``"module:Class.attribute"``; ``test/house/test_fences.py`` fails in plain words
on a Python where one of them is gone.
"""
