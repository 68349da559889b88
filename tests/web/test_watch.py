"""The watch over the node's socket, with a receiver on loopback: typed, and every refusal said."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from firebreak.desk.beyond import FRESH_MS, Decision
from firebreak.keys import PublicKey, SigningKey
from firebreak.store.directory import NodeDirectory
from firebreak.store.interface import JournalLine
from firebreak.store.sqlite import open_read_only
from firebreak.values import Millis
from firebreak.web.watch_models import WatchAdvisory, WatchDraft, WatchTracks, WatchView
from tests.nodes import Stage, template, until
from tests.sky import CLEAN, DISTURBED, Aircraft, Sky, advised, watch_this
from tests.web.test_api import ask

DOUBTFUL, SOUND = "icao:4ba9c6", "icao:4ba111"
KEY = f"doubtful:Line North/{DOUBTFUL}"
PATH = f"/watch/advisories/{quote(KEY)}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.getbasetemp() / "parties")


@pytest.fixture(scope="module")
def stage(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Alpha watches a clean and a disturbed flight; bravo watches nothing."""
    place = tmp_path_factory.mktemp("watching") / "stage"
    aircraft = [Aircraft("4ba9c6", DISTURBED), Aircraft("4ba111", CLEAN)]
    with Sky(aircraft) as sky, Stage.make(made, place) as running:
        watch_this(running, "alpha", sky, "gone.kml")
        running.start("alpha")
        advised(running, "alpha", KEY)
        yield running


def test_the_disturbed_flight_is_advised_and_the_clean_one_is_not(stage: Stage) -> None:
    status, answer = ask(stage, "GET", "/watch")
    assert status == 200
    view = WatchView.model_validate(answer)
    assert (view.phase, view.tracks, view.fences, view.complete) == ("running", 2, 1, True)
    assert [each.key for each in view.advisories] == [KEY]
    (advisory,) = view.advisories
    assert (advisory.situation, advisory.level, advisory.present) == ("doubtful", "alarm", True)
    assert "too slow for its height" in advisory.text
    assert view.rates is not None
    assert (view.rates.standing, view.dropped) == (1, 0)
    (source,) = view.sources
    assert source.state in ("connected", "silent")  # it has told all, perhaps a while ago
    assert source.reports > 200


def test_what_cannot_be_watched_is_said_and_the_rest_goes_on(stage: Stage) -> None:
    troubles = ask(stage, "GET", "/watch")[1]["troubles"]
    assert len(troubles) == 1
    assert "gone.kml" in troubles[0]
    told = ask(stage, "GET", "/alerts")[1]["alerts"]
    assert [alert["text"] for alert in told if alert["about"] == "watch"] == troubles


def test_tracks_are_shown_with_claim_plausible_place_and_trail(stage: Stage) -> None:
    status, answer = ask(stage, "GET", "/watch/tracks")
    assert status == 200
    shown = WatchTracks.model_validate(answer)
    doubtful, sound = shown.tracks  # the doubtful one first
    assert (doubtful.id, sound.id) == (DOUBTFUL, SOUND)
    assert doubtful.doubtful
    assert doubtful.plausible not in (None, doubtful.position)
    assert (sound.doubtful, sound.plausible, sound.owner) == (None, None, "unknown")
    assert sound.trail
    assert 0 < sound.age_ms < 300_000
    status, answer = ask(stage, "GET", "/watch/tracks?doubtful=true")
    assert [track["id"] for track in answer["tracks"]] == [DOUBTFUL]
    assert len(ask(stage, "GET", "/watch/tracks?limit=1")[1]["tracks"]) == 1


def test_acknowledged_shelved_and_taken_back(stage: Stage) -> None:
    status, answer = ask(stage, "POST", f"{PATH}/acknowledge", {})
    assert status == 200
    assert WatchAdvisory.model_validate(answer).stage == "acknowledged"
    until_ms = int(time.time() * 1_000) + 600_000
    body = {"until": until_ms, "reason": "spoofing is known here"}
    status, answer = ask(stage, "POST", f"{PATH}/shelve", body)
    assert (status, answer["stage"], answer["reason"]) == (200, "shelved", body["reason"])
    assert answer["shelved_until"] == until_ms
    status, answer = ask(stage, "POST", f"{PATH}/unshelve", {})
    assert (status, answer["shelved_until"], answer["reason"]) == (200, None, None)


def test_the_draft_is_as_coarse_as_agreed(stage: Stage) -> None:
    status, answer = ask(stage, "GET", f"{PATH}/draft")
    assert status == 200
    draft = WatchDraft.model_validate(answer)
    assert (draft.channel, draft.precedence, draft.precision_m) == ("air", "flash", 1_000)
    assert draft.withheld is None
    assert draft.query is not None
    claimed = WatchTracks.model_validate(ask(stage, "GET", "/watch/tracks")[1]).tracks[0].position
    assert draft.query.position != claimed
    assert max(abs(a - b) for a, b in zip(draft.query.position, claimed, strict=True)) < 200_000
    assert draft.query.track == "icao 4ba9c6"


def test_whose_a_track_is_decides_what_goes_out(stage: Stage) -> None:
    path = f"/watch/tracks/{DOUBTFUL}/owner"
    status, answer = ask(stage, "POST", path, {"owner": "theirs", "label": "FB-0417"})
    assert (status, answer) == (200, {"identity": DOUBTFUL, "owner": "theirs", "label": "FB-0417"})
    assert ask(stage, "GET", f"{PATH}/draft")[1]["query"]["track"] == "FB-0417"
    assert ask(stage, "POST", path, {"owner": "another's"})[0] == 200
    withheld = ask(stage, "GET", f"{PATH}/draft")[1]
    assert (withheld["query"], "not party" in withheld["withheld"]) == (None, True)
    assert ask(stage, "POST", path, {"owner": "ours"})[0] == 200
    status, answer = ask(stage, "GET", f"{PATH}/draft")
    assert (status, "nothing to ask" in answer["what"]) == (409, True)
    track = ask(stage, "GET", "/watch/tracks?doubtful=true")[1]["tracks"][0]
    assert (track["owner"], track["label"]) == ("ours", None)
    assert ask(stage, "POST", path, {"owner": "unknown"})[0] == 200
    assert ask(stage, "GET", f"{PATH}/draft")[1]["query"]["track"] == "icao 4ba9c6"


NOW = 1_900_000_000_000
BAD_REQUESTS: list[tuple[str, str, object, int, str]] = [
    ("POST", "/watch/advisories/nothing/acknowledge", {}, 409, "Misuse"),
    ("POST", "/watch/advisories/nothing/unshelve", {}, 409, "Misuse"),
    ("POST", "/watch/advisories/nothing/shelve", {"until": NOW, "reason": "x"}, 409, "Misuse"),
    ("POST", f"{PATH}/shelve", {"until": NOW, "reason": "too far ahead"}, 409, "Misuse"),
    ("POST", f"{PATH}/shelve", {"until": 1, "reason": "past"}, 409, "Misuse"),
    ("POST", f"{PATH}/shelve", {"reason": "when?"}, 422, "InvalidValue"),
    ("GET", "/watch/advisories/nothing/draft", None, 409, "Misuse"),
    ("GET", f"{PATH}/draft?agreement=ffffffff", None, 404, "NotHere"),
    ("POST", f"/watch/tracks/{DOUBTFUL}/owner", {"owner": "the enemy"}, 422, "InvalidValue"),
    ("POST", f"/watch/tracks/{DOUBTFUL}/owner", {"owner": "ours", "label": ""}, 422, "InvalidValue"),
    ("POST", f"/watch/tracks/{SOUND}/owner", {"owner": "ours", "label": "x" * 33}, 422, "InvalidValue"),
    ("POST", f"/watch/tracks/{SOUND}/owner", {"owner": "ours", "label": "a\nb"}, 400, "Malformed"),
    ("POST", "/watch/tracks/icao:ffffff/owner", {"owner": "theirs"}, 404, "NotHere"),
    ("GET", "/watch/tracks?limit=0", None, 422, "InvalidValue"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"), BAD_REQUESTS, ids=lambda value: str(value)[:40]
)
def test_refusals(
    stage: Stage, method: str, path: str, body: object, status: int, error: str
) -> None:
    got, answer = ask(stage, method, path, body)
    assert (got, answer["error"]) == (status, error)
    assert len(answer["what"]) > 20


# Beyond the gate


def officers(stage: Stage) -> tuple[SigningKey, SigningKey]:
    node = NodeDirectory.open(stage.folder("alpha"))
    return node.officer_key(1, "air duty officer"), node.officer_key(2, "senior duty officer")


def request(
    stage: Stage,
    keys: tuple[SigningKey, SigningKey] | None = None,
    places: tuple[int, int] = (1, 2),
    reason: str = "a passenger aircraft may be at stake",
    aged_ms: int = 0,
    signed: str = KEY,
) -> dict[str, Any]:
    """A request as two officers' machine makes it; each argument spoils one thing."""
    digest = ask(stage, "GET", "/status")[1]["agreements"][0]["digest"]
    at = Millis(int(time.time() * 1_000) - aged_ms)
    decision = Decision(bytes.fromhex(digest), signed, reason, at, places)
    return {
        "reason": reason,
        "at": at,
        "officers": [
            {"index": place, "signature": base64.b64encode(decision.signed(key)).decode()}
            for place, key in zip(places, keys or officers(stage), strict=True)
        ],
    }


def journal(stage: Stage) -> list[JournalLine]:
    store = open_read_only(stage.folder("alpha") / "store.db")
    try:
        return [line for line in store.journal() if line.kind == "watch override"]
    finally:
        store.close()


def test_what_two_officers_did_not_decide_stays_behind_the_gate(stage: Stage) -> None:
    first, second = officers(stage)
    stranger = NodeDirectory.open(stage.folder("bravo")).officer_key(1, "air duty officer")
    before = len(journal(stage))
    spoiled: list[tuple[dict[str, Any], int, str]] = [
        (request(stage, (first, first), (1, 1)), 409, "two different officers"),
        (request(stage, (first, first)), 400, "does not belong to this decision"),
        (request(stage, (first, stranger)), 400, "does not belong to this decision"),
        (request(stage, (second, first)), 400, "does not belong to this decision"),
        (request(stage, places=(1, 77)), 409, "is no officer's"),
        (request(stage, signed="line:Other/icao:4ba9c6"), 400, "does not belong"),
        (request(stage, reason="  "), 409, "takes a reason"),
        (request(stage, aged_ms=2 * FRESH_MS), 409, "not made just now"),
        (request(stage, aged_ms=-2 * FRESH_MS), 409, "not made just now"),
        ({**request(stage), "reason": "another"}, 400, "does not belong"),
        ({**request(stage), "officers": request(stage)["officers"][:1]}, 422, "misshapen"),
    ]
    for body, status, what in spoiled:
        got, answer = ask(stage, "POST", f"{PATH}/override", body)
        assert (got, what in answer["what"]) == (status, True), answer
    gone = quote("doubtful:Line North/icao:ffffff")
    body = request(stage, signed="doubtful:Line North/icao:ffffff")
    assert ask(stage, "POST", f"/watch/advisories/{gone}/override", body)[0] == 409
    assert len(journal(stage)) == before


def test_two_officers_let_it_out_once_and_the_journal_says_so(stage: Stage) -> None:  # W-G8
    coarse = ask(stage, "GET", f"{PATH}/draft")[1]["query"]["position"]
    track = ask(stage, "GET", "/watch/tracks?doubtful=true")[1]["tracks"][0]
    seen = [track["position"], *(point[1:] for point in track["trail"])]
    body = request(stage)
    status, answer = ask(stage, "POST", f"{PATH}/override", body)
    assert status == 200
    draft = WatchDraft.model_validate(answer)
    assert draft.query is not None
    assert draft.query.position in seen  # to the last digit
    assert draft.query.position != coarse
    assert (draft.precision_m, draft.delay_ms) == (0, 0)
    line = journal(stage)[-1]  # durable before it was answered
    noted = json.loads(line.data)
    assert noted["advisory"] == KEY
    assert noted["reason"] == body["reason"]
    assert noted["officers"] == ["air duty officer (key 1)", "senior duty officer (key 2)"]
    assert noted["released"]["query"]["position"] == draft.query.position
    for key, signature in zip(officers(stage), noted["signatures"], strict=True):
        decision = base64.b64decode(noted["decision"])
        PublicKey.parse(key.public.raw).verify(decision, base64.b64decode(signature))
    status, answer = ask(stage, "POST", f"{PATH}/override", body)
    assert (status, "used already" in answer["what"]) == (409, True)


# Notices, and a node without a watch


def test_a_notice_becomes_a_zone_and_is_gone_with_it(stage: Stage) -> None:
    place = ask(stage, "GET", "/watch/tracks")[1]["tracks"][1]["position"]
    circle = f"{place[0] / 1e7:.4f}, {place[1] / 1e7:.4f} 40NM"
    words = ("notice", "file", "--purpose", "air-policing", "--circle", circle, "--from", "now")
    more = ("--for", "15min", "--lower", "FL095", "--upper", "FL450", "--contact", "desk 3")
    late = ("--reason", "called out just now")
    filed = stage.must("alpha", *words, *more, *late, "--yes", "--json").data()["id"]
    advisory = advised(stage, "alpha", f"zone:air-policing {filed[:8]}/{SOUND}")
    assert (advisory["situation"], advisory["about"]) == ("zone", f"air-policing {filed[:8]}")
    assert KEY in [each["key"] for each in ask(stage, "GET", "/watch")[1]["advisories"]]
    stage.must("alpha", "notice", "cancel", filed, "--yes")

    def only_the_line() -> bool:
        view = ask(stage, "GET", "/watch")[1]
        return view["fences"] == 1 and [each["key"] for each in view["advisories"]] == [KEY]

    until(only_the_line, "the zone is gone, and what it raised")


def test_a_node_without_a_watch_says_so(made: Path, tmp_path: Path) -> None:
    with Stage.make(made, tmp_path / "stage") as own:
        own.start("alpha")
        for method, path in (
            ("GET", "/watch"),
            ("GET", "/watch/tracks"),
            ("GET", "/watch/advisories/x/draft"),
            ("POST", "/watch/advisories/x/acknowledge"),
        ):
            status, answer = ask(own, method, path, {} if method == "POST" else None)
            assert (status, "does not watch" in answer["what"]) == (404, True), path
        assert own.run("alpha", "watch", "list").code == 1
