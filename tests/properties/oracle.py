"""What the manifest's specification says shall be on the portal, worked out thing by thing from its sentences.

This is an oracle: for every account, membership, registration, role and team it asks, by brute force, what the
tables and sentences of the specification say about that one thing. It shares no code with the reconciler, only the
nouns of `reconciler.model.observed`, and so can be wrong only in ways of its own. Quotations are the specification's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.model.observed import Api, Application, Developer, Observed, Registration, Role, Team
from tests.properties.listed import (
    ApiWords,
    Entry,
    RegistrationLine,
    RuleLine,
    TeamEntry,
    Workspace,
    fits,
    fits_person,
    read,
    same_person,
)

# -------------------------------------------------------------------------------------------- what shall be there


@dataclass
class Expectation:
    """The portal as it shall be. New things have no id yet: a new person is "+address", a new team "+name"."""

    developers: dict[str, str]
    """Final status by id; of a person to be invited, by "+address" (as compared)."""
    teams: dict[str, tuple[str | None, bool]]
    """Final (description, can_own_applications) by id."""
    memberships: set[tuple[str, str]]
    """(developer, team)."""
    registrations: dict[tuple[str, str], str]
    """Final status by (application id, API id)."""
    roles: set[tuple[str, str, str, str]]
    """(team, role, API id, region)."""


class Reading:
    """One workspace held against one portal on one day, one question after the other."""

    def __init__(self, workspace: Workspace, observed: Observed, today: dt.date) -> None:
        self.git = read(workspace, today)
        self.portal = observed
        self.account = {developer.id: developer for developer in observed.developers}
        self.team = {team.id: team for team in observed.teams}
        self.application = {application.id: application for application in observed.applications}

    # ------------------------------------------------------------------------------------------ who names mean

    def accounts(self, person: str) -> list[Developer]:
        """Every account that an address could mean; two of them make it ambiguous."""
        return [d for d in self.portal.developers if same_person(d.email) == person]

    def teams(self, name: str) -> list[Team]:
        """Every team of that name: "its exact name"."""
        return [team for team in self.portal.teams if team.name == name]

    def apis(self, words: ApiWords) -> list[Api]:
        """Every API "among the APIs published to this portal" that these words could mean."""
        return [api for api in self.portal.apis if words.could_mean(api)]

    def applications(self, line: RegistrationLine) -> list[Application]:
        """Every application that (owner, name) could mean."""
        return [a for a in self.portal.applications if self.owner(a) == line.owner and a.name == line.application]

    def owner(self, application: Application) -> tuple[str, str] | None:
        """Who owns it, by the name git would use; None: somebody this portal does not list."""
        if application.owner_type == "developer" and application.owner_id in self.account:
            return "developer", same_person(self.account[application.owner_id].email)
        if application.owner_type == "team" and application.owner_id in self.team:
            return "team", self.team[application.owner_id].name
        return None

    # --------------------------------------------------------------------------------------------------- scope

    def person_in_scope(self, account: Developer) -> bool:
        """`scope.developers`: globs "over the e-mail address"."""
        return fits_person(self.git.scope["developers"], account.email)

    def team_in_scope(self, team: str) -> bool:
        """`scope.teams`: globs over the name."""
        return any(fits(glob, team) for glob in self.git.scope["teams"])

    def api_in_scope(self, name: str) -> bool:
        """`scope.apis`: globs "over the name of the API or package"."""
        return any(fits(glob, name) for glob in self.git.scope["apis"])

    def registration_in_scope(self, registration: Registration) -> bool:
        """ "A registration [is in scope] when its owner and its API are"."""
        application = self.application[registration.application_id]
        if self.owner(application) is None or not self.api_in_scope(registration.api_name):
            return False
        if application.owner_type == "developer":
            return self.person_in_scope(self.account[application.owner_id])
        return self.team_in_scope(self.team[application.owner_id].name)

    def role_in_scope(self, role: Role) -> bool:
        """A role is in scope when its team and its API are; an API nobody can name only where git owns them all."""
        if not self.team_in_scope(self.team[role.team_id].name):
            return False
        names = [api.name for api in self.portal.apis if api.id == role.api_id]
        return self.api_in_scope(names[0]) if names else "*" in self.git.scope["apis"]

    # -------------------------------------------------------------------------------------------------- people

    def entry(self, account: Developer) -> Entry | None:
        """The account's entry under `developers`."""
        return self.git.entries.get(same_person(account.email))

    def rules(self, account: Developer) -> list[RuleLine]:
        """ "match.email is exactly *@domain, the domain being what follows the last @, compared whole"; "matching
        rules add up"; "an entry under developers switches all rules off"; never a non-ASCII address; within scope.
        """
        if self.entry(account) or not account.email.isascii() or not self.person_in_scope(account):
            return []
        domain = same_person(account.email[account.email.rindex("@") + 1 :])
        return [rule for rule in self.git.rules if rule.domain == domain]

    def listed_by_rule(self, account: Developer) -> bool:
        """The table's last column: "by a rule that approves"."""
        return any(rule.approve for rule in self.rules(account))

    def taken_away(self, account: Developer) -> bool:
        """The cells of the table that say "taken away": a tombstone, an expired entry, or unlisted: revoke."""
        if not self.person_in_scope(account):
            return False
        entry = self.entry(account)
        if entry:
            return entry.takes_away
        return self.git.unlisted["developers"] == "revoke" and not self.listed_by_rule(account)

    def ambiguous_person(self, person: str) -> bool:
        """ "A name that is ambiguous on the portal blocks the entries that use it"."""
        return len(self.accounts(person)) > 1

    def reinstated(self, updated_at: str, *dates: dt.date | None) -> bool:
        """ "held, unless its entry (or its person's) says reinstated: DATE and the portal's updated_at is not later
        than that day (UTC). reinstate: always lets git win at once".
        """
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", updated_at)
        return self.git.always or any(day and updated_at[:10] <= day.isoformat() for day in dates)

    def final_status(self, account: Developer) -> str:
        """The table of "Meaning", column by column."""
        entry, now = self.entry(account), account.status
        if not self.person_in_scope(account):
            return now
        if entry and entry.status != "approved":  # column "revoked, rejected": written; every candidate is taken
            return entry.status
        if entry and entry.expired:  # column "expired"
            return "revoked" if now == "approved" else now
        if entry:  # column "approved"
            if self.ambiguous_person(same_person(account.email)):
                return now
            if now in ("approved", "pending"):
                return "approved"
            return "approved" if self.reinstated(account.updated_at, entry.reinstated) else now
        if self.listed_by_rule(account):  # column "by a rule that approves": "nothing, ever" for revoked, rejected
            return "approved" if now == "pending" else now
        if self.git.unlisted["developers"] == "revoke" and now == "approved":
            return "revoked"
        return now  # column "unlisted"

    def invited(self) -> list[Entry]:
        """ "invite: true …: create the account … when nobody signed up"."""
        return [
            entry
            for person, entry in self.git.entries.items()
            if entry.invite and not entry.takes_away and not self.accounts(person)
        ]

    # --------------------------------------------------------------------------------------------------- teams

    def created_teams(self) -> list[TeamEntry]:
        """ "A team listed here is created when the portal lacks it"."""
        return [team for team in self.git.teams.values() if not self.teams(team.name)]

    def blocked_team(self, name: str) -> bool:
        """Unknown ("neither on the portal nor under teams"), ambiguous, or synchronised."""
        found = self.teams(name)
        if not found:
            return name not in self.git.teams
        return len(found) > 1 or found[0].synchronised

    def final_team(self, team: Team) -> tuple[str | None, bool]:
        """ "Absent description or can_own_applications: not managed"."""
        entry = self.git.teams.get(team.name)
        if not entry or len(self.teams(team.name)) > 1:
            return team.description, team.can_own_applications
        return (
            team.description if entry.description is None else entry.description,
            team.can_own_applications if entry.can_own_applications is None else entry.can_own_applications,
        )

    # --------------------------------------------------------------------------------------------- memberships

    def keeps_memberships(self, account: Developer) -> bool:
        """ "What a blocked entry could mean is never unlisted: a person with a blocked team keeps every membership
        in this run"; so does everyone whom an ambiguous address could mean, and a rule's people.
        """
        person = same_person(account.email)
        entry = self.git.entries.get(person)
        lines = [line for line in self.git.members.values() if line.person == person and not line.expired]
        if self.ambiguous_person(person) and (lines or (entry and not entry.takes_away)):
            return True
        if any(self.blocked_team(line.team) for line in lines):
            return True
        return self.final_status(account) == "approved" and any(
            self.blocked_team(team)
            for rule in self.rules(account)
            for team in rule.teams
            if (person, team) not in self.git.members
        )

    def team_keeps_members(self, name: str) -> bool:
        """An ambiguous team that git uses keeps every membership of all its candidates."""
        used = name in self.git.teams or any(
            line.team == name and not line.expired for line in self.git.members.values()
        )
        by_rule = any(
            name in rule.teams and self.final_status(account) == "approved"
            for account in self.portal.developers
            for rule in self.rules(account)
            if (same_person(account.email), name) not in self.git.members
        )
        return len(self.teams(name)) > 1 and (used or by_rule)

    def member_after(self, account: Developer, team: Team, member: bool) -> bool:
        """Whether that person is to be in that team of the portal."""
        person, final = same_person(account.email), self.final_status(account)
        if team.synchronised:  # "Its memberships are neither granted, removed nor counted"
            return member
        if not (self.person_in_scope(account) and self.team_in_scope(team.name)):
            return member
        if self.taken_away(account) and final in ("revoked", "rejected"):  # "then … their memberships within scope"
            return False
        line = self.git.members.get((person, team.name))
        if line and line.expired:  # "for taking away … every candidate is taken"
            return False
        by_rule = any(team.name in rule.teams for rule in self.rules(account))
        if line or (by_rule and final == "approved"):
            blocked = self.blocked_team(team.name) or (line and self.ambiguous_person(person))
            return member or (final == "approved" and not blocked)
        if not member:
            return False
        return not self.membership_unlisted_goes(account, team)

    def membership_unlisted_goes(self, account: Developer, team: Team) -> bool:
        """ "remove: taken away, everywhere in scope. exact: … memberships of people under developers and of teams
        that give members".
        """
        if self.keeps_memberships(account) or self.team_keeps_members(team.name):
            return False
        policy = self.git.unlisted["memberships"]
        entry = self.git.teams.get(team.name)
        git_is_the_list = bool(self.entry(account) or (entry and entry.gives_members))
        return policy == "remove" or (policy == "exact" and git_is_the_list)

    def final_memberships(self) -> Iterator[tuple[str, str]]:
        """Every (developer, team) that shall be."""
        were = {(m.developer_id, m.team_id) for m in self.portal.memberships}
        new_teams = [team.name for team in self.created_teams()]
        for account in self.portal.developers:
            for team in self.portal.teams:
                if self.member_after(account, team, (account.id, team.id) in were):
                    yield account.id, team.id
            for name in new_teams:
                as_if = Team(id="+" + name, name=name)
                if self.member_after_creation(account, as_if):
                    yield account.id, as_if.id
        for entry in self.invited():  # "Memberships and registrations are granted only to a person who is approved …"
            person = same_person(entry.address)
            for line in self.git.members.values():
                if line.person == person and not line.expired and not self.blocked_team(line.team):
                    found = self.teams(line.team)
                    yield "+" + person, found[0].id if found else "+" + line.team

    def member_after_creation(self, account: Developer, team: Team) -> bool:
        """Whether that person is to be in a team that this run creates: listed or by rule, and approved."""
        person = same_person(account.email)
        if self.final_status(account) != "approved" or self.taken_away(account):
            return False
        line = self.git.members.get((person, team.name))
        if line:
            return not line.expired and not self.ambiguous_person(person)
        return any(team.name in rule.teams for rule in self.rules(account))

    # --------------------------------------------------------------------------------------------------- roles

    def final_roles(self) -> Iterator[tuple[str, str, str, str]]:
        """ "roles: absent: not managed"; unlisted: remove takes those "of teams that give roles"; a team with a
        blocked role keeps every role.
        """
        region = self.portal.portal.region
        for team in self.portal.teams:
            entry = self.git.teams.get(team.name)
            managed = entry is not None and entry.roles is not None and len(self.teams(team.name)) == 1
            lines = entry.roles if managed and entry and entry.roles else ()
            wanted = {
                (team.id, role, self.apis(api)[0].id, where or region)
                for role, api, where in lines
                if len(self.apis(api)) == 1
            }
            blocked = any(len(self.apis(api)) != 1 for _, api, _ in lines)
            yield from wanted
            for role in self.portal.roles:
                if role.team_id != team.id:
                    continue
                removable = managed and not blocked and self.role_in_scope(role)
                if not removable or self.git.unlisted["roles"] != "remove":
                    yield team.id, role.name, role.api_id, role.region
        for entry in self.created_teams():
            for role, api, where in entry.roles or ():
                if len(self.apis(api)) == 1:
                    yield "+" + entry.name, role, self.apis(api)[0].id, where or region

    # ------------------------------------------------------------------------------------------- registrations

    def blocked_line(self, line: RegistrationLine) -> bool:
        """An API that the portal does not publish, or a name (of API, application or owner) that is ambiguous."""
        kind, name = line.owner
        ambiguous_owner = self.ambiguous_person(name) if kind == "developer" else len(self.teams(name)) > 1
        return ambiguous_owner or len(self.apis(line.api)) != 1 or len(self.applications(line)) > 1

    def line_for(self, registration: Registration) -> RegistrationLine | None:
        """The line that is about this registration. A line that takes away is about all that its words could mean;
        one that gives, about the API that they mean, or all that they could mean where it is blocked.
        """
        application = self.application[registration.application_id]
        lines = [
            line
            for line in self.git.registrations
            if line.owner == self.owner(application)
            and line.application == application.name
            and line.api.could_mean(registration)
        ]
        about = [
            line
            for line in lines
            if not line.gives or self.blocked_line(line) or self.apis(line.api)[0].id == registration.api_id
        ]
        assert len(about) <= 1, "the workspace says two things about one registration"
        return about[0] if about else None

    def keeps_registrations(self, application: Application) -> bool:
        """ "An application with a blocked API keeps every registration"; so does every application that an ambiguous
        name could mean, and those of a rule's people.
        """
        lines = [line for line in self.git.registrations if line.gives and application in self.applications(line)]
        if any(self.blocked_line(line) for line in lines):
            return True
        kind, name = self.owner(application) or ("", "")
        if kind == "team":
            return name in self.git.teams and len(self.teams(name)) > 1
        entry = self.git.entries.get(name)
        if entry and not entry.takes_away and self.ambiguous_person(name):
            return True
        account = self.account[application.owner_id]
        return self.final_status(account) == "approved" and any(
            len(self.apis(words)) != 1 for rule in self.rules(account) for words in rule.apis
        )

    def owner_may_be_granted(self, application: Application) -> bool:
        """ "Granting needs an approved person"; a team needs none."""
        if application.owner_type == "team":
            return application.owner_id in self.team
        return application.owner_id in self.account and (
            self.final_status(self.account[application.owner_id]) == "approved"
        )

    def registration_after(self, registration: Registration) -> str:  # noqa: C901  (one sentence a line)
        """The paragraph "Registrations", with "Taking away is complete" and "Unlisted"."""
        application = self.application[registration.application_id]
        now = registration.status
        if self.owner(application) is None:
            return now
        account = self.account.get(application.owner_id) if application.owner_type == "developer" else None
        line = self.line_for(registration)
        if line and line.status != "approved":  # "Listed revoked or rejected: written if different"
            return line.status
        if account and self.taken_away(account) and now == "approved":  # "every approved registration … whatever …"
            return "revoked"
        if line and line.expired:  # "Expired: only what is approved becomes revoked"
            return "revoked" if now == "approved" else now
        if not self.registration_in_scope(registration):  # "Outside nothing is changed"
            return now
        if line:
            if self.blocked_line(line) or now == "approved" or not self.owner_may_be_granted(application):
                return now
            if now == "pending":  # "pending and listed: approved"
                return "approved"
            return "approved" if self.registration_back(registration, line) else now  # "listed: held"
        if account and self.final_status(account) == "approved":
            for words in (words for rule in self.rules(account) for words in rule.apis):
                if [api.id for api in self.apis(words)] == [registration.api_id]:
                    return "approved" if now == "pending" else now
        if now == "approved" and self.registration_unlisted_goes(application):
            return "revoked"
        return now

    def registration_back(self, registration: Registration, line: RegistrationLine) -> bool:
        """Reinstated by "its entry (or its person's)"."""
        person = self.git.entries.get(line.owner[1]) if line.owner[0] == "developer" else None
        return self.reinstated(registration.updated_at, *line.reinstated, person and person.reinstated)

    def registration_unlisted_goes(self, application: Application) -> bool:
        """ "revoke: taken away, everywhere in scope. exact: … registrations of applications whose owner is under
        developers or teams".
        """
        if self.keeps_registrations(application):
            return False
        kind, name = self.owner(application) or ("", "")
        policy = self.git.unlisted["registrations"]
        git_is_the_list = name in (self.git.entries if kind == "developer" else self.git.teams)
        return policy == "revoke" or (policy == "exact" and git_is_the_list)

    def created_registrations(self) -> Iterator[tuple[str, str]]:
        """ "Absent and listed: waiting, or created if register"."""
        there = {(r.application_id, r.api_id) for r in self.portal.registrations}
        for line in self.git.registrations:
            found = self.applications(line)
            if not line.gives or not line.register or self.blocked_line(line) or len(found) != 1:
                continue
            pair = (found[0].id, self.apis(line.api)[0].id)
            if pair not in there and self.owner_may_be_granted(found[0]):
                yield pair

    # ------------------------------------------------------------------------------------------------ together

    @cached_property
    def expectation(self) -> Expectation:
        """Everything, as it shall be."""
        developers = {account.id: self.final_status(account) for account in self.portal.developers}
        developers |= {"+" + same_person(entry.address): "approved" for entry in self.invited()}
        teams = {team.id: self.final_team(team) for team in self.portal.teams}
        teams |= {"+" + t.name: (t.description, bool(t.can_own_applications)) for t in self.created_teams()}
        registrations = {(r.application_id, r.api_id): self.registration_after(r) for r in self.portal.registrations}
        registrations |= dict.fromkeys(self.created_registrations(), "approved")
        return Expectation(developers, teams, set(self.final_memberships()), registrations, set(self.final_roles()))

    # ---------------------------------------------------------------------------------------- what must be said

    def held_developers(self) -> set[str]:
        """ "A listed person … found revoked or rejected is held"."""
        return {
            account.id
            for account in self.portal.developers
            if account.status in ("revoked", "rejected")
            and (entry := self.entry(account))
            and not entry.takes_away
            and not self.ambiguous_person(same_person(account.email))
            and self.final_status(account) != "approved"
        }

    def held_registrations(self) -> set[str]:
        """ "A listed … registration found revoked or rejected is held"."""
        return {
            r.id
            for r in self.portal.registrations
            if r.status in ("revoked", "rejected")
            and (line := self.line_for(r))
            and line.gives
            and not self.blocked_line(line)
            and not self.registration_back(r, line)
        }

    def unlisted(self) -> dict[str, set[Any]]:
        """ "What the portal has and git does not list is unlisted": what of it is to be shown, by kind.

        "Ignore: not even reported"; what a policy takes away is a change; what a blocked entry could mean is no such
        thing. Developers, registrations and roles by id, memberships by (developer, team).
        """
        policy = self.git.unlisted
        after = self.expectation
        developers = {d.id for d in self.portal.developers if d.status == "approved" and self.person_unlisted(d)}
        memberships = {
            (m.developer_id, m.team_id)
            for m in self.portal.memberships
            if self.membership_unlisted(self.account[m.developer_id], self.team[m.team_id])
            and (m.developer_id, m.team_id) in after.memberships
        }
        registrations = {
            r.id
            for r in self.portal.registrations
            if r.status == "approved"
            and self.registration_unlisted(r)
            and not self.keeps_registrations(self.application[r.application_id])
            and after.registrations[r.application_id, r.api_id] == "approved"
        }
        roles = {role.id for role in self.portal.roles if self.role_unlisted(role)}
        return {
            "developer": developers if policy["developers"] == "report" else set(),
            "membership": memberships if policy["memberships"] != "ignore" else set(),
            "registration": registrations if policy["registrations"] != "ignore" else set(),
            "role": roles if policy["roles"] == "report" else set(),
        }

    def requests(self) -> dict[str, set[str]]:
        """ "Unlisted and pending: a request", by kind and id; `may_be_requests` may be named or not."""
        policy = self.git.unlisted
        people = {d.id for d in self.portal.developers if d.status == "pending" and self.person_unlisted(d)}
        registrations = {
            r.id for r in self.portal.registrations if r.status == "pending" and self.registration_unlisted(r)
        }
        return {
            "developer": people if policy["developers"] != "ignore" else set(),
            "registration": registrations if policy["registrations"] != "ignore" else set(),
        }

    def of_people_taken_away(self) -> set[str]:
        """Registrations whose owner git takes away; whether they are named held or requested is a matter of taste."""
        gone = {account.id for account in self.portal.developers if self.taken_away(account)}
        return {r.id for r in self.portal.registrations if self.application[r.application_id].owner_id in gone}

    def may_be_requests(self) -> set[str]:
        """Registrations that are pending while git takes their owner away, or that a blocked entry could mean."""
        kept = {a.id for a in self.portal.applications if self.owner(a) and self.keeps_registrations(a)}
        return self.of_people_taken_away() | {r.id for r in self.portal.registrations if r.application_id in kept}

    def person_unlisted(self, account: Developer) -> bool:
        """In scope, without an entry, and no rule approves them."""
        return self.person_in_scope(account) and not self.entry(account) and not self.listed_by_rule(account)

    def membership_unlisted(self, account: Developer, team: Team) -> bool:
        """In scope, counted, and neither listed nor what a blocked entry could mean."""
        if team.synchronised or not (self.person_in_scope(account) and self.team_in_scope(team.name)):
            return False
        by_rule = any(team.name in rule.teams for rule in self.rules(account))
        if (same_person(account.email), team.name) in self.git.members:
            return False
        if by_rule and self.final_status(account) == "approved":
            return False
        return not (self.keeps_memberships(account) or self.team_keeps_members(team.name))

    def registration_unlisted(self, registration: Registration) -> bool:
        """In scope, and listed neither by a line nor by a rule."""
        application = self.application[registration.application_id]
        if not self.registration_in_scope(registration) or self.line_for(registration):
            return False
        if application.owner_type == "team":
            return True
        account = self.account[application.owner_id]
        words = [words for rule in self.rules(account) for words in rule.apis]
        by_rule = any([api.id for api in self.apis(w)] == [registration.api_id] for w in words)
        return not (by_rule and self.final_status(account) == "approved")

    def role_unlisted(self, role: Role) -> bool:
        """Of a team that gives roles, in scope, not listed, and the team has no blocked role."""
        team = self.team[role.team_id]
        entry = self.git.teams.get(team.name)
        if not entry or entry.roles is None or len(self.teams(team.name)) > 1 or not self.role_in_scope(role):
            return False
        if any(len(self.apis(api)) != 1 for _, api, _ in entry.roles):
            return False
        wanted = {
            (name, self.apis(api)[0].id, region or self.portal.portal.region) for name, api, region in entry.roles
        }
        return (role.name, role.api_id, role.region) not in wanted


def expected(workspace: Workspace, observed: Observed, today: dt.date) -> Expectation:
    """What the portal shall be after one successful apply of the workspace on that day."""
    return Reading(workspace, observed, today).expectation
