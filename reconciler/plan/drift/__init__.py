"""Drift: every item of a plan in exactly one class of a published table (docs/drift.md).

table     the classes: how bad, what it is, what to do
match     when two subjects, seen at two times, are the same thing
presence  what a portal has, as subjects
evidence  what journal, snapshot and base commit tell of a subject
classify  from a plan to its drift
"""
