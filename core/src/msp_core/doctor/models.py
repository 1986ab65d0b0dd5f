"""What the doctor finds, and how a suspicion becomes a finding."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from msp_core.models import Model


class FindingKind(StrEnum):
    """What can be wrong."""

    MIRROR_MISSING = "mirrorMissing"
    MIRROR_OUTDATED = "mirrorOutdated"
    MIRROR_WITHOUT_AUTHORITY = "mirrorWithoutAuthority"
    TENANT_CLAIM_MISSING = "tenantClaimMissing"
    TENANT_CLAIM_WRONG = "tenantClaimWrong"
    TENANT_CLAIM_LEFT_OVER = "tenantClaimLeftOver"
    TENANT_HELD_TWICE = "tenantHeldTwice"
    EXECUTION_INDEX_MISSING = "executionIndexMissing"
    EXECUTION_INDEX_WITHOUT_EXECUTION = "executionIndexWithoutExecution"
    EXECUTION_OUTLIVED_ITS_END = "executionOutlivedItsEnd"
    EXECUTION_STALLED = "executionStalled"
    BLOB_ORPHANED = "blobOrphaned"
    PARAMETERS_LEFT_OVER = "parametersLeftOver"
    REFERENCE_DANGLING = "referenceDangling"
    SECRET_MISSING = "secretMissing"  # noqa: S105 - the name of a finding
    LEFT_OF_WEBHOOK = "leftOfWebhook"
    SECRET_CHANGE_LEFT_OVER = "secretChangeLeftOver"  # noqa: S105 - the name of a finding
    SECRET_RECORD_LEFT_OVER = "secretRecordLeftOver"  # noqa: S105 - the name of a finding
    IDEMPOTENCY_KEY_LEFT_OVER = "idempotencyKeyLeftOver"
    ROW_UNREADABLE = "rowUnreadable"


class Outcome(StrEnum):
    """What became of a finding.

    `changedMeanwhile`: while it was to be mended somebody wrote there, and their write stands.
    """

    FOUND = "found"
    MENDED = "mended"
    CHANGED_MEANWHILE = "changedMeanwhile"


class Finding(Model):
    """One thing that is not as it should be.

    `repair` says what a repair does; where `is_repairable` is false, it says what a person can do, since
    the doctor never deletes or changes what is the authority.
    """

    kind: FindingKind
    where: str
    meaning: str
    repair: str
    is_repairable: bool = False
    outcome: Outcome = Outcome.FOUND


class Unchecked(Model):
    """A check that could not be made, or not to its end."""

    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A finding that held at the second look.

    Args:
        mend: Puts it right with conditional writes; False if somebody changed it meanwhile. None where
            only a person can decide.
    """

    finding: Finding
    mend: Callable[[], Awaitable[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that looked wrong at the first look, perhaps because it was being written.

    Args:
        look_again: Reads it afresh; None if all is well by now.
    """

    where: str
    look_again: Callable[[], Awaitable[Diagnosis | None]]


class Check(Protocol):
    """One kind of examination."""

    @property
    def name(self) -> str:
        """What is examined, in a few words."""
        ...

    def suspects(self) -> AsyncIterator[Suspect]:
        """Walk storage page by page; nothing is written."""
        ...


def diagnosis(
    kind: FindingKind,
    where: str,
    meaning: str,
    repair: str,
    mend: Callable[[], Awaitable[bool]] | None = None,
) -> Diagnosis:
    """A diagnosis; it is repairable exactly if `mend` is given."""
    finding = Finding(kind=kind, where=where, meaning=meaning, repair=repair, is_repairable=mend is not None)
    return Diagnosis(finding, mend)
