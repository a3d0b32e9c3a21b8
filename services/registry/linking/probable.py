"""How much speaks for a pair being one person: Splink's model (Fellegi and Sunter) on DuckDB.

Each comparison gives bits: log2 of how much oftener its answer is seen in pairs of one person than in pairs of two.
How often strangers agree is counted in the lists themselves, where they are long enough; how often one person's two
rows do stands here.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

PERSON = ("name", "birth", "sex", "nik")
"""Comparisons that speak of the person alone; the others, of the household."""
HOUSEHOLD = ("kk", "place", "relation")
FEWEST_TO_COUNT_IN = 2_000
_PAIRS_OF_STRANGERS = 400_000.0
_SEED = 1


@dataclass(frozen=True, slots=True)
class Level:
    """One answer of a comparison. *same*: how often one person's two rows give it; *strangers*: how often two do."""

    condition: str
    same: float
    strangers: float
    frequency_of: str | None = None
    """The column whose value counts for more where it is seldom."""


_MISSING = "{0}_l IS NULL OR {0}_r IS NULL"
_SHARED = "len(list_intersect(words_l, words_r))"
_FEWEST_WORDS = "least(len(words_l), len(words_r))"
_LIKE = "jaro_winkler_similarity(spelled_l, spelled_r)"

COMPARISONS: dict[str, Sequence[Level]] = {
    "name": (
        Level("spelled_l = spelled_r", 0.80, 0.0005, "spelled"),
        Level(f"{_FEWEST_WORDS} > 1 AND {_SHARED} >= 2", 0.05, 0.0002),
        Level(
            f"least(len(spelled_l), len(spelled_r)) > 5 AND damerau_levenshtein(spelled_l, spelled_r) <= 2"
            f" AND {_LIKE} > 0.9",
            0.08,
            0.0008,
        ),
        Level("first_l = first_r AND least(len(words_l), len(words_r)) = 1", 0.03, 0.004),
        Level(f"{_LIKE} > 0.9 OR first_l = first_r", 0.02, 0.008),
        Level(f"{_SHARED} >= 1 OR {_LIKE} > 0.8", 0.01, 0.03),
        Level("ELSE", 0.01, 0.955),
    ),
    "birth": (
        Level("birth_l = birth_r", 0.90, 0.00005),
        Level(
            "born_year_l = born_year_r AND substr(born_day_l, 1, 2) = substr(born_day_r, 4, 2)"
            " AND substr(born_day_l, 4, 2) = substr(born_day_r, 1, 2)",
            0.01,
            0.00002,
        ),
        Level(
            "born_year_l = born_year_r AND (born_day_l IN ('01-01', '07-01', '12-01', '12-31')"
            " OR born_day_r IN ('01-01', '07-01', '12-01', '12-31'))",
            0.02,
            0.002,
        ),
        Level("born_day_l = born_day_r AND abs(born_year_l - born_year_r) IN (1, 10)", 0.015, 0.0001),
        Level(
            "born_year_l = born_year_r AND (substr(born_day_l, 1, 2) = substr(born_day_r, 1, 2)"
            " OR substr(born_day_l, 4, 2) = substr(born_day_r, 4, 2))",
            0.02,
            0.0017,
        ),
        Level("abs(date_diff('day', birth_l, birth_r)) <= 31", 0.01, 0.002),
        Level("born_year_l = born_year_r OR born_day_l = born_day_r", 0.01, 0.014),
        Level("ELSE", 0.015, 0.978),
    ),
    "sex": (Level("sex_l = sex_r", 0.997, 0.5), Level("ELSE", 0.003, 0.5)),
    "nik": (
        Level("nik_l = nik_r", 0.95, 0.0000002),
        # People who were born on one day in one place have numbers that differ by the last digits only.
        Level("damerau_levenshtein(nik_l, nik_r) <= 2 AND right(nik_l, 4) = right(nik_r, 4)", 0.01, 0.00001),
        Level("damerau_levenshtein(nik_l, nik_r) <= 2", 0.02, 0.01),
        Level("ELSE", 0.02, 0.989),
    ),
    "kk": (
        Level("kk_l = kk_r", 0.75, 0.000002),
        Level("damerau_levenshtein(kk_l, kk_r) <= 1", 0.01, 0.00001),
        Level("ELSE", 0.24, 0.99999),
    ),
    "place": (
        Level("village_l = village_r AND rt_rw_l = rt_rw_r", 0.80, 0.0005),
        Level("village_l = village_r", 0.12, 0.005),
        Level("kecamatan_l = kecamatan_r", 0.03, 0.02),
        Level("regency_l = regency_r", 0.02, 0.10),
        Level("ELSE", 0.03, 0.875),
    ),
    "relation": (Level("relation_l = relation_r", 0.97, 0.4), Level("ELSE", 0.03, 0.6)),
}
# What agrees among strangers by chance depends on the lists, and often enough to be counted in a sample of pairs.
COUNTED = frozenset({"name", "place", "relation"})
_OF = {"name": "spelled", "place": "village"}

# Where one person's two rows are looked for. Under the kecamatan, and province-wide by what moves with a family.
BLOCKS = (
    "l.nik = r.nik",
    "l.kk = r.kk",
    "l.kecamatan = r.kecamatan AND l.birth = r.birth",
    "l.kecamatan = r.kecamatan AND l.spelled = r.spelled AND l.born_year = r.born_year",
    "l.kecamatan = r.kecamatan AND l.first = r.first AND l.born_day = r.born_day",
    "l.village = r.village AND l.first = r.first AND l.born_year = r.born_year",
    "l.village = r.village AND l.rt_rw = r.rt_rw AND l.born_year = r.born_year",
    "l.first = r.first AND l.birth = r.birth",
    "l.spelled = r.spelled AND l.birth = r.birth",
    "l.last = r.last AND l.birth = r.birth",
    "l.any_order = r.any_order AND l.born_day = r.born_day",
    "l.kecamatan = r.kecamatan AND l.any_order = r.any_order AND l.sex = r.sex"
    " AND abs(l.born_year - r.born_year) <= 10",
    "l.village = r.village AND l.born_day = r.born_day AND l.sex = r.sex AND abs(l.born_year - r.born_year) <= 3",
)
SAME_HOUSEHOLD = ("l.household = r.household",)


def weigh(
    duck: duckdb.DuckDBPyConnection, blocks: Sequence[str], model: dict[str, Any] | None, into: str
) -> dict[str, Any]:
    """Write every pair of `pk` and `dtsen` that meets one of *blocks* into the table *into*; return the model.

    Columns: `pk`, `dtsen` (ids), and the bits of each comparison under its name.
    *model*: one that was returned before, so that it is not learnt again.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=duck)
    tables = [api.register(name, dataset_display_name=name) for name in ("dtsen", "pk")]
    settings = model or SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(name) for name in COMPARISONS],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    ).create_settings_dict("duckdb")
    settings["blocking_rules_to_generate_predictions"] = [
        {"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in blocks
    ]
    linker = Linker(tables, settings, log_level=None)
    if model is None and _sure_pairs(duck) >= FEWEST_TO_COUNT_IN:
        linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_OF_STRANGERS, seed=_SEED)
    found = linker.inference.predict()
    bits = {name: f"mw_{name}" + (f" + mw_tf_adj_{name}" if _is_weighted(name) else "") for name in COMPARISONS}
    names = ", ".join(f"CAST({sum_} AS FLOAT) AS {name}" for name, sum_ in bits.items())
    duck.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT unique_id_r AS pk, unique_id_l AS dtsen, {names}"
        f" FROM {found.physical_name}"
    )
    return linker.misc.save_model_to_json()


def _is_weighted(name: str) -> bool:
    return any(level.frequency_of for level in COMPARISONS[name])


def _sure_pairs(duck: duckdb.DuckDBPyConnection) -> int:
    return int(duck.execute("SELECT count(*) FROM pk JOIN dtsen USING (nik)").fetchall()[0][0])


def _comparison(name: str) -> dict[str, Any]:
    missing = {
        "sql_condition": _MISSING.format(_OF.get(name, name)),
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    return {
        "output_column_name": name,
        "comparison_levels": [missing, *(_level(name, level) for level in COMPARISONS[name])],
    }


def _level(name: str, level: Level) -> dict[str, Any]:
    made: dict[str, Any] = {
        "sql_condition": level.condition,
        "label_for_charts": level.condition,
        "m_probability": level.same,
        "u_probability": level.strangers,
        "fix_u_probability": name not in COUNTED,
    }
    if level.frequency_of:
        made |= {"tf_adjustment_column": level.frequency_of, "tf_minimum_u_value": 0.00001}
    return made
