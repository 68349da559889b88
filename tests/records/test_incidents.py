"""Bodies of an incident: "assessing" names the time of the next word (R-25)."""

import pytest

from firebreak.errors import InvalidValue, Malformed
from firebreak.records.incidents import ASSESSMENT, Assessment, Stance


@pytest.mark.parametrize("stance", Stance)
def test_assessing_names_the_next_word_and_others_may(stance: Stance) -> None:
    """R-25"""
    assert ASSESSMENT.value((int(stance), 60_000, ())) == Assessment(stance, 60_000)
    if stance is not Stance.ASSESSING:
        assert ASSESSMENT.value((int(stance), (), ())) == Assessment(stance)
        return
    with pytest.raises(InvalidValue, match="next word"):
        Assessment(stance)
    with pytest.raises(Malformed, match="next word"):
        ASSESSMENT.value((int(stance), (), ()))
