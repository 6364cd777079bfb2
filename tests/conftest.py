"""What holds for every test: how long an example takes depends on the machine, and is no failure."""

from hypothesis import settings

settings.register_profile("calm", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("calm")
