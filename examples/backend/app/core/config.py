"""Settings, from the environment and `.env`."""

from functools import lru_cache
from typing import (
    List,
    Optional,  # kept on a line of its own: half of the settings have no default
    Union,
)

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="HELPDESK_", extra="ignore")

    app_name: str = "Helpdesk"
    api_prefix: str = "/api/v1"
    debug: bool = False

    # Database
    database_url: str = "sqlite:///./helpdesk.db"
    database_password: str = "postgres"
    pool_size: Optional[int] = None

    # Security
    secret_key: str = "k3-development-signing-key-9f27c1"
    token_lifetime_minutes: int = 60 * 12
    webhook_token: Optional[str] = "whk_live_2c1f7a90b4"

    # Mail and chat
    mail_api_url: str = "https://mail.example.com/v3/messages"
    mail_api_key: str = "SG.7fKq2xJmT0uYw1"
    mail_sender: str = "support@example.com"
    chat_webhook_url: Union[str, None] = None

    # Search
    search_url: Optional[str] = None
    search_timeout: Union[int, float, None] = None

    cors_origins: Union[str, List[str]] = ["http://localhost:3000"]

    @field_validator("cors_origins")
    @classmethod
    def split_origins(cls, value: Union[str, List[str]]) -> List[str]:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value


@lru_cache
def get_settings() -> Settings:
    return Settings()


settings = get_settings()
