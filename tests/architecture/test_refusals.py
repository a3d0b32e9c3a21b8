"""A refusal that nothing gives is only something more to translate."""

from pathlib import Path

from services.contracts.refusals import STATUS

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "services" / "contracts"


def test_every_refusal_is_given_somewhere() -> None:
    files = (path for path in (ROOT / "services").rglob("*.py") if not path.is_relative_to(WORDS / "words"))
    code = "".join(path.read_text() for path in files if path != WORDS / "refusals.py")
    assert [each for each in STATUS if f'"{each}"' not in code] == []
