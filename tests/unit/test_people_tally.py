"""What the simulated people do, and what counts of it."""

from services.cli.bench.people.office import SERIALS, Office, next_step
from services.cli.bench.people.tally import Tally


def test_times_count_only_while_the_measure_runs_but_signing_in_counts_always() -> None:
    tally = Tally()
    tally.asked("sign_in", 80.0, None)
    tally.asked("queue", 9.0, None)
    tally.counting = True
    tally.asked("queue", 5.0, None)
    assert tally.took_ms == {"sign_in": [80.0], "queue": [5.0]}


def test_an_error_counts_whenever_it_happens_and_none_after_the_end() -> None:
    tally = Tally()
    tally.asked("queue", 5.0, ConnectionError("closed"))
    tally.broke(ValueError("no token"))
    tally.ended = True
    tally.asked("queue", 5.0, ConnectionError("everybody goes home"))
    assert tally.errors == ["queue: closed", "ValueError: no token"]


def test_being_overtaken_is_counted_by_its_code() -> None:
    tally = Tally()
    tally.counting = True
    tally.refused("referral.changed")
    tally.refused("referral.changed")
    assert tally.refusals == {"referral.changed": 2}


def test_a_person_does_what_the_referral_waits_for() -> None:
    assert next_step(["note", "report", "contact"]) == "contact"
    assert next_step(["note"]) is None


def test_no_two_families_of_any_crowd_share_a_number() -> None:
    numbers = []
    for crowd in range(3):
        office = Office({"accounts": [{}], "village": "35.15.08.2001", "crowd": crowd}, Tally())
        families = [office.family() for _ in range(SERIALS + 2)]
        numbers += [number for each in families for number in (each["no_kk"], each["members"][0]["nik"])]
    assert len(set(numbers)) == len(numbers)
