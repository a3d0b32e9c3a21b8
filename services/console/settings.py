from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """*session_key* is a keyring file that seals the cookies; nobody else needs it.

    *public_url*: how browsers reach the pages. Where it begins with https, cookies are sent over that only.
    *open_urls*: how the browsers of operators reach the parts (`registry`, ...) and the `temporal` UI, for links; what
    is not named gets none.
    """

    model_config = SettingsConfigDict(env_prefix="NYEKRUP_", extra="ignore", frozen=True)

    registry_url: str
    referral_url: str
    notify_url: str
    workflows_url: str
    redis_url: str
    session_key: Path
    public_url: str = "http://localhost"
    open_urls: Mapping[str, str] = Field(default_factory=dict)
    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=0, le=65535)
    log_format: str = Field(default="auto", pattern="^(auto|pretty|json)$")
    log_level: str = "INFO"
    clock_offset_seconds: float = 0.0
