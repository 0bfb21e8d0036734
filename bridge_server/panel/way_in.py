"""The page for a browser that was not let in: it says how to get in, and shows nothing else."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

from bridge_server.protocol.errors import BridgeError

STYLES = ("tokens", "base", "controls", "way-in")
"""What such a page looks like is no secret."""

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
{styles}
{head}<title>{title}</title>
<main class="way-in">
<h1>{title}</h1>
{body}
</main>
"""


def plain_page(title: str, body: str, status: int = 200, head: str = "") -> Response:
    """`body` and `head` are HTML of ours; the title is escaped."""
    styles = "\n".join(f'<link rel="stylesheet" href="/css/{name}.css">' for name in STYLES)
    return HTMLResponse(PAGE.format(title=escape(title), body=body, head=head, styles=styles), status)


def how_to_get_in(error: BridgeError, status: int, is_local: bool) -> Response:
    if status == 401 and is_local:
        body = "<p>Type <code>dawbridge panel</code> in a terminal: it opens the panel here, in this browser.</p>"
    elif status == 401:
        body = '<p>This device has not been paired yet. <a href="/pair">Pair it with a code</a>.</p>'
    else:
        body = f"<p>{escape(error.message)} {escape(error.hint)}</p>"
    return plain_page("Dawbridge's panel", body, status)
