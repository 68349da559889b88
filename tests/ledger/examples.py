"""Print the examples with which spec/log.md and spec/signature.md open.

Run from the project's root: PYTHONPATH=src python -m tests.ledger.examples
tests/ledger/test_spec.py holds the two files against what is printed here.
"""

from firebreak import keys
from firebreak.keys import SigningKey, fingerprint, spoken
from firebreak.ledger import checkpoint as cp
from firebreak.ledger import commitment as cm
from firebreak.ledger.merkle import Frontier, inclusion_proof, leaf_hash

RECORDS = (b"first record", b"second record", b"third record")
INDEX = 1


def log_example() -> str:
    """A log of three records, and the proof file of the second."""
    key = SigningKey(bytes(range(32)))
    readers = bytes(range(64, 96))
    origin = cp.origin(bytes(range(16)), 0)
    secret = cm.log_secret(readers, origin)
    salts = [cm.salt(secret, index) for index in range(len(RECORDS))]
    entries = [cm.commitment(*pair) for pair in zip(salts, RECORDS, strict=True)]
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    digest = cm.EMPTY_DIGEST
    for index, (entry, record) in enumerate(zip(entries, RECORDS, strict=True)):
        frontier, completed = frontier.grow(leaf_hash(entry))
        stored |= {(level, index >> level): value for level, value in enumerate(completed)}
        digest = cm.extend_digest(digest, record)
    head = cp.Checkpoint(origin, frontier.size, frontier.root())
    line = cp.ed25519_line(origin, key.public, cp.sign_checkpoint(head, key))
    hashes = inclusion_proof(INDEX, frontier.size, lambda level, n: stored[level, n])
    proof = cp.ProofFile(INDEX, tuple(hashes), cp.note(head, [line]), salts[INDEX])
    rows = [
        ("log key, public", key.public.raw.hex()),
        ("readers' secret", readers.hex()),
        ("log secret", secret.hex()),
        *((f"record {n}", f'"{record.decode()}"') for n, record in enumerate(RECORDS)),
        *((f"salt {n}", value.hex()) for n, value in enumerate(salts)),
        *((f"entry {n}", value.hex()) for n, value in enumerate(entries)),
        *((f"leaf hash {n}", leaf_hash(value).hex()) for n, value in enumerate(entries)),
        ("node over 0 and 1", stored[1, 0].hex()),
        ("root of 3", frontier.root().hex()),
        ("digest of 3 bodies", digest.hex()),
    ]
    table = "".join(f"{name:<19} {value}\n" for name, value in rows)
    return table + "\n" + cp.render_proof(proof).decode()


def signature_example() -> str:
    """A signature that counts, one that does not, and a fingerprint of two keys."""
    seed = bytes(range(32))
    key, other = SigningKey(seed), SigningKey(bytes(32))
    good = key.sign(keys._RESIDUE_MESSAGE)
    bad = keys._RESIDUE_SIGNATURE
    roots = fingerprint(2, [key.public, other.public])
    rows = [
        ("seed", seed.hex()),
        ("public key, A", key.public.raw.hex()),
        ("key id", key.public.key_id.hex()),
        ("message", f'"{keys._RESIDUE_MESSAGE.decode()}"'),
        ("accepted: R", good[:32].hex()),
        ("          S", good[32:].hex()),
        ("refused:  R", bad[:32].hex()),
        ("          S", bad[32:].hex()),
        ("second root key", other.public.raw.hex()),
        ("both, threshold 2", roots.hex()),
        ("spoken", spoken(roots)[:39]),
        ("", spoken(roots)[40:]),
    ]
    return "".join(f"{name:<18} {value}\n" for name, value in rows)


if __name__ == "__main__":
    print(signature_example())
    print(log_example())
