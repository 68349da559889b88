"""Fresh harmless words for line checks: out of books, kitchens and gardens; nothing of the day's news.

A line check is answered by a person, with words that were not said lately. What is proposed here has
nothing in it that could be taken for a signal: no forces, places, dates, weather to come or numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

FRESH_FOR: Final = 40
"""Line checks and replies, of both sides together, within which no words are said twice."""

HARMLESS: Final = (
    "The stork is a wading bird with long legs and a long bill.",
    "A chess board has as many light squares as dark ones.",
    "Rye bread keeps longer than white bread.",
    "The lime tree flowers after the chestnut.",
    "A sonnet has fourteen lines.",
    "Honey does not spoil if it is kept dry.",
    "The cello is tuned an octave below the viola.",
    "Swans often stay together for life.",
    "Beetroot soup is eaten hot or cold.",
    "A hedgehog sleeps through the cold months.",
    "The oldest apple trees in our garden still bear fruit.",
    "An encyclopaedia is read in any order.",
    "The marathon is run over roads.",
    "Chamomile makes a mild tea.",
    "The lighthouse keeper kept a diary of birds.",
    "Amber is the resin of trees that died long ago.",
    "A bicycle is steadier when it moves.",
    "Mushrooms dry well on a string.",
    "The bishop in chess keeps to one colour.",
    "Oak leaves stay on the young tree through winter.",
    "A choir has four voices.",
    "The cuckoo lays its egg in another bird's nest.",
    "Potatoes came to our kitchens from over the ocean.",
    "Skating is learned best by children.",
    "The waltz is danced in three-four time.",
    "Bees tell each other the way by dancing.",
    "A good pencil is soft and dark.",
    "Dill goes well with cucumbers.",
    "The library smells of old paper.",
    "Salmon return to the river in which they were born.",
    "In the novel the old doctor plants cherry trees.",
    "A crane's call carries far over water.",
    "Wool is warm even when it is wet.",
    "The piano has more white keys than black ones.",
    "Plum jam wants little sugar.",
    "The draughts player was offered tea and took it.",
    "Owls turn their heads, as their eyes cannot move.",
    "A fairy tale begins once upon a time.",
    "Birch bark burns when it is damp.",
    "The goalkeeper may use his hands.",
    "Sunflowers face east when they are grown.",
    "The violin is varnished last.",
    "Buckwheat is no kind of wheat.",
    "A snail carries its house along.",
    "The cat of this office sleeps on the printer.",
    "Carrots were violet before they were orange.",
    "In the poem the sail is white and lonely.",
    "The rook builds its nest in tall trees.",
    "Tea was once carried overland for a year.",
    "A beaver's teeth never stop growing.",
    "The accordion has buttons or keys.",
    "Sour cherries ripen after sweet ones.",
    "A dictionary lists the verb by its infinitive.",
    "The otter sleeps on its back.",
    "Gingerbread is baked in wooden forms.",
    "The referee tossed a coin.",
    "Snowdrops come up through the snow.",
    "A telescope turns the picture upside down.",
    "The baker next door begins at four.",
    "Squirrels forget where they hid some of the nuts.",
    "The second act of the play is the shortest.",
    "Pears are best picked a little early.",
    "The clarinet is made of blackwood.",
    "A spider mends its web in the morning.",
)
"""Sentences in English, all different; more than FRESH_FOR, so that one is always fresh."""


def same(one: str, other: str) -> bool:
    """Whether two texts say the same words, whatever their capitals, spaces and points."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def is_fresh(text: str, said: Sequence[str]) -> bool:
    """Whether these words are not among the last that were said. said: by both sides, newest last."""
    return not any(same(text, other) for other in said[-FRESH_FOR:])


def proposed(said: Sequence[str], start: int) -> str:
    """Harmless words that are fresh. start: where in the list to begin, so that two sides differ."""
    order = (HARMLESS[(start + n) % len(HARMLESS)] for n in range(len(HARMLESS)))
    return next(text for text in order if is_fresh(text, said))
