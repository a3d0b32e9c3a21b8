"""The measurements, in the order in which one prepares the next; each returns the figures that it is named for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.measures.actions import measure_actions
from services.cli.bench.measures.clock_lag import measure_clock_lag
from services.cli.bench.measures.costs import measure_costs
from services.cli.bench.measures.delivery import measure_delivery
from services.cli.bench.measures.intake import measure_intake
from services.cli.bench.measures.lives import measure_lives
from services.cli.bench.measures.memory import measure_idle_memory, measure_used_memory
from services.cli.bench.sizes import Size


@dataclass(frozen=True, slots=True)
class Measure:
    """*figures* are the names of what *run* returns."""

    figures: tuple[str, ...]
    run: Callable[[Ground, Size], Awaitable[Sequence[Figure]]]


# What a life costs comes early: mails and the like that other measures leave behind would be counted with it.
# Thousands of open referrals come last: they take whatever time is left.
MEASURES = (
    Measure(("memory_idle",), measure_idle_memory),
    Measure(("life_cpu", "life_kept", "life_trips"), measure_costs),
    Measure(("relay_rate", "consumer_rate"), measure_delivery),
    Measure(("intake_rate",), measure_intake),
    Measure(("action_p95", "action_rate"), measure_actions),
    Measure(("event_to_clock_p95", "event_to_clock_breaks_at"), measure_clock_lag),
    Measure(("sustained_rate",), measure_lives),
    Measure(("memory_5000",), measure_used_memory),
)
BY_FIGURE: Mapping[str, Measure] = MappingProxyType({name: each for each in MEASURES for name in each.figures})
