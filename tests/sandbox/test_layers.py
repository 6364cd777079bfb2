"""The sandbox stands alone: it shares no code with the client, so that they cannot be wrong together."""

import ast
import subprocess
import sys
from pathlib import Path

import reconciler.sandbox

ROOM = Path(reconciler.sandbox.__file__).parent


def test_the_sandbox_imports_nothing_of_the_rest() -> None:
    foreign = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level > 1:
                foreign.add(f"{path.name}: {'.' * node.level}{node.module}")
            if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
                names = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                )
                tops = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"yaml"}
                foreign |= {f"{path.name}: {top}" for top in tops}
    assert foreign == set()


def test_yaml_is_imported_only_when_a_seed_file_is_read() -> None:
    code = "import sys, reconciler.sandbox as s; s.Sandbox().close(); print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
