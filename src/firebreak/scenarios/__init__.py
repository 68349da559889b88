"""Exercises and the demo, as data; and what plays them."""
