from typing import ClassVar

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env")

    kind: ClassVar[str] = "shop"
    database_url: str
    pages: int = 20
    signing: SecretStr
    sentry: str | None = Field(None, alias="SENTRY_DSN")
    host: str = Field(default="localhost", validation_alias=AliasChoices("SHOP_HOST", "SITE_HOST"))
    tags: list[str] = Field(default_factory=list)


class MailSettings(Settings):
    mail_from: str = "shop@example.org"


settings = Settings()
