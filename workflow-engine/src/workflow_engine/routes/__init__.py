"""The engine's routes, a module per noun."""

from workflow_engine.routes.data_providers import router as data_providers
from workflow_engine.routes.executions import router as executions
from workflow_engine.routes.files import router as files
from workflow_engine.routes.forms import router as forms
from workflow_engine.routes.health import router as health
from workflow_engine.routes.metadata import router as metadata
from workflow_engine.routes.webhooks import router as webhooks
from workflow_engine.routes.workflows import router as workflows

ROUTERS = (health, metadata, workflows, forms, data_providers, executions, files, webhooks)
