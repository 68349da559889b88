"""The items of ASTERIX categories 021, 048 and 062, in the order of their FSPEC, with their lengths.

Sources: EUROCONTROL-SPEC-0149-12 (021, editions 2.1 to 2.7), -0149-4 (048, 1.27 to 1.32) and -0149-9
(062, 1.16 to 1.21); forms of items: EUROCONTROL-SPEC-0149, edition 3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from firebreak.watch.reports import Ints


class Form(IntEnum):
    """How an item's end is found."""

    SPARE = 0
    """No item has this place: whoever uses it speaks of something else."""
    FIXED = 1
    EXTENDED = 2
    """A part, and another while the last bit (FX) of the part before is set."""
    REPETITIVE = 3
    """A count in one octet, and that many parts."""
    EXPLICIT = 4
    """Its own length in its first octet."""
    COMPOUND = 5
    """Octets that say, as the FSPEC does, which of its parts follow."""


@dataclass(frozen=True)
class Item:
    """An item, or a part of a compound one. octets: its length, or that of a part."""

    name: str
    title: str
    form: Form
    octets: int = 0
    parts: tuple[Item, ...] = ()


def _fixed(name: str, octets: int, title: str) -> Item:
    return Item(name, title, Form.FIXED, octets)


def _extended(name: str, title: str, octets: int = 1) -> Item:
    return Item(name, title, Form.EXTENDED, octets)


def _repetitive(name: str, octets: int, title: str) -> Item:
    return Item(name, title, Form.REPETITIVE, octets)


def _explicit(name: str, title: str) -> Item:
    return Item(name, title, Form.EXPLICIT)


def _compound(name: str, title: str, *parts: Item) -> Item:
    return Item(name, title, Form.COMPOUND, 0, parts)


def _octets(names: str, octets: int = 1) -> tuple[Item, ...]:
    """Parts of one length, whose titles do not matter here: they are skipped."""
    return tuple(_fixed(name, octets, name) for name in names.split())


_SPARE: Final = Item("", "", Form.SPARE)
_INTENT: Final = _repetitive("TID", 15, "Trajectory Intent Data")

CATEGORIES: Final[Mapping[int, tuple[Item, ...]]] = {
    21: (
        _fixed("010", 2, "Data Source Identification"),
        _extended("040", "Target Report Descriptor"),
        _fixed("161", 2, "Track Number"),
        _fixed("015", 1, "Service Identification"),
        _fixed("071", 3, "Time of Applicability for Position"),
        _fixed("130", 6, "Position in WGS-84 Co-ordinates"),
        _fixed("131", 8, "High-Resolution Position in WGS-84 Co-ordinates"),
        _fixed("072", 3, "Time of Applicability for Velocity"),
        _fixed("150", 2, "Air Speed"),
        _fixed("151", 2, "True Airspeed"),
        _fixed("080", 3, "Target Address"),
        _fixed("073", 3, "Time of Message Reception for Position"),
        _fixed("074", 4, "Time of Message Reception of Position-High Precision"),
        _fixed("075", 3, "Time of Message Reception for Velocity"),
        _fixed("076", 4, "Time of Message Reception of Velocity-High Precision"),
        _fixed("140", 2, "Geometric Height"),
        _extended("090", "Quality Indicators"),
        _fixed("210", 1, "MOPS Version"),
        _fixed("070", 2, "Mode 3/A Code in Octal Representation"),
        _fixed("230", 2, "Roll Angle"),
        _fixed("145", 2, "Flight Level"),
        _fixed("152", 2, "Magnetic Heading"),
        _fixed("200", 1, "Target Status"),
        _fixed("155", 2, "Barometric Vertical Rate"),
        _fixed("157", 2, "Geometric Vertical Rate"),
        _fixed("160", 4, "Airborne Ground Vector"),
        _fixed("165", 2, "Track Angle Rate"),
        _fixed("077", 3, "Time of ASTERIX Report Transmission"),
        _fixed("170", 6, "Target Identification"),
        _fixed("020", 1, "Emitter Category"),
        _compound("220", "Met Information", *_octets("WS WD TMP", 2), *_octets("TRB")),
        _fixed("146", 2, "Selected Altitude"),
        _fixed("148", 2, "Final State Selected Altitude"),
        _compound(
            "110", "Trajectory Intent", _extended("TIS", "Trajectory Intent Status"), _INTENT
        ),
        _fixed("016", 1, "Service Management"),
        _fixed("008", 1, "Aircraft Operational Status"),
        _extended("271", "Surface Capabilities and Characteristics"),
        _fixed("132", 1, "Message Amplitude"),
        _repetitive("250", 8, "Mode S MB Data"),
        _fixed("260", 7, "ACAS Resolution Advisory Report"),
        _fixed("400", 1, "Receiver ID"),
        _compound(
            "295",
            "Data Ages",
            *_octets("AOS TRD M3A QI TI1 MAM GH FL SAL FSA AS TAS MH BVR GVR GV TAR TI2 TS MET"),
            *_octets("ROA ARA SCC"),
        ),
        *(_SPARE,) * 5,
        _explicit("RE", "Reserved Expansion Field"),
        _explicit("SP", "Special Purpose Field"),
    ),
    48: (
        _fixed("010", 2, "Data Source Identifier"),
        _fixed("140", 3, "Time of Day"),
        _extended("020", "Target Report Descriptor"),
        _fixed("040", 4, "Measured Position in Polar Co-ordinates"),
        _fixed("070", 2, "Mode-3/A Code in Octal Representation"),
        _fixed("090", 2, "Flight Level in Binary Representation"),
        _compound("130", "Radar Plot Characteristics", *_octets("SRL SRR SAM PRL PAM RPD APD")),
        _fixed("220", 3, "Aircraft Address"),
        _fixed("240", 6, "Aircraft Identification"),
        _repetitive("250", 8, "BDS Register Data"),
        _fixed("161", 2, "Track Number"),
        _fixed("042", 4, "Calculated Position in Cartesian Co-ordinates"),
        _fixed("200", 4, "Calculated Track Velocity in Polar Co-ordinates"),
        _extended("170", "Track Status"),
        _fixed("210", 4, "Track Quality"),
        _extended("030", "Warning/Error Conditions and Target Classification"),
        _fixed("080", 2, "Mode-3/A Code Confidence Indicator"),
        _fixed("100", 4, "Mode-C Code and Code Confidence Indicator"),
        _fixed("110", 2, "Height Measured by a 3D Radar"),
        _compound(
            "120",
            "Radial Doppler Speed",
            *_octets("CAL", 2),
            _repetitive("RDS", 6, "Raw Doppler Speed"),
        ),
        _fixed("230", 2, "Communications/ACAS Capability and Flight Status"),
        _fixed("260", 7, "ACAS Resolution Advisory Report"),
        _fixed("055", 1, "Mode-1 Code in Octal Representation"),
        _fixed("050", 2, "Mode-2 Code in Octal Representation"),
        _fixed("065", 1, "Mode-1 Code Confidence Indicator"),
        _fixed("060", 2, "Mode-2 Code Confidence Indicator"),
        _explicit("SP", "Special Purpose Field"),
        _explicit("RE", "Reserved Expansion Field"),
    ),
    62: (
        _fixed("010", 2, "Data Source Identifier"),
        _SPARE,
        _fixed("015", 1, "Service Identification"),
        _fixed("070", 3, "Time Of Track Information"),
        _fixed("105", 8, "Calculated Position In WGS-84 Co-ordinates"),
        _fixed("100", 6, "Calculated Track Position (Cartesian)"),
        _fixed("185", 4, "Calculated Track Velocity (Cartesian)"),
        _fixed("210", 2, "Calculated Acceleration (Cartesian)"),
        _fixed("060", 2, "Track Mode 3/A Code"),
        _fixed("245", 7, "Target Identification"),
        _compound(
            "380",
            "Aircraft Derived Data",
            _fixed("ADR", 3, "Target Address"),
            _fixed("ID", 6, "Target Identification"),
            *_octets("MHG IAS TAS SAL FSS", 2),
            _extended("TIS", "Trajectory Intent Status"),
            _INTENT,
            _fixed("COM", 2, "Communications/ACAS Capability and Flight Status"),
            *_octets("SAB", 2),
            *_octets("ACS", 7),
            *_octets("BVR GVR RAN TAR TAN GS", 2),
            *_octets("VUN"),
            *_octets("MET", 8),
            *_octets("EMC"),
            *_octets("POS", 6),
            *_octets("GAL", 2),
            *_octets("PUN"),
            _repetitive("BDSDATA", 8, "BDS Register Data"),
            *_octets("IAR MAC BPS", 2),
        ),
        _fixed("040", 2, "Track Number"),
        _extended("080", "Track Status"),
        _compound(
            "290",
            "System Track Update Ages",
            *_octets("TRK PSR SSR MDS"),
            *_octets("ADS", 2),
            *_octets("ES VDL UAT LOP MLT"),
        ),
        _fixed("200", 1, "Mode of Movement"),
        _compound(
            "295",
            "Track Data Ages",
            *_octets("MFL MD1 MD2 MDA MD4 MD5 MHG IAS TAS SAL FSS TID COM SAB ACS BVR GVR RAN TAR"),
            *_octets("TAN GSP VUN MET EMC POS GAL PUN MB IAR MAC BPS"),
        ),
        _fixed("136", 2, "Measured Flight Level"),
        _fixed("130", 2, "Calculated Track Geometric Altitude"),
        _fixed("135", 2, "Calculated Track Barometric Altitude"),
        _fixed("220", 2, "Calculated Rate of Climb/Descent"),
        _compound(
            "390",
            "Flight Plan Related Data",
            *_octets("TAG", 2),
            *_octets("CS", 7),
            *_octets("IFI", 4),
            *_octets("FCT"),
            *_octets("TAC", 4),
            *_octets("WTC"),
            *_octets("DEP DST", 4),
            *_octets("RDS", 3),
            *_octets("CFL CTL", 2),
            _repetitive("TOD", 4, "Time of Departure / Arrival"),
            *_octets("AST", 6),
            *_octets("STS"),
            *_octets("STD STA", 7),
            *_octets("PEM", 2),
            *_octets("PEC", 7),
        ),
        _extended("270", "Target Size and Orientation"),
        _fixed("300", 1, "Vehicle Fleet Identification"),
        _compound(
            "110",
            "Mode 5 Data Reports and Extended Mode 1 Code",
            *_octets("SUM"),
            *_octets("PMN", 4),
            *_octets("POS", 6),
            *_octets("GA EM1", 2),
            *_octets("TOS XP"),
        ),
        _fixed("120", 2, "Track Mode 2 Code"),
        _extended("510", "Composed Track Number", 3),
        _compound(
            "500",
            "Estimated Accuracies",
            _fixed("APC", 4, "Estimated Accuracy of Track Position (Cartesian)"),
            *_octets("COV", 2),
            _fixed("APW", 4, "Estimated Accuracy of Track Position (WGS-84)"),
            *_octets("AGA ABA"),
            *_octets("ATV AA", 2),
            *_octets("ARC"),
        ),
        _compound(
            "340",
            "Measured Information",
            *_octets("SID", 2),
            *_octets("POS", 4),
            *_octets("HEIGHT MDC MDA", 2),
            *_octets("TYP"),
        ),
        *(_SPARE,) * 5,
        _explicit("RE", "Reserved Expansion Field"),
        _explicit("SP", "Special Purpose Field"),
    ),
}

_READ_021: Final = "010 040 161 071 073 077 130 131 080 140 145 155 157 160 090"
_READ_048: Final = "010 140 020 040 090 110 220 161 200 230"
_READ_062: Final = "010 070 105 185 380/ADR 380/COM 040 080 136 135 130 220 300 500/APC 500/APW"
WANTED: Final[Mapping[int, tuple[str, ...]]] = {
    21: tuple(_READ_021.split()),
    48: tuple(_READ_048.split()),
    62: tuple(_READ_062.split()),
}
"""The items that are read, by category; the place in this row is the item's slot."""
SLOTS: Final = max(len(names) for names in WANTED.values())


def _row(item: Item, path: str, wanted: tuple[str, ...], parts: int) -> tuple[int, ...]:
    slot = wanted.index(path) if path in wanted else -1
    return item.form, item.octets, slot, parts, len(item.parts)


def packed() -> tuple[Ints, Ints]:
    """The tables for compiled code.

    items: rows of form, octets, slot or -1, first row of the parts, their number. categories, shape
    (256, 2): a category's first row and its number of items; 0 items: not read.
    """
    rows: list[tuple[int, ...]] = []
    categories = np.zeros((256, 2), np.int32)
    for category, items in CATEGORIES.items():
        categories[category] = len(rows), len(items)
        rows += _with_parts(items, WANTED[category], len(rows))
    return np.array(rows, np.int32), categories


def _with_parts(
    items: Iterable[Item], wanted: tuple[str, ...], first: int
) -> list[tuple[int, ...]]:
    """A category's rows, then those of its compound items' parts."""
    items = tuple(items)
    rows: list[tuple[int, ...]] = []
    more: list[tuple[int, ...]] = []
    for item in items:
        rows.append(_row(item, item.name, wanted, first + len(items) + len(more)))
        more += [_row(part, f"{item.name}/{part.name}", wanted, 0) for part in item.parts]
    return rows + more
