"""The search against brute force over all pairs on WGS 84, anywhere on earth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firebreak.bench import approach as bench
from firebreak.bench.workloads import aircraft, states
from firebreak.watch.approach import AIR, SEA, Losses, Separation, losses
from firebreak.watch.approach_search import moving_states
from firebreak.watch.reports import Domain
from firebreak.watch.states import States
from tests.watch.moving import EARTH, Moving, states_of

CENTRES = [(52.0, 20.0), (0.0, 0.0), (66.0, 180.0), (-45.0, -180.0), (90.0, 0.0), (-89.8, 77.0)]


def crowd(centre: tuple[float, float], count: int, fastest: float, seed: int) -> States:
    """Tracks within their own reach of each other, so that some of them meet."""
    r = np.random.default_rng(seed)
    tracks = []
    for _ in range(count):
        there = EARTH.Direct(*centre, r.uniform(0, 360), 12_000 + fastest * 300 * r.uniform(0, 1))
        tracks.append(
            Moving(
                there["lat2"],
                there["lon2"],
                r.uniform(0, fastest),
                r.uniform(0, 360),
                int(r.integers(0, 5)) * 1_000,
                int(r.choice([0, 0, 1_500, -900, 37])),
            )
        )
    return states_of(tracks)


@settings(max_examples=40)
@given(
    st.sampled_from(CENTRES),
    st.sampled_from([0.0, 15.0, 250.0, 400.0, 2_500.0]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([AIR, Separation(926, 300, 600), Separation(40_000, 2_000, 120)]),
)
def test_nothing_is_missed_and_nothing_false(
    centre: tuple[float, float], fastest: float, seed: int, terms: Separation
) -> None:
    """W-C5: 1 m on either side of the limit, for paths up to 1,000 km; both searches by all pairs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "TOLERANCE_M", 1.0)
        missed, false, _ = bench.judged(crowd(centre, 150, fastest, seed), terms)
    assert (missed, false) == (0, 0)


def test_a_dense_sky_has_every_conflict_and_no_other() -> None:
    of = states(aircraft(8_000, seed=11))
    missed, false, true = bench.judged(of)
    assert (missed, false) == (0, 0)
    assert true > 100
    assert len(losses(of)) == true


def test_the_judge_notices_what_is_missed_and_what_is_false(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = states(aircraft(4_000, seed=11))
    whole = losses(of)

    def wrong(of: States, air: Separation) -> Losses:
        found = whole.take(np.arange(len(whole)) >= 2)
        return replace(
            found,
            a=np.append(found.a, np.int32(0)),
            b=np.append(found.b, np.int32(1)),
            loses_s=np.append(found.loses_s, 0.0),
            closest_s=np.append(found.closest_s, 0.0),
            closest_m=np.append(found.closest_m, 0.0),
            vertical_ft=np.append(found.vertical_ft, np.int32(0)),
        )

    monkeypatch.setattr(bench, "losses", wrong)
    assert bench.judged(of)[:2] == (2, 1)


def test_time_and_distance_are_geographiclibs() -> None:
    """Sampled every second by a library that we did not write, refined where it is least."""
    tracks = [
        Moving(89.9, 40.0, 240.0, 0.0, 10_000, 500),
        Moving(89.6, -130.0, 250.0, 12.0, 10_000, 0),
        Moving(65.0, 179.9, 230.0, 90.0, 30_000, 0),
        Moving(65.1, -179.2, 255.0, 250.0, 30_400, -100),
        Moving(50.0, 10.0, 240.0, 80.0, 20_000, 0),
        Moving(50.3, 10.5, 200.0, 180.0, 20_999, 0),
    ]
    found = losses(states_of(tracks))
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 1), (2, 3), (4, 5)]
    for a, b, loses, closest, metres, feet in zip(
        found.a, found.b, found.loses_s, found.closest_s, found.closest_m, found.vertical_ft,
        strict=True,
    ):  # fmt: skip
        one, other = tracks[a], tracks[b]

        def gap(at: float, one: Moving = one, other: Moving = other) -> float:
            return abs(one.height - other.height + (one.climb - other.climb) * at / 60)

        times = [second for second in range(301) if gap(second) < 1_000]
        lost = [second for second in times if one.apart(other, second) < 9_260]
        assert lost[0] - 1 <= loses <= lost[0]
        if 0 < loses < lost[0]:
            assert one.apart(other, float(loses)) == pytest.approx(9_260, abs=0.05)
        least = min(one.apart(other, second) for second in times)
        assert metres == pytest.approx(one.apart(other, float(closest)), abs=0.05)
        assert metres <= least + 0.05
        assert feet == int(gap(float(closest)))


def test_the_order_of_the_tracks_changes_nothing_but_their_places() -> None:  # W-C7
    of = states(aircraft(3_000, seed=5))
    shuffled = np.random.default_rng(6).permutation(len(of))
    one, other = losses(of), losses(of.take(shuffled))
    assert (np.lexsort((one.b, one.a)) == np.arange(len(one))).all()
    back = np.sort(np.stack([shuffled[other.a], shuffled[other.b]]), axis=0)
    order = np.lexsort((back[1], back[0]))
    assert (back[:, order] == np.stack([one.a, one.b])).all()
    assert np.allclose(other.closest_m[order], one.closest_m, atol=1e-6)
    again = losses(of)
    assert all(
        np.array_equal(getattr(one, name), getattr(again, name))
        for name in ("a", "b", "loses_s", "closest_s", "closest_m", "vertical_ft")
    )


@given(
    st.sampled_from(CENTRES),
    st.integers(0, 35_999),
    st.floats(0, 10_000),
    st.integers(1, 150),
)
def test_states_move_on_the_geodesic(
    centre: tuple[float, float], course: int, speed: float, seconds: int
) -> None:
    """So far in steps of 100 km."""
    track = Moving(*centre, speed, course / 100).on_the_grid()
    of = states_of([track])
    x, y, z = moving_states(
        of.latitude_e7, of.longitude_e7, of.speed_cm_s, of.course_cd, float(seconds)
    )[0, :3]
    latitude, longitude = np.radians(track.after(seconds))
    e2 = EARTH.f * (2 - EARTH.f)
    normal = EARTH.a / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    truth = (
        normal * np.cos(latitude) * np.cos(longitude),
        normal * np.cos(latitude) * np.sin(longitude),
        normal * (1 - e2) * np.sin(latitude),
    )
    off = np.linalg.norm(np.array([x, y, z]) - truth)
    assert off < 0.02


def test_ships_in_a_strait() -> None:
    """The sea's terms, against brute force too: half a mile within 20 minutes."""
    r = np.random.default_rng(8)
    tracks = [
        Moving(
            r.uniform(50.9, 51.2), r.uniform(1.2, 1.8), r.uniform(0, 12), r.uniform(0, 360),
            0, domain=Domain.SEA,
        )
        for _ in range(300)
    ]  # fmt: skip
    of = states_of(tracks)
    found = losses(of)
    as_air = states_of([Moving(t.latitude, t.longitude, t.speed, t.course, 0) for t in tracks])
    terms = Separation(SEA.horizontal_m, 1, SEA.look_ahead_s)
    assert bench.judged(as_air, terms)[:2] == (0, 0)
    same = losses(as_air, terms)
    assert len(found) > 100
    assert (found.a.tolist(), found.b.tolist()) == (same.a.tolist(), same.b.tolist())


def test_the_example_of_the_specification() -> None:
    tracks = Moving(52.0, 20.0, 250.0, 90.0, 33_000), Moving(52.0, 22.0, 240.0, 270.0, 33_000)
    found = losses(states_of(tracks))
    assert found.loses_s[0] == pytest.approx(261.44, abs=0.005)
    assert found.closest_s[0] == pytest.approx(280.34, abs=0.005)
    assert found.closest_m[0] == pytest.approx(38.6, abs=0.05)
    assert found.closest_m[0] == pytest.approx(tracks[0].apart(tracks[1], 280.34), abs=0.1)
    assert tracks[0].apart(tracks[1], 261.44) == pytest.approx(9_260, abs=3)


@given(
    st.sampled_from(CENTRES) | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.integers(0, 359), st.integers(0, 359)),
    st.tuples(st.floats(0, 6_660), st.floats(0, 6_660)),
    st.integers(0, 300),
    st.floats(0, 9_000),
)
def test_the_fastest_that_are_compared(
    centre: tuple[float, float],
    courses: tuple[int, int],
    speeds: tuple[float, float],
    seconds: int,
    beside: float,
) -> None:
    """Paths up to 2,000 km: two that pass within `beside` are found, and measured within 10 m."""
    passing = EARTH.Direct(*centre, 77, beside)
    tracks = []
    for latitude, longitude, course, speed in (
        (*centre, courses[0], speeds[0]),
        (passing["lat2"], passing["lon2"], courses[1], speeds[1]),
    ):
        start = EARTH.Direct(latitude, longitude, course, -speed * seconds)
        track = Moving(start["lat2"], start["lon2"], speed, start["azi2"] % 360)
        tracks.append(track.on_the_grid())
    assume(tracks[0].apart(tracks[1], seconds) < 9_250)
    found = losses(states_of(tracks))
    assert len(found) == 1
    exact = tracks[0].apart(tracks[1], float(found.closest_s[0]))
    assert found.closest_m[0] == pytest.approx(exact, abs=10)
    assert found.closest_m[0] <= tracks[0].apart(tracks[1], seconds) + 10
    slow = max(speeds) <= 1_000
    if slow:
        assert found.closest_m[0] == pytest.approx(exact, abs=0.02)
    if found.loses_s[0] > 0:
        lost = tracks[0].apart(tracks[1], float(found.loses_s[0]))
        assert lost == pytest.approx(9_260, abs=0.1 if slow else 10)
