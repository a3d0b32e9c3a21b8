"""What counts as growth in a soak."""

import xml.etree.ElementTree as ElementTree

import pytest

from services.cli.bench.soak.growth import KINDS, Kind, grows, line_of
from services.cli.bench.soak.picture import draw

MEMORY = Kind("MB", share=0.05, slack=10)


def _series(*values: float) -> list[tuple[float, float]]:
    return [(float(minute), value) for minute, value in enumerate(values)]


def test_only_the_second_half_counts_so_that_warming_up_is_no_growth() -> None:
    assert line_of(_series(0, 50, 100, 150, 200, 200, 200, 200)).rise == 0


def test_the_line_tells_the_slope_of_an_hour_and_the_rise_of_the_half() -> None:
    line = line_of(_series(9, 9, 10, 12, 14, 16))
    assert line.per_hour == pytest.approx(120)
    assert line.rise == pytest.approx(4)
    assert line.mean == 14


def test_memory_that_climbs_by_more_than_both_limits_grows() -> None:
    assert grows(line_of(_series(0, 0, 0, 200, 210, 220)), MEMORY)


def test_a_rise_within_the_slack_or_within_the_share_is_none() -> None:
    assert not grows(line_of(_series(0, 0, 0, 40, 44, 48)), MEMORY)
    assert not grows(line_of(_series(0, 0, 0, 1000, 1010, 1020)), MEMORY)


def test_what_falls_does_not_grow() -> None:
    assert not grows(line_of(_series(0, 0, 0, 300, 200, 100)), MEMORY)


def test_two_points_are_needed_in_the_second_half() -> None:
    with pytest.raises(ValueError, match="two"):
        line_of(_series(1, 2))


def test_the_picture_has_a_panel_for_each_kind_and_a_line_for_each_series() -> None:
    series = {kind: {"one": _series(1, 2), "two & three": _series(2, 2)} for kind in KINDS}
    drawn = ElementTree.fromstring(draw(series))
    lines = [each for each in drawn.iter() if each.tag.endswith("polyline")]
    assert len(lines) == 2 * len(KINDS)
