from __future__ import annotations

import pytest

from athena_tui.sandbox.atthene.variables import Variable, resolve, type_check


@pytest.mark.parametrize(
    ("notation", "good", "bad"),
    [
        ("str", "a", 1),
        ("int", 1, True),
        ("int", 1, 1.5),
        ("float", 1, "1"),
        ("bool", True, 1),
        ("list[str]", ["a"], ["a", 1]),
        ("dict[str, int]", {"a": 1}, {"a": "b"}),
        ("str | None", None, 1),
        ("list[str | int]", ["a", 1], [None]),
        ("dict[str, list[int]] | None", {"a": [1]}, {"a": 1}),
    ],
)
def test_types(notation: str, good: object, bad: object) -> None:
    check = type_check(notation)
    assert (check(good), check(bad)) == (True, False)


@pytest.mark.parametrize("notation", ["", "string", "list[]", "dict[int, str]", "str |", "list[str"])
def test_refuses_other_notations(notation: str) -> None:
    with pytest.raises(ValueError, match="unknown type"):
        type_check(notation)


def test_concat_appends_to_what_the_session_holds() -> None:
    notes = (Variable("notes", "str", mode="concat", separator="; "),)
    assert resolve(notes, {"notes": "a"}, {"notes": "b"}).checkpoint == {"notes": "a; b"}


def test_a_default_may_mention_another_variable() -> None:
    variables = (Variable("name", "str"), Variable("greeting", "str", "Hello {{ variables.name }}", required=False))
    assert resolve(variables, {}, {"name": "Ada"}).values["greeting"] == "Hello Ada"


def test_a_default_is_not_kept() -> None:
    variables = (Variable("language", "str", "English"),)
    found = resolve(variables, {}, {})
    assert (found.values, found.checkpoint) == ({"language": "English"}, {})


def test_request_level_ignores_the_checkpoint() -> None:
    variables = (Variable("query", "str", every_execution=True),)
    found = resolve(variables, {"query": "old"}, {})
    assert (found.missing, found.values) == (["query"], {})
