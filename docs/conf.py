"""How the pages are built: ``python -m sphinx -W -b html docs build``."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import asynctest  # noqa: E402

project = "asynctest"
author = "The asynctest maintainers"
copyright = "the asynctest maintainers"
release = version = asynctest.__version__

extensions = [
    "asynctest_docs",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
default_role = "py:obj"
nitpicky = False
suppress_warnings = ["config.cache"]

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "smartquotes"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80

html_theme = "furo"
html_title = "asynctest"
html_static_path = ["_static"]
html_css_files = ["asynctest.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"
