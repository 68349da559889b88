"""Evidence: one file that shows a stranger who said what, where it was logged, and who received it.

Pure: verifying needs the file and root fingerprints, no node, network or clock (spec/evidence.md).
"""

from firebreak.evidence.collect import Place, Source, collect
from firebreak.evidence.file import Evidence, LogPart, ProvenEntry, ReceiptGiven, parse_evidence
from firebreak.evidence.verdict import EntryFound, PartyFound, Status, Verdict, VoidFound
from firebreak.evidence.verify import verify

__all__ = [
    "EntryFound",
    "Evidence",
    "LogPart",
    "PartyFound",
    "Place",
    "ProvenEntry",
    "ReceiptGiven",
    "Source",
    "Status",
    "Verdict",
    "VoidFound",
    "collect",
    "parse_evidence",
    "verify",
]
