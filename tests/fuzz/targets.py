"""Every way in, one target each: what takes bytes or text that somebody else has made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from firebreak.carriers import files, paper, paper_scan
from firebreak.carriers.feeds import parse_source
from firebreak.carriers.mail import read_mail
from firebreak.carriers.smtp import parse_server
from firebreak.desk import humanitarian_csv, humanitarian_private, journal, spoken
from firebreak.formats import areas
from firebreak.keys import KEY_BYTES, PublicKey
from firebreak.ledger import checkpoint, fork, receipt, tiles
from firebreak.ledger import custody as ledger_custody
from firebreak.line import bundle, relaying
from firebreak.node import readable
from firebreak.node.outlets import parse_place
from firebreak.records import agreement, cbor, record, roster, sign1
from firebreak.sealing import (
    SealingPublic,
)
from firebreak.volumes import outline
from tests import attempts_example
from tests.formats import drawings
from tests.fuzz import custody, desk, examples, humanitarian, mailing, positions, surveillance, ways
from tests.fuzz.mutation import Shape
from tests.fuzz.watching import Target
from tests.worlds import ALPHA


def target(
    name: str,
    read: Callable[[bytes], Any],
    given: Callable[[], Iterable[bytes]],
    shape: Shape,
    *covers: str,
    **more: Any,
) -> Target:
    """A row of the table. covers: without the package's name."""
    names = tuple(f"firebreak.{name}" for name in covers)
    return Target(name, read, given, shape, names, **more)


_forget_areas = (outline._REMEMBERED.clear,)
SPARE_UNPACKED: Final = 160 << 20
"""A compressed table may unpack to a thousand times its size, and be rows of nearly nothing."""
SPARE_PICTURED: Final = 220 << 20
"""A few bytes may be a white picture of 50 million points, which is looked at once more enlarged,
sharpened and reduced."""
AREA_BYTES: Final = 48 << 20
"""Pieces of 40 km along 100,000 km of edges, at about 2 KB each with their tree, whatever few bytes
name them (spec/volume.md V-5)."""

TARGETS: Final[dict[str, Target]] = {
    made.name: made
    for made in (
        # Read aloud and keyed in
        target(
            "groups",
            lambda data: spoken.read_groups(spoken.split_groups(data.decode(errors="replace"))),
            examples.groups,
            Shape.TEXT,
            "desk.spoken.read_groups",
            theirs=True,
        ),
        target(
            "check-words",
            lambda data: spoken.hear(data.decode(errors="replace")),
            examples.check_words,
            Shape.TEXT,
        ),
        # Handed in by organisations
        target(
            "sites",
            humanitarian_csv.read_sites,
            humanitarian.site_files,
            Shape.TEXT,
            "desk.humanitarian_csv.read_sites",
            theirs=True,
        ),
        target(
            "gazetteer",
            humanitarian_csv.read_gazetteer,
            humanitarian.gazetteers,
            Shape.TEXT,
            "desk.humanitarian_csv.read_gazetteer",
            theirs=True,
        ),
        target(
            "private-part",
            humanitarian_private.read_private,
            humanitarian.private_parts,
            Shape.CBOR,
            "desk.humanitarian_private.read_private",
            again=lambda part: part.encoded(),
            theirs=True,
        ),
        # Records
        target(
            "cbor",
            partial(cbor.decode, limit=bundle.MAX_BUNDLE),
            lambda: (*examples.payloads(), *examples.bundles()),
            Shape.CBOR,
            "records.cbor.decode",
            again=cbor.encode,
            theirs=True,
        ),
        target(
            "sign1",
            sign1.parse,
            lambda: (*examples.records(), *examples.refused_records()),
            Shape.BYTES,
            "records.sign1.parse",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "payload",
            record.parse_payload,
            examples.payloads,
            Shape.CBOR,
            "records.record.parse_payload",
            again=record.payload_of,
            theirs=True,
        ),
        target(
            "record",
            lambda data: record.parse_record(data, examples.context()),
            lambda: (*examples.records(), *examples.refused_records()),
            Shape.BYTES,
            "records.record.parse_record",
            again=lambda found: sign1.Sign1(
                record.payload_of(found.record), found.signed.signature
            ).encoded(),
            theirs=True,
        ),
        target("shown", ways.read_shown, examples.payloads, Shape.CBOR, spare=8 << 20),
        target("claimed", ways.read_claimed, examples.payloads, Shape.CBOR, spare=AREA_BYTES),
        target(
            "area",
            ways.read_area,
            examples.areas,
            Shape.CBOR,
            spare=AREA_BYTES,
            keeps=_forget_areas,
        ),
        target(
            "agreement",
            agreement.parse_agreement,
            examples.agreements,
            Shape.CBOR,
            "records.agreement.parse_agreement",
            again=lambda found: found.payload(),
            theirs=True,
            spare=AREA_BYTES,
        ),
        target(
            "agreement-signed",
            ways.read_signed_as_agreed,
            examples.agreements,
            Shape.CBOR,
            spare=AREA_BYTES,
        ),
        target(
            "agreement-file",
            agreement.parse_signed_agreement,
            examples.agreement_files,
            Shape.CBOR,
            "records.agreement.parse_signed_agreement",
            "records.roster.parse_root_signatures",
            "records.roster.verify_roots",
            "records.agreement.PartySignature.verify",
            again=lambda found: found.encoded(),
            theirs=True,
            spare=AREA_BYTES,
        ),
        target(
            "agreement-path",
            ways.read_agreement_file,
            examples.agreement_files,
            Shape.CBOR,
            "store.directory.read_agreement",
            "store.directory.read_file",
            spare=AREA_BYTES,
        ),
        target(
            "roster",
            roster.parse_roster_payload,
            ways.some_rosters,
            Shape.CBOR,
            "records.roster.parse_roster_payload",
            again=lambda found: found.payload(),
            theirs=True,
        ),
        target("roster-signed", ways.read_signed_as_card, ways.some_rosters, Shape.CBOR),
        target(
            "card",
            roster.parse_signed_roster,
            ways.some_cards,
            Shape.CBOR,
            "records.roster.parse_signed_roster",
            "records.roster.SignedRoster.verify",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "card-path",
            ways.read_card_file,
            ways.some_cards,
            Shape.CBOR,
            "store.directory.read_card",
        ),
        target(
            "draft",
            ways.read_draft,
            examples.drafts,
            Shape.TEXT,
            "records.drafting.read_draft",
            spare=AREA_BYTES,
        ),
        # Typed by a person
        target(
            "figures",
            ways.read_figures,
            ways.texts(*ways.POSITIONS, *ways.HEIGHTS, *ways.TIMES),
            Shape.TEXT,
            "records.figures.parse_position",
            "records.figures.parse_height",
            "records.figures.parse_heights",
            "records.figures.parse_date_time_group",
        ),
        target(
            "spelling",
            ways.read_spelling,
            ways.texts(*ways.MEASURES, *ways.ADDRESSES),
            Shape.TEXT,
            "records.spelling.parse_duration",
            "records.spelling.parse_size",
            "records.spelling.parse_length",
            "records.spelling.parse_separation",
            "records.spelling.parse_feet",
            "records.spelling.parse_clock",
            "node.runner.parse_address",
        ),
        target(
            "typed",
            ways.read_typed,
            ways.texts(*ways.TIMES, *ways.AREAS, *ways.MEASURES),
            Shape.TEXT,
            spare=AREA_BYTES,
        ),
        target(
            "read-back",
            ways.read_back,
            ways.texts(*ways.POSITIONS, "A, B; 9,500\nA B"),
            Shape.TEXT,
        ),
        # Ledger
        target(
            "note",
            checkpoint.parse_note,
            examples.notes,
            Shape.TEXT,
            "ledger.checkpoint.parse_note",
            "ledger.checkpoint.parse_origin",
            again=lambda found: checkpoint.note(*found),
            theirs=True,
        ),
        target(
            "note-opened",
            ways.read_open_note,
            examples.notes,
            Shape.TEXT,
            "ledger.checkpoint.open_note",
            "ledger.checkpoint.verify_checkpoint",
            theirs=True,
        ),
        target(
            "proof",
            checkpoint.parse_proof,
            ways.some_proofs,
            Shape.TEXT,
            "ledger.checkpoint.parse_proof",
            again=checkpoint.render_proof,
            theirs=True,
        ),
        target(
            "merkle",
            ways.read_merkle,
            ways.some_merkle_items,
            Shape.CBOR,
            "ledger.merkle.verify_inclusion",
            "ledger.merkle.verify_consistency",
            theirs=True,
        ),
        target(
            "mldsa", ways.read_mldsa_line, lambda: [bytes(2_428)], Shape.BYTES, "mldsa.verify_line"
        ),
        target(
            "receipt",
            receipt.parse_receipt,
            ways.some_world_receipts,
            Shape.BYTES,
            "ledger.receipt.parse_receipt",
            theirs=True,
        ),
        target(
            "receipt-signed",
            ways.read_signed_receipt,
            lambda: [sign1.parse(data).payload for data in ways.some_world_receipts()],
            Shape.CBOR,
            "ledger.receipt.open_receipt",
            "records.sign1.Sign1.verify",
            "keys.PublicKey.verify",
            "evidence.verify.open_given",
            again=ways.receipt_payload,
            theirs=True,
        ),
        target(
            "tile-path",
            lambda data: tiles.parse_path(ways.text_of(data)),
            ways.texts("tile/0/x001/x234/067.p/12", "tile/entries/000", "tile/63/001"),
            Shape.TEXT,
            "ledger.tiles.parse_path",
            theirs=True,
        ),
        target(
            "tiles",
            ways.read_tiles,
            ways.some_tile_examples,
            Shape.BYTES,
            "ledger.tiles.parse_entry_bundle",
            "ledger.tiles.parse_hash_tile",
            theirs=True,
        ),
        target(
            "fork",
            fork.parse_fork,
            ways.some_forks,
            Shape.CBOR,
            "ledger.fork.parse_fork",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "fork-signed",
            ways.read_fork_signed,
            ways.some_forks,
            Shape.CBOR,
            "ledger.fork.verify_fork",
        ),
        # The journal
        target(
            "journal-entry",
            desk.read_payload,
            desk.some_payloads,
            Shape.CBOR,
            "desk.journal.parse_payload",
            again=journal.payload_of,
        ),
        target(
            "journal-signed",
            desk.read_entry,
            desk.some_entries,
            Shape.CBOR,
            "desk.journal.open_entry",
            again=lambda kept: kept.data,
        ),
        # Custody by relays
        target(
            "custody",
            ledger_custody.parse_custody,
            custody.some_receipts,
            Shape.CBOR,
            "ledger.custody.parse_custody",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "custody-verified",
            custody.read_verified,
            custody.some_receipts,
            Shape.CBOR,
            "ledger.custody.verify_custody",
            theirs=True,
        ),
        target(
            "custody-statement",
            custody.read_statement,
            custody.some_statements,
            Shape.CBOR,
            "ledger.custody.open_statement",
            again=custody.statement_payload,
            theirs=True,
        ),
        target(
            "relay-card",
            custody.read_card,
            custody.some_cards,
            Shape.CBOR,
            "ledger.custody.open_card",
            "store.relay_directory.read_relay_card",
            again=custody.card_payload,
        ),
        target(
            "relay-message",
            relaying.parse_message,
            custody.some_messages,
            Shape.CBOR,
            "line.relaying.parse_message",
            again=relaying.encode_message,
            theirs=True,
        ),
        target(
            "relay-header",
            custody.read_header,
            custody.some_headers,
            Shape.BYTES,
            theirs=True,
        ),
        target(
            "relay-letter",
            readable.parse_letter,
            custody.some_letters,
            Shape.BYTES,
            "node.readable.parse_letter",
            again=custody.letter_bytes,
            theirs=True,
        ),
        target(
            "relay-toml",
            custody.read_relay_file,
            custody.some_relay_files,
            Shape.TEXT,
            "store.relay_directory.RelayConfig.from_toml",
            "store.relay_directory.RelayDirectory.open",
        ),
        # The line
        target(
            "bundle",
            bundle.parse_bundle,
            examples.bundles,
            Shape.CBOR,
            "line.bundle.parse_bundle",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "overtaking",
            bundle.parse_overtaking,
            ways.some_overtaking,
            Shape.CBOR,
            "line.bundle.parse_overtaking",
            again=bundle.encode_overtaking,
            theirs=True,
        ),
        target(
            "statements",
            ways.read_statement,
            ways.some_statement_payloads,
            Shape.CBOR,
            "line.statements.open_pulse",
            "line.statements.open_held",
            theirs=True,
        ),
        target(
            "received",
            ways.read_received,
            examples.bundles,
            Shape.CBOR,
            "node.shared.Shared.verify_head",
            spare=AREA_BYTES,
        ),
        target(
            "entries",
            ways.read_entries,
            lambda: [cbor.encode(examples.entries()), cbor.encode(examples.payloads()[:16])],
            Shape.CBOR,
            spare=AREA_BYTES,
        ),
        target(
            "sealed-anew", ways.read_sealed_anew, examples.bundles, Shape.CBOR, spare=AREA_BYTES
        ),
        # Carriers, sealing
        target(
            "header",
            ways.read_header,
            ways.some_sealed,
            Shape.BYTES,
            "sealing.parse_header",
            "sealing.open_secret",
            again=ways.header_bytes,
            theirs=True,
        ),
        target(
            "sealed",
            ways.read_unsealed,
            ways.some_sealed,
            Shape.BYTES,
            "sealing.open_bundle",
            theirs=True,
        ),
        target(
            "sealing-key",
            lambda data: SealingPublic(data[:32], data[32:]),
            ways.some_sealing_keys,
            Shape.BYTES,
            theirs=True,
        ),
        target(
            "public-key",
            PublicKey.parse,
            lambda: [examples.the_world().parties[ALPHA].log_key.raw],
            Shape.BYTES,
            "keys.PublicKey.parse",
            again=lambda found: found.raw,
            theirs=True,
            most=KEY_BYTES + 8,
        ),
        target(
            "certificate", ways.read_certificate, ways.some_certificates, Shape.BYTES, theirs=True
        ),
        target(
            "bundle-file",
            ways.read_bundle_file,
            lambda: [files.pack(data) for data in examples.bundles()],
            Shape.BYTES,
            "carriers.files.read_bundle",
            "carriers.files.unpack",
            again=files.pack,
        ),
        target(
            "paper-part",
            paper.parse_part,
            ways.some_paper_parts,
            Shape.BYTES,
            "carriers.paper.parse_part",
            again=lambda found: found.encoded(),
            theirs=True,
        ),
        target(
            "paper-picture",
            paper_scan.read_scan,
            ways.some_paper_pictures,
            Shape.BYTES,
            "carriers.paper_scan.read_scan",
            spare=SPARE_PICTURED,
            theirs=True,
        ),
        target("frames", ways.read_frames, ways.some_frames, Shape.BYTES, theirs=True),
        target(
            "datagrams",
            ways.read_datagrams,
            ways.some_datagrams,
            Shape.BYTES,
            "line.narrow.Session.take",
            spare=16 << 20,
        ),
        target(
            "upgrade",
            ways.read_upgrades,
            lambda: [b"\x05" + ways.UPGRADE, b"\xff" + ways.ANSWER],
            Shape.TEXT,
            theirs=True,
        ),
        # Evidence
        target(
            "evidence",
            ways.read_verify,
            lambda: [examples.evidence().encoded()],
            Shape.CBOR,
            "evidence.file.parse_evidence",
            "evidence.verify.verify",
            again=lambda found: found.encoded(),
            spare=AREA_BYTES,
        ),
        target(
            "attempts",
            ways.read_attempts,
            lambda: [attempts_example.typical().encoded()],
            Shape.CBOR,
            "evidence.attempts.parse_attempts",
            "evidence.attempts.verify_attempts",
            again=lambda found: found.encoded(),
        ),
        target(
            "judged",
            ways.read_evidence_of,
            examples.payloads,
            Shape.CBOR,
            "ledger.judge.parse_entry",
            spare=AREA_BYTES,
        ),
        # The store, and this node's own files
        target("row", ways.read_row, ways.some_rows, Shape.CBOR, "store.rows.from_row"),
        target(
            "kept",
            ways.read_kept,
            ways.some_notes_kept,
            Shape.CBOR,
            "node.logs.parse_heads",
            "node.logs.parse_spared",
            "node.logs.parse_tail",
        ),
        target(
            "node-file",
            ways.read_node_file,
            ways.some_plain_node_files,
            Shape.TEXT,
            "store.directory.NodeConfig.from_toml",
            "store.directory.NodeDirectory.open",
        ),
        target(
            "key-file",
            ways.read_key_file,
            ways.some_key_files,
            Shape.TEXT,
            "store.keyfiles.read_secret",
        ),
        target(
            "signing-key-file",
            ways.read_signing_key_file,
            ways.some_key_files,
            Shape.TEXT,
            "store.directory.read_signing_key",
        ),
        target(
            "http",
            ways.read_http,
            ways.some_requests,
            Shape.JSON,
            "web.composing.from_base64",
            spare=16 << 20,
        ),
        target("tls-file", ways.read_tls_file, ways.some_key_files, Shape.TEXT),
        # Position reports
        target("sbs", positions.read_sbs, positions.some_sbs, Shape.TEXT, "formats.sbs.Sbs.feed"),
        target("cot", positions.read_cot, positions.some_cot, Shape.TEXT, "formats.cot.Cot.feed"),
        target(
            "readsb",
            positions.read_readsb,
            positions.some_readsb,
            Shape.JSON,
            "formats.readsb.Readsb.feed",
        ),
        target(
            "flights-csv",
            positions.read_csv,
            positions.some_csv,
            Shape.TEXT,
            "formats.opensky.OpenSkyCsv.feed",
            "formats.opensky.layout_of",
            spare=SPARE_UNPACKED,
        ),
        target(
            "flights-parquet",
            positions.read_parquet,
            positions.some_parquet,
            Shape.BYTES,
            "formats.opensky.parquet_reports",
        ),
        target(
            "ais", surveillance.read_ais, surveillance.some_ais, Shape.TEXT, "formats.ais.Ais.feed"
        ),
        target(
            "asterix",
            surveillance.read_asterix,
            surveillance.some_asterix,
            Shape.BYTES,
            "formats.asterix.Asterix.feed",
            "formats.asterix.Asterix.feed_datagrams",
        ),
        target(
            "source",
            lambda data: parse_source(ways.text_of(data)),
            positions.some_sources,
            Shape.TEXT,
            "carriers.feeds.parse_source",
        ),
        target(
            "place",
            lambda data: parse_place(ways.text_of(data)),
            lambda: (b"127.0.0.1:4242", b"[::1]:4242", b"screen.example:1", b"host:65536", b":1"),
            Shape.TEXT,
            "node.outlets.parse_place",
        ),
        # Mail
        target(
            "mail",
            read_mail,
            mailing.some_mails,
            Shape.TEXT,
            "carriers.mail.read_mail",
            theirs=True,
        ),
        target("mail-kept", mailing.keep_mail, mailing.some_mails, Shape.BYTES),
        target(
            "mail-server",
            lambda data: parse_server(ways.text_of(data)),
            lambda: (b"mail.alpha.example:587", b"[::1]:25", b"127.0.0.1:65536", b":1"),
            Shape.TEXT,
            "carriers.smtp.parse_server",
        ),
        target(
            "mail-password",
            mailing.read_password_file,
            lambda: (b"correct horse\n", b"", b"two\nlines", b"\xff"),
            Shape.BYTES,
            "carriers.smtp.read_password",
        ),
        # Lines and zones
        target(
            "areas-geojson",
            areas.read_areas,
            drawings.some_geojson,
            Shape.JSON,
            "formats.areas.read_areas",
            spare=16 << 20,
        ),
        target("areas-kml", areas.read_areas, drawings.some_kml, Shape.TEXT, spare=16 << 20),
        target("areas-kmz", areas.read_areas, drawings.some_kmz, Shape.BYTES, spare=96 << 20),
        target(
            "areas-geopackage",
            areas.read_areas,
            drawings.some_geopackages,
            Shape.BYTES,
            spare=16 << 20,
            most=32_768,
        ),
    )
}
