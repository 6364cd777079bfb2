"""An embedded portal: a real HTTP server that answers like the access API of Konnect's Dev Portal v3.

For trying a workspace out, for tests and for demonstrations. It shares no code with the rest of the
package, so that client and portal cannot be wrong together.
"""

from reconciler.sandbox.faults import FaultError, Faults
from reconciler.sandbox.people.story import Story, StoryError
from reconciler.sandbox.people.story_file import read_file as read_story
from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.protocol.problems import Problem
from reconciler.sandbox.running import run_server, serve
from reconciler.sandbox.sandbox import Sandbox
from reconciler.sandbox.seeds.place import SeedError
from reconciler.sandbox.state.file import StateError
from reconciler.sandbox.switches import SwitchError, Switches
from reconciler.sandbox.web.listener import ListenError
from reconciler.sandbox.web.log import Answered, RequestLog
from reconciler.sandbox.web.server import Server

__all__ = [
    "Answered",
    "FaultError",
    "Faults",
    "ListenError",
    "Problem",
    "Request",
    "RequestLog",
    "Response",
    "Sandbox",
    "SeedError",
    "Server",
    "StateError",
    "Story",
    "StoryError",
    "SwitchError",
    "Switches",
    "read_story",
    "run_server",
    "serve",
]
