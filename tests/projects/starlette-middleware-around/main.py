from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware

inner = Starlette()
served = GZipMiddleware(inner)
