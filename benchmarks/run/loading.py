"""Read a workspace's files and check their shape, alone in a process, and print the CPU seconds that this took."""

from __future__ import annotations

import gc
import sys
import time

from reconciler.manifest.cache import ParseCache
from reconciler.manifest.check import check
from reconciler.manifest.read import load

gc.disable()
path, folder = sys.argv[1:]
cache = ParseCache(folder) if folder else None
began = time.process_time()
files = load(path, cache)
wrong = check(files.documents, complete=files.complete)
print(time.process_time() - began)
sys.exit(1 if wrong or files.findings else 0)
