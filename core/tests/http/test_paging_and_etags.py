"""Cursors and ETags come back as they were given out, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from fastapi import Response
from hypothesis import given
from hypothesis import strategies as st

from msp_core.errors import Invalid
from msp_http.etags import etag_header, parse_if_match
from msp_http.paging import PageRequest, decode_cursor, encode_cursor, set_next_cursor

TABLE_ETAG = "W/\"datetime'2026-01-02T03%3A04%3A05.6789012Z'\""


@given(st.text(min_size=1))
def test_a_cursor_comes_back_as_the_row_key_it_was(row_key: str) -> None:
    try:
        row_key.encode()
    except UnicodeEncodeError:
        return
    cursor = encode_cursor(row_key, "/api/roles")
    assert cursor.isascii()
    assert decode_cursor(cursor, "/api/roles") == row_key
    with pytest.raises(Invalid):
        decode_cursor(cursor, "/api/forms")


@pytest.mark.parametrize("cursor", ["", "?", "a", "é", "/w==", "////", "AA==", "AAAAAAAA", "x" * 8])
def test_a_cursor_that_nobody_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, "/api/roles")
    assert "cursor" in refused.value.details["fields"]


def test_the_last_page_names_no_next_one() -> None:
    response, page = Response(), PageRequest(list_name="/api/roles")
    set_next_cursor(response, page, None)
    assert "X-Next-Cursor" not in response.headers
    set_next_cursor(response, page, "row")
    assert decode_cursor(response.headers["X-Next-Cursor"], "/api/roles") == "row"


def test_an_etag_comes_back_as_storage_knows_it() -> None:
    assert parse_if_match(etag_header(TABLE_ETAG)) == TABLE_ETAG
    # Proxies that compress make an ETag weak.
    assert parse_if_match("W/" + etag_header(TABLE_ETAG)) == TABLE_ETAG


@pytest.mark.parametrize("header", [None, "*", " * "])
def test_any_version_will_do_when_none_is_named(header: str | None) -> None:
    assert parse_if_match(header) is None


@pytest.mark.parametrize("header", ["", "abc", '"a b"', '"YQ", "Yg"', '"_w"', '"' + "A" * 600 + '"'])
def test_an_etag_that_is_none_of_ours_is_refused(header: str) -> None:
    with pytest.raises(Invalid):
        parse_if_match(header)
