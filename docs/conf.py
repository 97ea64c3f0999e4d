"""How the pages are built: without the network, and every warning is an error (`make docs`)."""

import re
from importlib.metadata import version as version_of

project = "attime"
author = "The attime developers"
copyright = f"2026, {author}"
release = version_of("attime")
version = release

extensions = [
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

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

sphinx_gallery_conf = {
    "examples_dirs": ["examples"],
    "gallery_dirs": ["auto_examples"],
    "filename_pattern": r"plot_.*\.py$",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = f"attime {release}"
html_show_sourcelink = False
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
