"""Templates filled in with data, which is never markup, and printed."""

import json
from pathlib import Path

import typst

from bluepals.paper.lettering import fonts


def filled(template: Path, data: object) -> typst.Compiler:
    return typst.Compiler(template, font_paths=fonts(), sys_inputs={"data": json.dumps(data)})


def as_pdf(document: typst.Compiler) -> bytes:
    """One PDF. The same document, the same bytes."""
    pdf = document.compile(format="pdf", timestamp=0)
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst printed {type(pdf).__name__}, not one PDF")
    return pdf
