"""Verdicts in the operator's words: what happened, then what to do."""

from firebreak.ledger.judge import Void

_TEXTS = {
    Void.MALFORMED: "The entry is not a record in its one encoding. Ask for it to be sent again.",
    Void.AGREEMENT_VERSION: "The record names a version of the agreement that its author's party has"
    " not logged. Compose it again under the version in force.",
    Void.AGREEMENT_EXPIRED: "The agreement was not in force when the record was composed."
    " Agree on a new version.",
    Void.CONTROL_NOT_HELD: "The record was written under control entries that are not held here."
    " Compose it again.",
    Void.CONTROL_BACKWARDS: "The record was written under an older roster than the one before it."
    " Compose it again.",
    Void.UNKNOWN_AUTHOR: "The record's author is not on the roster. Enrol the key first.",
    Void.AUTHOR_EXPIRED: "The author's key was not valid when the record was composed."
    " Enrol a new key.",
    Void.SIGNATURE: "The signature does not belong to this record and author. Sign it again.",
    Void.SERIAL: "The record's serial was used before: it is a repeat. Compose it again.",
    Void.SEEN_NOT_HELD: "The record claims to have seen entries that are not held here."
    " Compose it again.",
    Void.SEEN_DIFFERS: "The record has seen other entries than those held here."
    " Compare the logs by telephone.",
    Void.UNKNOWN_KIND: "This version does not know the record's kind. It is kept; ask for its meaning.",
    Void.KIND_NOT_ON_CHANNEL: "This channel does not carry records of this kind."
    " See `firebreak agreement show` for the one that does.",
    Void.NOT_FOR_OFFICERS: "Only the node's own key signs records of this kind.",
    Void.NOT_FOR_THE_NODE: "The node's own key may not sign records of this kind; an officer must.",
    Void.OFFICE_NOT_ON_CHANNEL: "The record is addressed to an office that is not the other side's on"
    " this channel. See `firebreak agreement show`.",
    Void.AUTHOR_NOT_ON_CHANNEL: "The author's office does not speak on this channel. Have an officer of"
    " one that does sign it; see `firebreak agreement show`.",
    Void.ANSWER_BY: "Questions carry a time to answer by, and nothing else does. Compose it again.",
    Void.REFERENCE_MISSING: "The record refers to nothing that its author had seen."
    " Name the record that it is about.",
    Void.REFERENCE_DIFFERS: "The record refers to another record than the one at that place."
    " Name it by its id.",
    Void.REFERENCE_VOID: "The record refers to a void one, which has no effect.",
    Void.REFERENCE_KIND: "A record of this kind cannot refer to that record. Name the right one.",
    Void.NOT_ORIGINATOR: "Only its originator may change this. Object to it, or ask for"
    " clarification, instead.",
    Void.LAPSED_EARLY: "A lapse was recorded before the answer was due.",
    Void.LAPSED_ANSWERED: "A lapse was recorded of a question whose answer had been seen.",
    Void.LAPSED_WITHDRAWN: "A lapse was recorded of a question that its author had cancelled.",
    Void.RELEASE_MISSING: "This kind needs a second officer's release just before it, and there is"
    " none. Have a second officer release it (`--release`).",
    Void.CONTROL_BODY: "The roster or agreement version does not follow the one in force.",
}


def void_text(void: Void) -> str:
    """Why an entry is void, and what to do."""
    return _TEXTS[void]
