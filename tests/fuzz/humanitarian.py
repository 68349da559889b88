"""Files that organisations hand in, as the fuzzer begins from them."""

from __future__ import annotations

from firebreak.desk.humanitarian_private import Field, Private
from tests.worlds import seed_of

_COLUMNS = (
    "reference,sort,name,place,position,datum,radius_m,from,until,verified_by,verified_on,"
    "revalidate_by,contact,telephone"
)
_ROW = (
    'S1,hospital,"Mercy hospital, east wing",Kabul,"34.5199137, 69.1789341",WGS 84,80,2026-11-20,'
    "2027-03-01T12:30Z,head of mission,200000ZNOV26,2026-12-20,duty officer,+000 555"
)
_CLINIC = _ROW.replace("S1", "S2").replace("hospital", "clinic")


def site_files() -> tuple[bytes, ...]:
    """Two sites; a row that is broken; none."""
    whole = f"{_COLUMNS}\n{_ROW}\n{_CLINIC}\n"
    return whole.encode(), f'\ufeff{_COLUMNS}\r\nS1,"hosp\r\n'.encode(), f"{_COLUMNS}\n".encode()


def gazetteers() -> tuple[bytes, ...]:
    """A town and a building."""
    rows = 'Kabul,"34.5281, 69.1723",no\nMercy hospital,343111.7N 0691044.2E,yes\n'
    return (f"name,position,exact\n{rows}".encode(),)


def private_parts() -> tuple[bytes, ...]:
    """Two telephones."""
    fields = (Field("contact", "+000 555 0123"), Field("contact", "HF 5123"))
    return (Private(seed_of("salt"), fields).encoded(),)
