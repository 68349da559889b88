"""Every fault that the hostile world injects, by name, so that none can be forgotten."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is done to the two nodes; each is counted where it happens."""

    # The carrier
    LOST = "bundle lost"
    DELAYED = "bundle delayed"
    DUPLICATED = "bundle duplicated"
    REORDERED = "bundle reordered"
    ALTERED = "bundle altered"
    REPLAYED = "bundle replayed"
    PARTITION = "partition, noticed"
    SILENT_PARTITION = "partition, not noticed"
    # The machine
    CRASH_IDLE = "crash between events"
    CRASH_AT_APPEND = "crash at an append"
    CRASH_AT_SEND = "crash at a send"
    SUFFIX_LOST = "undurable suffix lost"
    KEPT_UNTOLD = "durable but not told"
    SLOW_DISK = "slow disk"
    TORN = "torn write"
    RESTORED = "restored from a backup"
    ROLLED_BACK = "rolled back unnoticed"
    SKEWED = "clock skewed"
    STALE_DRAFT = "stale draft filed"
    # The other party
    FORKED = "history forked"
    WITHHELD = "receipt withheld"
    FLOODED = "flood"
    VOID = "void record sent"
    LIED = "lie told"
    # An outsider who knows both public keys
    FORGED = "item forged"
