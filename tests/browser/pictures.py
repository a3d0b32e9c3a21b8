"""The pictures of the guides: `python -m tests.browser.pictures` takes them from what the walks saw.

They are made smaller: a guide shows where things are, and a clone is fetched over poor lines too.
"""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.browser.people import SCREENSHOTS

PICTURES = Path(__file__).parents[2] / "docs" / "howto" / "pictures"
TAKEN: Mapping[str, str] = {
    "worklist": "pkb-work-unit-desktop",
    "worklist-phone": "pkb-work-unit-phone",
    "family": "tksk-families-family-desktop",
    "reasons": "tksk-families-family-refer-desktop",
    "referral": "referral-in-service-desktop",
    "unsent-phone": "unsent-phone",
    "refused-phone": "unsent-refused-phone",
    "letter": "tksk-referrals-referral-letter-desktop",
    "team": "pkb_supervisor-team-desktop",
    "board": "operator-board-desktop",
    "stuck": "operator-stuck-desktop",
    "repair": "operator-repair-desktop",
    "pipes": "operator-operate-pipes-desktop",
    "books": "operator-books-desktop",
    "counts": "operator-counts-desktop",
}
_COLOURS = 48
_WIDEST, _HIGHEST = 960, 1100


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, seen in TAKEN.items():
        with Image.open(SCREENSHOTS / f"{seen}.png") as picture:
            width, height = min(picture.width, _WIDEST), picture.height * min(picture.width, _WIDEST) // picture.width
            small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
            shown = small.crop((0, 0, width, min(height, _HIGHEST))).quantize(_COLOURS)
            shown.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
