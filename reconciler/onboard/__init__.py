"""From the portal to git: requests and clicks past git become entries, a portal becomes a workspace."""
