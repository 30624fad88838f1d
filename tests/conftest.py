"""What hypothesis asks of each test. How long an example takes is the machine's, which may be busy with others."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "any-machine", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")
