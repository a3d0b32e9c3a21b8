"""What operators put right by hand, and why."""

from alembic import op

from services.kit.repair_notes import REPAIR_DDL

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(REPAIR_DDL)
