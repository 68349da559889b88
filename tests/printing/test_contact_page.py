"""The contact record on a page: nothing falls off it, no word meets another, shapes differ, marks stand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.printing.contact_page import (
    CONFIDENTIAL,
    OUTCOMES,
    Lane,
    Marked,
    Page,
    Plot,
    _mark,
    _parts,
    _placed,
    _ticks,
    as_html,
    as_pdf,
)
from firebreak.printing.lettering import width
from firebreak.printing.sheet import WIDTH, Sheet, Words
from firebreak.values import Millis

DAY = 86_400_000
AS_OF = Millis(20_000 * DAY)
COLUMNS = ("pair", "we tried", "held")


def a_page(*lanes: Lane, since: int | None = None) -> Page:
    return Page(
        "Contacts of ALPHA",
        "EXERCISE",
        "As of today.",
        COLUMNS,
        tuple((lane.pair, "unknown", "1") for lane in lanes),
        lanes,
        None if since is None else Millis(since),
        AS_OF,
        ("Silence proves nothing about intent.",),
        ("A newspaper, <2022>: https://example.org/?a=1&b=2",),
    )


def a_mark(back: int, outcome: str = "held", days: int = 0) -> Marked:
    begin = AS_OF - back * DAY
    return Marked(Millis(begin), Millis(min(begin + days * DAY, AS_OF)), outcome, outcome)


marks = st.builds(
    lambda back, outcome, days, more: replace(
        a_mark(back, outcome, days), word=outcome.replace("-", " ") + more
    ),
    st.integers(0, 5_000),
    st.sampled_from(OUTCOMES),
    st.sampled_from([0, 30, 364]),
    st.sampled_from(["", ", count unknown", " 100000 times, by them, DISPUTED"]),
)
lanes = st.builds(
    lambda pair, found, silent: Lane(pair, tuple(found), silent, "silent for 3 d"),
    st.text("Aб – ش", min_size=1, max_size=130),
    st.lists(marks, max_size=9),
    st.one_of(st.none(), st.integers(0, 5_000).map(lambda back: Millis(AS_OF - back * DAY))),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lanes, min_size=1, max_size=4), st.one_of(st.none(), st.integers(0, 4_000)))
def test_every_plot_stays_on_its_page_with_every_mark(found: list[Lane], since: int | None) -> None:
    page = a_page(*found, since=None if since is None else AS_OF - since * DAY)
    for part in _parts(page):
        plot, sheet = Plot(page, part), Sheet()
        plot.draw(sheet, 12.0, 40.0, WIDTH - 24.0)  # Sheet refuses what lies beyond the edge
        assert plot.high <= 240 or len(part) == 1
    ElementTree.fromstring(_svg_of(as_html(page)))


@settings(max_examples=60, deadline=None)
@given(st.lists(marks, min_size=1, max_size=12))
def test_no_word_meets_another_in_its_row(found: list[Marked]) -> None:
    lane = Lane("a pair", tuple(found), None, "")
    plot, sheet = Plot(a_page(lane), [lane]), Sheet()
    plot.draw(sheet, 0.0, 0.0, WIDTH - 24.0)
    words = {marked.word for marked in found}
    rows: dict[float, list[tuple[float, float]]] = {}
    legend = max(each.y for each in sheet.drawn if isinstance(each, Words))
    for each in sheet.drawn:
        if isinstance(each, Words) and each.text in words and each.y < legend:
            rows.setdefault(each.y, []).append((each.x, each.x + width(each.text, each.size)))
    for row in rows.values():
        row.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(row))


def test_a_hundred_entries_on_a_day_are_all_drawn_though_not_all_have_words() -> None:
    lane = Lane("a pair", tuple(a_mark(1) for _ in range(100)), None, "")
    plot = Plot(a_page(lane), [lane])
    assert len(_placed(lane, plot._x)) == 100
    assert plot.high < 60


def test_each_outcome_has_a_shape_of_its_own() -> None:
    shapes = []
    for outcome in OUTCOMES:
        sheet = Sheet()
        _mark(sheet, 50, 50, outcome)
        shapes.append(tuple(sheet.drawn))
    assert len(set(shapes)) == len(OUTCOMES) == 6


@given(st.integers(1, 20_000), st.integers(0, DAY))
def test_the_axis_has_a_few_dates_within_it(days: int, odd: int) -> None:
    begin = AS_OF - days * DAY + odd
    ticks = list(_ticks(begin, AS_OF))
    assert len(ticks) <= 9
    assert all(begin <= at < AS_OF for at, _ in ticks)


def _svg_of(html: str) -> str:
    return html[html.index("<svg") : html.index("</svg>") + 6]


def test_the_page_says_what_it_is_and_escapes_what_others_wrote() -> None:
    lane = Lane("<b>chief</b> & deputy", (a_mark(3, "declined"),), None, "never in contact")
    html = as_html(a_page(lane))
    assert "<b>chief" not in html
    assert html.count("&lt;b&gt;chief&lt;/b&gt; &amp; deputy") >= 1
    assert html.count("EXERCISE") == 3
    assert html.count(CONFIDENTIAL) == 2
    assert "https://example.org/?a=1&amp;b=2" in html
    assert not any(word in html for word in ("<script", "src=", "url(", "@import"))
    svg = ElementTree.fromstring(_svg_of(html))
    texts = {each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"declined", "as of", "not attempted"} <= texts


def test_the_pdf_is_one_page_the_same_for_the_same_record_and_marked() -> None:
    page = a_page(*(Lane(f"pair {n}", (a_mark(n),), None, "silent for 3 d") for n in range(7)))
    made = as_pdf(page)
    assert made == as_pdf(page)
    assert made.count(b"/Type /Page\n") == 1
    assert as_pdf(replace(page, mark="REAL")) != made


@pytest.mark.parametrize("count", [0, 60])
def test_no_pairs_and_many_pairs_are_pages_too(count: int) -> None:
    lanes = [Lane(f"pair {n}", (a_mark(n),), None, "silent for 3 d") for n in range(count)]
    page = a_page(*lanes)
    assert as_pdf(page).startswith(b"%PDF")
    assert as_html(page).count("<svg") == (len(_parts(page)) if count else 0)
