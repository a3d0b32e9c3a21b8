"""What a part is told from outside, through the environment: addresses, files, limits. Read once, at the start."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PartSettings(BaseSettings):
    """Settings that every part understands; a part adds its own in its `settings.py`."""

    model_config = SettingsConfigDict(env_prefix="NYEKRUP_", extra="ignore", frozen=True)

    database_url: str
    redis_url: str
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "nyekrup"
    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=0, le=65535)
    keyring: Path
    jwks: Path
    log_format: str = Field(default="auto", pattern="^(auto|pretty|json)$")
    log_level: str = "INFO"
    instance: str = Field(default="1", description="tells replicas of one part apart; stable over restarts")
    database_pool: int = Field(default=10, ge=2)
    clock_offset_seconds: float = 0.0
    stream_retention_seconds: int = Field(default=7 * 86_400, ge=60)
    handler_timeout_seconds: float = Field(default=10.0, gt=0)
    delivery_cap: int = Field(default=8, ge=2)
    retry_base_seconds: float = Field(default=0.5, gt=0)
    retry_cap_seconds: float = Field(default=60.0, gt=0)
