"""Charts, the map of squares, and spans in words: what they are drawn from."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.console import charts, tile_map
from services.console.lasting import lasting
from services.registry.regions import east_java

FRAME = charts.Frame(left=10, top=20, width=100, height=50)


@given(st.lists(st.integers(0, 10**6), max_size=95))
def test_a_line_stays_in_its_frame_and_has_a_point_for_each_day(values: list[int]) -> None:
    panel = charts.panel(FRAME, [{"came": value} for value in values], ["came"])
    points = [tuple(map(float, point.split(","))) for point in panel.lines["came"].split()]
    assert len(points) == len(values)
    assert all(10 <= x <= 110 and 20 <= y <= 70 for x, y in points)


@given(st.integers(0, 10**7))
def test_the_upper_edge_is_even_and_not_below_the_highest(number: int) -> None:
    edge = charts.nice(number)
    assert number <= edge <= max(2, 2 * number)
    assert edge % 2 == 0


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3))
def test_the_parts_of_a_bar_follow_each_other_and_fill_it(parts: list[int]) -> None:
    found = charts.shares(parts, 100.0)
    assert abs(sum(length for _, length in found) - (100.0 if any(parts) else 0.0)) < 0.3
    assert all(begin >= before - 0.1 for (before, _), (begin, _) in pairwise(found))


def test_the_longest_bar_is_as_wide_as_it_may_be_and_what_is_not_known_has_none() -> None:
    assert charts.bars([30, None, 60], 100) == [50.0, 0.0, 100.0]
    assert charts.bars([None], 100) == [0.0]


def test_every_kabupaten_and_kota_has_a_square_of_its_own() -> None:
    assert set(tile_map.PLACES) == {each.code for each in east_java() if each.code.count(".") == 1}
    assert len(set(tile_map.PLACES.values())) == len(tile_map.PLACES) == 38


def test_a_square_is_the_darker_the_more_is_late() -> None:
    levels = [tile_map.level(100, late) for late in (0, 1, 4, 5, 14, 15, 100)]
    assert levels == [0, 1, 1, 2, 2, 3, 3]
    (tile,) = [
        each
        for each in tile_map.tiles([{"region": "35.71", "live": 8, "late": 2}], {"35.71": "Kota Kediri"})
        if each.code == "35.71"
    ]
    assert (tile.name, tile.live, tile.late, tile.percent, tile.level) == ("Kt. Kediri", 8, 2, 25, 3)


def test_a_span_is_told_by_its_two_largest_units() -> None:
    spans = (0.4, 59, 3600, 5400, 86_400 * 2 + 5 * 3600 + 70, 86_400 * 45)
    assert [lasting(each, "en") for each in spans] == [
        "0 seconds", "59 seconds", "1 hour", "1 hour 30 minutes", "2 days 5 hours", "45 days",
    ]  # fmt: skip
    assert lasting(90 * 60, "id") == "1 jam 30 menit"
    assert lasting(None, "id") == ""
