"""Whose child somebody is, where a list does not say so."""

from datetime import date
from uuid import UUID

import pytest

from services.registry.candidates import with_mother
from services.registry.nik import Sex
from services.registry.orders import NewMember, Relation

MOTHER, BABY = UUID(int=1), UUID(int=2)


def somebody(number: int, relation: Relation, sex: Sex = Sex.FEMALE, **fields: object) -> NewMember:
    born = {"birth_date": date(1998, 9, 3), **fields}
    return NewMember.model_validate(
        {"id": UUID(int=number), "name": "Contoh", "sex": sex, "relation": relation, **born}
    )


def baby(**fields: object) -> NewMember:
    return somebody(2, Relation.CHILD, birth_date=date(2025, 12, 1), **fields)


@pytest.mark.parametrize("relation", [Relation.WIFE, Relation.HEAD])
def test_a_child_without_a_nik_is_the_only_womans_who_can_be_its_mother(relation: Relation) -> None:
    family = [somebody(1, relation), somebody(3, Relation.HUSBAND, Sex.MALE), baby()]
    assert {each.id: each.mother for each in with_mother(family)} == {MOTHER: None, UUID(int=3): None, BABY: MOTHER}


@pytest.mark.parametrize(
    "family",
    [
        [somebody(1, Relation.WIFE), somebody(3, Relation.HEAD), baby()],
        [somebody(1, Relation.PARENT), baby()],
        [somebody(1, Relation.WIFE), baby(nik="3501990112250001")],
        [somebody(1, Relation.WIFE), somebody(2, Relation.GRANDCHILD, birth_date=date(2025, 12, 1))],
        [somebody(1, Relation.WIFE), somebody(2, Relation.CHILD, birth_date=date(1990, 1, 1))],
    ],
    ids=["two women", "no mother", "has a NIK", "a grandchild", "older than she"],
)
def test_where_that_is_not_sure_nobody_is_said_to_be_the_mother(family: list[NewMember]) -> None:
    assert [each.mother for each in with_mother(family)] == [None] * len(family)
