"""What a thief of the database, of the streams or of the logs would find: nothing about anybody."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from tests.integration.registry_fixtures import (
    PKB,
    TKSK,
    TKSK_LEAD,
    RunningRegistry,
    new_family,
    new_member,
    new_nik,
    registry,
    until,
)

__all__ = ["registry"]

NAME, ADDRESS, BORN = "Kanaria Rahasiawati", "Jalan Kenari Tersembunyi 77", "1987-03-19"
KK = "3515081903870042"


async def canaries(registry: RunningRegistry) -> list[str]:
    """Let a family with telling data go through every door; return what must not be left anywhere."""
    nik = new_nik(day=19, month=3, year=87)
    members = [new_member(name=NAME, nik=nik, birth_date=BORN)]
    family = new_family(no_kk=KK, address=ADDRESS, members=members)
    for by in (TKSK, PKB):
        own = {**family, "id": str(uuid4()), "members": [{**members[0], "id": str(uuid4())}]}
        assert (await registry.post("/families", by, own)).status_code == 201
        await registry.get(f"/families/{own['id']}", by)
        await registry.post(f"/families/{own['id']}/read", by, {"purpose": "service"})
        for wanted in ({"nik": nik}, {"no_kk": KK}, {"name": NAME, "region": "35.15.08"}):
            assert (await registry.post("/families/search", by, wanted)).status_code == 200
    await registry.post("/families", TKSK, {**family, "members": [{**members[0], "nik": f"{nik}9"}]})
    await registry.post("/families", TKSK, {**family, "no_kk": f"{KK}9"})
    await registry.post("/families", TKSK, {**family, "address": {"is": ADDRESS}})
    await registry.post("/families", TKSK_LEAD, family)
    return [nik, KK, *NAME.split(), "Kenari Tersembunyi", BORN]


def forms(words: Iterable[str]) -> list[str]:
    """Return each word as it is, in lower case, and as the bytes that a binary column shows."""
    plain = {form for word in words for form in (word, word.lower())}
    return [*plain, *(word.encode().hex() for word in plain)]


async def test_nothing_about_a_person_rests_in_any_table(registry: RunningRegistry) -> None:
    words = forms(await canaries(registry))
    tables = await registry.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'registry'")
    assert len(tables) > 12
    for (table,) in tables:
        query = f'SELECT count(*) FROM "{table}" AS line, unnest(CAST(:words AS text[])) AS word'
        found = await registry.rows(f"{query} WHERE strpos(line::text, word) > 0", words=words)
        assert found[0][0] == 0, table


async def test_the_search_for_canaries_would_find_one(registry: RunningRegistry) -> None:
    query = "SELECT count(*) FROM outbox AS line WHERE strpos(line::text, :word) > 0"
    assert (await registry.rows(query, word=b"registry.unit_changed.v1".hex()))[0][0] >= 1_418


async def test_nothing_about_a_person_reaches_the_stream_or_the_log(registry: RunningRegistry) -> None:
    words = await canaries(registry)

    async def all_published() -> bool:
        return bool((await registry.rows("SELECT count(*) FROM outbox WHERE stream_id IS NULL"))[0][0] == 0)

    await until(all_published)
    entries: Any = await registry.streams.xrange("registry")
    stream = b"".join(fields[b"__data__"] for _, fields in entries).decode()
    log = registry.stack.home.log_file("registry").read_text()
    assert "family.recorded" in log
    assert {word for word in words if word in stream or word in log} == set()


async def test_nobodys_address_or_password_rests_in_the_clear(registry: RunningRegistry) -> None:
    password = registry.accounts[TKSK]["password"]
    await registry.sign_in(password, password, address="203.0.113.77")
    await registry.sign_in(TKSK, password, address="203.0.113.77")
    words = forms([password, password.upper(), "203.0.113.77", "@dinsos.example", "Petugas TKSK"])
    for (table,) in await registry.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'registry'"):
        query = f'SELECT count(*) FROM "{table}" AS line, unnest(CAST(:words AS text[])) AS word'
        found = await registry.rows(f"{query} WHERE strpos(line::text, word) > 0", words=words)
        assert found[0][0] == 0, table
    assert password not in registry.stack.home.log_file("registry").read_text()
