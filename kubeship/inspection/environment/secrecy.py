"""Should an environment variable's value stand in a Secret?"""

import re

SECRET = re.compile(
    r"(.*_)?(SECRET|SECRETS|PASSWORD|PASSWD|PASS|PASSPHRASE|PWD|TOKEN|DSN|CREDENTIALS?|PRIVATE|PEPPER|SALT|"
    r"SECRET_?KEY|API_?KEY|APIKEY|ACCESS_KEY|SIGNING_KEY|ENCRYPTION_KEY|AUTH_KEY|LICENSE_KEY|FERNET_KEYS?)(_.*)?|"
    r"(.*_)?(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|REDIS|VALKEY|BROKER|AMQP|CLOUDAMQP|RABBITMQ|MONGO|MONGODB|"
    r"SQLALCHEMY_DATABASE|ELASTICSEARCH|CACHE|EMAIL|SMTP|CELERY_BROKER|CELERY_RESULT_BACKEND|WEBHOOK)_(URL|URI)(_.*)?"
)
NOT_SECRET = re.compile(
    r".*(_(MIN|MAX|LENGTH|TTL|EXPIRE\w*|EXPIRY|EXPIRATION|LIFETIME|TIMEOUT|AGE|NAME|ID|FILE|PATH|HEADER|ALGORITHM|"
    r"ENABLED|REQUIRED|SECONDS|MINUTES|HOURS|DAYS|ROUNDS|HASHERS?|VALIDATORS?)|"
    r"(TOKEN|AUTH|KEYS?)_UR[LI]|PUBLIC_KEY|PUBLISHABLE_KEY)"
)
"""Settings about a secret, not the secret."""
CREDENTIAL_URL = re.compile(r"(postgres|postgresql|mysql|redis|rediss|amqp|amqps|mongodb|smtp)[\w+]*://.*")


def is_secret(name: str, default: str | None) -> bool:
    """Whether the value should stand in a Secret, by the variable's name or its default."""
    upper = name.upper()
    named = SECRET.fullmatch(upper) is not None and NOT_SECRET.fullmatch(upper) is None
    return named or CREDENTIAL_URL.fullmatch(default or "") is not None


def shown_default(default: str | None, secret: bool) -> str | None:
    """The default as it may be shown: any default of a secret but a URL without a password is one that leaked."""
    if secret and re.fullmatch(r"[a-z][a-z+\d]*://[^@\s]*", default or "") is None:
        return None
    return default
