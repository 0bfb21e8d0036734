"""Pairing: a code that is shown here and typed on the other device, for a few minutes and a few tries."""

from __future__ import annotations

import hmac
import secrets
import time

CODE_SECONDS = 300.0
MOST_TRIES = 5
DIGITS = 8


class Pairing:
    """One code at a time. A new one replaces the old, a right one is used up, too many wrong ones end it."""

    def __init__(self) -> None:
        self._code = ""
        self._expires = 0.0
        self._tries = 0

    def new_code(self) -> str:
        """'1234 5678': what people read out well."""
        self._code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        self._expires = time.monotonic() + CODE_SECONDS
        self._tries = 0
        return f"{self._code[:4]} {self._code[4:]}"

    @property
    def is_open(self) -> bool:
        return bool(self._code) and time.monotonic() < self._expires and self._tries < MOST_TRIES

    def accepts(self, typed: str) -> bool:
        """Whether that is the code; blanks and dashes in it do not count. A try in any case."""
        if not self.is_open:
            return False
        self._tries += 1
        digits = "".join(letter for letter in typed if letter.isdecimal())
        if not hmac.compare_digest(digits.encode(), self._code.encode()):
            return False
        self._code = ""
        return True
