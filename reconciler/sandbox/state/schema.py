"""The tables of the state file, with an index for every order and every look-up that a list offers.

`seq` keeps the order of insertion and breaks ties of `created_at`. Uniqueness that the API demands (one
address a portal, one name a team) is a rule, not a constraint: a seed may make what the API forbids.
"""

VERSION = 3

SCHEMA = """
CREATE TABLE seeds (digest TEXT PRIMARY KEY);

CREATE TABLE switches (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE tokens (digest TEXT NOT NULL, role TEXT NOT NULL, portal_id TEXT) STRICT;
CREATE INDEX tokens_digest ON tokens (digest);

CREATE TABLE portals (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
    description TEXT,
    authentication_enabled INTEGER NOT NULL DEFAULT 1,
    rbac_enabled INTEGER NOT NULL DEFAULT 0,
    sipr_enabled INTEGER NOT NULL DEFAULT 0,
    default_api_visibility TEXT NOT NULL DEFAULT 'private',
    default_page_visibility TEXT NOT NULL DEFAULT 'private',
    default_application_auth_strategy_id TEXT,
    auto_approve_developers INTEGER NOT NULL DEFAULT 0,
    auto_approve_applications INTEGER NOT NULL DEFAULT 0,
    notifications_developer_pii_visibility_enabled INTEGER NOT NULL DEFAULT 0,
    default_domain TEXT NOT NULL, canonical_domain TEXT NOT NULL, labels TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE auth_strategies (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, credential_type TEXT NOT NULL,
    dcr_provider_id TEXT
) STRICT;

CREATE TABLE authentication_settings (
    portal_id TEXT PRIMARY KEY,
    basic_auth_enabled INTEGER NOT NULL DEFAULT 1,
    konnect_mapping_enabled INTEGER NOT NULL DEFAULT 1,
    oidc_auth_enabled INTEGER NOT NULL DEFAULT 0,
    saml_auth_enabled INTEGER NOT NULL DEFAULT 0,
    idp_mapping_enabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE identity_providers (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL, type TEXT NOT NULL,
    enabled INTEGER NOT NULL, config TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX identity_providers_portal ON identity_providers (portal_id, created_at);

CREATE TABLE developers (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL,
    email TEXT NOT NULL, full_name TEXT NOT NULL, status TEXT NOT NULL, verified INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX developers_created ON developers (portal_id, created_at);
CREATE INDEX developers_updated ON developers (portal_id, updated_at);
CREATE INDEX developers_email ON developers (portal_id, email, created_at);
CREATE INDEX developers_address ON developers (portal_id, email COLLATE NOCASE);
CREATE INDEX developers_name ON developers (portal_id, full_name, created_at);
CREATE INDEX developers_status ON developers (portal_id, status, created_at);

CREATE TABLE teams (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL,
    name TEXT NOT NULL, description TEXT, can_own_applications INTEGER NOT NULL, konnect_managed INTEGER,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX teams_created ON teams (portal_id, created_at);
CREATE INDEX teams_name ON teams (portal_id, name, created_at);

CREATE TABLE memberships (
    seq INTEGER PRIMARY KEY, team_id TEXT NOT NULL, developer_id TEXT NOT NULL, UNIQUE (team_id, developer_id)
) STRICT;
CREATE INDEX memberships_team ON memberships (team_id);
CREATE INDEX memberships_developer ON memberships (developer_id);

CREATE TABLE roles (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, team_id TEXT NOT NULL, role_name TEXT NOT NULL,
    entity_id TEXT NOT NULL, entity_type_name TEXT NOT NULL, entity_region TEXT NOT NULL
) STRICT;
CREATE INDEX roles_team ON roles (team_id);

CREATE TABLE group_mappings (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, identity_provider_id TEXT, team_id TEXT NOT NULL,
    group_name TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX group_mappings_team ON group_mappings (team_id, group_name);
CREATE INDEX group_mappings_provider ON group_mappings (identity_provider_id);

CREATE TABLE apis (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, entity_type TEXT NOT NULL,
    name TEXT NOT NULL, version TEXT, slug TEXT, labels TEXT NOT NULL, attributes TEXT NOT NULL DEFAULT '{}',
    implementation_mode TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX apis_created ON apis (entity_type, created_at);
CREATE INDEX apis_name ON apis (entity_type, name, created_at);

CREATE TABLE publications (
    seq INTEGER PRIMARY KEY, api_id TEXT NOT NULL, portal_id TEXT NOT NULL, visibility TEXT NOT NULL,
    auto_approve_registrations INTEGER NOT NULL, auth_strategy_id TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, UNIQUE (api_id, portal_id)
) STRICT;
CREATE INDEX publications_portal ON publications (portal_id, created_at);
CREATE INDEX publications_created ON publications (created_at);

CREATE TABLE applications (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL, name TEXT NOT NULL,
    description TEXT, labels TEXT NOT NULL, developer_id TEXT, team_id TEXT,
    auth_strategy_id TEXT NOT NULL, client_id TEXT, dcr_client_id TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    CHECK ((developer_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE INDEX applications_created ON applications (portal_id, created_at);
CREATE INDEX applications_name ON applications (portal_id, name, created_at);
CREATE INDEX applications_developer ON applications (developer_id, created_at);
CREATE INDEX applications_team ON applications (team_id, created_at);

CREATE TABLE credentials (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, application_id TEXT NOT NULL, display_name TEXT NOT NULL,
    status TEXT NOT NULL, expires_at TEXT, created_at TEXT NOT NULL
) STRICT;
CREATE INDEX credentials_application ON credentials (application_id, created_at);

CREATE TABLE registrations (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL,
    application_id TEXT NOT NULL, api_id TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX registrations_created ON registrations (portal_id, created_at);
CREATE INDEX registrations_updated ON registrations (portal_id, updated_at);
CREATE INDEX registrations_status ON registrations (portal_id, status, created_at);
CREATE INDEX registrations_application ON registrations (application_id, created_at);
CREATE INDEX registrations_api ON registrations (api_id, created_at);
"""
