"""What was done to a portal, for auditors: a file of JSON lines (docs/journal.md).

lines     what each line says
file      lines appended to a file, each on the disk before anything goes on
recorder  one run, written down as it happens
"""
