"""Registers the profile with which the properties look much longer: `--hypothesis-profile=deep`."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "deep", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
)
