"""`@schedule`: when a workflow runs by itself, and for which organizations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, cast, get_args

from msp_automation.declaring import DEFINITION_ATTRIBUTE, Place, check_seconds
from msp_automation.errors import ValidationError
from msp_automation.metadata import Overlap, ScheduleMetadata
from msp_automation.parameters import ParameterModel
from msp_automation.timetable import Timetable, TimetableError

SCHEDULES_ATTRIBUTE: Final = "__msp_schedules__"
LONGEST_CATCH_UP_SECONDS: Final = 86_400
MOST_SCHEDULES: Final = 12

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_TAG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ORGANIZATION: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

AuthorFunction = TypeVar("AuthorFunction", bound=Callable[..., Any])
Organizations = Literal["all"] | Sequence[str]


@dataclass(frozen=True)
class ScheduleSpecification:
    """What one `@schedule` says."""

    place: Place
    name: str
    cron: str
    timezone: str
    organizations: Organizations | None
    tags: Sequence[str]
    parameters: Mapping[str, Any]
    overlap: Overlap
    catch_up_seconds: float


def schedule(
    cron: str,
    *,
    timezone: str = "UTC",
    name: str = "default",
    organizations: Organizations | None = None,
    tags: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    overlap: Overlap = "skip",
    catch_up_seconds: float = 600,
) -> Callable[[AuthorFunction], AuthorFunction]:
    """Run the workflow by itself at these times; stands below `@workflow`, as often as needed.

    Args:
        cron: Minute, hour, day of month, month, day of week, such as "0 6 * * 1-5".
        timezone: A name of the IANA database, such as "Europe/Berlin".
        name: Tells several schedules of one workflow apart; 1 to 60 letters, digits, `_` and `-`.
        organizations: "all", or ids. Without it and without `tags`: all, new ones included.
        tags: Organizations that have one of these tags, new ones included.
        parameters: What the runs are given.
        overlap: While the last run of an organization still goes on, "skip" leaves its next one out and
            "queue" starts it afterwards; at most one waits.
        catch_up_seconds: How late a run may still start after an outage; later it is reported as missed.

    Raises:
        DeclarationError: Something of it is wrong; raised by `@workflow` at import.
    """
    place = Place.of_caller()
    specification = ScheduleSpecification(
        place, name, cron, timezone, organizations, tags, parameters or {}, overlap, catch_up_seconds
    )

    def decorate(function: AuthorFunction) -> AuthorFunction:
        if getattr(function, DEFINITION_ATTRIBUTE, None) is not None:
            raise place.error(
                "@schedule stands above the decorator that reads it.", "Move it below @workflow."
            )
        setattr(function, SCHEDULES_ATTRIBUTE, [specification, *pending_schedules(function)])
        return function

    return decorate


def pending_schedules(function: Callable[..., Any]) -> list[ScheduleSpecification]:
    """What `@schedule` decorators below have collected on a function."""
    return cast("list[ScheduleSpecification]", getattr(function, SCHEDULES_ATTRIBUTE, []))


def build_schedules(
    specifications: Sequence[ScheduleSpecification], parameters: ParameterModel, *, requires_org: bool
) -> list[ScheduleMetadata]:
    """Check every schedule of one workflow.

    Raises:
        DeclarationError: One is wrong; names file, line and mend.
    """
    built: dict[str, ScheduleMetadata] = {}
    for one in specifications:
        if not isinstance(one.name, str) or not _NAME.fullmatch(one.name):
            raise one.place.error(
                f"{one.name!r} is not a usable schedule name.",
                "Start with a letter and use letters, digits, '_' and '-' only, at most 60 characters.",
            )
        if one.name in built:
            raise one.place.error(
                f"Two schedules are called {one.name!r}.", 'Give each a name="…" of its own.'
            )
        if len(built) == MOST_SCHEDULES:
            raise one.place.error(f"There are more than {MOST_SCHEDULES} schedules.", "Leave some out.")
        built[one.name] = _build(one, parameters, requires_org=requires_org)
    return list(built.values())


def _build(one: ScheduleSpecification, parameters: ParameterModel, *, requires_org: bool) -> ScheduleMetadata:
    try:
        timetable = Timetable.parse(one.cron, one.timezone)
    except TimetableError as error:
        raise one.place.error(error.problem, error.mend) from error
    if one.overlap not in get_args(Overlap):
        raise one.place.error(f"overlap={one.overlap!r} is not known.", "Use one of: skip, queue.")
    check_seconds(one.catch_up_seconds, "catch_up_seconds", one.place, least=0, most=LONGEST_CATCH_UP_SECONDS)
    organizations, tags = _organizations(one), _tags(one)
    if not requires_org and (one.organizations is not None or tags):
        raise one.place.error(
            "The workflow runs without an organization, and the schedule names some.",
            "Leave organizations and tags out: it runs once for all.",
        )
    return ScheduleMetadata(
        name=one.name,
        cron=timetable.cron,
        timezone=timetable.timezone,
        all_organizations=requires_org and organizations is None and not tags,
        organizations=organizations or [],
        tags=tags,
        parameters=_parameters(one, parameters),
        overlap=one.overlap,
        catch_up_seconds=one.catch_up_seconds,
    )


def _organizations(one: ScheduleSpecification) -> list[str] | None:
    """Ids, or None where the schedule names none."""
    if one.organizations is None:
        return None
    if one.organizations == "all":
        if one.tags:
            raise one.place.error(
                'organizations="all" and tags contradict each other.', "Keep the one you mean."
            )
        return None
    ids = [one.organizations] if isinstance(one.organizations, str) else list(one.organizations)
    for org_id in ids:
        if not isinstance(org_id, str) or not _ORGANIZATION.fullmatch(org_id.lower()):
            raise one.place.error(
                f"{org_id!r} is no organization's id.",
                'Write organizations="all", or ids as the organization\'s page shows them.',
            )
    if isinstance(one.organizations, str) or not ids:
        raise one.place.error(
            f"organizations={one.organizations!r} is no list of ids.",
            'Write a list, or leave it out for "all".',
        )
    return sorted({org_id.lower() for org_id in ids})


def _tags(one: ScheduleSpecification) -> list[str]:
    if isinstance(one.tags, str):
        raise one.place.error(f"tags={one.tags!r} is one text.", f"Write tags=[{one.tags!r}].")
    for tag in one.tags:
        if not isinstance(tag, str) or not _TAG.fullmatch(tag):
            raise one.place.error(
                f"{tag!r} is no tag of an organization.",
                "Tags are lower-case words joined by hyphens, such as 'managed-backup'.",
            )
    return sorted(set(one.tags))


def _parameters(one: ScheduleSpecification, parameters: ParameterModel) -> dict[str, Any]:
    try:
        values = parameters.to_json(parameters.validate(one.parameters))
    except ValidationError as error:
        problems = " ".join(f"{name}: {text}" for name, text in error.details["fields"].items())
        raise one.place.error(
            f"The workflow does not take the parameters of the schedule {one.name!r}. {problems}",
            "Give every parameter without a default, as a form would.",
        ) from error
    return {name: values[name] for name in one.parameters}
