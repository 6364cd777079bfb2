"""An embedded portal: a real HTTP server that answers like the access API of Konnect's Dev Portal v3.

For trying a workspace out, for tests and for demonstrations. It shares no code with the rest of the
package, so that client and portal cannot be wrong together.
"""

from .messages import Request, Response
from .place import SeedError
from .problems import Problem
from .running import run_server, serve
from .sandbox import Sandbox
from .server import Server
from .store import StateError

__all__ = [
    "Problem",
    "Request",
    "Response",
    "Sandbox",
    "SeedError",
    "Server",
    "StateError",
    "run_server",
    "serve",
]
