"""What a run may do and how it ends, in one pool of real runner processes."""

from typing import Any

import pytest
import pytest_asyncio

from msp_automation.errors import ConfigurationError, ValidationError
from msp_core.errors import Unavailable
from workflow_engine.runners.pool import RunStatus, UnknownDeclaration

Stage = Any  # defined in conftest.py, which tests cannot import

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORKFLOWS = """
import dataclasses, datetime, enum, logging, uuid
from pydantic import BaseModel

class Colour(enum.Enum):
    RED = "red"

class Licence(BaseModel):
    sku: str
    until: datetime.date

@dataclasses.dataclass
class Person:
    name: str
    colour: Colour

@workflow
async def add(context: OrganizationContext, left: int, right: int = 2) -> int:
    return left + right

@workflow
def add_in_a_thread(context: OrganizationContext, left: int, right: int = 2) -> dict:
    return {"sum": left + right, "is_main": threading.current_thread() is threading.main_thread()}

@workflow
async def copy_file(context: OrganizationContext, given: FileReference) -> FileReference:
    return await context.save_file("copy.bin", await given.read())

@workflow
async def rich(context: OrganizationContext) -> dict:
    return {
        "model": Licence(sku="E5", until=datetime.date(2030, 1, 2)),
        "dataclass": Person("Ada", Colour.RED),
        "moment": datetime.datetime(2030, 1, 2, tzinfo=datetime.timezone.utc),
        "id": uuid.UUID(int=7), "colour": Colour.RED, "tuple": (1, 2), "set": {3},
    }

@workflow
async def unfit(context: OrganizationContext, what: str) -> object:
    loop: list = []
    loop.append(loop)
    things = {"object": object(), "nested": {"rows": [1, {"socket": object}]}, "loop": loop,
              "surrogate": {"name": "x\\udce4"}, "model": Licence.model_construct(sku=object(), until=None)}
    return things[what]

@workflow
async def huge(context: OrganizationContext, megabytes: int) -> str:
    return "x" * (megabytes * 1_000_000)

@workflow
async def fail(context: OrganizationContext, how: str) -> None:
    def inner() -> None:
        if how == "value":
            raise ValueError("No seat left.")
        if how == "sdk":
            raise ConfigurationError("The setting 'smtp' is missing.", details={"key": "smtp"})
        if how == "exit":
            sys.exit(3)
        if how == "interrupt":
            raise KeyboardInterrupt
        if how == "cancelled":
            raise asyncio.CancelledError
        if how == "group":
            raise ExceptionGroup("several", [ValueError("one")])
        if how == "rude":
            raise Rude("x")
    inner()

class Rude(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")

@workflow
def fail_in_a_thread(context: OrganizationContext, how: str) -> None:
    if how == "exit":
        sys.exit(3)
    if how == "stop":
        raise StopIteration
    raise ValueError("No seat left.")

@workflow
async def exit_in_a_task(context: OrganizationContext) -> str:
    async def leave() -> None:
        sys.exit(4)
    task = asyncio.create_task(leave())
    await asyncio.sleep(0.05)
    return type(task.exception()).__name__

@workflow
async def talk(context: OrganizationContext) -> None:
    print("printed", 1)
    print("an error", file=sys.stderr)
    context.log.info("logged", user="ada")
    logging.getLogger("author").warning("standard %s", "logging")
    print("no end", end="")

@workflow
def talk_in_a_thread(context: OrganizationContext) -> None:
    print("printed in a thread")

@workflow
async def shout_past_python(context: OrganizationContext) -> str:
    os.write(1, b"raw bytes")
    subprocess.run(["echo", "from a program"], check=True)
    return "still here"

@workflow
async def ask(context: OrganizationContext) -> dict:
    await context.set_progress(0.4, "Half way")
    await context.save_checkpoint("first", {"done": [1, 2]})
    context.variables["seen"] = {1, 2}
    context.variables["odd"] = object
    secret = await context.secrets.require("api-key")
    context.log.info("The key is " + secret)
    print("and again", secret)
    token = await context.capabilities.get_token("msgraph")
    return {"length": len(secret), "echo": secret, "token": token.access_token[:5]}

@workflow
def ask_in_a_thread(context: OrganizationContext) -> int:
    context.wait(context.set_progress(1.0))
    return len(asyncio.run(context.secrets.require("api-key")))

@workflow
async def ask_for_more(context: OrganizationContext) -> str:
    try:
        await context.secrets.require("api-key")
    except WorkflowError as error:
        return f"{type(error).__name__}: {error}"

KEPT: list = []

@workflow
async def keep_the_context(context: OrganizationContext) -> None:
    KEPT.append(context)

@workflow
async def use_a_kept_context(context: OrganizationContext) -> str:
    KEPT[-1].log.info("from beyond")
    try:
        await KEPT[-1].capabilities.get_secret("api-key")
    except BaseException as error:
        return type(error).__name__
"""
PROVIDERS = """
@data_provider
async def sizes(context: OrganizationContext, unit: str = "cm") -> list:
    return [{"label": f"10 {unit}", "value": 10}, "large"]

@data_provider
def broken_sizes(context: OrganizationContext) -> list:
    return 7
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def pool(shared_stage: Stage) -> Any:
    shared_stage.write("workflows/all.py", WORKFLOWS)
    shared_stage.write("data_providers/sizes.py", PROVIDERS)
    # One runner, so that a test of module globals meets the process it means.
    pool = await shared_stage.start(runners=1, max_runners=1)
    assert pool.catalog.errors == []
    return pool


async def test_a_prepared_run_has_its_defaults_filled_in(shared_stage: Stage, pool: Any) -> None:
    prepared = await pool.prepare("workflow", "add", {"left": "40"})
    assert prepared.metadata.name == "add"
    assert prepared.parameters == {"left": 40, "right": 2}
    outcome = await prepared.run(shared_stage.snapshot("add"), shared_stage.Host())
    assert (outcome.status, outcome.result) == (RunStatus.SUCCESS, 42)


async def test_a_plain_def_runs_in_a_thread(shared_stage: Stage) -> None:
    outcome = await shared_stage.run("add_in_a_thread", {"left": 1})
    assert outcome.result == {"sum": 3, "is_main": False}


async def test_wrong_parameters_are_named_field_by_field(pool: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        await pool.prepare("workflow", "add", {"left": "many", "extra": 1})
    assert set(caught.value.details["fields"]) == {"left", "extra"}


async def test_a_name_nobody_declared_is_unknown(pool: Any) -> None:
    with pytest.raises(UnknownDeclaration, match="no workflow 'sizes'"):
        await pool.prepare("workflow", "sizes", {})


async def test_a_released_run_gives_its_runner_back(pool: Any) -> None:
    prepared = await pool.prepare("workflow", "add", {"left": 1})
    assert pool.status().runners[0].in_flight == 1
    prepared.release()
    prepared.release()
    assert pool.status().runners[0].in_flight == 0


async def test_rich_results_become_json(shared_stage: Stage) -> None:
    assert (await shared_stage.run("rich")).result == {
        "model": {"sku": "E5", "until": "2030-01-02"},
        "dataclass": {"name": "Ada", "colour": "red"},
        "moment": "2030-01-02T00:00:00Z",
        "id": "00000000-0000-0000-0000-000000000007",
        "colour": "red",
        "tuple": [1, 2],
        "set": [3],
    }


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("object", "result is a object"),
        ("nested", "result['rows'][1]['socket'] is a type"),
        ("loop", "nested more than"),
        ("surrogate", "result['name'] is text with a lone surrogate"),
        ("model", "result.sku is a object"),
    ],
)
async def test_a_result_without_a_json_form_fails_and_says_where(
    shared_stage: Stage, what: str, words: str
) -> None:
    outcome = await shared_stage.run("unfit", {"what": what})
    assert outcome.status is RunStatus.FAILED
    assert outcome.error.type == "InvalidResult"
    assert words in outcome.error.message


async def test_a_result_of_eight_megabytes_is_the_largest(shared_stage: Stage) -> None:
    assert len((await shared_stage.run("huge", {"megabytes": 8})).result) == 8_000_000
    outcome = await shared_stage.run("huge", {"megabytes": 9})
    assert outcome.status is RunStatus.FAILED
    assert outcome.error.type == "InvalidResult"
    assert "at most 8 MB" in outcome.error.message
    assert "context.save_file(" in outcome.error.message


async def test_an_exception_is_told_with_the_authors_frames_only(shared_stage: Stage) -> None:
    error = (await shared_stage.run("fail", {"how": "value"})).error
    assert (error.type, error.message, error.details) == ("ValueError", "No seat left.", None)
    assert 'File "workflows/all.py"' in error.traceback
    assert "in inner" in error.traceback
    assert "hosted_run" not in error.traceback
    assert "msp_automation" not in error.traceback


async def test_an_sdk_error_keeps_its_details(shared_stage: Stage) -> None:
    error = (await shared_stage.run("fail", {"how": "sdk"})).error
    assert (error.type, error.details) == ("ConfigurationError", {"key": "smtp"})


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("exit", "SystemExit"),
        ("interrupt", "KeyboardInterrupt"),
        ("cancelled", "CancelledError"),
        ("group", "ExceptionGroup"),
        ("rude", "Rude"),
    ],
)
async def test_whatever_is_raised_ends_the_run_and_not_the_runner(
    shared_stage: Stage, pool: Any, how: str, kind: str
) -> None:
    pid = pool.status().runners[0].pid
    outcome = await shared_stage.run("fail", {"how": how})
    assert (outcome.status, outcome.error.type) == (RunStatus.FAILED, kind)
    assert (await shared_stage.run("add", {"left": 1})).result == 3
    assert pool.status().runners[0].pid == pid


@pytest.mark.parametrize(
    ("how", "kind"), [("exit", "SystemExit"), ("stop", "RuntimeError"), ("value", "ValueError")]
)
async def test_whatever_a_thread_raises_ends_its_run_too(shared_stage: Stage, how: str, kind: str) -> None:
    outcome = await shared_stage.run("fail_in_a_thread", {"how": how}, timeout=5)
    assert (outcome.status, outcome.error.type) == (RunStatus.FAILED, kind)


async def test_an_exit_in_an_authors_own_task_does_not_end_the_runner(shared_stage: Stage) -> None:
    outcome = await shared_stage.run("exit_in_a_task")
    assert (outcome.status, outcome.result) == (RunStatus.SUCCESS, "SystemExit")


async def test_printing_and_logging_are_lines_of_the_run_in_order(shared_stage: Stage) -> None:
    host = shared_stage.Host()
    await shared_stage.run("talk", host=host)
    lines = [(line.level, line.message) for line in host.lines]
    assert lines == [
        ("info", "printed 1"),
        ("warning", "an error"),
        ("info", "logged"),
        ("warning", "standard logging"),
        ("info", "no end"),
    ]
    assert [line.sequence for line in host.lines] == [1, 2, 3, 4, 5]
    assert host.lines[2].data == {"user": "ada"}


async def test_printing_in_a_thread_is_a_line_of_its_run(shared_stage: Stage) -> None:
    host = shared_stage.Host()
    await shared_stage.run("talk_in_a_thread", host=host)
    assert host.messages == ["printed in a thread"]


async def test_bytes_written_past_python_do_not_corrupt_the_channel(
    shared_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await shared_stage.run("shout_past_python")
    assert outcome.result == "still here"
    await shared_stage.until(lambda: "from a program" in caplog.text)


async def test_a_run_uses_what_its_host_serves(shared_stage: Stage) -> None:
    host = shared_stage.Host({"api-key": "s3cr3t-value"})
    outcome = await shared_stage.run("ask", host=host)
    assert outcome.status is RunStatus.SUCCESS, outcome
    assert host.progress == [(0.4, "Half way")]
    assert host.checkpoints == {"first": {"done": [1, 2]}}
    assert outcome.result["length"] == 12
    assert outcome.variables["seen"] == [1, 2]


async def test_a_secrets_value_leaves_a_run_neither_in_its_log_nor_in_its_result(shared_stage: Stage) -> None:
    host = shared_stage.Host({"api-key": "s3cr3t-value"})
    outcome = await shared_stage.run("ask", host=host)
    assert len(host.lines) == 2
    assert "s3cr3t" not in str(host.lines)
    assert "s3cr3t" not in outcome.model_dump_json()


async def test_a_def_workflow_asks_from_its_thread_and_from_a_loop_of_its_own(shared_stage: Stage) -> None:
    host = shared_stage.Host({"api-key": "s3cr3t-value"})
    outcome = await shared_stage.run("ask_in_a_thread", host=host)
    assert outcome.result == 12, outcome
    assert host.progress == [(1.0, None)]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (ConfigurationError("Set 'api-key' first."), "ConfigurationError: Set 'api-key' first."),
        (Unavailable("The vault does not answer."), "WorkflowError: The vault does not answer."),
        (RuntimeError("connection string=secret"), "WorkflowError: The platform could not serve get_secret."),
    ],
)
async def test_a_request_that_fails_raises_an_sdk_error_in_the_run(
    shared_stage: Stage, refusal: Exception, told: str
) -> None:
    host = shared_stage.Host()
    host.refusal = refusal
    assert (await shared_stage.run("ask_for_more", host=host)).result == told


async def test_a_context_is_of_no_use_after_its_run(shared_stage: Stage) -> None:
    first, second = shared_stage.Host({"api-key": "a"}), shared_stage.Host({"api-key": "b"})
    await shared_stage.run("keep_the_context", host=first)
    assert (await shared_stage.run("use_a_kept_context", host=second)).result == "RunStopped"
    assert (first.lines, second.lines) == ([], [])


async def test_a_provider_answers_options(shared_stage: Stage) -> None:
    outcome = await shared_stage.run("sizes", {"unit": "in"}, kind="provider")
    assert [option["label"] for option in outcome.result] == ["10 in", "large"]


async def test_a_provider_that_answers_something_else_fails_by_name(shared_stage: Stage) -> None:
    outcome = await shared_stage.run("broken_sizes", kind="provider")
    assert outcome.status is RunStatus.FAILED
    assert "broken_sizes" in outcome.error.message


async def test_a_run_reads_and_saves_files_in_pieces_through_its_host(shared_stage: Stage) -> None:
    host = shared_stage.Host()
    content = bytes(range(256)) * 9000
    host.files["given"] = content
    given = {"fileId": "given", "name": "a.bin", "contentType": "x/y", "sizeBytes": len(content)}
    outcome = await shared_stage.run("copy_file", {"given": {"file": given}}, host=host)
    assert outcome.status is RunStatus.SUCCESS, outcome
    assert host.files["copy.bin"] == content
    saved = {
        "fileId": "copy.bin",
        "name": "copy.bin",
        "contentType": "text/csv",
        "sizeBytes": len(content),
    }
    assert outcome.result == {"file": saved}
