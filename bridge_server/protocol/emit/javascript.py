"""Plain data → JavaScript of 2009 (ES5): Max's `js` object and Node read the same file."""

import json
from typing import Any

FOOT = """
if (typeof module === "object" && module && module.exports) {
  module.exports = dawbridgeProtocol;
}
"""


def javascript_module(data: dict[str, Any], headline: str, notes: str) -> str:
    """A script that sets `dawbridgeProtocol`, exported where there is CommonJS. ASCII only: Max guesses encodings."""
    comment = "".join(f" * {line}".rstrip() + "\n" for line in notes.splitlines())
    body = json.dumps(data, indent=2, ensure_ascii=True, allow_nan=False)
    return f"// {headline}\n/**\n{comment} */\nvar dawbridgeProtocol = {body};\n{FOOT}"
