"""Reading lists to their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from msp_automation.errors import IntegrationError
from msp_automation.integrations.paging import NumberedPaging, ODataPaging, Paging, iter_pages

Request = tuple[str, dict[str, Any]]


class Api:
    """Answers each request by a function, and remembers the requests."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    async def fetch(self, path: str, params: Mapping[str, Any] | None) -> Any:
        self.asked.append((path, dict(params or {})))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def read(api: Api, paging: Paging, **params: Any) -> list[list[Any]]:
    return [page async for page in iter_pages(api.fetch, paging, "/users", params, integration="directory")]


async def test_next_links_are_followed_over_empty_pages() -> None:
    api = Api(
        {"value": [1, 2], "@odata.nextLink": "https://g/users?$skiptoken=a"},
        {"value": [], "@odata.nextLink": "https://g/users?$skiptoken=b"},
        {"value": [3]},
    )
    assert await read(api, ODataPaging(), **{"$top": 2}) == [[1, 2], [], [3]]
    assert api.asked == [
        ("/users", {"$top": 2}),
        ("https://g/users?$skiptoken=a", {}),
        ("https://g/users?$skiptoken=b", {}),
    ]


async def test_a_next_link_that_leads_back_is_an_error() -> None:
    api = Api({"value": [1], "@odata.nextLink": "https://g/users?$skiptoken=a"})
    with pytest.raises(IntegrationError, match="leads back"):
        await read(api, ODataPaging())
    assert len(api.asked) == 2


async def test_a_list_without_end_is_cut_off() -> None:
    api = Api(*({"value": [], "@odata.nextLink": f"https://g/users?page={n}"} for n in range(3000)))
    with pytest.raises(IntegrationError, match="more than 2000 pages"):
        await read(api, ODataPaging())


@pytest.mark.parametrize("body", [None, [], {}, {"value": {}}, {"value": [], "@odata.nextLink": 7}])
async def test_an_answer_that_is_no_list_is_an_error(body: Any) -> None:
    with pytest.raises(IntegrationError, match="cannot be read to its end"):
        await read(Api(body), ODataPaging())


async def test_numbered_pages_are_read_until_all_records_are_seen() -> None:
    api = Api(
        {"record_count": 5, "tickets": [1, 2]},
        {"record_count": 5, "tickets": [3, 4]},
        {"record_count": 5, "tickets": [5]},
    )
    assert await read(api, NumberedPaging(2), open_only="true") == [[1, 2], [3, 4], [5]]
    numbers = [params["page_no"] for _, params in api.asked]
    assert numbers == [1, 2, 3]
    assert api.asked[2][1] == {"paginate": "true", "page_size": 2, "open_only": "true", "page_no": 3}


async def test_the_page_size_that_the_server_gives_counts() -> None:
    api = Api(
        {"page_size": 2, "record_count": 3, "clients": [1, 2]},
        {"page_size": 2, "record_count": 3, "clients": [3]},
    )
    assert await read(api, NumberedPaging(100)) == [[1, 2], [3]]


async def test_an_empty_numbered_page_ends_the_list_whatever_the_count_says() -> None:
    assert await read(Api({"record_count": 500, "tickets": []}), NumberedPaging()) == [[]]


async def test_a_bare_list_is_one_page() -> None:
    assert await read(Api([1, 2]), NumberedPaging()) == [[1, 2]]
