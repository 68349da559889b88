"""The HTTP interface of a running node: everything the console and the command line ask of it.

All handlers run on the node's own loop, as the core knows one thread only. Nothing secret leaves:
officers' keys are not here, and the node's own keys have no route.
"""

from __future__ import annotations

from fastapi import FastAPI

from firebreak import __version__
from firebreak.node.runner import Runner
from firebreak.web import (
    alerts,
    calls,
    carrying,
    checks,
    composing,
    contacts,
    faults,
    humanitarian,
    incidents,
    journal,
    people,
    reading,
    relays,
    routes,
    watch,
)
from firebreak.web.context import Context


def app_for(runner: Runner) -> FastAPI:
    """The application of one running node."""
    app = FastAPI(
        title="Firebreak node",
        version=__version__,
        description=__doc__,
        docs_url=None,
        redoc_url=None,
        responses=faults.RESPONSES,
    )
    app.state.context = Context(runner)
    for room in (
        reading,
        composing,
        alerts,
        carrying,
        watch,
        journal,
        contacts,
        relays,
        calls,
        checks,
        routes,
        incidents,
        people,
        humanitarian,
    ):
        app.include_router(room.router)
    faults.install(app)
    return app
