"""How fast and how frugal: every promise of docs/performance.md, measured beside its floor.

    python benchmarks/run                     all of it, for people (an hour)
    python benchmarks/run --quick             about a minute, for CI: promises that do not depend on the machine
    python benchmarks/run requests limit      those rows alone
    python benchmarks/run cost --size 1000000 --json cost.json

The shipped command runs in a process of its own against the embedded portal in another. Exits with 1 where a promise
does not hold; with --quick, those alone count that do not depend on how busy the machine is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from chart import draw
from groups import GROUPS
from processes import Lab
from table import HEAD, Row, save


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__.split("\n", 1)[0])
    parser.add_argument("groups", nargs="*", metavar="ROWS", help=f"of {', '.join(GROUPS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="about a minute, small portals")
    parser.add_argument("--size", action="append", type=int, metavar="N", help="developers; repeatable")
    parser.add_argument("--json", metavar="FILE", help="keep the results")
    parser.add_argument("--chart", metavar="FILE", help="draw the scaling curve of the rows `cost` as SVG")
    parser.add_argument("--folder", metavar="DIR", help="keep portals and output here, for the next run")
    asked = parser.parse_args()
    unknown = set(asked.groups) - GROUPS.keys()
    if unknown:
        parser.error(f"there are no rows {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    rows: list[Row] = []
    print(HEAD)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(asked.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        lab = Lab(folder)
        for name, group in GROUPS.items():
            if name not in (asked.groups or GROUPS):
                continue
            for row in group.measure(lab, asked.size or list(group.quick if asked.quick else group.sizes)):
                rows.append(row)
                print(row, flush=True)
    if asked.json:
        save(asked.json, rows, {"quick": asked.quick})
    if asked.chart:
        draw(asked.chart, rows)
    missed = [row for row in rows if not row.held and (row.strict or not asked.quick)]
    print(f"{len(rows) - len(missed)} of {len(rows)} hold" + "".join(f"\n  missed: {row.name}" for row in missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
