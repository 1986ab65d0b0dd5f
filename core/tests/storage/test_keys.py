from __future__ import annotations

import pytest

from msp_core.errors import Invalid
from msp_core.storage.keys import check_blob_path, check_container, check_key, check_secret_name


@pytest.mark.parametrize("key", ["a", "config:a.b", "it's", "a b", "ü€😀", "%41", "x" * 512, "&=+;,"])
def test_keys_that_azure_holds_pass_unchanged(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key",
    ["", "a/b", "a\\b", "a#b", "a?b", "a\tb", "a\x00b", "a\x7fb", "a\x9fb", "\ud800", "x" * 513, "😀" * 300],
)
def test_keys_that_azure_refuses_are_invalid(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_key(key, what="rowKey")
    assert "rowKey" in caught.value.details["fields"]


@pytest.mark.parametrize("name", ["executions", "a-b-c", "abc"])
def test_container_names_of_azure_pass(name: str) -> None:
    assert check_container(name) == name


@pytest.mark.parametrize("name", ["ab", "A-b", "a--b", "-abc", "abc-", "a_b", "x" * 64])
def test_other_container_names_are_a_defect(name: str) -> None:
    with pytest.raises(ValueError, match="no container"):
        check_container(name)


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a./b", "x" * 1025]
)
def test_blob_paths_that_step_aside_are_invalid(path: str) -> None:
    with pytest.raises(Invalid):
        check_blob_path(path)


def test_an_ordinary_blob_path_passes() -> None:
    assert check_blob_path("org/2026/file name.json") == "org/2026/file name.json"


@pytest.mark.parametrize("name", ["", "a_b", "a.b", "ä", "a b", "x" * 128])
def test_secret_names_that_key_vault_refuses_are_invalid(name: str) -> None:
    with pytest.raises(Invalid):
        check_secret_name(name)
