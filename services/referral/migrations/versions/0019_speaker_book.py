"""A book of its own for requests for a speaker, in the same chain."""

from alembic import op

revision = "0019"
down_revision = "0018"

BOOK = """
ALTER TABLE book_line ADD COLUMN book varchar NOT NULL DEFAULT 'referrals',
    ADD COLUMN reasons jsonb NOT NULL DEFAULT '{}';
ALTER TABLE book_line DROP CONSTRAINT book_line_day_agency_area_key, ADD UNIQUE (day, book, agency, area);
"""


def upgrade() -> None:
    op.execute(BOOK)
