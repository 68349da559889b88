"""The HTTP interface: complete, typed, and every refusal said in the operator's words."""

import asyncio
import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from firebreak.cli.client import _Connection
from firebreak.errors import Malformed, Refused, StoreTrouble
from firebreak.line.bundle import Overtaking, encode_overtaking
from firebreak.node.runner import Runner
from firebreak.node.shared import Ahead
from firebreak.records.agreement import Channel
from firebreak.records.kinds import FreeText, Kind
from firebreak.records.record import Record, Seen, payload_of, sign_record
from firebreak.records.slots import Words
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import Overtaken
from firebreak.values import Millis, OfficeNumber, PartyNumber, Precedence
from firebreak.web.api import app_for
from firebreak.web.faults import NotHere, code_of
from tests.nodes import Stage, template, until

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage.make(made, tmp_path_factory.mktemp("web") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


def ask(stage: Stage, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of one request, to alpha, as any program may send it."""
    connection = _Connection(stage.folder("alpha") / "node.sock", 30)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, JSON if data else {})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def schema(stage: Stage) -> dict[str, Any]:
    status, found = ask(stage, "GET", "/openapi.json")
    assert status == 200
    assert isinstance(found, dict)
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_the_schema_names_every_route(schema: dict[str, Any]) -> None:
    routes = {f"{method.upper()} {path}" for method, path, _ in operations(schema)}
    assert routes == {
        "GET /status",
        "GET /records",
        "GET /records/{beginning}",
        "GET /notices",
        *("GET /humanitarian", "GET /humanitarian/expiring"),
        *("GET /contacts", "GET /journal", "GET /journal/{beginning}"),
        *("POST /journal", "POST /journal/proofs"),
        "GET /ledger",
        "POST /draft",
        "POST /check",
        "POST /submit",
        "POST /displayed",
        "GET /alerts",
        "GET /events",
        "POST /bundles/export",
        "POST /bundles/import",
        "GET /evidence/{beginning}",
        "POST /announce",
        "GET /calls",
        "GET /calls/{beginning}",
        *("GET /incidents", "GET /incidents/review", "GET /incidents/{beginning}"),
        *("GET /desk", "GET /onward", "GET /authority", "GET /handovers"),
        *(
            "GET /checks",
            "GET /checks/words",
            "GET /drills",
            "GET /routes",
            "GET /routes/{beginning}",
        ),
        "GET /relays",
        "POST /relays/give",
        "POST /relays/custody",
        "GET /watch",
        "GET /watch/tracks",
        "POST /watch/tracks/{identity}/owner",
        "POST /watch/advisories/{key}/acknowledge",
        "POST /watch/advisories/{key}/shelve",
        "POST /watch/advisories/{key}/unshelve",
        "GET /watch/advisories/{key}/draft",
        "POST /watch/advisories/{key}/override",
    }


def test_every_answer_and_refusal_is_typed(schema: dict[str, Any]) -> None:
    for method, path, operation in operations(schema):
        answers = operation["responses"]
        assert {"200", "400", "404", "409", "422", "507"} <= set(answers), (method, path)
        for code, answer in answers.items():
            for content in answer["content"].values():
                assert "$ref" in content["schema"], (method, path, code)
        assert operation["description"] or operation["summary"]


def test_every_slot_of_every_model_has_a_type(schema: dict[str, Any]) -> None:
    for name, model in schema["components"]["schemas"].items():
        for slot, found in model.get("properties", {}).items():
            assert set(found) & {"type", "$ref", "anyOf", "enum", "const"}, (name, slot)


BAD_REQUESTS: list[tuple[str, str, object, int, str]] = [
    ("GET", "/nowhere", None, 404, "NotHere"),
    ("DELETE", "/status", None, 405, "NotHere"),
    ("GET", "/records?box=sideways", None, 422, "InvalidValue"),
    ("GET", "/records?limit=0", None, 422, "InvalidValue"),
    ("GET", "/records?channel=telepathy", None, 422, "InvalidValue"),
    ("GET", "/records?kind=rumour", None, 422, "InvalidValue"),
    ("GET", "/records?after=yesterday", None, 422, "InvalidValue"),
    ("GET", "/records?agreement=ffffffff", None, 404, "NotHere"),
    ("GET", "/records/xyz", None, 422, "InvalidValue"),
    ("GET", "/calls/xyz", None, 422, "InvalidValue"),
    ("GET", "/calls/abcd", None, 404, "NotHere"),
    ("GET", "/records/0000", None, 404, "NotHere"),
    ("GET", "/notices?agreement=ffffffff", None, 404, "NotHere"),
    ("POST", "/draft", {"author": 1, "agreement": "ff"}, 404, "NotHere"),
    ("POST", "/draft", {"author": -1}, 422, "InvalidValue"),
    ("POST", "/draft", {"author": 1, "channel": "sea"}, 409, "Refused"),
    ("POST", "/draft", {"author": 1, "surprise": True}, 422, "InvalidValue"),
    ("POST", "/check", {"payload": "00"}, 400, "Malformed"),
    ("POST", "/check", {"payload": "0"}, 400, "Malformed"),
    ("POST", "/check", {"payload": "zz"}, 422, "InvalidValue"),
    ("POST", "/submit", {"records": []}, 422, "InvalidValue"),
    ("POST", "/submit", {"records": ["AAAA"]}, 409, "Refused"),
    ("POST", "/submit", {"records": ["A"]}, 400, "Malformed"),
    ("POST", "/submit", {"records": ["AAAA"], "wait_ms": 10**9}, 422, "InvalidValue"),
    ("POST", "/displayed", {"ids": ["0000"]}, 404, "NotHere"),
    ("POST", "/bundles/export", {"agreement": "ffff"}, 404, "NotHere"),
    ("POST", "/bundles/import", {"bundle": "AAAA"}, 400, "Malformed"),
    ("GET", "/evidence/0000", None, 404, "NotHere"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    BAD_REQUESTS,
    ids=lambda value: str(value)[:40],
)
def test_refusals(
    stage: Stage, method: str, path: str, body: object, status: int, error: str
) -> None:
    got, answer = ask(stage, method, path, body)
    assert (got, answer["error"]) == (status, error)
    assert set(answer) == {"error", "what"}
    assert len(answer["what"]) > 20


def test_whose_fault_an_error_is() -> None:
    codes = {error: code_of(error("x")) for error in (StoreTrouble, NotHere, Malformed, Refused)}
    assert codes == {StoreTrouble: 507, NotHere: 404, Malformed: 400, Refused: 409}


def test_a_record_that_an_unknown_key_signed_is_refused(stage: Stage) -> None:
    _, draft = ask(stage, "POST", "/draft", {"author": 1})
    node = NodeDirectory.open(stage.folder("alpha"))
    agreement = node.agreements()[0].agreement
    record = Record(
        version=draft["version"],
        author=1,
        control=draft["control"],
        to=(OfficeNumber(0),) if draft["party"] else (),
        kind=Kind.TEXT,
        refers_to=None,
        composed_at=Millis(draft["now"]),
        precedence=Precedence.ROUTINE,
        answer_by=None,
        serial=draft["serial"],
        seen=tuple(
            Seen(PartyNumber(seen["party"]), seen["size"], bytes.fromhex(seen["digest"]))
            for seen in draft["seen"]
        ),
        body=FreeText(Words("en", "Good morning.")),
    )
    context = agreement.context(draft["channel"], PartyNumber(draft["party"]))
    body = {"payload": payload_of(record).hex()}
    status, check = ask(stage, "POST", "/check", body)
    assert (status, check["conflicts"], check["two_officers"]) == (200, [], False)
    other = node.officer_key(2, "senior duty officer")
    signed = base64.b64encode(sign_record(record, context, other).data).decode()
    status, answer = ask(stage, "POST", "/submit", {"records": [signed]})
    assert (status, answer["error"]) == (409, "Refused")
    assert "The signature does not belong to this record and author" in answer["what"]
    own = node.officer_key(1, "air duty officer")
    signed = base64.b64encode(sign_record(record, context, own).data).decode()
    status, answer = ask(stage, "POST", "/submit", {"records": [signed], "wait_ms": 30_000})
    assert (status, answer["delivered"]) == (200, True)
    first = answer["records"]
    status, again = ask(stage, "POST", "/submit", {"records": [signed]})
    assert (status, again["records"]) == (200, first)  # the same bytes: no second entry
    other_words = replace(record, body=FreeText(Words("en", "Good evening.")))
    signed = base64.b64encode(sign_record(other_words, context, own).data).decode()
    status, answer = ask(stage, "POST", "/submit", {"records": [signed]})
    assert (status, "serial was used before" in answer["what"]) == (409, True)


def test_displayed_is_said_once(stage: Stage) -> None:
    text = stage.send("bravo", "send", "text", "Once.")
    assert ask(stage, "POST", "/displayed", {"ids": [text, text[:12]]})[1] == {"displayed": [text]}
    assert ask(stage, "POST", "/displayed", {"ids": [text]})[1] == {"displayed": []}


def test_nothing_secret_leaves(stage: Stage) -> None:
    stage.send("alpha", "send", "text", "Nothing to hide.")
    paths = ("/status", "/records?limit=200", "/notices", "/ledger", "/alerts", "/openapi.json")
    said = "".join(json.dumps(ask(stage, "GET", path)[1]) for path in paths)
    keys = [path.read_text("utf-8") for path in (stage.folder("alpha") / "keys").iterdir()]
    secrets = [line for text in keys for line in text.splitlines()[1:] if "-----" not in line]
    assert len(keys) > 5
    for secret in secrets:
        assert secret not in said
        assert base64.b64decode(secret).hex() not in said


# Alerts


def events(stage: Stage, last: str = "") -> tuple[http.client.HTTPConnection, Iterator[Any]]:
    """A stream of events: an iterator over (cursor, alert)."""
    connection = _Connection(stage.folder("bravo") / "node.sock", 30)
    connection.request("GET", "/events", headers={"Last-Event-ID": last} if last else {})
    response = connection.getresponse()
    assert response.headers["content-type"].startswith("text/event-stream")

    def read() -> Iterator[Any]:
        cursor = ""
        while line := response.readline().decode():
            if line.startswith("id: "):
                cursor = line[4:].strip()
            elif line.startswith("data: "):
                yield cursor, json.loads(line[6:])

    return connection, read()


def test_events_come_as_they_happen_and_go_on_where_they_were_left(stage: Stage) -> None:
    connection, stream = events(stage)
    try:
        first = stage.send("alpha", "send", "text", "One.", "--precedence", "flash")
        cursor, alert = next((c, a) for c, a in stream if a["id"] == first)
        assert (alert["about"], alert["level"], alert["channel"]) == ("received", "alarm", "air")
        assert (
            alert["agreement"] == stage.client("bravo").get("/status")["agreements"][0]["agreement"]
        )
        assert alert["cursor"] == cursor
    finally:
        connection.close()
    second = stage.send("alpha", "send", "text", "Two.", "--precedence", "priority")
    connection, stream = events(stage, cursor)
    try:
        ids = [next(stream)[1]["id"]]
        assert first not in ids
        while second not in ids:
            ids.append(next(stream)[1]["id"])
    finally:
        connection.close()
    listed = stage.client("bravo").get("/alerts", after=cursor)
    assert second in [alert["id"] for alert in listed["alerts"]]
    assert {told["agreement"] for told in listed["alerts"]} == {alert["agreement"]}
    assert stage.client("bravo").get("/alerts", after=listed["cursor"])["alerts"] == []
    every = stage.client("bravo").get("/alerts", after="1-999999")["alerts"]
    assert first in [alert["id"] for alert in every]


def test_a_stream_ends_when_the_node_does(made: Path, tmp_path: Path) -> None:
    with Stage.make(made, tmp_path / "stage") as own:
        own.start("bravo")
        connection, stream = events(own)
        assert own.stop("bravo") == 0
        assert not list(stream)
        connection.close()


# In this process, for what a healthy node does not answer


async def call(app: FastAPI, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """One request straight to the application."""
    data = b"" if body is None else json.dumps(body).encode()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"host", b"node")],
    }
    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent[1:])
    return int(sent[0]["status"]), json.loads(answer)


def test_a_store_that_fails_is_507_and_a_node_that_recovers_409(made: Path, tmp_path: Path) -> None:
    own = Stage.make(made, tmp_path / "stage")

    async def scene() -> None:
        runner = Runner(NodeDirectory.open(own.folder("alpha")))
        await runner.start()
        app, shared = app_for(runner), runner.node.sides[0].shared
        shared.asked = Millis(1)
        status, answer = await call(app, "POST", "/check", {"payload": PAYLOAD})
        assert (status, "recovering" in answer["what"]) == (409, True)
        shared.failed = StoreTrouble("The disk is full.")
        status, answer = await call(app, "POST", "/check", {"payload": PAYLOAD})
        assert (status, answer["error"]) == (507, "StoreTrouble")
        await runner.stop()

    asyncio.run(scene())


RECORD = Record(
    version=1,
    author=1,
    control=0,
    to=(),
    kind=Kind.TEXT,
    refers_to=None,
    composed_at=Millis(0),
    precedence=Precedence.FLASH,
    answer_by=None,
    serial=0,
    seen=(),
    body=FreeText(Words("en", "x")),
)
PAYLOAD = payload_of(RECORD).hex()


def test_what_has_overtaken_those_before_it_is_listed_first(made: Path, tmp_path: Path) -> None:
    own = Stage.make(made, tmp_path / "stage")

    async def scene() -> None:
        runner = Runner(NodeDirectory.open(own.folder("alpha")))
        await runner.start()
        shared = runner.node.sides[0].shared
        key = NodeDirectory.open(own.folder("bravo")).officer_key(1, "air duty officer")
        signed = sign_record(RECORD, shared.base.context(Channel.AIR, shared.peer), key)
        item = Overtaking(Channel.AIR, 5, signed.data, 6, bytes(32), bytes(64), ())
        origin = shared.theirs(Channel.AIR).origin
        runner.store.submit([Overtaken(origin, 5, encode_overtaking(item))], lambda error: None)
        await runner.settled()
        shared.ahead[Channel.AIR][5] = Ahead((6, bytes(32)), bytes(32), durable=True)
        _, page = await call(app_for(runner), "GET", "/records")
        (view,) = page["records"]
        assert (view["id"], view["standing"]) == (signed.id.hex(), "overtaking")
        assert (view["office"], view["precedence"]) == ("air duty officer", "flash")
        assert set(view["sentence"]) == {"en", "ru"}
        await runner.stop()

    asyncio.run(scene())


def test_pages_go_back_to_the_first_record(stage: Stage) -> None:
    sent = [stage.send("alpha", "send", "text", f"Page {number}.") for number in range(5)]
    found: list[str] = []
    after = ""
    while True:
        page = stage.client("alpha").get("/records", box="out", kind="text", limit=2, after=after)
        found += [record["id"] for record in page["records"]]
        after = page["next"]
        if not after:
            break
    assert found[:5] == sent[::-1]
    assert len(set(found)) == len(found)
    until(lambda: stage.states("alpha", sent[0]) != ["undelivered"], "delivered")
