"""Who runs this: the person behind a CI job, as its variables say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who started a run: `source` tells how that is known (github, gitlab, jenkins, git, system), `url` the job."""

    name: str
    source: str
    url: str | None = None


NOBODY = Actor("unknown", "system")


@dataclass(frozen=True, slots=True)
class _Service:
    source: str
    mark: str
    """The variable that tells that this is the service."""
    names: tuple[str, ...]
    url: str
    commits: tuple[str, ...]


_SERVICES = (
    _Service(
        "github",
        "GITHUB_ACTIONS",
        ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),  # who started this run; who started its first try
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
        ("GITHUB_SHA",),
    ),
    _Service("gitlab", "GITLAB_CI", ("GITLAB_USER_LOGIN",), "{CI_JOB_URL}", ("CI_COMMIT_SHA",)),
    _Service("jenkins", "BUILD_URL", ("BUILD_USER_ID", "CHANGE_AUTHOR"), "{BUILD_URL}", ("GIT_COMMIT",)),
)


def ci_actor(env: Mapping[str, str]) -> Actor | None:
    """Who started the CI job, None outside of one that is known."""
    for service in _SERVICES:
        if env.get(service.mark):
            return Actor(_first(env, service.names) or "unknown", service.source, _url(env, service.url))
    return None


def ci_commit(env: Mapping[str, str]) -> str | None:
    """The commit that the CI job has checked out, None outside of one that is known."""
    return next((_first(env, each.commits) for each in _SERVICES if env.get(each.mark)), None)


def system_actor(env: Mapping[str, str]) -> Actor:
    """The user of this machine: all that is known where neither CI nor git tells."""
    return Actor(_first(env, ("LOGNAME", "USER", "USERNAME")) or "unknown", "system")


def _first(env: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((env[name] for name in names if env.get(name)), None)


def _url(env: Mapping[str, str], pattern: str) -> str | None:
    try:
        return pattern.format_map(env)
    except KeyError:
        return None
