"""Which pages a person is offered at the top, by role."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contracts.codes import Level, Role

_CASEWORK = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})
_OPERATORS = frozenset({Role.OPERATOR})
OVERSIGHT = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.DPO})

_LEADS = frozenset({Role.SUPERVISOR, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Link:
    """*name*: what the template calls it in words. *section*: how the addresses of its pages begin.

    *levels*: only for offices of these.
    """

    name: str
    address: str
    section: str
    roles: frozenset[Role]
    levels: frozenset[str] = frozenset(Level)


LINKS = (
    Link("worklist", "/work/unit", "/work", _CASEWORK),
    Link("team", "/team", "/team", _LEADS),
    Link("placement", "/placement", "/placement", _CASEWORK, frozenset({Level.UPT, Level.PROVINSI})),
    Link("refer", "/refer", "/refer", _CASEWORK),
    Link("speakers", "/speakers/list/unit", "/speakers", _CASEWORK),
    Link("board", "/board", "/board", OVERSIGHT),
    Link("operate", "/operate/referrals", "/operate/referrals", _OPERATORS),
    Link("operate_speakers", "/operate/speakers", "/operate/speakers", _OPERATORS),
    Link("pipes", "/operate/pipes", "/operate/pipes", _OPERATORS),
    Link("books", "/books", "/books", OVERSIGHT),
    Link("joint", "/joint-report", "/joint-report", OVERSIGHT),
    Link("counts", "/counts", "/counts", OVERSIGHT),
)


def links_of(role: Role, level: str) -> Sequence[Link]:
    """Return the links for *role* in an office of *level*; the first one is where the person begins."""
    return [link for link in LINKS if role in link.roles and level in link.levels]
