"""The routes, one module per domain."""

from __future__ import annotations

from management_api.routes import (
    audit,
    config,
    executions,
    forms,
    gdap,
    health,
    integrations,
    me,
    metrics,
    organizations,
    permissions,
    roles,
    schedules,
    secrets,
    users,
    webhooks,
)

ROUTERS = (
    health.router,
    me.router,
    metrics.router,
    organizations.router,
    gdap.router,
    config.router,
    secrets.router,
    integrations.router,
    permissions.router,
    users.router,
    roles.router,
    forms.router,
    webhooks.router,
    schedules.router,
    executions.router,
    audit.router,
)
