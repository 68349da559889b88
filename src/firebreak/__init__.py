"""Firebreak: the line between parties that do not trust each other and must not misread each other."""

__version__ = "0.1.0"
