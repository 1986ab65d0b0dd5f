"""Secrets do not leave a run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msp_automation.redaction import REDACTED, Redactor, is_secret_key

WORDS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
SECRETS = st.text(WORDS, min_size=4, max_size=40).filter(lambda text: text not in REDACTED)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "Password",
        "newPassword",
        "user_pwd",
        "clientSecret",
        "client_secret",
        "accessToken",
        "apiKey",
        "api-key",
        "API_KEY",
        "accountKey",
        "Authorization",
        "passphrase",
        "cookies",
        "credentials",
        "privateKey",
        "refresh_tokens",
        "jwt",
    ],
)
def test_keys_that_look_secret(key: str) -> None:
    assert is_secret_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "keyboard",
        "monkey",
        "keyId",
        "name",
        "skuPartNumber",
        "email",
        "compass",
        "tokenizer",
        "secretary",
        "key_count",
    ],
)
def test_keys_that_do_not(key: str) -> None:
    assert not is_secret_key(key)


def test_values_under_secret_keys_are_blanked_whatever_their_shape() -> None:
    given = {
        "passwordProfile": {"password": "abc", "forceChangePasswordNextSignIn": True},
        "tokens": ["a", 7, None],
        "user": {"name": "Ada", "pin": 4},
        "secret": "",
    }
    assert Redactor().redact(given) == {
        "passwordProfile": {"password": REDACTED, "forceChangePasswordNextSignIn": True},
        "tokens": [REDACTED, REDACTED, None],
        "user": {"name": "Ada", "pin": 4},
        "secret": "",
    }
    assert given["secret"] == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123", f"Authorization: Bearer {REDACTED}"),
        ("got eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJ4In0.c2ln back", f"got {REDACTED} back"),
        ("https://x/?client_secret=abc&tenant=y", f"https://x/?client_secret={REDACTED}&tenant=y"),
        ("password=abc next", f"password={REDACTED} next"),
        ("The password must be changed.", "The password must be changed."),
        ("token expired", "token expired"),
    ],
)
def test_texts_lose_tokens_and_pairs(text: str, shown: str) -> None:
    assert Redactor().redact_text(text) == shown


def test_a_seen_value_is_blanked_in_every_spelling() -> None:
    secret = 'p@ss "wörd"/1'
    redactor = Redactor()
    redactor.add(secret)
    for spelling in (secret, quote(secret, safe=""), json.dumps({"x": secret})):
        assert secret not in redactor.redact_text(spelling)
        assert REDACTED in redactor.redact_text(spelling)
    assert redactor.redact({secret: [secret]}) == {REDACTED: [REDACTED]}


def test_a_number_that_is_a_secret_is_blanked() -> None:
    redactor = Redactor()
    redactor.add("123456")
    assert redactor.redact({"n": 123456, "m": 12}) == {"n": REDACTED, "m": 12}


def test_the_longer_of_two_secrets_goes_whole() -> None:
    redactor = Redactor()
    redactor.add("abcd")
    redactor.add("abcd-efgh")
    assert redactor.redact_text("abcd-efgh") == REDACTED


def test_short_values_would_blank_ordinary_words_and_are_let_be() -> None:
    redactor = Redactor()
    for value in (None, "", "a", "the"):
        redactor.add(value)
    assert redactor.redact_text("the a") == "the a"


def texts_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for entry in data:
            yield from texts_in(entry)
            yield from texts_in(data[entry] if isinstance(data, dict) else None)


@settings(derandomize=True, deadline=None)
@given(secret=SECRETS, data=JSON, before=st.text(max_size=10), after=st.text(max_size=10))
def test_no_seen_value_survives_anywhere(secret: str, data: Any, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.add(secret)
    hidden = redactor.redact({"a": [data, before + secret + after], before + secret: data})
    assert not any(secret in text.replace(REDACTED, "\0") for text in texts_in(hidden))


@settings(derandomize=True, deadline=None)
@given(data=JSON)
def test_the_shape_stays(data: Any) -> None:
    hidden = Redactor().redact(data)
    assert type(hidden) is type(data) or hidden == REDACTED
    if isinstance(data, list):
        assert len(hidden) == len(data)


def test_deep_nesting_ends() -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    assert REDACTED in json.dumps(Redactor().redact(deep))


def test_it_is_fast_enough_to_run_on_every_line() -> None:
    redactor = Redactor()
    for number in range(20):
        redactor.add(f"secret-number-{number}")
    rows = [{"id": number, "name": f"user {number}", "mail": "a@b.example"} for number in range(1000)]
    began = time.process_time()
    redactor.redact(rows)
    assert time.process_time() - began < 0.5
