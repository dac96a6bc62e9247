"""How the documentation is built: `make docs`. Nothing is fetched, neither while building nor while reading."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

from smartcity_analysis import __version__  # noqa: E402

project = "smartcity_analysis"
author = "The smartcity_analysis developers"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "links", "site_pages"]
exclude_patterns = ["_build", "_ext"]
html_theme = "furo"
html_title = f"smartcity_analysis {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "deflist", "fieldlist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False  # parameters are described in words ("DataFrame, optional"), which are no names to link
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True

nitpicky = True
# Types of numpy, pandas and Python, and aliases inside the package, have no page here: a link to them is not expected.
nitpick_ignore_regex = [(r"py:(class|data|obj|exc)", r".*")]
