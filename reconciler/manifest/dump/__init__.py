"""The portal as a workspace: what a manifest can say of it, in files, and what it cannot."""
