"""What every refusal and failure owes the musician."""

from typing import Any

from bridge_server.protocol.errors import ERRORS


def check_problem(error: dict[str, Any], code: str = "") -> None:
    """A stable code, a sentence, and what to do now."""
    assert error["code"] in ERRORS
    assert not code or error["code"] == code, error
    assert error["message"].endswith((".", "!", "?"))
    assert error["hint"].strip()
    assert "Traceback" not in error["message"]
