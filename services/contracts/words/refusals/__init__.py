"""What a caller reads when a rule says no: a short title, and what happened and what to do now."""

from collections.abc import Mapping
from typing import NamedTuple

from services.contracts.words.base import Language
from services.contracts.words.refusals.access import ACCESS
from services.contracts.words.refusals.closing import CLOSING
from services.contracts.words.refusals.facts import FACTS, FACTS_OF, say_fact
from services.contracts.words.refusals.imports import IMPORTS
from services.contracts.words.refusals.placement import PLACEMENT
from services.contracts.words.refusals.policies import POLICIES
from services.contracts.words.refusals.registry import REGISTRY
from services.contracts.words.refusals.request import REQUEST
from services.contracts.words.refusals.sending import SENDING
from services.contracts.words.refusals.serving import SERVING
from services.contracts.words.refusals.speaking import SPEAKING
from services.contracts.words.refusals.text import RefusalText

REFUSALS: Mapping[str, RefusalText] = {
    **REQUEST,
    **ACCESS,
    **SENDING,
    **SERVING,
    **PLACEMENT,
    **CLOSING,
    **POLICIES,
    **REGISTRY,
    **IMPORTS,
    **SPEAKING,
}

__all__ = ["FACTS", "FACTS_OF", "REFUSALS", "RefusalText", "SaidRefusal", "refusal"]


class SaidRefusal(NamedTuple):
    title: str
    detail: str


def refusal(code: str, facts: Mapping[str, object], language: Language) -> SaidRefusal:
    """Return the title and the detail of *code*, with *facts* put in words.

    A missing fact leaves a neutral wording, a surplus one is ignored, and an unknown code is told in general
    words: an explanation that fails would hide the refusal itself.
    """
    text = REFUSALS.get(code, REFUSALS["request.invalid"])
    said = {name: say_fact(name, facts.get(name), language) for name in FACTS_OF.get(code, ())}
    # A fact that is missing may leave two blanks side by side.
    detail = " ".join(text.detail.said(language).format(**said).split())
    return SaidRefusal(text.title.said(language), detail)
