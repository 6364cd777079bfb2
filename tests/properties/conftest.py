"""Registers the profiles that `--hypothesis-profile` may name, in time for Hypothesis to know them."""

from hypothesis import settings

from tests.properties.profiles import DEEP, QUICK

settings.register_profile("deep", DEEP)
settings.register_profile("quick", QUICK)
