"""How the pages are built: without the network, and every warning is an error (`make docs`)."""

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "attime"
author = "The attime developers"
copyright = f"2026, {author}"
release = version_of("attime")
version = release

extensions = [
    "mathml",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
# No intersphinx: it would fetch the inventories of other projects.

exclude_patterns = ["_build", "examples"]
templates_path = ["_templates"]

# A page for each public name. What a room gives is what its `__all__` says.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 100  # longer ones get a line for each parameter
numpydoc_show_class_members = False  # the page of a class lists them already
numpydoc_class_members_toctree = False

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

html_math_renderer = "mathml"

sphinx_gallery_conf = {
    "examples_dirs": ["examples"],
    "gallery_dirs": ["auto_examples"],
    "filename_pattern": r"plot_.*\.py$",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "image_scrapers": ("matplotlib", "pictures.keep_pictures"),
    "ignore_repr_types": r"matplotlib|attime\.plot",
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["attime.css"]
html_title = f"attime {release}"
html_show_sourcelink = False
# No sidebar for pages that have no others below them.
alone = (
    "getting_started",
    "data",
    "missing_values",
    "static",
    "training",
    "tuning",
    "regression",
    "forecasting",
    "detection",
    "dictionaries",
    "explanations",
    "faithfulness",
    "calibration",
    "report",
    "command_line",
    "adapters",
    "attention",
    "networks",
    "sequence_to_sequence",
    "rim",
    "adding_a_mechanism",
    "sine",
    "solar",
    "architecture",
)
html_sidebars = {page: [] for page in alone}
html_theme_options = {
    "logo": {"text": "attime"},
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}


def without_limits(app, what, name, obj, options, signature, returns):
    """Show ``Annotated[int, FieldInfo(...)]``, as pydantic writes it, as ``int``; the text of the page has limits."""
    if signature is not None:
        signature = re.sub(r"Annotated\[([^\[\],]+), (?:[^\[\]]|\[[^\[\]]*\])*\]", r"\1", signature)
    return signature, returns


def without_routing(app, what, name, obj, skip, options):
    """Leave out ``set_fit_request`` and its like, which scikit-learn puts into every estimator."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def setup(app):
    app.connect("autodoc-process-signature", without_limits)
    app.connect("autodoc-skip-member", without_routing)
