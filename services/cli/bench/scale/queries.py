"""Everything that people ask the record and the registry for, at the size that is loaded."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from services.cli.bench.figures import BenchFailed
from services.cli.bench.ground import Ground
from services.cli.bench.scale.plans import Executed, Explained, slowest
from services.cli.stories.people import Person

PROMISED_MS = 100.0
BOOKS_PROMISED_MS = 60_000.0  # they are the rows counted, and asked seldom


@dataclass(frozen=True, slots=True)
class Query:
    """*marks* is a piece of the statement that counts; *body*: it is asked by POST."""

    name: str
    who: Person
    url: str
    marks: str
    ask: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    promised_ms: float = PROMISED_MS

    async def send(self) -> float:
        """Ask once and return the milliseconds until the answer is there."""
        began = time.perf_counter()
        await (self.who.get(self.url, **self.ask) if self.body is None else self.who.post(self.url, self.body))
        return (time.perf_counter() - began) * 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """Milliseconds at the database and over HTTP: the first time after the servers' start, and the median of more."""

    name: str
    cold_ms: float
    warm_ms: float
    http_cold_ms: float
    http_warm_ms: float
    plan: tuple[str, ...]
    whole_tables: tuple[str, ...]
    blocks_read_cold: int
    blocks_warm: int
    promised_ms: float

    @property
    def kept(self) -> bool:
        return max(self.cold_ms, self.warm_ms) < self.promised_ms

    def as_json(self) -> dict[str, Any]:
        plain = {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}
        return {**plain, "kept": self.kept}


def all_queries(ground: Ground, referral: str, family: str) -> list[Query]:
    """Return what is asked, by whom. *referral* and *family* are ones in which the sending unit has a part."""
    people, record = ground.stage.people, ground.stage.tksk.addresses.referral
    tksk, pkb, lead = people["tksk"], people["pkb"], people["dinsos_kab_coordinator"]
    village_team = next(each for each in people.values() if each.officer.get("village"))
    search = f"{tksk.addresses.registry}/families/search"
    queue, counts = "queue_at", "GROUPING SETS"
    return [
        Query("queue_mine", tksk, f"{record}/queues/mine", queue),
        Query("queue_unit", pkb, f"{record}/queues/unit", queue),
        Query("queue_unit_most", pkb, f"{record}/queues/unit", queue, {"limit": 200}),
        Query("queue_overdue", pkb, f"{record}/queues/overdue", queue),
        Query("queue_waiting", tksk, f"{record}/queues/waiting", queue),
        Query("queue_of_a_unit_below", lead, f"{record}/queues/unit", queue, {"unit": tksk.unit}),
        Query("queue_decisions", lead, f"{record}/queues/decisions", queue),
        Query("load_of_a_unit", lead, f"{record}/load", "GROUP BY 1, 2"),
        Query("queue_of_a_village_team", village_team, f"{record}/queues/unit", queue),
        Query("referral", tksk, f"{record}/referrals/{referral}", "WHERE id ="),
        Query("timeline", tksk, f"{record}/referrals/{referral}/timeline", "FROM timeline"),
        Query("family_referrals", tksk, f"{record}/families/{family}/referrals", "referral.family ="),
        Query("books_view", people["operator"], f"{record}/books", "tally", promised_ms=BOOKS_PROMISED_MS),
        Query("books_view_late_marks", people["operator"], f"{record}/books", "next_mark_at <"),
        Query("counts_province", people["operator"], f"{record}/counts", counts),
        Query("counts_kabupaten", lead, f"{record}/counts", counts),
        Query("counts_kecamatan", lead, f"{record}/counts", counts, {"under": tksk.officer["region"]}),
        *_of_operators(people["operator"], f"{record}/operations/referrals", pkb.unit, referral),
        Query("search_name", tksk, search, "name_hashes @>",
              body={"name": "Contoh Ibu", "region": tksk.officer["region"]}),
        Query("search_nik", tksk, search, "nik_hash =", body={"nik": "3501994305980001"}),
        Query("search_kk", tksk, search, "kk_hash =", body={"no_kk": "3501991105980001"}),
        *_board(people["operator"], lead, record),
        *_lists(people["operator"], lead, record),
    ]  # fmt: skip


def _board(operator: Person, lead: Person, record: str) -> list[Query]:
    """Every statement of the board of the province, of a kabupaten's the largest, and of the counts for everybody."""
    late, board, safe = "SETS ((agency_from", f"{record}/board", f"{record}/counts/publishable"
    statements = {
        "states": "FROM service_tally", "late": late, "today": "line.fact IN ('submitted'", "trend": "FROM book_line",
        "steps": "unnest(spans", "steps_in_time": "AS in_time FROM step_day", "steps_today": "AS ended WHERE region",
    }  # fmt: skip
    return [
        *(Query(f"board_{name}", operator, board, marks) for name, marks in statements.items()),
        Query("board_late_kabupaten", lead, board, late),
        Query("board_today_kabupaten", lead, board, "line.fact IN ('submitted'"),
        Query("counts_publishable", operator, safe, "FROM service_tally"),
        Query("counts_publishable_answers", operator, safe, "step = 'answered'"),
    ]


def _lists(operator: Person, lead: Person, record: str) -> list[Query]:
    """Lists behind the board's numbers: long ones, and those that must pass by much to find a few."""
    url, asked, yesterday = f"{record}/listing", "AS ordered", (date.today() - timedelta(days=2)).isoformat()
    kecamatan = f"{lead.officer['region']}.08"
    return [
        Query("list_live", operator, url, asked),
        Query("list_late", operator, url, asked, {"due": "late", "limit": 200}),
        Query("list_of_no_state", operator, url, asked, {"state": "stopping"}),
        Query("list_of_no_service", operator, url, asked, {"service": "ASPD", "agency_from": "bkkbn"}),
        Query("list_kabupaten", lead, url, asked, {"state": "in_service"}),
        Query("list_kecamatan", lead, url, asked, {"region": kecamatan, "due": "late"}),
        Query("list_closed", operator, url, asked, {"state": "closed"}),
        Query("list_closed_kecamatan", lead, url, asked, {"state": "closed", "region": kecamatan}),
        Query("list_void", operator, url, asked, {"state": "void"}),
        Query("list_day_in", operator, url, asked, {"moved": "came", "day": yesterday}),
        Query("list_day_out_kabupaten", lead, url, asked, {"moved": "went", "day": yesterday}),
    ]


def _of_operators(operator: Person, listed: str, unit: str, referral: str) -> list[Query]:
    """Every filter of the operators' list by itself, and one referral whole."""
    filters: dict[str, dict[str, Any]] = {
        "all": {}, "state": {"state": "received"}, "unit": {"unit": unit}, "area": {"region": "35.15"},
        "village_and_state": {"region": "35.15.08", "state": "offered"}, "service": {"service": "KIE"},
        "late": {"late": True}, "mark_late": {"mark_late": True}, "ended": {"state": "closed"},
    }  # fmt: skip
    asked = [Query(f"operations_{name}", operator, listed, "queue_at", ask) for name, ask in filters.items()]
    return [*asked, Query("operations_one", operator, f"{listed}/{referral}", "FROM timeline")]


async def ask_all(ground: Ground, queries: Sequence[Query], explained: Explained, repeats: int) -> list[Answered]:
    """Ask each of *queries* once, and then *repeats* times more."""
    cold = [await _once(query, explained) for query in queries]
    answered = []
    for query, (http_cold, first) in zip(queries, cold, strict=True):
        ground.tell(f"asking for {query.name}")
        warm = [await _once(query, explained) for _ in range(repeats)]
        last = warm[-1][1]
        answered.append(
            Answered(
                query.name, first.milliseconds, median(each.milliseconds for _, each in warm), http_cold,
                median(took for took, _ in warm), last.nodes, tuple({*first.scans, *last.scans}), first.blocks_read,
                last.blocks_hit + last.blocks_read, query.promised_ms,
            )
        )  # fmt: skip
    return answered


async def _once(query: Query, explained: Explained) -> tuple[float, Executed]:
    explained.new()
    took = await query.send()
    found = slowest(explained.new(), query.marks)
    if found is None:
        raise BenchFailed(f"the database was not asked for {query.name}")
    return took, found
