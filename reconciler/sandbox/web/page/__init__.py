"""The page that shows the portal to a person: what is read, how it is written, who may see it."""
