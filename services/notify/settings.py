from datetime import time
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import PartSettings
from services.notify.hours import Hours


class NotifySettings(PartSettings):
    """Without *smtp_host* no mail is written, without *apprise_file* nothing goes to chats; the inbox is always there.

    *smtp_tls*: `starttls` upgrades the connection, `tls` begins encrypted. *apprise_file*: see `outlets.py`.
    Times of day are WIB.
    """

    smtp_host: str | None = None
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_timeout_seconds: float = Field(default=15.0, gt=0)
    mail_from: str = Field(default="nyekrup@localhost", pattern=r"^[^@\s<>]+@[A-Za-z0-9.-]+$")
    apprise_file: Path | None = None
    quiet_from: time = time(20)
    quiet_until: time = time(6)
    digest_at: time = time(7, 30)
    sender_batch: int = Field(default=16, ge=1, le=500, description="claimed is as good as sent: keep it small")
    sender_pause_seconds: float = Field(default=0.05, ge=0, description="between two messages of a channel")
    sender_poll_seconds: float = Field(default=0.5, gt=0)
    sender_tries: int = Field(default=8, ge=1)
    sender_retry_base_seconds: float = Field(default=30.0, gt=0)
    sender_retry_cap_seconds: float = Field(default=3600.0, gt=0)
    sender_away_cap_seconds: float = Field(default=60.0, gt=0)
    sender_lease_seconds: int = Field(default=600, ge=60, description="after it another sender takes over what hangs")

    @model_validator(mode="after")
    def _a_password_needs_a_name_and_an_encrypted_line(self) -> Self:
        if self.smtp_password and not self.smtp_user:
            raise ValueError("NYEKRUP_SMTP_PASSWORD is set, so set NYEKRUP_SMTP_USER as well")
        if self.smtp_password and self.smtp_tls == "none" and self.smtp_host not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("NYEKRUP_SMTP_PASSWORD would travel in the clear: set NYEKRUP_SMTP_TLS")
        return self

    @property
    def hours(self) -> Hours:
        return Hours(self.quiet_from, self.quiet_until, self.digest_at)
