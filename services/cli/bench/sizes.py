"""How much of everything: the full measure, and one of a few seconds that only shows that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Seconds, rates a second, and numbers; *rounds* is of how many the median is taken."""

    rounds: int
    intake_rounds: int
    events: int
    intake: int
    action_seconds: float
    copies: int
    probe_seconds: float
    hold_seconds: float
    cost_rounds: int
    cost_seconds: float
    trip_seconds: float
    first_lives: float
    most_lives: float
    pace_seconds: float
    paced_rate: float
    most_paced: float
    open_referrals: int
    budget_seconds: float
    action_clients: int = 50
    intake_clients: int = 20


FULL = Size(
    rounds=3,
    intake_rounds=4,
    events=4000,
    intake=150,
    action_seconds=5,
    copies=6000,
    probe_seconds=8,
    hold_seconds=60,
    cost_rounds=3,
    cost_seconds=8,
    trip_seconds=5,
    first_lives=4,
    most_lives=64,
    pace_seconds=7,
    paced_rate=20,
    most_paced=640,
    open_referrals=5000,
    budget_seconds=480,
)
QUICK = Size(
    rounds=1,
    intake_rounds=1,
    events=200,
    intake=4,
    action_seconds=0.5,
    copies=300,
    probe_seconds=1,
    hold_seconds=1,
    cost_rounds=1,
    cost_seconds=2,
    trip_seconds=1,
    first_lives=1,
    most_lives=1,
    pace_seconds=1,
    paced_rate=5,
    most_paced=5,
    open_referrals=40,
    budget_seconds=180,
)
