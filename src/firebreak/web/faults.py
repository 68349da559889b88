"""Errors as HTTP answers: `{error, what}`, the operator's message in `what`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from firebreak.errors import (
    FirebreakError,
    InvalidValue,
    Misbehaviour,
    Misuse,
    StoreTrouble,
)
from firebreak.web.models import Fault


class NotHere(Misuse):
    """There is nothing here of the name asked for."""


def code_of(error: FirebreakError) -> int:
    """The HTTP status that says whose fault an error is."""
    match error:
        case NotHere():
            return 404
        case StoreTrouble():
            return 507
        case InvalidValue():
            return 422
        case Misbehaviour():
            return 400
        case _:
            return 409


RESPONSES: dict[int | str, dict[str, object]] = {
    400: {"model": Fault, "description": "Bytes that the rules refuse."},
    404: {"model": Fault, "description": "There is nothing of that name."},
    409: {"model": Fault, "description": "The rules do not allow this now."},
    422: {"model": Fault, "description": "A value is out of range or contradicts itself."},
    507: {"model": Fault, "description": "The store cannot be written or trusted."},
}
"""What every route may answer besides its own."""


def install(app: FastAPI) -> None:
    """Have every error of the app answered so."""
    app.add_exception_handler(FirebreakError, _refused)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(Exception, _fault)


def _answer(status: int, error: str, what: str) -> JSONResponse:
    return JSONResponse({"error": error, "what": what}, status)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FirebreakError)
    return _answer(code_of(error), type(error).__name__, str(error))


async def _misshapen(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    what = f"The request is misshapen: {'; '.join(faults)}. See /openapi.json."
    return _answer(422, "InvalidValue", what)


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    what = f"{request.method} {request.url.path}: {error.detail}. See /openapi.json."
    return _answer(error.status_code, "NotHere", what)


async def _fault(request: Request, error: Exception) -> JSONResponse:
    what = f"A fault in the program: {type(error).__name__}: {error}. Report it."
    return _answer(500, "Fault", what)
