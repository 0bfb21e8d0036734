"""Live's side of a control: its names, its range, whether it is kept with the set."""

from typing import Any

from daw_scripts.max.description import Control, Description

FLOAT, INTEGER, CHOICE, BLOB = 0, 1, 2, 3
WHOLE, PERCENT, CUSTOM = 0, 5, 9
VISIBILITY = {"automated": 0, "stored": 1, "hidden": 2}
TYPES = {
    "live.dial": INTEGER,
    "live.numbox": INTEGER,
    "live.slider": INTEGER,
    "live.menu": CHOICE,
    "live.tab": CHOICE,
    "live.text": CHOICE,
    "textedit": BLOB,
    "pattr": BLOB,
}
BANK_SIZE = 8


def value_of(control: Control) -> dict[str, Any]:
    """What Max saves under `valueof`: the control as a parameter of Live."""
    kind = TYPES[control.kind]
    value: dict[str, Any] = {
        "parameter_longname": long_name(control),
        "parameter_shortname": control.title,
        "parameter_annotation_name": control.title,
        "parameter_info": control.note,
        "parameter_type": kind,
        "parameter_invisible": VISIBILITY[control.keep],
    }
    if kind == BLOB:
        return value
    if kind == CHOICE:
        choices = control.items or ("off", "on")
        value |= {"parameter_enum": list(choices), "parameter_mmin": 0, "parameter_mmax": len(choices) - 1}
        value |= {"parameter_unitstyle": CUSTOM}
    else:
        low, high = control.range
        value |= {"parameter_mmin": low, "parameter_mmax": high}
        if control.unit == "percent":
            value["parameter_unitstyle"] = PERCENT
        elif control.unit:
            value |= {"parameter_unitstyle": CUSTOM, "parameter_units": f"%d {control.unit}"}
        else:
            value["parameter_unitstyle"] = WHOLE
    return value | {"parameter_initial_enable": 1, "parameter_initial": [control.initial]}


def long_name(control: Control) -> str:
    """The name that Live knows the parameter by: unique in the device, and never changed, or sets lose its value."""
    return f"Dawbridge {control.title}"


def listing(named: dict[str, Control]) -> dict[str, Any]:
    """The patcher's own list: box → names; and the bank that Push shows."""
    automated = [long_name(control) for control in named.values() if control.keep == "automated"]
    bank = [*automated, *["-"] * BANK_SIZE][:BANK_SIZE]
    listed: dict[str, Any] = {box: [long_name(control), control.title, 0] for box, control in named.items()}
    listed["parameterbanks"] = {"0": {"index": 0, "name": "Dawbridge", "parameters": bank}}
    listed["inherited_shortname"] = 1
    return listed


def memory() -> Control:
    """What the script keeps with the set, as a parameter that nobody sees."""
    note = "What this device has to remember with the set."
    return Control("memory", "pattr", (0, 0, 0, 0), "Memory", note, keep="stored", sends="memory")


def double_names(description: Description) -> list[str]:
    """Long names that more than one parameter has."""
    names = [long_name(control) for control in (*description.all_controls, memory()) if control.is_parameter]
    return sorted({name for name in names if names.count(name) > 1})
