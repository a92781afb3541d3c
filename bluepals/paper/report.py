"""The year's report as a page of its own: it loads nothing, and can be put on any web site."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from bluepals.domain.sentences import counted
from bluepals.domain.suppression import SMALLEST_SHOWN
from bluepals.domain.survey import Reply

TEMPLATE = Path(__file__).parent / "report.html"


def report_page(report: object) -> str:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(report=report, smallest=SMALLEST_SHOWN, replies=list(Reply), counted=counted)
