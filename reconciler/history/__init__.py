"""The history of manifests: what git knows of each line.

`blamed` reads `git blame`, `commits` what commits say, `mainline` which merge brought a commit, `trace` joins them.
"""
