from dynaconf import Dynaconf, Validator

settings = Dynaconf(
    envvar_prefix="SHOP",
    validators=[Validator("TITLE", must_exist=True), Validator("PAGES", default=20)],
)
