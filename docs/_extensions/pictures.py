"""Pictures of attime in the gallery: they are drawn outside pyplot, where sphinx-gallery does not look for them."""

from pathlib import Path

from sphinx_gallery.scrapers import figure_rst

saved = []


def keep_pictures(block, block_vars, gallery_conf):
    """Save the picture that the last line of a block shows, as a notebook would."""
    shown = block_vars["example_globals"].get("___")
    figure = getattr(shown, "figure", None)
    if not hasattr(shown, "_repr_png_") or figure is None or figure in saved:
        return ""
    saved.append(figure)
    path = Path(next(block_vars["image_path_iterator"]))
    figure.savefig(path, dpi=130)
    return figure_rst([path], gallery_conf["src_dir"])
