"""The log of one party on one channel: Merkle tree, checkpoint, commitment, tiles. Pure."""
