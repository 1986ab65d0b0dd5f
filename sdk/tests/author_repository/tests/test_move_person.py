import pytest
from workflows.move_person import move_person

from msp_automation import IntegrationError


@pytest.fixture(autouse=True)
def people(graph):
    graph.add_user("ada@contoso.example", department="Sales")
    graph.add_user("grace@contoso.example", department="Engineering")


def test_a_form_moves_a_person(graph, submit_form, snapshot):
    graph.fail_next(429, retry_after=30, method="PATCH")
    execution = submit_form(
        move_person, {"first_name": "Ada", "department": "Engineering"}, config={"domain": graph.domain}
    )
    assert execution.require_result()["department"] == "Engineering"
    assert graph.user("ada@contoso.example")["department"] == "Engineering"
    graph.assert_called("PATCH", "/users/{user}", times=1, status=204)
    assert execution.snapshot() == snapshot


def test_a_department_that_is_not_offered_is_refused(submit_form):
    execution = submit_form("move_person", {"first_name": "Ada", "department": "Moon"})
    assert execution.field_errors == {"department": "Choose one of the options."}


async def test_it_is_a_plain_function(make_org_context, graph):
    graph.revoke_permissions()
    with pytest.raises(IntegrationError, match=r"User\.ReadWrite\.All"):
        await move_person(make_org_context(config={"domain": graph.domain}), "Ada", "Sales")


def test_a_missing_setting_is_told(submit_form):
    execution = submit_form(move_person, {"first_name": "Ada", "department": "Sales"})
    assert execution.error.type == "ConfigurationError"
