"""Environment and flags as one frozen value: which portal server, which token, through which proxy. Nothing else
reads `os.environ`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.actor import NOBODY, Actor, ci_actor, ci_authors, ci_commit, ci_place, system_actor
from reconciler.errors import InputError
from reconciler.model.checkout import Checkout
from reconciler.model.desired import PortalRef
from reconciler.secret import Secret

EMBEDDED = "sandbox"
"""The word that stands for the embedded portal where a server is named (README, "The trust it needs")."""

REGIONS = ("us", "eu", "au", "me", "in", "sg")
_KONNECT = ".api.konghq.com"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """What flags and environment say. `server` is None where neither names one; `token` None where none is given."""

    server: str | None = None
    token: Secret | None = None
    region: str | None = None
    ca_bundle: str | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
    sandbox_state: str = ""
    parse_cache: str | None = None
    """The folder for manifests that were read before; None: nothing is kept."""
    interactive: bool = True
    actor: Actor | None = None
    """Who started the CI job; None outside of one."""
    user: Actor = NOBODY
    ci_commit: str | None = None
    authors: tuple[str, ...] = ()
    """Addresses and logins of whoever authored the change, as CI says."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """What of the environment `gh`, `glab` and the git that pushes are given: all but what is ours."""
    git: Mapping[str, str] = field(default_factory=dict)
    """What of the environment git is given."""
    plan_key: Secret | None = None
    """Signs saved plans; None: they are not signed."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to connect and with what. `server` is a URL without /v3, or the word for the embedded portal.

    `known_as` is the server as plans name it: of the embedded portal the word, for its port is another each time.
    """

    server: str
    token: Secret
    region: str | None
    ca_bundle: str | None
    proxies: Mapping[str, str]
    known_as: str

    @property
    def embedded(self) -> bool:
        """Whether the embedded portal is meant."""
        return self.server == EMBEDDED


def from_environment(
    environ: Mapping[str, str] | None = None,
    *,
    server: str | None = None,
    token_file: str | None = None,
) -> Settings:
    """Flags first, then the environment. Raises InputError for a token file that cannot be read or is empty."""
    env = os.environ if environ is None else environ
    token = _token_from(token_file) if token_file else env.get("KONNECT_TOKEN") or env.get("KONNECT_SPAT")
    return Settings(
        server=(server or env.get("KONNECT_SERVER_URL") or "").rstrip("/") or None,
        token=Secret(token.strip()) if token and token.strip() else None,
        ca_bundle=env.get("REQUESTS_CA_BUNDLE") or env.get("CURL_CA_BUNDLE"),
        proxies=_proxies() if environ is None else {},
        sandbox_state=str(_state_home(env) / "reconciler" / "sandbox.sqlite"),
        parse_cache=_parse_cache(env),
        interactive=not env.get("CI"),
        actor=ci_actor(env),
        user=system_actor(env),
        ci_commit=ci_commit(env),
        authors=ci_authors(env),
        tools={name: value for name, value in env.items() if not name.startswith(("KONNECT_", "RECONCILER_"))},
        git={name: value for name, value in env.items() if name in _GITS or name.startswith("GIT_CONFIG_")},
        plan_key=_plan_key(env),
    )


_GITS = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SYSTEMROOT", "USERPROFILE")
"""With GIT_CONFIG_*, by which CI says which folders are safe; no GIT_DIR, which a hook has set, and no token."""

_SHORTEST_KEY = 32


def _plan_key(env: Mapping[str, str]) -> Secret | None:
    """The key is there or not: one that is empty, as a CI secret that is missing, is not taken for none."""
    value = env.get("RECONCILER_PLAN_KEY")
    if value is None:
        return None
    key = value.strip()
    if len(key) < _SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            f"RECONCILER_PLAN_KEY is no key: at least {_SHORTEST_KEY} ASCII characters without blanks are expected",
            "make one with `openssl rand -hex 32`, or unset the variable for plans that are not signed",
        )
    return Secret(key)


def checkout(environ: Mapping[str, str] | None = None, *, cwd: str = "") -> Checkout:
    """The working copy that the CI job works on; a URL that a browser would not open as a page is none."""
    root, blob, job = ci_place(os.environ if environ is None else environ)
    return Checkout(root, cwd, *(url if _is_page(url) else "" for url in (blob, job)))


def github_files(environ: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The files in which GitHub takes a step's outputs and its part of the summary; "" where it names none."""
    env = os.environ if environ is None else environ
    return env.get("GITHUB_OUTPUT", ""), env.get("GITHUB_STEP_SUMMARY", "")


def _is_page(url: str) -> bool:
    return url.startswith(("https://", "http://")) and not set(url) - _IN_URLS


_IN_URLS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?&=%+@,")
"""No quotes, brackets or blanks: what stands in a link must not end it."""


def wants_colour(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a terminal may be sent colours, as far as the environment says."""
    env = os.environ if environ is None else environ
    return not env.get("NO_COLOR") and env.get("TERM") != "dumb"


def _token_from(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the token file {path} cannot be read", "check the path and its permissions") from error
    if not text:
        raise InputError(f"the token file {path} is empty", "write the token into it, on one line")
    return text


def _proxies() -> Mapping[str, str]:
    """What the environment says of proxies, imported only where it says anything: it takes long to import."""
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}
    from urllib.request import getproxies_environment

    return getproxies_environment()


def _parse_cache(env: Mapping[str, str]) -> str | None:
    if env.get("RECONCILER_NO_CACHE"):
        return None
    home = env.get("XDG_CACHE_HOME") or (str(Path(env["HOME"], ".cache")) if env.get("HOME") else "")
    return str(Path(home, "reconciler", "manifests")) if Path(home).is_absolute() else None


def _state_home(env: Mapping[str, str]) -> Path:
    return Path(env.get("XDG_STATE_HOME") or Path(env.get("HOME") or "~").expanduser() / ".local" / "state")


def connection(settings: Settings, portal: PortalRef | None = None) -> Connection:
    """Where the workspace's portal is, and whether the token may go there.

    Raises InputError where no server is known, the token is missing, or a manifest names a server that only a flag
    or the environment may name: a pull request must not send the token away (README, "The trust it needs").
    """
    named = settings.server
    written = portal.server.rstrip("/") if portal and portal.server else None
    region = portal.region if portal else settings.region
    server = named or written or (f"https://{region}{_KONNECT}" if region else None)
    if server is None:
        hint = "say `region:` or `server:` under `portal`, or give --server"
        raise InputError("it is not said where the portal is", hint)
    if server == EMBEDDED:
        return Connection(server, Secret("sandbox"), region or "us", None, {}, server)
    _check(server, by_flag=named is not None, portal=portal)
    if settings.token is None:
        hint = "set KONNECT_TOKEN (or KONNECT_SPAT), or give --token-file; --server sandbox needs none"
        raise InputError(f"there is no token for {server}", hint)
    region = region or _region_of(server)
    proxies = {} if _bypassed(server, settings.proxies) else settings.proxies
    return Connection(server, settings.token, region, settings.ca_bundle, proxies, server)


def _check(server: str, *, by_flag: bool, portal: PortalRef | None) -> None:
    try:
        parts = urlsplit(server)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise InputError(f"{server!r} is not a server's URL", "write it as https://host, without /v3") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise InputError(f"{server!r} is not a server's URL", "write it as https://host, without /v3")
    loopback = host in _LOOPBACK
    if parts.scheme == "http" and not loopback:
        raise InputError(f"{server} is plain http, which would show the token", "use https")
    if not by_flag and not loopback and not host.endswith(_KONNECT):
        where = f" ({portal.origin})" if portal else ""
        hint = f"name the same server with --server {server} or KONNECT_SERVER_URL, if it is meant"
        raise InputError(f"the token would be sent to {host}, which is not Konnect{where}", hint)


def _region_of(server: str) -> str | None:
    host = urlsplit(server).hostname or ""
    region = host.removesuffix(_KONNECT)
    return region if region in REGIONS else None


def _bypassed(server: str, proxies: Mapping[str, str]) -> bool:
    host = urlsplit(server).hostname or ""
    if host in _LOOPBACK or not proxies:
        return host in _LOOPBACK
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined] # it is there; not in typeshed

    return bool(proxy_bypass_environment(host, dict(proxies)))
