from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    BOT_TOKEN: str
    WEBHOOK: bool = False
    WEBHOOK_PORT: int = 8080


settings = Settings()
