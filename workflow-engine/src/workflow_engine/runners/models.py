"""What the pool is told and what it answers: settings, the outcome of a run, the state of the runners."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["workflow", "provider"]


class RunStatus(StrEnum):
    """How a run ended, as far as its runner knows."""

    SUCCESS = "success"
    FAILED = "failed"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class RunError(BaseModel):
    """Why a run did not succeed; `traceback` holds author frames and is for technicians only.

    `kinds` are the names by which an author's `retry_on` may mean it.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    message: str
    details: dict[str, Any] | None = None
    traceback: str | None = None
    kinds: tuple[str, ...] = ()


class RunOutcome(BaseModel):
    """The end of one run: a JSON result, or an error, and the variables the author left behind.

    An interrupted run was ended by the death of its runner. `collateral` tells that another run, or the
    platform, caused it: such a run did nothing wrong and may be repeated where its author allows that. One
    that has not begun did nothing at all: it may begin later, whatever its author says.
    """

    model_config = ConfigDict(frozen=True)

    status: RunStatus
    result: Any = None
    error: RunError | None = None
    variables: dict[str, Any] = {}
    collateral: bool = False
    has_begun: bool = True


class PoolSettings(BaseModel):
    """How many runners there are, how long they may take, and when they are replaced."""

    model_config = ConfigDict(frozen=True)

    runners: int = 2
    max_runners: int = 8
    watch: bool = False
    keeps_limits: bool = True
    """Whether a run in the engine's own process ends at its time limit; runners always see to it."""

    runs_per_runner: int = 64
    """Runs in flight in one runner, which is also its number of threads for `def` workflows."""
    recycle_after_runs: int = 5000
    recycle_above_megabytes: int = 400
    memory_megabytes: int = 1024
    """What one runner may hold; the run that takes it beyond is stopped."""

    discovery_seconds: float = 10.0
    """How long importing the author files may take before the file at fault is left out."""
    offer_seconds: float = 0.05
    """How long a runner has to answer an offer before the next one is asked as well."""
    prepare_seconds: float = 5.0
    """How long `prepare` looks for a runner before it gives up."""
    start_seconds: float = 20.0
    """How long a run is given from one runner to the next where none begins it: the machine is overloaded."""
    grace_seconds: float = 1.0
    """What a run gets to end by itself once cancelled, before its runner is killed."""
    ping_seconds: float = 0.25
    busy_lag_seconds: float = 0.01
    debounce_seconds: float = 0.05


class RunnerStatus(BaseModel):
    """One runner process as a health page shows it."""

    model_config = ConfigDict(frozen=True)

    pid: int
    generation: int
    state: Literal["starting", "ready", "busy", "stuck", "draining"]
    in_flight: int
    served: int
    lag_ms: float
    rss_megabytes: float


class PoolStatus(BaseModel):
    """All runners, and which generation of the author files answers."""

    model_config = ConfigDict(frozen=True)

    generation: int
    runners: list[RunnerStatus]
    ready: int
    wanted: int
    maximum: int
    discovery_errors: int
