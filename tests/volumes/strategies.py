"""Areas drawn anywhere on the earth, the poles included."""

from geographiclib.geodesic import Geodesic
from hypothesis import strategies as st

from firebreak.values import Position
from firebreak.volumes import Area, Circle, Corridor, Polygon
from tests.volumes.examples import at, degrees

bearings = st.floats(-180, 180)
places = st.builds(at, st.floats(-90, 90), st.floats(-180, 180))


def beyond(start: Position, azimuth: float, metres: float) -> Position:
    found = Geodesic.WGS84.Direct(*degrees(start), azimuth, metres)
    return at(found["lat2"], found["lon2"])


@st.composite
def stars(draw: st.DrawFn, centre: Position) -> Polygon:
    """A polygon whose vertices go once around a centre, anywhere, the poles included."""
    count = draw(st.integers(3, 9))
    size = draw(st.floats(2_000, 300_000))
    turn = draw(st.floats(0, 360))
    reach = draw(st.lists(st.floats(0.4, 1), min_size=count, max_size=count))
    return Polygon(
        tuple(
            beyond(centre, turn + 360 * number / count, size * part)
            for number, part in enumerate(reach)
        )
    )


@st.composite
def areas(draw: st.DrawFn, near: Position) -> Area:
    centre = beyond(near, draw(bearings), draw(st.floats(0, 400_000)))
    match draw(st.integers(0, 2)):
        case 0:
            return Circle(centre, draw(st.integers(1, 300_000)))
        case 1:
            return Corridor(draw(stars(centre)).outer, draw(st.integers(1, 50_000)))
        case _:
            return draw(stars(centre))
