"""A portal's whole state in a file, so that it can be planned against without a token.

document  from a snapshot to its JSON document, and its digest
read      from a document to a snapshot, strictly
choose    which of several snapshots is of a workspace's portal
"""
