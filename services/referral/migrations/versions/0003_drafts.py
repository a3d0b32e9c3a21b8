"""When a draft was edited last: its time begins anew."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE referral ADD COLUMN edited_at timestamptz")
    op.execute("DROP INDEX referral_draft")
    op.execute(
        "CREATE INDEX referral_draft ON referral (coalesce(edited_at, created_at))"
        " WHERE state = 'draft' AND submitted_at IS NULL"
    )
