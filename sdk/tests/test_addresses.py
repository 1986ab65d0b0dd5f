"""Path templates hold no ids."""

from __future__ import annotations

import httpx
import pytest

from msp_automation.integrations.addresses import endpoint_of, origin_of


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/users", "/users"),
        ("/users/", "/users/"),
        ("/users/ada@contoso.example/manager", "/users/{id}/manager"),
        ("/users/ada%40contoso.example", "/users/{id}"),
        ("/users/c0000000-0000-4000-8000-000000000001", "/users/{id}"),
        ("/client/101/site/7", "/client/{id}/site/{id}"),
        ("/users('ada')/licenseDetails", "/users('{id}')/licenseDetails"),
        ("/drives/b!8k2J4x9vQ0mN3pR7tW1yZ5aC/root", "/drives/{id}/root"),
        ("/tenantRelationships/delegatedAdminCustomers", "/tenantRelationships/delegatedAdminCustomers"),
        ("/groups/7/members/$ref", "/groups/{id}/members/$ref"),
        ("/users?$filter=startswith(mail,'ada')", "/users"),
    ],
)
def test_what_looks_like_an_id_becomes_a_placeholder(path: str, endpoint: str) -> None:
    request = httpx.Request("GET", f"https://graph.example/v1.0{path}", extensions={"base_path": "/v1.0/"})
    assert endpoint_of(request) == endpoint


def test_an_origin_is_scheme_host_and_port() -> None:
    same = ["https://Graph.example/v1.0", "https://graph.example:443/x"]
    others = ["http://graph.example/", "https://graph.example:8443/", "https://graph.example.evil.example/"]
    assert len({origin_of(httpx.URL(url)) for url in same}) == 1
    assert len({origin_of(httpx.URL(url)) for url in [*same, *others]}) == 4
    assert origin_of(httpx.URL("https://graph.example@evil.example/"))[1] == "evil.example"
