"""Which version of each referral its workflow was fed."""

from alembic import op

from services.kit.delivery_tables import DELIVERY_DDL

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(DELIVERY_DDL)
    op.execute("CREATE TABLE seen (referral_id uuid PRIMARY KEY, version bigint NOT NULL) WITH (fillfactor = 80)")
