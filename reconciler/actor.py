"""Who runs this, and where: the person behind a CI job and the job's working copy, as its variables say."""

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
    authors: tuple[str, ...]
    """Who authored what the job is about, by address or login."""
    scheduled: str = ""
    """The variable that reads "schedule" where nobody started the job, and its actor authored nothing."""
    root: str = ""
    """The variable that names the top of the working copy."""
    blob: str = ""
    """The URL of the commit's files, "" where the service shows none."""


_SERVICES = (
    _Service(
        "github",
        "GITHUB_ACTIONS",
        ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),  # who started this run; who started its first try
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
        ("GITHUB_SHA",),
        ("GITHUB_ACTOR",),  # whoever runs it again is not its author
        "GITHUB_EVENT_NAME",
        "GITHUB_WORKSPACE",
        "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/blob/{GITHUB_SHA}",
    ),
    _Service(
        "gitlab",
        "GITLAB_CI",
        ("GITLAB_USER_LOGIN",),
        "{CI_JOB_URL}",
        ("CI_COMMIT_SHA",),
        ("GITLAB_USER_EMAIL", "GITLAB_USER_LOGIN", "CI_COMMIT_AUTHOR"),
        "CI_PIPELINE_SOURCE",
        "CI_PROJECT_DIR",
        "{CI_PROJECT_URL}/-/blob/{CI_COMMIT_SHA}",
    ),
    _Service(
        "jenkins",
        "BUILD_URL",
        ("BUILD_USER_ID", "CHANGE_AUTHOR"),
        "{BUILD_URL}",
        ("GIT_COMMIT",),
        ("CHANGE_AUTHOR_EMAIL", "CHANGE_AUTHOR"),
        root="WORKSPACE",
    ),
)


def ci_actor(env: Mapping[str, str]) -> Actor | None:
    """Who started the CI job, None outside of one that is known."""
    for service in _SERVICES:
        if env.get(service.mark):
            return Actor(_first(env, service.names) or "unknown", service.source, _url(env, service.url))
    return None


def ci_authors(env: Mapping[str, str]) -> tuple[str, ...]:
    """Who authored the change that the CI job is about, by `author_name`; nobody outside of one, or on a schedule."""
    for service in _SERVICES:
        if env.get(service.mark) and env.get(service.scheduled) != "schedule":
            return tuple(author_name(env[name]) for name in service.authors if env.get(name))
    return ()


def author_name(text: str) -> str:
    """The address of "Ada Lovelace <ada@acme.example>", else the text, which is an address or a login."""
    _, bracket, rest = text.strip().rpartition("<")
    return rest.removesuffix(">").strip() if bracket and rest.endswith(">") else text.strip()


def ci_commit(env: Mapping[str, str]) -> str | None:
    """The commit that the CI job has checked out, None outside of one that is known."""
    return next((_first(env, each.commits) for each in _SERVICES if env.get(each.mark)), None)


def ci_place(env: Mapping[str, str]) -> tuple[str, str, str]:
    """The top of the CI job's working copy, the URL of its commit's files, and that of the job; "": unknown."""
    for service in _SERVICES:
        if env.get(service.mark):
            return env.get(service.root, ""), _url(env, service.blob) or "", _url(env, service.url) or ""
    return "", "", ""


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
