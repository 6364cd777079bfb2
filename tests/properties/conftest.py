"""Registers the profile of `--hypothesis-profile=deep`, in time for Hypothesis to know it."""

from hypothesis import settings

from tests.properties.profiles import DEEP

settings.register_profile("deep", DEEP)
