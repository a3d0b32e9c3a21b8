"""One refusal in both languages."""

from dataclasses import dataclass

from services.contracts.words.base import Words


@dataclass(frozen=True, slots=True)
class RefusalText:
    """*detail* says what happened, then what to do now; its {placeholders} are declared in `facts.FACTS_OF`."""

    title: Words
    detail: Words
