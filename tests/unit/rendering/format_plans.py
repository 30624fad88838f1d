"""What stands below the overlays that made the golden files' Plans, and what can every format carry?"""

import re
from dataclasses import replace

from kubeship.model.plan import Plan
from kubeship.rendering.render import Format
from tests.unit.rendering.rendering_plans import CASES, DJANGO_SHOP, NASTY, NASTY_VALUES

WEB, MAIL_WORKER, BEAT, _ = DJANGO_SHOP.processes

BASES = {
    "django-shop": replace(
        DJANGO_SHOP,
        environment="",
        namespace="shop-base",
        image="registry.example.com:5000/team/shop",
        reference="registry.example.com:5000/team/shop:set-by-deploy",
        # One pod and no host; a worker that production lacks; what production adds (nightly) isn't there.
        processes=(
            replace(WEB, replicas=1, ingress=None),
            MAIL_WORKER,
            BEAT,
            replace(MAIL_WORKER, name="reports", full_name="shop-reports", replicas=1),
        ),
        variables={**DJANGO_SHOP.variables, "DEBUG": "1"},
    )
}

CARRIED = tuple(value for value in NASTY_VALUES if not re.search("[\x7f-\x9f]", value))
"""Values without control characters that Kustomize refuses."""


def plan_of(case: str, form: Format) -> Plan:
    """A golden file's Plan, without the values that a format can't hold."""
    if (case, form) != ("nasty", "kustomize"):
        return CASES[case]
    (web, cron), (step,) = NASTY.processes, NASTY.release
    return replace(
        NASTY,
        processes=(replace(web, command=("printf", *CARRIED)), cron),
        release=(replace(step, command=CARRIED[1:]),),
        variables={f"NASTY_{place:02}": value for place, value in enumerate(CARRIED)},
    )
