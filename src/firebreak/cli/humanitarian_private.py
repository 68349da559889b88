"""Private parts as files beside the node's store: names and numbers that can be erased (H-8, H-9)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from firebreak.desk.humanitarian_private import SALT_BYTES, Field, Private, read_private
from firebreak.errors import Misuse
from firebreak.store.directory import NodeDirectory, read_file, write_file

FOLDER = "private"


class PrivateParts:
    """The folder `private` of a node's directory: one file each, named by its commitment."""

    def __init__(self, node: NodeDirectory) -> None:
        self.folder = node.path / FOLDER

    def file(self, commitment: bytes) -> Path:
        """Where the part committed to lies, if it is there."""
        return self.folder / f"{commitment.hex()}.private"

    def keep(self, fields: Sequence[tuple[str, str]]) -> bytes | None:
        """Write a part down, and give its commitment; None where there is nothing to keep."""
        if not fields:
            return None
        made = Private(
            secrets.token_bytes(SALT_BYTES), tuple(Field(label, text) for label, text in fields)
        )
        commitment = made.commitment()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        write_file(self.file(commitment), made.encoded())
        os.chmod(self.file(commitment), 0o600)
        return commitment

    def part(self, commitment: bytes | None) -> Private | None:
        """A part that is here; None where there is none, or it was erased. Raises Misbehaviour."""
        if commitment is None or not self.file(commitment).exists():
            return None
        made = read_private(read_file(self.file(commitment), "the private part"))
        if made.commitment() != commitment:
            raise Misuse(
                f"{self.file(commitment)} was changed: it is not what the journal commits to. Put it"
                " back from its backup, or erase the entry's private part."
            )
        return made

    def erase(self, commitments: Iterable[bytes]) -> int:
        """Delete parts; how many were there. What backups hold they hold still."""
        count = 0
        for commitment in commitments:
            file = self.file(commitment)
            if file.exists():
                # Written over first, for what little that does on a disc of today.
                file.write_bytes(secrets.token_bytes(max(1, file.stat().st_size)))
                file.unlink()
                count += 1
        return count
