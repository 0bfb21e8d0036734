"""What the musician sees: the controls with their labels, the windows behind them, and their cords to the script."""

from typing import Any

from daw_scripts.max.description import Control, Description, Window
from daw_scripts.max.objects import WINDOW, Shape
from daw_scripts.max.parameters import value_of
from daw_scripts.max.patch import Patch

TWO_LINES = 30
ONE_LINE = {"lines": 1, "keymode": 1}
FONT, FONT_SIZE = "Ableton Sans Medium", 9.5
# [U theme] textedit has no Live colours of its own. The names are those of Live's themes; Max leaves out what it does
# not know, and then the colours below stay.
THEME = {"bgcolor": "themecolor.live_lcd_bg", "textcolor": "themecolor.live_lcd_control_fg"}
WITHOUT_THEME = {"bgcolor": [0.16, 0.16, 0.16, 1.0], "textcolor": [0.9, 0.9, 0.9, 1.0]}


def control_with_cords(patch: Patch, control: Control) -> None:
    """One control with its label, and the cord to the script."""
    add_control(patch, control)
    if control.kind == "textedit":
        _text_out(patch, control, "in")
    elif control.opens:
        patch.add(f"{control.id}-open", "message", "open")
        patch.add(f"{control.id}-control", "newobj", "pcontrol")  # [U window] opens in a frozen device, above Live
        patch.chain(control.id, f"{control.id}-open", f"{control.id}-control", f"{control.opens}-window")
    elif control.sends == "send":
        _send(patch, control)
    elif control.sends and control.mode == "button":
        # A click is a bang, by Max's reference. A message box would answer a number as well.
        patch.add(f"{control.id}-word", "message", control.sends)
        patch.chain(control.id, f"{control.id}-word", "in")
    elif control.sends:
        patch.add(f"{control.id}-word", "newobj", f"prepend {control.sends}")
        patch.chain(control.id, f"{control.id}-word", "in")


def _send(patch: Patch, control: Control) -> None:
    """Send: ask the text fields for what they hold now, the last outlet first, and then say the word."""
    patch.add("send-order", "newobj", "t b b b")
    patch.add("send-word", "message", "send")
    patch.add("send-words", "message", "words bang")
    patch.add("send-seed", "message", "seed bang")
    patch.chain(control.id, "send-order", "send-word", "in")
    patch.cord("send-order", 1, "tags")
    patch.cord("send-order", 2, "send-words")
    patch.cord("send-order", 2, "send-seed")
    patch.chain("send-words", "words-window")
    patch.chain("send-seed", "words-window")


def _text_out(patch: Patch, control: Control, target: str) -> None:
    """A text field says `text <symbol>`; the script gets `<name> <symbol>`."""
    patch.add(f"{control.id}-text", "newobj", "route text")
    patch.add(f"{control.id}-word", "newobj", f"prepend {control.sends}")
    patch.chain(control.id, f"{control.id}-text", f"{control.id}-word", target)


def to_controls(patch: Patch, description: Description) -> None:
    """What the script says to the strip, by the name of the control.

    By Max's reference, a live.comment takes `set`, and `active 0` makes a control grey and deaf. [U live-comment] A
    text with spaces comes without quotes around it.
    """
    names = list(description.from_script)
    windows = {control.id: window for window in description.windows for control in window.controls}
    patch.add("ui", "newobj", "route " + " ".join(names))
    patch.cord("script", description.outlets.index("ui"), "ui")
    for index, name in enumerate(names):
        if name not in windows:
            patch.cord("ui", index, name)
            continue
        patch.add(f"{name}-to", "newobj", f"prepend {name}")
        patch.cord("ui", index, f"{name}-to")
        patch.chain(f"{name}-to", f"{windows[name].name}-window")


def window(patch: Patch, window: Window) -> None:
    """A window of its own: what it is told comes in by the control's name, what it says goes to the script."""
    inner = Patch()
    inner.add("from", "inlet", index=1, comment="")
    names = [control.id for control in window.controls]
    inner.add("which", "newobj", "route " + " ".join(names))
    inner.chain("from", "which")
    inner.add("to", "outlet", index=1, comment="")
    for index, control in enumerate(window.controls):
        add_control(inner, control)
        inner.cord("which", index, control.id)
        _text_out(inner, control, "to")
    width, height = window.size
    patcher = {
        "fileversion": 1,
        "classnamespace": "box",
        "rect": [100.0, 100.0, float(width), float(height)],
        "openinpresentation": 1,
        "title": window.title,
        "boxes": inner.boxes,
        "lines": inner.lines,
    }
    name = f"{window.name}-window"
    patch.add(name, "newobj", f"{WINDOW} {window.name}", shape=Shape(1, ("",)), patcher=patcher)
    patch.chain(name, "in")


def add_control(patch: Patch, control: Control) -> None:
    """The box of a control as the strip shows it, with its label."""
    more: dict[str, Any] = {
        "presentation": 1,
        "presentation_rect": [float(number) for number in control.rect],
        "annotation": control.note,
        "annotation_name": control.title,
        "varname": control.id,
    } | _looks(control)
    if control.is_parameter:
        attributes = {name: {"expression": colour} for name, colour in THEME.items() if control.kind == "textedit"}
        more |= {"parameter_enable": 1, "saved_attribute_attributes": attributes | {"valueof": value_of(control)}}
    patch.add(control.id, control.kind, control.text or "".join(control.texts[:1]), **more)
    if control.label:
        place = [float(number) for number in control.label_place]
        more = {"presentation": 1, "presentation_rect": place, "textjustification": 0}
        patch.add(f"{control.id}-label", "live.comment", control.label, **more)


def _looks(control: Control) -> dict[str, Any]:
    looks: dict[str, Any] = {}
    if control.kind == "live.text":
        looks = {"texton": control.texts[1], "mode": 0 if control.mode == "button" else 1}
    elif control.kind == "live.tab":
        looks = {"num_lines_presentation": control.rows, "num_lines_patching": control.rows}
    elif control.kind == "live.slider":
        looks = {"orientation": 1, "showname": 0, "shownumber": 0}
    elif control.kind == "live.comment":
        looks = {"textjustification": 0}
    elif control.kind == "textedit":
        # [U textedit] One symbol: commas and line feeds survive; the keyboard goes to it in Live; kept in sets.
        looks = {
            "outputmode": 1,
            "nosymquotes": 1,
            "keymode": 0,
            "wordwrap": 1,
            "fontname": FONT,
            "fontsize": FONT_SIZE,
        } | WITHOUT_THEME
        looks |= {"hint": control.hint} if control.hint else {}
        looks |= ONE_LINE if control.rect[3] < TWO_LINES else {}
    return looks | ({"ignoreclick": 1} if control.mode == "lamp" else {})
