"""The Max objects that our device is made of. Max drops an object that it does not know without a word, so only these.

Each has its inlets and outlets as Max saves them; a wrong number makes Max drop the cords.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """How many inlets, and what each outlet sends, as `outlettype` names it."""

    inlets: int
    outlets: tuple[str, ...]


# What stands in a box of class `newobj`, by its first word. The arguments decide the shape of some.
OBJECTS: dict[str, Callable[[list[str]], Shape]] = {
    "plugin~": lambda _: Shape(2, ("signal", "signal")),
    "plugout~": lambda _: Shape(2, ("signal", "signal")),
    "dspstate~": lambda _: Shape(1, ("int", "float", "int", "int")),
    "live.thisdevice": lambda _: Shape(1, ("bang", "int", "int")),
    "live.object": lambda _: Shape(2, ("",)),
    "deferlow": lambda _: Shape(1, ("",)),
    "prepend": lambda _: Shape(1, ("",)),
    "route": lambda arguments: Shape(len(arguments) + 1, ("",) * (len(arguments) + 1)),
    "t": lambda arguments: Shape(1, tuple("bang" if letter == "b" else "" for letter in arguments)),
    "udpsend": lambda _: Shape(1, ()),
    "udpreceive": lambda _: Shape(1, ("",)),
    "pattr": lambda _: Shape(1, ("", "", "")),
    "pcontrol": lambda _: Shape(1, ("",)),
}

# Boxes that have a class of their own.
CLASSES: dict[str, Shape] = {
    "live.comment": Shape(1, ()),
    "live.dial": Shape(1, ("", "float")),
    "live.menu": Shape(1, ("", "", "float")),
    "live.numbox": Shape(1, ("", "float")),
    "live.slider": Shape(1, ("", "float")),
    "live.tab": Shape(1, ("", "", "float")),
    "live.text": Shape(1, ("", "")),
    "textedit": Shape(1, ("", "int", "", "")),
    "message": Shape(2, ("",)),
    "inlet": Shape(0, ("",)),
    "outlet": Shape(1, ()),
}

SCRIPT_CLASSES = ("v8", "js")
WINDOW = "p"
"""A patcher in a patcher; its shape is that of its inlets and outlets."""


def shape_of(maxclass: str, text: str) -> Shape | None:
    """The shape of a box, or None for one that is not on the list. Scripts and windows say their own.

    >>> shape_of("newobj", "route dot status")
    Shape(inlets=3, outlets=('', '', ''))
    """
    if maxclass != "newobj":
        return CLASSES.get(maxclass)
    word, *arguments = text.split() or [""]
    plain = [argument for argument in arguments if not argument.startswith("@")]
    return OBJECTS[word](plain) if word in OBJECTS else None
