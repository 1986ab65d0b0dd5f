"""The Azure Functions entry point: every request goes to the FastAPI app."""

from __future__ import annotations

import azure.functions as func

from management_api.app import create_app
from msp_http.functions import start_once

app = start_once(func.AsgiFunctionApp(app=create_app(), http_auth_level=func.AuthLevel.ANONYMOUS))
