"""What the pages load: it comes from here, unchanged, and is asked for once."""

import hashlib
import re

from desk.pages import HERE
from tests.desk.town import Town

STATIC = HERE / "static"
FILES = sorted(file.name for file in STATIC.iterdir())
# Of dist/htmx.min.js in the package htmx.org 2.0.11.
HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def test_htmx_is_what_its_authors_released_with_its_licence_beside_it() -> None:
    assert hashlib.sha256((STATIC / "htmx-2.0.11.min.js").read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text("utf-8")


async def test_what_has_not_changed_is_not_sent_again(town: Town) -> None:
    for name in FILES:
        first = await town.http.get(f"/static/{name}")
        assert first.headers["cache-control"] == "no-cache", "it may be kept, and is asked about"
        again = await town.http.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304


async def test_htmx_runs_nothing_that_stands_in_a_page_and_keeps_none(town: Town) -> None:
    for visitor in (town.officer("sam"), town.teacher("tess"), town.coordinator("cora")):
        page = await visitor.sees()
        found = re.search("<meta name=\"htmx-config\" content='([^']+)'", page)
        assert found
        for setting in ('"allowEval": false', '"allowScriptTags": false', '"historyCacheSize": 0'):
            assert setting in found[1]
