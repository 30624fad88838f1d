"""Which names and texts give away that a value is a secret?"""

import re

SECRET_NAME = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|_KEY\b|_KEY_|^KEY$|ACCESS_?KEY|\bAUTH\b|_AUTH\b|DSN|"
    r"DATABASE_UR[IL]|BROKER_URL|REDIS_URL|(?:^|_)PASS(?=_|$)|_PW\b|_PWD\b|ACCOUNT_?KEY|SHARED_?ACCESS|"
    r"CONN(?:ECTION)?_?STR(?:ING)?\b|WEBHOOK_URL|JWT",
    re.IGNORECASE,
)
"""Names of variables that hold secrets, by the habits of Django, Flask, Celery, Sentry, AWS and 12-factor apps."""

URL_PASSWORD = re.compile(
    r"(?P<before>\b[a-z][a-z0-9+.-]{,30}://(?:[^\s:/@'\"]*:(?=[^\s/'\"]+@)|(?=[^\s:/@'\"]{16,}@)))[^\s/'\"]+@",
    re.IGNORECASE,
)
"""A password, or a token that stands where the user's name would."""
