"""Lets a command take groups of options as dataclasses; Typer sees every field as an option of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def ungrouped(function: Callable[..., None]) -> Callable[..., None]:
    """`function`, with one keyword for each field of the dataclasses among its parameters.

    >>> @dataclass
    ... class Size: wide: int = 1                                                    # doctest: +SKIP
    >>> ungrouped(lambda name, size: ...)   # is called as (name=…, wide=…)           # doctest: +SKIP
    """
    hints = get_type_hints(function, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if isinstance(kind, type) and is_dataclass(kind)}
    parameters: list[Parameter] = []
    for name, parameter in signature(function).parameters.items():
        parameters += _fields(groups[name]) if name in groups else [_keyword(name, hints[name], parameter.default)]

    def call(**words: Any) -> None:
        for name, kind in groups.items():
            words[name] = kind(**{field.name: words.pop(field.name) for field in fields(kind)})
        function(**words)

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def _fields(kind: type) -> list[Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [_keyword(field.name, hints[field.name], field.default) for field in fields(kind)]


def _keyword(name: str, annotation: Any, default: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
