"""Dialogues: what the records that refer to one another amount to (spec/dialogue.md)."""
