"""What our own side may not say in a call now, and what is offered when it is not to be had.

Only our own words are refused; what the other side says is kept, and shown as it is.
"""

from __future__ import annotations

from firebreak.desk.calls import CallView
from firebreak.desk.tables import Standing
from firebreak.records.calls import CallAnswer, CallReply, CallState, CallStep
from firebreak.records.figures import date_time_group
from firebreak.records.kinds import Body, Cancel
from firebreak.records.slots import Span
from firebreak.values import Millis

_OVER = frozenset({Standing.ENDED, Standing.WITHDRAWN})
_REFUSED = frozenset({Standing.NOT_AT_THIS_TIME, Standing.DECLINED, Standing.LAPSED})


def refusal(call: CallView, body: Body, about: bytes | None) -> str | None:
    """Why our side may not say this in the call now, with what to do; None if it may.

    about: the id of the record that it is about.
    """
    match body:
        case CallState(step):
            return _step(call, step)
        case CallAnswer(reply):
            return _answer(call, reply, about)
        case Cancel():
            if call.standing in _OVER or call.standing is Standing.BEGUN:
                return f"The call stands at {call.standing}: there is nothing left to withdraw."
            return None
        case _:
            return None


def refusals(call: CallView) -> dict[str, str]:
    """What our side may not say now, by what it would say, each with why and what to do."""
    own: dict[str, tuple[Body, bytes | None]] = {
        **{step.name.lower().replace("_", "-"): (CallState(step, 0), call.id) for step in CallStep},
        "withdraw": (Cancel(), call.id),
        "answer": (CallAnswer(CallReply.NOT_AT_THIS_TIME), call.answer_ours),
        "accept": (CallAnswer(CallReply.ACCEPTED, (_ANY_TIME,)), call.answer_ours),
    }
    found = {name: refusal(call, body, about) for name, (body, about) in own.items()}
    if not call.we_asked:
        found["withdraw"] = "They asked for it: decline it, or answer that it is not the time."
    return {name: why for name, why in found.items() if why is not None}


_ANY_TIME = Span(0, 1)


def _step(call: CallView, step: CallStep) -> str | None:
    stands = f"The call stands at {call.standing}"
    match step:
        case CallStep.READY:
            if call.standing is not Standing.ACCEPTED:
                return f"{stands}: only a call that was accepted can be made ready."
            if call.missing:
                return f"Not ready: {'; '.join(call.missing)}. See: firebreak call staff, brief."
        case CallStep.BEGUN:
            if call.standing in _OVER or call.standing is Standing.BEGUN:
                return f"{stands}: it cannot begin now. Ask for a new one: firebreak call request."
        case CallStep.ENDED:
            if call.standing not in (Standing.BEGUN, Standing.BROKEN_OFF):
                return f"{stands}: it has not begun. Say so first: firebreak call begin."
        case CallStep.BROKEN_OFF:
            if call.standing is not Standing.BEGUN:
                return f"{stands}: it is not going on. Say so first: firebreak call begin."
    return None


def _answer(call: CallView, reply: CallReply, about: bytes | None) -> str | None:
    if call.standing in _OVER or call.standing in (Standing.BEGUN, Standing.BROKEN_OFF):
        return f"The call stands at {call.standing}: no answer to its request has an effect now."
    if about == call.id:
        return None  # the asked side may say something else at any time
    if about is None or about != call.answer_ours:
        return (
            "That was taken back, or there is nothing to answer yet. See what stands:"
            f" firebreak call show {call.id.hex()[:8]}"
        )
    if reply is CallReply.ACCEPTED and call.standing not in (Standing.OTHER_TIME, Standing.DEPUTY):
        return "They proposed no other time and no deputy, so there is nothing to accept."
    return None


def too_soon(call: CallView, now: Millis) -> str | None:
    """Why no reminder may go out now; None if one may."""
    if call.remind_from is None:
        return (
            f"The call stands at {call.standing}: nothing of theirs is awaited to be reminded of."
        )
    if now < call.remind_from:
        return (
            "A reminder now would press, not remind. The next one may go out from"
            f" {date_time_group(-(-call.remind_from // 60_000) * 60_000)}."
        )
    return None


def offers(call: CallView) -> tuple[str, ...]:
    """Commands that go on from here, where we asked for a call and do not get it."""
    if not call.we_asked or call.standing not in _REFUSED:
        if call.we_asked and call.overdue:
            return (f"firebreak call remind {_short(call)}", *_instead(call))
        return ()
    return _instead(call)


def _instead(call: CallView) -> tuple[str, ...]:
    by = f" --by {call.way.name.lower()}" if call.attested else ""
    if by and not call.exercise:
        by += " --real"
    return (
        f'firebreak send statement{by} --topic our-activity --text "…"',
        f'firebreak send restraint{by} --keep … --place "…"',
        f"firebreak route show {_short(call)}",
    )


def _short(call: CallView) -> str:
    return call.id.hex()[:8]
