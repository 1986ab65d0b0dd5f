"""What a submission must hold, and the values it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from msp_core.errors import Invalid
from msp_core.forms.models import FormDraft, VisibleWhen
from msp_core.forms.submission import is_visible, validate_submission


def make_form(*fields: dict[str, Any]) -> FormDraft:
    return FormDraft.model_validate(
        {
            "name": "F",
            "linkedWorkflow": "w",
            "formSchema": {"fields": [{"label": "x", **one} for one in fields]},
        }
    )


def wrong(form: FormDraft, values: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        validate_submission(form, values)
    found = refused.value.details["fields"]
    assert isinstance(found, dict)
    return found


OPTIONS = [{"label": "A", "value": "a"}, {"label": "1", "value": 1}, {"label": "Yes", "value": True}]


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        ({"type": "text"}, "O'Neil <b>", "O'Neil <b>"),
        ({"type": "textarea"}, "a\nb\tc", "a\nb\tc"),
        ({"type": "email"}, "first.last+tag@sub.company.co.uk", "first.last+tag@sub.company.co.uk"),
        ({"type": "email"}, "o'neil@company.com", "o'neil@company.com"),
        ({"type": "number"}, 3, 3),
        ({"type": "number"}, 2.5, 2.5),
        ({"type": "number"}, 3.0, 3),
        ({"type": "number", "required": True}, 0, 0),
        ({"type": "checkbox"}, True, True),
        ({"type": "checkbox"}, False, False),
        ({"type": "date"}, "2026-02-28", "2026-02-28"),
        ({"type": "datetime"}, "2026-01-31T09:00:00Z", "2026-01-31T09:00:00+00:00"),
        ({"type": "datetime"}, "2026-01-31T09:00+01:00", "2026-01-31T09:00:00+01:00"),
        ({"type": "select", "options": OPTIONS}, "a", "a"),
        ({"type": "radio", "options": OPTIONS}, 1, 1),
        ({"type": "select", "dataProvider": "p"}, "anything", "anything"),
        ({"type": "multiselect", "options": OPTIONS}, ["a", True, 1], ["a", True, 1]),
        ({"type": "file"}, "019f0000-0000-7000-8000-000000000001", "019f0000-0000-7000-8000-000000000001"),
    ],
)
def test_good_values_are_typed(field: dict[str, Any], sent: Any, read: Any) -> None:
    got = validate_submission(make_form({"name": "f", **field}), {"f": sent})

    assert got == {"f": read}
    assert type(got["f"]) is type(read)


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ({"type": "text"}, 5),
        ({"type": "text"}, ["a"]),
        ({"type": "text"}, {"a": 1}),
        ({"type": "text"}, "a\x00"),
        ({"type": "text"}, "a\nb"),
        ({"type": "text"}, "\ud800"),
        ({"type": "text"}, "x" * 32_001),
        ({"type": "textarea"}, "a\x07"),
        ({"type": "email"}, "nobody"),
        ({"type": "email"}, "a@b"),
        ({"type": "email"}, "a b@company.com"),
        ({"type": "email"}, "a@company.com, b@company.com"),
        ({"type": "email"}, "a@company.com\nBcc: b@company.com"),
        ({"type": "email"}, "x" * 65 + "@company.com"),
        ({"type": "email"}, "<a@company.com>"),
        ({"type": "number"}, "3"),
        ({"type": "number"}, True),
        ({"type": "number"}, float("nan")),
        ({"type": "number"}, float("inf")),
        ({"type": "number"}, 10**400),
        ({"type": "checkbox"}, "true"),
        ({"type": "checkbox"}, 1),
        ({"type": "checkbox", "required": True}, False),
        ({"type": "date"}, "2026-02-30"),
        ({"type": "date"}, "28.02.2026"),
        ({"type": "date"}, "20260228"),
        ({"type": "date"}, "\uff12\uff10\uff12\uff16-02-28"),
        ({"type": "date"}, 20260228),
        ({"type": "datetime"}, "2026-01-31T09:00:00"),
        ({"type": "datetime"}, "2026-01-31"),
        ({"type": "datetime"}, "2026-01-31T25:00:00Z"),
        ({"type": "datetime"}, "0001-01-01T00:00:00+14:00"),
        ({"type": "datetime"}, "2026-01-31T09:00:00+99:99"),
        ({"type": "select", "options": OPTIONS}, "b"),
        ({"type": "select", "options": OPTIONS}, "1"),
        ({"type": "select", "options": [{"label": "1", "value": 1}]}, True),
        ({"type": "select", "options": [{"label": "1", "value": 1}]}, 1.0),
        ({"type": "select", "options": OPTIONS}, ["a"]),
        ({"type": "select", "dataProvider": "p"}, {"a": 1}),
        ({"type": "select", "dataProvider": "p"}, "a\x00"),
        ({"type": "select", "dataProvider": "p"}, float("nan")),
        ({"type": "select", "dataProvider": "p"}, 10**400),
        ({"type": "multiselect", "options": OPTIONS}, "a"),
        ({"type": "multiselect", "options": OPTIONS}, ["a", "a"]),
        ({"type": "multiselect", "options": OPTIONS}, ["a", "b"]),
        ({"type": "multiselect", "options": OPTIONS}, [["a"]]),
        ({"type": "multiselect", "dataProvider": "p"}, [str(n) for n in range(501)]),
        ({"type": "file"}, {"content": "…"}),
        ({"type": "file"}, "uploads/abc"),
        ({"type": "file"}, "019F0000-0000-7000-8000-000000000001"),
        ({"type": "file"}, "../019f0000-0000-7000-8000-000000000001"),
    ],
)
def test_bad_values_are_refused_at_their_field(field: dict[str, Any], sent: Any) -> None:
    assert set(wrong(make_form({"name": "f", **field}), {"f": sent})) == {"f"}


@pytest.mark.parametrize(
    ("kind", "rules", "good", "bad"),
    [
        ("text", {"minLength": 2}, "ab", "a"),
        ("text", {"maxLength": 2}, "ab", "abc"),
        ("text", {"maxLength": 1}, "é", "😀"),
        ("text", {"pattern": "^[a-z]+$"}, "abc", "abc\u00e9"),
        ("text", {"pattern": "b"}, "abc", "ac"),
        ("text", {"pattern": r"^\d{3}$"}, "123", "\uff11\uff12\uff13"),
        ("text", {"pattern": r"^\\d$"}, "\\d", "1"),
        ("text", {"pattern": r"^[\w.-]+$"}, "a_b.c-1", "é"),
        ("text", {"pattern": r"^\D+$"}, "abc", "a1"),
        ("number", {"min": 1}, 1, 0.99),
        ("number", {"max": 10}, 10, 10.01),
        ("date", {"min": "2026-01-01"}, "2026-01-01", "2025-12-31"),
        (
            "datetime",
            {"max": "2026-01-01T00:00:00Z"},
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00:00-01:00",
        ),
    ],
)
def test_bounds_hold_and_speak_in_the_forms_own_words(
    kind: str, rules: dict[str, Any], good: Any, bad: Any
) -> None:
    silent = make_form({"name": "f", "type": kind, "validation": rules})
    spoken = make_form({"name": "f", "type": kind, "validation": {**rules, "message": "Like this, please."}})

    assert "f" in validate_submission(silent, {"f": good})
    assert wrong(silent, {"f": bad})["f"]
    assert wrong(spoken, {"f": bad}) == {"f": "Like this, please."}


def test_lists_have_lengths_too() -> None:
    form = make_form(
        {
            "name": "f",
            "type": "multiselect",
            "options": OPTIONS,
            "validation": {"minLength": 2, "maxLength": 2},
        }
    )

    assert validate_submission(form, {"f": ["a", 1]}) == {"f": ["a", 1]}
    assert "At least 2" in wrong(form, {"f": ["a"]})["f"]
    assert "At most 2" in wrong(form, {"f": ["a", 1, True]})["f"]


def test_every_wrong_field_is_told_at_once() -> None:
    form = make_form(
        {"name": "first", "type": "text", "required": True},
        {"name": "second", "type": "number"},
        {"name": "third", "type": "text"},
    )

    found = wrong(form, {"second": "x", "third": "ok", "fourth": 1})

    assert set(found) == {"first", "second", "fourth"}


@pytest.mark.parametrize("empty", [None, "", "   ", []])
def test_an_empty_field_is_left_out_and_a_required_one_refused(empty: Any) -> None:
    field = {"name": "f", "type": "text"}

    assert validate_submission(make_form(field), {"f": empty}) == {}
    assert wrong(make_form({**field, "required": True}), {"f": empty}) == {"f": "This field is required."}
    assert wrong(make_form({**field, "required": True}), {}) == {"f": "This field is required."}


def test_a_default_is_for_what_was_not_sent() -> None:
    form = make_form({"name": "f", "type": "text", "defaultValue": "d"})

    assert validate_submission(form, {}) == {"f": "d"}
    assert validate_submission(form, {"f": ""}) == {}
    assert validate_submission(form, {"f": "x"}) == {"f": "x"}


def test_a_box_that_was_not_ticked_is_false() -> None:
    assert validate_submission(make_form({"name": "f", "type": "checkbox"}), {}) == {"f": False}


def test_markdown_has_no_value() -> None:
    form = make_form({"name": "f", "type": "markdown", "content": "x"})

    assert validate_submission(form, {}) == {}
    assert set(wrong(form, {"f": "x"})) == {"f"}


def test_hidden_fields_are_dropped_and_not_required() -> None:
    form = make_form(
        {"name": "remote", "type": "checkbox"},
        {
            "name": "desk",
            "type": "text",
            "required": True,
            "visibleWhen": {"field": "remote", "value": False},
        },
        {
            "name": "chair",
            "type": "text",
            "required": True,
            "visibleWhen": {"field": "desk", "operator": "isNotEmpty"},
        },
    )

    assert validate_submission(form, {"remote": True, "desk": "smuggled", "chair": 5}) == {"remote": True}
    assert set(wrong(form, {"remote": False})) == {"desk"}
    assert set(wrong(form, {"desk": "4a"})) == {"chair"}
    assert validate_submission(form, {"desk": "4a", "chair": "red"}) == {
        "remote": False,
        "desk": "4a",
        "chair": "red",
    }


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "shown"),
    [
        ("equals", "a", "a", True),
        ("equals", "a", "b", False),
        ("equals", 1, 1.0, True),
        ("equals", True, 1, False),
        ("equals", None, None, False),
        ("notEquals", "a", None, True),
        ("notEquals", "a", "a", False),
        ("in", ["a", "b"], "b", True),
        ("in", ["a", "b"], None, False),
        ("in", "abc", "b", False),
        ("notIn", ["a"], "b", True),
        ("notIn", ["a"], "a", False),
        ("contains", "a", ["a", "b"], True),
        ("contains", "c", ["a", "b"], False),
        ("contains", "ell", "hello", True),
        ("contains", "", "hello", False),
        ("contains", "a", None, False),
        ("greaterThan", 3, 4, True),
        ("greaterThan", 3, 3, False),
        ("greaterThan", 3, None, False),
        ("greaterThan", 3, "4", False),
        ("greaterThan", "2026-01-01", "2026-01-02", True),
        ("lessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00", True),
        ("lessThan", "2026-01-01T00:00:00", "2025-01-01T00:00:00+01:00", False),
        ("lessThan", 3, 2, True),
        ("lessThan", True, 0, False),
        ("isEmpty", None, None, True),
        ("isEmpty", None, "x", False),
        ("isNotEmpty", None, [1], True),
        ("isNotEmpty", None, [], False),
    ],
)
def test_rules_compare_as_they_say(operator: str, wanted: Any, value: Any, shown: bool) -> None:
    rule = VisibleWhen.model_validate({"field": "f", "operator": operator, "value": wanted})
    values = {} if value is None else {"f": value}

    assert is_visible(rule, values) is shown


def test_many_unknown_fields_are_not_all_repeated_back() -> None:
    found = wrong(make_form({"name": "f", "type": "text"}), {f"x{n}" * 100: n for n in range(1000)})

    assert len(found) <= 20
    assert all(len(name) <= 64 for name in found)
