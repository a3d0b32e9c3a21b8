"""Joins that can be undone: which ones count now, and from which surveyed family a candidate comes."""

from alembic import op

revision = "0007"
down_revision = "0006"

JOINS = """
-- A row of the register is one person: a person may join it once, and that counts before whatever was found.
CREATE UNIQUE INDEX person_link_one_join ON person_link (dtsen) WHERE verdict = 'join';
CREATE VIEW joined_person AS
SELECT dtsen, pk FROM person_link AS link
WHERE verdict = 'join' OR (verdict IS NULL AND decision = 'join'
    AND NOT EXISTS (SELECT FROM person_link AS other WHERE other.dtsen = link.dtsen AND other.verdict = 'join'));
CREATE INDEX person_link_area ON person_link (region, score, dtsen, pk);

-- All candidates are written anew when the lists are next laid together.
ALTER TABLE candidate ADD COLUMN pk_family varchar NOT NULL DEFAULT '';
CREATE INDEX candidate_pk_family ON candidate (pk_family);
"""


def upgrade() -> None:
    op.execute(JOINS)
