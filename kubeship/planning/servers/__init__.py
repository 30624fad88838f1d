"""Which servers does kubeship know? One file each: versions, numbers, and the command line."""

from collections.abc import Mapping
from types import MappingProxyType

from kubeship.config.server import Server
from kubeship.planning.servers.daphne import DAPHNE
from kubeship.planning.servers.granian import GRANIAN
from kubeship.planning.servers.gunicorn import GUNICORN
from kubeship.planning.servers.hypercorn import HYPERCORN
from kubeship.planning.servers.mod_wsgi import MOD_WSGI
from kubeship.planning.servers.uvicorn import UVICORN
from kubeship.planning.servers.uwsgi import UWSGI
from kubeship.planning.servers.waitress import WAITRESS

# In the order of preference where a project brings several and says nothing: those that stop gracefully first.
SERVERS: Mapping[str, Server] = MappingProxyType(
    {server.name: server for server in (GUNICORN, UVICORN, HYPERCORN, GRANIAN, UWSGI, WAITRESS, MOD_WSGI, DAPHNE)}
)
