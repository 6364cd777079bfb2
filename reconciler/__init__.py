"""Access to a Kong Konnect Dev Portal under GitOps: YAML in git decides who is approved and for what."""

__version__ = "0.1.0"
