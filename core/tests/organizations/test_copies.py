"""What may be used again: under its own stamp, for half a minute, while there is room."""

from __future__ import annotations

from msp_core.organizations.copies import WarmCopies


def copies(limit: int = 10, *, by_length: bool = False) -> WarmCopies[str, str]:
    return WarmCopies(limit=limit, weigh=len if by_length else None)


def keys_left(some: WarmCopies[str, str], *keys: str) -> list[str]:
    return [key for key in keys if some.find(key, stamp="s", now=0) is not None]


def test_a_copy_counts_under_its_own_stamp_only() -> None:
    some = copies()
    some.keep("a", "value", stamp="s1", now=0)

    found = some.find("a", stamp="s1", now=0)

    assert found is not None
    assert found.value == "value"
    assert some.find("a", stamp="s2", now=0) is None
    assert some.find("a", stamp=None, now=0) is None
    assert some.find("b", stamp="s1", now=0) is None


def test_a_copy_counts_for_less_than_half_a_minute() -> None:
    some = copies()
    some.keep("a", "value", stamp="s", now=100)

    assert some.find("a", stamp="s", now=129.9) is not None
    assert some.find("a", stamp="s", now=130) is None


def test_what_was_not_used_for_longest_goes_first() -> None:
    some = copies(limit=2)
    some.keep("a", "", stamp="s", now=0)
    some.keep("b", "", stamp="s", now=0)
    some.find("a", stamp="s", now=0)

    some.keep("c", "", stamp="s", now=0)

    assert keys_left(some, "a", "b", "c") == ["a", "c"]


def test_the_limit_is_on_what_all_weigh_together() -> None:
    some = copies(limit=10, by_length=True)
    some.keep("a", "1234", stamp="s", now=0)
    some.keep("b", "1234", stamp="s", now=0)
    some.keep("b", "12345", stamp="s", now=0)
    assert keys_left(some, "a", "b") == ["a", "b"]

    some.keep("c", "12", stamp="s", now=0)
    assert keys_left(some, "a", "b", "c") == ["b", "c"]

    some.drop("b")
    some.keep("d", "12345678", stamp="s", now=0)
    assert keys_left(some, "b", "c", "d") == ["c", "d"]

    some.keep("e", "larger than all", stamp="s", now=0)
    assert keys_left(some, "c", "d", "e") == []


def test_what_is_kept_does_not_show_in_a_log() -> None:
    some = copies()
    some.keep("a", "hunter2", stamp="s", now=0)

    assert "hunter2" not in repr(some.find("a", stamp="s", now=0))
