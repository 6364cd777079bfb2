"""Effective access: who may do what and through which path, before a plan, after it, and as git lists it.

Nothing here decides anything. It says in other words what the portal's state and a plan's changes come to: `rights`
has the nouns, `listed` what git lists, `moved` what changes come to, `access` joins them, `turns` tells gains and
losses. All of it is worked out when it is asked for, one person at a time.
"""
