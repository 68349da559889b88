"""Faults in the rules by which bytes, signatures, records and volumes are accepted.

Both sides run the same rules, and would err alike: no comparison of the two shows such a fault. So
each is caught by known answers, or by a party of the hostile world that breaks the rule on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from firebreak import keys
from firebreak.desk import dialogue
from firebreak.ledger import judge, merkle
from firebreak.ledger.judge import Void
from firebreak.mldsa import is_line_of
from firebreak.records import cbor
from firebreak.store import keyfiles
from firebreak.volumes import areas, heights, windows
from tests.faults.fault import BySeeds, ByTest, Planted, Planter, Wrong

# Each bears the name of a function that its package gives instead of it.
CONFLICT = import_module("firebreak.volumes.conflict")
VERIFY = import_module("firebreak.evidence.verify")


def forgiving(reason: Void) -> Wrong:
    """The right step of judging, but for one reason."""

    def wrong(right: Wrong, *args: Any) -> None:
        try:
            right(*args)
        except judge._Invalid as invalid:
            if invalid.reason is not reason:
                raise

    return wrong


def skip_re_encode(planter: Planter) -> None:
    planter.value(cbor, "_LEAST_FOR_WIDTH", dict.fromkeys(cbor._LEAST_FOR_WIDTH, 0))
    planter.function(cbor, "_decode_number", lambda right, *args: right(*args))


def skip_the_second_officer(planter: Planter) -> None:
    planter.function(judge, "_released", lambda right, *args: None)


def release_anything(planter: Planter) -> None:
    def wrong(right: Wrong, case: Any, record: Any) -> None:
        release = case.tail.release
        tail = replace(case.tail, release=release and (case.id, release[1]))
        right(replace(case, tail=tail), record)

    planter.function(judge, "_released", wrong)


def anyone_cancels(planter: Planter) -> None:
    planter.function(judge, "_reference", forgiving(Void.NOT_ORIGINATOR))


def any_kind_anywhere(planter: Planter) -> None:
    planter.function(judge, "_scope", forgiving(Void.KIND_NOT_ON_CHANNEL))


def expired_keys_still_sign(planter: Planter) -> None:
    planter.function(judge, "_author", forgiving(Void.AUTHOR_EXPIRED))


def hash_nodes_like_leaves(planter: Planter) -> None:
    planter.function(merkle, "node_hash", lambda right, one, other: merkle.leaf_hash(one + other))


def leave_people_out_of_the_digest(planter: Planter) -> None:
    planter.function(dialogue, "_plain", lambda right, state: right(replace(state, human=())))


def accept_a_small_order_key(planter: Planter) -> None:
    planter.function(keys, "_check_key", lambda right, raw: None)


def accept_a_second_spelling_of_a_signature(planter: Planter) -> None:
    def wrong(right: Wrong, self: keys.PublicKey, message: bytes, signature: bytes) -> None:
        scalar = int.from_bytes(signature[32:64], "little") % keys.GROUP_ORDER
        right(self, message, signature[:32] + scalar.to_bytes(32, "little") + signature[64:])

    planter.function(keys.PublicKey, "verify", wrong)


def accept_an_unlisted_signature_line(planter: Planter) -> None:
    def wrong(right: Wrong, log: Any, control: Any) -> None:
        known = [roster.node.mldsa for roster in control.rosters(log.part.party)]
        first, *more = log.lines
        listed = [line for line in more if any(is_line_of(line, raw) for raw in known)]
        right(replace(log, lines=(first, *listed)), control)

    planter.function(VERIFY, "_check_head", wrong)


def read_no_further_than_needed(planter: Planter) -> None:
    def wrong(right: Wrong, data: bytes) -> Any:
        _, end = cbor._decode_at(data, 0, 0)
        return right(data[:end])

    planter.function(VERIFY, "parse_evidence", wrong)


def fail_open_on_nan(planter: Planter) -> None:
    def wrong(right: Wrong, value: object, name: str) -> None:
        if not isinstance(value, float):
            right(value, name)

    for module in (areas, heights, windows):
        planter.function(module, "check_whole", wrong)


def touching_is_apart(planter: Planter) -> None:
    planter.function(CONFLICT, "_depth", lambda right, *args: right(*args) or None)


def read_a_key_that_others_can_read(planter: Planter) -> None:
    planter.function(keyfiles, "_check_private", lambda right, *args: None)


VERDICTS = "tests/test_vectors.py::test_every_verdict"

RULES = (
    Planted(
        "skip-re-encode",
        "One record has two spellings, so two ids; each side may hold another one to be said.",
        skip_re_encode,
        BySeeds(("liar",)),
    ),
    Planted(
        "skip-the-second-officer",
        "One officer alone sends what the agreement wants two for.",
        skip_the_second_officer,
        BySeeds(("liar",)),
    ),
    Planted(
        "release-anything",
        "A release for one record lets another one out.",
        release_anything,
        BySeeds(("liar",)),
    ),
    Planted(
        "anyone-cancels",
        "The other side cancels our notice, and it is gone from both screens.",
        anyone_cancels,
        BySeeds(("liar",)),
    ),
    Planted(
        "any-kind-anywhere",
        "A complaint comes in on the tactical line, where duty officers keep aircraft apart.",
        any_kind_anywhere,
        BySeeds(("liar",)),
    ),
    Planted(
        "expired-keys-still-sign",
        "An officer who left last year still speaks for his side.",
        expired_keys_still_sign,
        ByTest(VERDICTS),
    ),
    Planted(
        "hash-nodes-like-leaves",
        "Both sides agree on a log; no other program does, and a proof can be forged.",
        hash_nodes_like_leaves,
        ByTest("tests/ledger/test_merkle.py::test_hashes_are_those_of_rfc_6962"),
    ),
    Planted(
        "leave-people-out-of-the-digest",
        "One screen says understood and the other does not, and the heartbeat finds them equal.",
        leave_people_out_of_the_digest,
        ByTest("tests/desk/test_dialogue.py::test_every_part_of_a_state_is_in_its_digest"),
    ),
    Planted(
        "accept-a-small-order-key",
        "A key is enrolled under which almost anything verifies.",
        accept_a_small_order_key,
        ByTest("tests/test_keys.py::test_refused_encodings_are_neither_key_nor_commitment"),
    ),
    Planted(
        "accept-a-second-spelling-of-a-signature",
        "Who carries a record can change its bytes, and it still verifies.",
        accept_a_second_spelling_of_a_signature,
        ByTest("tests/test_keys.py::test_a_scalar_plus_the_group_order_is_refused"),
    ),
    Planted(
        "accept-an-unlisted-signature-line",
        "A file is called proof though a stranger's signature stands in it unread.",
        accept_an_unlisted_signature_line,
        ByTest("tests/test_evidence.py::test_both_signatures_under_a_head_are_verified"),
    ),
    Planted(
        "read-no-further-than-needed",
        "Something is added to a file of evidence, and it is called proof as before.",
        read_no_further_than_needed,
        ByTest("tests/test_evidence.py::test_no_byte_can_be_changed_added_or_left_out[0]"),
    ),
    Planted(
        "fail-open-on-nan",
        "A radius that is no number meets nothing: two notices in one place are called clear.",
        fail_open_on_nan,
        ByTest("tests/volumes/test_conflict.py::test_what_is_no_whole_number_is_refused"),
    ),
    Planted(
        "touching-is-apart",
        "Two areas share a border, and nobody is warned.",
        touching_is_apart,
        ByTest("tests/volumes/test_conflict.py::test_touching_polygons_conflict"),
    ),
    Planted(
        "read-a-key-that-others-can-read",
        "Everybody on the machine can sign for the officer, and nothing says so.",
        read_a_key_that_others_can_read,
        ByTest(
            "tests/store/test_keyfiles.py::test_a_key_that_others_can_reach_is_refused_with_the_cure"
        ),
    ),
)
