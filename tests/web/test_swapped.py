"""Latitude and longitude that changed places, both in range: warned of before it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from firebreak.node.side import Side
from firebreak.records.agreement import AgreedLine, AgreedZone, Channel
from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Heights, Polygon
from firebreak.web.composing import known_areas, looks_swapped
from tests.nodes import NOTICE, Stage, template
from tests.vectors.line import AGREEMENT


def at(latitude: float, longitude: float) -> Position:
    return Position(round(latitude * 10_000_000), round(longitude * 10_000_000))


HERE = at(55.2, 19.75)
SWAPPED = at(19.75, 55.2)
KNOWN: list[Area] = [Circle(HERE, 27_780)]


def path(first: Position) -> tuple[Position, Position]:
    return (first, Position(first.latitude_e7 + 1_000_000, first.longitude_e7))


def triangle(first: Position) -> Polygon:
    second, third = path(first)
    return Polygon((second, third, Position(first.latitude_e7, first.longitude_e7 + 1_000_000)))


@pytest.mark.parametrize(
    "area", [Circle(SWAPPED, 5_000), triangle(SWAPPED), Corridor(path(SWAPPED), 2_000)]
)
def test_every_shape_of_area_is_looked_at(area: Area) -> None:
    assert looks_swapped(area, KNOWN)


@pytest.mark.parametrize(
    "where",
    [
        HERE,
        at(55.2, 36.0),  # about 1,020 km away, and nowhere near if swapped
        at(19.75, 62.0),  # near 62 N: 750 km off if swapped
        at(-20.0, 120.0),  # no latitude
    ],
)
def test_what_is_far_is_not_taken_for_swapped(where: Position) -> None:
    assert not looks_swapped(Circle(where, 5_000), KNOWN)


def test_near_the_diagonal_nothing_can_be_told() -> None:
    known: list[Area] = [Circle(at(40.0, 44.0), 5_000)]
    assert not looks_swapped(Circle(at(44.0, 40.0), 5_000), known)


def test_where_nothing_is_known_nothing_is_warned_of() -> None:
    assert not looks_swapped(Circle(SWAPPED, 5_000), [])


def test_agreed_lines_and_zones_are_known() -> None:
    lines = (AgreedLine("the river", path(HERE)),)
    zones = (AgreedZone("the range", Circle(HERE, 1_000), Heights(None, None)),)
    agreement = replace(AGREEMENT, lines=lines, zones=zones)
    view = SimpleNamespace(currents={Channel.AIR: {}})
    side = SimpleNamespace(view=view, shared=SimpleNamespace(agreement=agreement))
    known = list(known_areas(cast(Side, side), Channel.AIR))
    assert known == [Corridor(path(HERE), 1), Circle(HERE, 1_000)]
    assert all(looks_swapped(Circle(SWAPPED, 5_000), [area]) for area in known)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made: Path = template(tmp_path_factory.getbasetemp() / "parties")
    with Stage.make(made, tmp_path_factory.mktemp("swapped") / "stage") as running:
        running.start("alpha", "bravo")
        running.line_up()
        yield running


def test_the_officer_is_shown_it_before_signing(stage: Stage) -> None:
    stage.notice("alpha")
    swapped = [*NOTICE]
    swapped[swapped.index("551230N0194512E 15NM")] = "194512N0551230E 15NM"
    asked = stage.run("alpha", *swapped, answers="no\n")
    assert "SWAPPED?" in asked.out + asked.err
    right = stage.run("alpha", *NOTICE, answers="no\n")
    assert "SWAPPED?" not in right.out + right.err
    assert len(stage.client("alpha").get("/records", box="out")["records"]) == 1
