"""The Workflow Engine as an Azure Function app: the same FastAPI app, a queue trigger and timers."""

from __future__ import annotations

import azure.functions as func

from msp_http.functions import start_once
from workflow_engine.app import create_app
from workflow_engine.container import Container

container = Container()
app = start_once(
    func.AsgiFunctionApp(app=create_app(container=container), http_auth_level=func.AuthLevel.ANONYMOUS)
)


@app.function_name("run_execution")
@app.queue_trigger(arg_name="message", queue_name="executions", connection="AzureWebJobsStorage")
async def run_execution(message: func.QueueMessage) -> None:
    """Run one admitted execution; a message that fails five times goes to `executions-poison`."""
    await container.consume(message.get_json())


@app.function_name("give_up_execution")
@app.queue_trigger(arg_name="message", queue_name="executions-poison", connection="AzureWebJobsStorage")
async def give_up_execution(message: func.QueueMessage) -> None:
    """End an execution whose message failed five times."""
    await container.give_up(message.get_json())


@app.function_name("reap_executions")
@app.timer_trigger(arg_name="timer", schedule="*/30 * * * * *", use_monitor=False)
async def reap_executions(timer: func.TimerRequest) -> None:
    """End executions whose engine is gone."""
    await container.reap()


@app.function_name("run_schedules")
@app.timer_trigger(arg_name="timer", schedule="*/15 * * * * *", use_monitor=False)
async def run_schedules(timer: func.TimerRequest) -> None:
    """Start the runs that are due."""
    await container.run_schedules()


@app.function_name("purge_expired")
@app.timer_trigger(arg_name="timer", schedule="0 17 * * * *", use_monitor=False)
async def purge_expired(timer: func.TimerRequest) -> None:
    """Delete what is kept no longer: executions, slots, audit entries, uploads, idempotency keys."""
    await container.purge()
