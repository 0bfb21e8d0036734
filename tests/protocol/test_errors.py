"""Errors help (promise P11): a stable code, one sentence, and what to do now."""

import re

import pytest

from bridge_server.protocol import errors
from bridge_server.protocol.emit.contract import contract
from bridge_server.protocol.errors import ERRORS, BridgeError, Problem, from_problem

LEAVES = list(BridgeError.__subclasses__())
BY_NAME = pytest.mark.parametrize("error", LEAVES, ids=lambda error: error.__name__)


def test_codes_are_unique_and_all_in_the_table(page: str):
    assert len({error.code for error in LEAVES}) == len(LEAVES)
    assert set(ERRORS.values()) == set(LEAVES)
    assert set(contract()["errors"]) == set(ERRORS)
    table = page.partition("\n## Errors\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == sorted(ERRORS)


@BY_NAME
def test_code_is_the_name_in_snake_case(error: type[BridgeError]):
    assert error.code == re.sub(r"(?<!^)(?=[A-Z])", "_", error.__name__).lower()


@BY_NAME
def test_meaning_and_hint_are_sentences(error: type[BridgeError]):
    for sentence in (error.meaning, error.default_hint):
        assert re.match(r"[A-Z`]", sentence)
        assert sentence.endswith(".")
        assert "  " not in sentence


def test_the_tree_in_the_docstring_is_the_tree_in_the_code():
    tree = re.findall(r"^[├└]── (\w+) +(\w+) +\S", errors.__doc__ or "", flags=re.MULTILINE)
    assert tree == [(error.__name__, error.code) for error in LEAVES]
    twigs = [twig for error in LEAVES for twig in error.__subclasses__() if twig.__module__ == errors.__name__]
    assert not twigs, "the tree has one level"


@BY_NAME
def test_an_error_survives_the_wire(error: type[BridgeError]):
    raised = error("The guitar is out of tune.")
    again = from_problem(raised.problem)
    assert type(again) is error
    assert (again.message, again.hint) == ("The guitar is out of tune.", error.default_hint)
    assert from_problem(error("It is.", "Tune it.").problem).hint == "Tune it."


def test_a_code_from_the_future_is_still_an_error():
    again = from_problem(Problem(code="out_of_tune", message="The guitar is out of tune.", hint="Tune it."))
    assert again.code == "bridge_fault"
    assert (again.message, again.hint) == ("The guitar is out of tune.", "Tune it.")
