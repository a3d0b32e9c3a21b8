"""Who has a part in a referral, and what was told of it: for those who look at its story."""

from alembic import op

revision = "0005"
down_revision = "0004"

# Of a referral that is known already, the newest message says who had a part in it then.
PARTIES = """
ALTER TABLE seen ADD COLUMN unit_from varchar, ADD COLUMN unit_to varchar, ADD COLUMN assignee uuid,
    ADD COLUMN region varchar, ADD COLUMN restricted boolean NOT NULL DEFAULT true;
UPDATE seen SET unit_from = last.content->>'unit_from', unit_to = last.content->>'unit_to',
    assignee = (last.content->>'assignee')::uuid, region = last.content->>'region', restricted = last.restricted
FROM (SELECT DISTINCT ON (referral) referral, content, restricted FROM message WHERE referral IS NOT NULL
    ORDER BY referral, version DESC) AS last
WHERE seen.referral = last.referral;
"""


def upgrade() -> None:
    op.execute(PARTIES)
