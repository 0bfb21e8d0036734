"""Plain data → the tables and code blocks of a Markdown page."""

import json
from collections.abc import Iterable
from typing import Any

from bridge_server.protocol.emit.contract import PLAIN_TYPES, Plain

WIDTH = 110


def field_table(fields: list[Plain]) -> str:
    """One row a field: name, type, limits, default, meaning."""
    rows = [
        (f"`{field['name']}`", _type(field), _limits(field), _default(field), field.get("doc", "")) for field in fields
    ]
    return table(("field", "type", "limits", "default", "meaning"), rows)


def error_table(errors: Plain) -> str:
    rows = [(f"`{code}`", error["meaning"], error["hint"]) for code, error in errors.items()]
    return table(("code", "meaning", "hint"), rows)


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def json_block(value: Any) -> str:
    return f"```json\n{pretty_json(value)}\n```"


def pretty_json(value: Any, depth: int = 0) -> str:
    """JSON for people: what fits stays on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list | tuple) or len(line) + 2 * depth <= WIDTH:
        return line
    indent = "  " * (depth + 1)
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {pretty_json(item, depth + 1)}" for key, item in value.items()]
    else:
        items = [pretty_json(item, depth + 1) for item in value]
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(indent + item for item in items) + "\n" + "  " * depth + right


def _type(field: Plain) -> str:
    kind = field["type"]
    if kind == "list":
        return f"list of {_type(field['items'])}"
    if kind in PLAIN_TYPES.values():
        return str(kind)
    return f"[{kind}](#requests)" if kind == "request" else f"[{kind}](#{kind}-value)"


def _limits(field: Plain) -> str:
    """Every limit of a field in words: '20 to 400', 'at most 2,000 characters'."""
    said = []
    if "choices" in field:
        said.append(" or ".join(f"`{choice}`" if choice else "empty" for choice in field["choices"]))
    if "min" in field or "max" in field:
        said.append(_range(field.get("min"), field.get("max")))
    if "min_length" in field or "max_length" in field:
        unit = "items" if field["type"] == "list" else "characters"
        said.append(f"{_range(field.get('min_length'), field.get('max_length'))} {unit}")
    if "pattern" in field:
        said.append(f"`{_readable(field['pattern'])}`")
    return "; ".join(said)


def _readable(pattern: str) -> str:
    """The pattern without its anchors: the page says that the whole text has to match."""
    return pattern.removeprefix("^").removesuffix(r"(?!\n)").removesuffix("$")


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"at most {high:,}"
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _default(field: Plain) -> str:
    if field["required"]:
        return "required"
    if "default" not in field:
        return "absent"
    default = field["default"]
    if default in ("", [], {}) or default == ():
        return "empty"
    return f"`{json.dumps(default, ensure_ascii=False)}`"
