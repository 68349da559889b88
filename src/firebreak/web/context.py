"""What every route works on: the runner, the finder, one set of views for each agreement."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Request

from firebreak.node.alerts import Alert
from firebreak.node.contacts import Contacts
from firebreak.node.runner import Runner
from firebreak.node.side import Side
from firebreak.web.finding import Finder, channel_name
from firebreak.web.models import AlertView
from firebreak.web.views import Views

_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
"""Of an alert: no run tells more."""


class Context:
    """One running node, as the routes see it."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.finder = Finder(runner)
        self.contacts = Contacts(runner.node.sides, runner.relaying.carried_by_relay)
        self.incidents = runner.incidents.talks
        self._views = {id(side): Views(self.finder, side) for side in runner.node.sides}

    def views(self, side: Side) -> Views:
        """The views of one side."""
        return self._views[id(side)]

    # -- alerts ------------------------------------------------------------------------------

    def cursor(self, number: int) -> str:
        """A place in the alerts of this run."""
        return f"{self.runner.started_at}-{number}"

    def after(self, cursor: str) -> int:
        """The number to go on after; 0, so all that are kept, for a cursor of another run."""
        run, _, number = cursor.partition("-")
        if run == str(self.runner.started_at) and _NUMBER.fullmatch(number):
            return int(number)
        return 0

    def alerts(self, after: int) -> list[AlertView]:
        """The alerts kept whose number is greater."""
        return [
            self.alert(number, alert) for number, alert in self.runner.node.alerts if number > after
        ]

    def alert(self, number: int, alert: Alert) -> AlertView:
        """One alert, with the id of the record that it is about if there is one."""
        sides = self.runner.node.sides
        about = ""
        if alert.place is not None and alert.channel is not None and len(sides) == 1:
            found = self.finder.at(sides[0], alert.channel, alert.place)
            about = "" if found is None else found.judged.id.hex()
        return AlertView(
            cursor=self.cursor(number),
            at=alert.at,
            level=str(alert.level),
            about=str(alert.about),
            text=alert.text,
            agreement=alert.agreement,
            channel=None if alert.channel is None else channel_name(alert.channel),
            id=about or None,
            details=dict(alert.details),
        )


def _of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_of)]
