"""Files through forms into workflows, and out of them; and everything that must not get through."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from msp_core.files.models import KEPT
from msp_core.files.uploads import MAX_WAITING
from msp_core.forms.models import FormDraft
from msp_core.ids import FileId, made_at, new_id
from msp_core.models import utc_now
from msp_core.permissions.models import PermissionFlags
from msp_devstack import demo
from tests.app.engine_world import ok, principal_of, refused, until

MakeWorld = Any  # from conftest.py, which tests cannot import
World = Any

WORKFLOWS = """
@workflow()
async def count_lines(context: OrganizationContext, table: FileReference, note: str = "") -> dict:
    '''Count a file's lines and give them back numbered.'''
    lines = (await table.read()).decode().splitlines()
    numbered = "\\n".join(f"{number} {line}" for number, line in enumerate(lines, 1))
    saved = await context.save_file(f"../Zeilen für {table.name}", numbered)
    return {"name": table.name, "type": table.content_type, "size": table.size_bytes,
            "lines": len(lines), "numbered": saved}

@workflow()
def in_a_thread(context: OrganizationContext, table: FileReference) -> dict:
    '''The same in a plain def, with a large file.'''
    content = context.wait(table.read())
    saved = context.wait(context.save_file("back.bin", content[::-1]))
    again = context.wait(saved.read())
    return {"back": saved, "same": again[::-1] == content}

@workflow(execution_mode="async")
async def later(context: OrganizationContext, table: FileReference, password: str = "") -> dict:
    '''From the queue.'''
    return {"text": (await table.read()).decode(), "password": len(password)}

@workflow()
async def without(context: OrganizationContext, table: FileReference | None = None) -> str:
    '''A file that need not be there.'''
    return "none" if table is None else (await table.read()).decode()

@workflow()
async def steal(context: OrganizationContext, file_id: str, execution_id: str, org_id: str) -> list:
    '''Try to read what is not this run's.'''
    found = []
    for path in (file_id, f"../{execution_id}/{file_id}", f"{org_id}/{execution_id}/{file_id}"):
        file = FileReference(file_id=path, name="x", content_type="text/csv", size_bytes=10)
        try:
            found.append((await file.bound(context.capabilities.read_file).read()).decode())
        except WorkflowError as error:
            found.append(error.message)
    return found

@workflow()
async def too_many(context: OrganizationContext, count: int, size: int) -> dict:
    '''Save more than is kept.'''
    saved = None
    for number in range(count):
        saved = await context.save_file(f"{number}.bin", b"x" * size)
    return {"last": saved}

@workflow()
async def half(context: OrganizationContext) -> None:
    '''Begin a file and fail.'''
    file_id = await context.capabilities.begin_file("half.txt", "text/plain")
    await context.capabilities.append_to_file(file_id, b"x" * 1024 * 1024)
    raise WorkflowError("That was it.")
"""
TABLE = {"name": "table", "label": "Table", "type": "file", "required": True, "accept": [".csv", ".txt"]}
ANY = {"name": "table", "label": "Table", "type": "file"}
CSV = b"name,mail\nAda,ada@contoso.example\n"


async def upload(
    world: World,
    form_id: str,
    content: bytes | AsyncIterator[bytes] = CSV,
    *,
    name: str = "people.csv",
    person: Any = demo.TECHNICIAN,
    field: str = "table",
    headers: dict[str, str] | None = None,
) -> Any:
    return await world.client(person).post(
        f"/api/forms/{form_id}/files",
        params={"field": field, "filename": name},
        content=content,
        headers=headers or {},
    )


async def submit(
    world: World, form_id: str, file_id: Any, *, person: Any = demo.TECHNICIAN, **values: Any
) -> Any:
    body = {"parameters": {"table": file_id, **values}}
    return await world.client(person).post(f"/api/forms/{form_id}/submit", json=body)


async def uploaded(world: World) -> list[str]:
    """All that is in storage, blocks without a blob included."""
    blobs = world.core.storage.files("uploads")
    client = await blobs._client()
    if not await client.exists():
        return []
    return [blob.name async for blob in client.list_blobs(include=["uncommittedblobs"])]


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    """A body without a length."""
    for piece in content:
        yield piece
        await asyncio.sleep(0)


async def test_a_client_user_hands_a_file_to_a_workflow_and_downloads_what_it_made(
    make_world: MakeWorld,
) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    made = ok(await upload(world, form_id, person=demo.CLIENT_USER), 201)
    assert (made["name"], made["contentType"], made["sizeBytes"]) == ("people.csv", "text/csv", len(CSV))
    assert made["expiresAt"].endswith("Z")

    ran = ok(await submit(world, form_id, made["fileId"], person=demo.CLIENT_USER))
    assert ran["status"] == "Success", ran
    given = {name: made[name] for name in ("fileId", "name", "contentType", "sizeBytes")}
    assert ran["inputData"]["table"] == {"file": given}
    result = ran["result"]
    assert (result["name"], result["type"], result["size"], result["lines"]) == (
        "people.csv",
        "text/csv",
        len(CSV),
        2,
    )
    numbered = result["numbered"]["file"]
    assert numbered["name"] == "Zeilen für people.csv"

    client, path = world.client(demo.CLIENT_USER), f"/api/executions/{ran['executionId']}/files"
    answer = await client.get(f"{path}/{numbered['fileId']}")
    assert answer.status_code == 200
    assert answer.content == b"1 name,mail\n2 Ada,ada@contoso.example"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Zeilen f_r people.csv\"; filename*=UTF-8''Zeilen%20f%C3%BCr%20people.csv"
    )
    assert int(answer.headers["Content-Length"]) == numbered["sizeBytes"]
    assert (await client.get(f"{path}/{made['fileId']}")).content == CSV


async def test_a_large_file_goes_through_in_pieces_also_in_a_plain_def(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("in_a_thread", ANY)
    content = bytes(range(256)) * 4096 * 3 + b"end"
    made = ok(await upload(world, form_id, content, name="large.bin"), 201)
    result = ok(await submit(world, form_id, made["fileId"]))["result"]
    assert result["same"] is True
    assert result["back"]["file"]["sizeBytes"] == len(content)


async def test_a_queued_run_gets_its_file_and_its_hidden_parameters(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS, consume_queue=True)
    form_id = await world.form(
        "later", TABLE, {"name": "password", "label": "P", "type": "text", "required": False}
    )
    made = ok(await upload(world, form_id), 201)
    sent = ok(await submit(world, form_id, made["fileId"], password="hidden-one"), 202)

    async def ended() -> Any:
        record = await world.core_executions.find(world.contoso, sent["executionId"])
        return record if record.status.is_ended else None

    record = await until(ended)
    assert record.result == {"text": CSV.decode(), "password": "[redacted]"}


async def test_a_file_that_need_not_be_there_is_none(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", ANY)
    for empty in (None, ""):
        assert ok(await submit(world, form_id, empty))["result"] == "none"


async def test_the_same_submission_twice_is_one_execution(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    made = ok(await upload(world, form_id), 201)
    body = {"parameters": {"table": made["fileId"]}}
    headers = {"Idempotency-Key": "twice"}
    first, second = [
        ok(await world.client().post(f"/api/forms/{form_id}/submit", json=body, headers=headers))
        for _ in range(2)
    ]
    assert first["executionId"] == second["executionId"]
    assert len({record.execution_id for record in await world.records()}) == 1


async def test_an_id_of_anybody_or_anything_else_is_refused_alike_at_its_field(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    second_form = await world.form("count_lines", TABLE)
    foreign_form = await world.form("count_lines", TABLE, org_id=world.fabrikam)
    flags = PermissionFlags(can_execute_workflows=True)
    scope = await world.scope()
    await world.core.permissions.grant(scope, principal_of(demo.TECHNICIAN).user_id, world.fabrikam, flags)
    foreign = {"X-Organization-Id": world.fabrikam}
    others = {
        "another organization's": ok(await upload(world, foreign_form, headers=foreign), 201)["fileId"],
        "another person's": ok(await upload(world, form_id, person=demo.CLIENT_USER), 201)["fileId"],
        "another form's": ok(await upload(world, second_form), 201)["fileId"],
        "unknown": new_id(),
    }
    messages = set()
    for file_id in others.values():
        body = refused(await submit(world, form_id, file_id), 400, "ValidationError")
        assert set(body["details"]["fields"]) == {"table"}
        messages.add(body["details"]["fields"]["table"])
    assert len(messages) == 1
    for odd in (f"../{new_id()}", "x" * 500, {"file": {"fileId": new_id()}}, 7, [new_id()]):
        body = refused(await submit(world, form_id, odd), 400, "ValidationError")
        assert set(body["details"]["fields"]) == {"table"}
    assert await world.records() == []


async def test_an_upload_for_another_field_of_the_form_is_refused(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE, {"name": "other", "label": "Other", "type": "file"})
    made = ok(await upload(world, form_id, field="other"), 201)
    body = refused(await submit(world, form_id, made["fileId"]), 400, "ValidationError")
    assert set(body["details"]["fields"]) == {"table"}


async def test_an_upload_that_nobody_submits_goes_after_a_day(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    kept = ok(await upload(world, form_id), 201)
    ran = ok(await submit(world, form_id, kept["fileId"]))
    await world.services.uploads.purge()
    assert len(await uploaded(world)) == 1

    uploads = world.services.uploads
    uploads._now = lambda: made_at(FileId(kept["fileId"])) + KEPT + timedelta(seconds=1)
    refused(await submit(world, form_id, kept["fileId"]), 400, "ValidationError")
    await uploads.purge()
    assert await uploaded(world) == []
    answer = await world.client().get(f"/api/executions/{ran['executionId']}/files/{kept['fileId']}")
    assert answer.content == CSV


@pytest.mark.parametrize("declared", [True, False])
async def test_a_file_over_its_fields_limit_is_413_and_leaves_nothing(
    make_world: MakeWorld, declared: bool
) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", {**ANY, "maxSizeBytes": 1024 * 1024 + 10})
    content = b"x" * (1024 * 1024 + 11)
    sent = content if declared else pieces(content[:-2], b"x", b"x")
    body = refused(await upload(world, form_id, sent, name="a.txt"), 413, "PayloadTooLarge")
    assert "1 MiB" in body["message"]
    assert await uploaded(world) == []
    just = pieces(content[:-1])
    assert ok(await upload(world, form_id, just, name="a.txt"), 201)["sizeBytes"] == len(content) - 1


async def test_an_endless_body_is_cut_off_at_the_limit(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", {**ANY, "maxSizeBytes": 2 * 1024 * 1024})
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            # An engine that reads on for ever must fail the test, not hang it.
            assert sent < 200
            yield b"x" * 65536

    refused(await upload(world, form_id, endless(), name="a.txt"), 413, "PayloadTooLarge")
    assert await uploaded(world) == []


async def test_the_platforms_limit_holds_whatever_the_field_says(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS, max_upload_bytes=2 * 1024 * 1024)
    form_id = await world.form("without", {**ANY, "maxSizeBytes": 20 * 1024 * 1024})
    large = b"x" * (2 * 1024 * 1024 + 1)
    refused(await upload(world, form_id, large, name="a.txt"), 413, "PayloadTooLarge")
    refused(await upload(world, form_id, pieces(large), name="a.txt"), 413, "PayloadTooLarge")
    assert await uploaded(world) == []


async def test_other_bodies_keep_their_own_limit(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    large = b"x" * (1024 * 1024 + 1)
    for path in (f"/api/forms/{form_id}/submit", "/api/workflows/count_lines", "/api/forms/x/files/y"):
        refused(await world.client().post(path, content=large), 413, "PayloadTooLarge")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.exe", CSV),
        ("people.csv.exe", CSV),
        ("people", CSV),
        ("people.csv", b"MZ\x90\x00 a program"),
        ("people.csv", b"\x89PNG\r\n\x1a\n picture"),
        ("people.csv", b"name\x00mail"),
        ("people.csv", b""),
        ("people.csv\u202egpj.exe", CSV),
    ],
)
async def test_a_kind_that_the_field_does_not_take_is_refused_by_name_and_by_content(
    make_world: MakeWorld, name: str, content: bytes
) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    answer = await upload(world, form_id, content, name=name, headers={"Content-Type": "text/csv"})
    assert set(refused(answer, 400, "ValidationError")["details"]["fields"]) == {"file"}
    assert await uploaded(world) == []


async def test_what_the_sender_says_the_type_is_counts_for_nothing(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", {**ANY, "accept": ["text/*"]})
    page = b"<script>alert(1)</script>"
    lie = {"Content-Type": "image/png; charset=x"}
    made = ok(await upload(world, form_id, page, name="a.html", headers=lie), 201)
    assert made["contentType"] == "text/html"
    ran = ok(await submit(world, form_id, made["fileId"]))
    answer = await world.client().get(f"/api/executions/{ran['executionId']}/files/{made['fileId']}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    lie = {"Content-Type": "text/plain"}
    refused(await upload(world, form_id, page, name="a.svg", headers=lie), 400, "ValidationError")
    picture = {"accept": ["image/*"], "name": "table", "label": "T", "type": "file"}
    pictures = await world.form("without", picture)
    refused(await upload(world, pictures, page, name="a.png"), 400, "ValidationError")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/people.csv", "people.csv"),
        ("C:\\Users\\ada\\people.csv", "people.csv"),
        ("a\r\nSet-Cookie: x=1;.csv", "a Set-Cookie_ x=1;.csv"),
        ('a";filename=b.csv', "a_;filename=b.csv"),
        ("x" * 400 + ".csv", "x" * 196 + ".csv"),
        ("con.csv", "_con.csv"),
        ("Größe 表.csv", "Größe 表.csv"),
    ],
)
async def test_a_name_is_kept_without_its_tricks(make_world: MakeWorld, sent: str, kept: str) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", {**ANY, "accept": [".csv"]})
    made = ok(await upload(world, form_id, name=sent), 201)
    assert made["name"] == kept
    ran = ok(await submit(world, form_id, made["fileId"]))
    answer = await world.client().get(f"/api/executions/{ran['executionId']}/files/{made['fileId']}")
    assert answer.status_code == 200
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["", "..", "/", "\x00", "...", "\u202e"])
async def test_a_file_without_a_name_is_refused(make_world: MakeWorld, name: str) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("without", ANY)
    body = refused(await upload(world, form_id, name=name), 400, "ValidationError")
    assert set(body["details"]["fields"]) == {"filename"}


async def test_only_who_may_run_the_form_uploads_for_it(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    hidden = await world.form("count_lines", TABLE, opened=False)
    foreign = await world.form("count_lines", TABLE, org_id=world.fabrikam)
    refused(await upload(world, hidden, person=demo.CLIENT_USER), 404, "NotFound")
    for person in (demo.TECHNICIAN, demo.CLIENT_USER):
        refused(await upload(world, foreign, person=person), 404, "NotFound")
        headers = {"X-Organization-Id": world.fabrikam}
        refused(await upload(world, foreign, person=person, headers=headers), 403, "Forbidden")
    refused(await upload(world, hidden, person=None), 401, "Unauthorized")
    refused(await upload(world, hidden, field="note"), 400, "ValidationError")
    refused(await upload(world, hidden, field="../table"), 400, "ValidationError")
    assert await uploaded(world) == []


async def test_a_file_of_an_execution_is_for_those_who_may_see_the_execution(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    mine = ok(await upload(world, form_id), 201)["fileId"]
    technicians = ok(await submit(world, form_id, mine))["executionId"]
    path = f"/api/executions/{technicians}/files/{mine}"
    assert (await world.client(demo.ADMIN).get(path)).status_code == 200
    hidden = refused(await world.client(demo.CLIENT_USER).get(path), 404, "NotFound")
    unknown = f"/api/executions/{new_id()}/files/{mine}"
    assert (
        refused(await world.client(demo.CLIENT_USER).get(unknown), 404, "NotFound")["message"]
        == (hidden["message"])
    )
    refused(await world.client(None).get(path), 401, "Unauthorized")
    headers = {"X-Organization-Id": world.fabrikam}
    refused(await world.client(demo.TECHNICIAN).get(path, headers=headers), 403, "Forbidden")
    refused(await world.client(demo.ADMIN).get(path, headers=headers), 404, "NotFound")

    theirs = ok(await upload(world, form_id, person=demo.CLIENT_USER), 201)["fileId"]
    ran = ok(await submit(world, form_id, theirs, person=demo.CLIENT_USER))["executionId"]
    client = world.client(demo.CLIENT_USER)
    assert (await client.get(f"/api/executions/{ran}/files/{theirs}")).content == CSV
    # Their execution does not open somebody else's file.
    for odd in (mine, f"..%2F{technicians}%2F{mine}", "x", "%00"):
        refused(await client.get(f"/api/executions/{ran}/files/{odd}"), 404, "NotFound")


async def test_a_file_cannot_be_named_in_a_direct_run(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    made = ok(await upload(world, form_id), 201)
    reference = {name: made[name] for name in ("fileId", "name", "contentType", "sizeBytes")}
    for given in ({"file": reference}, reference):
        answer = await world.client().post("/api/workflows/without", json={"parameters": {"table": given}})
        assert set(refused(answer, 400, "ValidationError")["details"]["fields"]) == {"table"}
    answer = await world.client().post(
        "/api/workflows/without", json={"parameters": {"table": made["fileId"]}}
    )
    assert refused(answer, 400, "ValidationError")["details"]["fields"] == {
        "table": "Must be an uploaded file."
    }
    assert await world.records() == []


async def test_a_run_reads_no_files_but_its_own(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    made = ok(await upload(world, form_id), 201)
    ran = ok(await submit(world, form_id, made["fileId"]))
    stolen = await world.run(
        "steal", file_id=made["fileId"], execution_id=ran["executionId"], org_id=world.contoso
    )
    assert stolen["result"] == ["There is no such file in this run."] * 3


async def test_a_run_saves_so_many_files_and_so_much_and_no_more(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS, max_upload_bytes=1024 * 1024)
    assert (await world.run("too_many", count=20, size=10))["status"] == "Success"
    many = await world.run("too_many", count=21, size=10)
    assert (many["status"], many["error"]["message"]) == ("Failed", "A run saves at most 20 files.")
    large = await world.run("too_many", count=1, size=1024 * 1024 + 1)
    assert large["error"]["message"] == "The file '0.bin' is too large: at most 1 MiB."
    much = await world.run("too_many", count=5, size=1024 * 1024)
    assert much["error"]["message"] == "The run's files are too large together: at most 4 MiB."
    record = await world.core_executions.find(world.contoso, much["executionId"])
    assert [one["file"]["name"] for one in record.variables["filesSaved"]] == [f"{n}.bin" for n in range(4)]


async def test_a_file_that_was_begun_and_not_finished_leaves_nothing(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    assert (await world.run("half"))["status"] == "Failed"
    client = await world.core.storage.files("execution-files")._client()
    assert [blob.name async for blob in client.list_blobs(include=["uncommittedblobs"])] == []


async def test_one_person_cannot_fill_storage_with_uploads(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("count_lines", TABLE)
    blobs = world.core.storage.files("uploads")
    folder = f"{world.contoso}/{demo.TECHNICIAN.user_id}/{form_id}/table"
    await asyncio.gather(*(blobs.write(f"{folder}/{new_id()}", b"x") for _ in range(MAX_WAITING)))
    answer = await upload(world, form_id)
    assert int(refused(answer, 429, "TooManyRequests") and answer.headers["Retry-After"]) > 60
    ok(await upload(world, form_id, person=demo.CLIENT_USER), 201)
    world.services.uploads._now = lambda: utc_now() + timedelta(days=2)
    ok(await upload(world, form_id), 201)


async def test_a_form_asks_for_a_file_exactly_where_its_workflow_takes_one(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    world.core.catalog.catalog = world.services.pool.catalog
    scope = await world.scope(demo.ADMIN, world.contoso)
    draft = await world.core.forms.generate(scope, "count_lines")
    assert [(one.name, one.type.value, one.required) for one in draft.form_schema.fields] == [
        ("table", "file", True),
        ("note", "text", False),
    ]
    saved = await world.core.forms.create(scope, draft)
    assert isinstance(saved.value, FormDraft)


async def test_files_come_and_go_through_the_functions_adapter(make_world: MakeWorld) -> None:
    world = await make_world(WORKFLOWS)
    form_id = await world.form("in_a_thread", ANY)
    content = bytes(range(256)) * 5000
    adapter = func.AsgiMiddleware(world.app)  # type: ignore[no-untyped-call]  # it has no annotations

    async def ask(method: str, path: str, body: bytes = b"") -> Any:
        url, headers = f"https://engine.example{path}", dict(world.client().headers)
        request = func.HttpRequest(method=method, url=url, headers=headers, params={}, body=body)
        return await adapter.handle_async(request)

    sent = await ask("POST", f"/api/forms/{form_id}/files?field=table&filename=a.bin", content)
    assert sent.status_code == 201, sent.get_body()
    made = json.loads(sent.get_body())
    ran = ok(await submit(world, form_id, made["fileId"]))
    assert ran["status"] == "Success"
    got = await ask("GET", f"/api/executions/{ran['executionId']}/files/{made['fileId']}")
    assert (got.status_code, got.get_body()) == (200, content)
    large = b"x" * (10 * 1024 * 1024 + 1)
    refusal = await ask("POST", f"/api/forms/{form_id}/files?field=table&filename=a.bin", large)
    assert (refusal.status_code, json.loads(refusal.get_body())["error"]) == (413, "PayloadTooLarge")
