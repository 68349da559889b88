"""What the bench of ingest feeds is taken whole. Rates are measured, and not asserted."""

from __future__ import annotations

import numpy as np
import pytest

from firebreak.bench import ingest
from firebreak.bench.workloads import aircraft
from firebreak.watch.reports import check_reports

NUMBER = 60
INPUTS = ingest.inputs(NUMBER)


@pytest.mark.parametrize("name", INPUTS)
def test_every_report_of_an_input_is_taken(name: str) -> None:
    reports = INPUTS[name].taken()
    check_reports(reports)
    assert len(reports) == INPUTS[name].number == NUMBER
    assert len(np.unique(reports.identity)) == NUMBER
    if name != "asterix_048":  # whose ranges are made up
        assert np.allclose(
            np.sort(reports.latitude_e7 / 1e7), np.sort(aircraft(NUMBER)["lat"]), atol=2e-5
        )


def test_every_format_has_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "LEAST_S", 0.0)
    monkeypatch.setattr(ingest, "REPORTS", NUMBER)
    monkeypatch.setattr(ingest, "COLUMNS_REPORTS", NUMBER)
    found = ingest.measure()
    assert found.keys() == {*INPUTS, "columns"}
    assert all(rate > 0 for rate in found.values())
