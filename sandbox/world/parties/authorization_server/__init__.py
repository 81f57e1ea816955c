"""The authorization server: Authlib in the middle, our pages and endpoints around it, and the reasons beside it.

Nothing outside this package imports Authlib's server.
"""

from sandbox.world.parties.authorization_server.config import ServerConfig
from sandbox.world.parties.authorization_server.server import AuthorizationServer
from sandbox.world.parties.authorization_server.store import Client

__all__ = ["AuthorizationServer", "Client", "ServerConfig"]
