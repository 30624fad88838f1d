"""What do servers have in common? How long connections stay, and how many workers fit a small pod."""

from kubeship.config.server import Numbers

KEEP_ALIVE = 95
"""Seconds that an idle connection stays open: longer than the proxy in front keeps it, or a request that the proxy
sends into a closing connection is lost. Traefik keeps one for 90 s (doc.traefik.io: serversTransport, idleConnTimeout),
ingress-nginx for 60 s (kubernetes.github.io/ingress-nginx: upstream-keepalive-timeout), an ALB for 60 s."""

# Two workers survive the death of one; threads wait for the database together
# (docs.gunicorn.org/en/stable/design.html#how-many-workers; more load is for more pods).
THREADED = Numbers(workers=2, threads=4, reason="2 workers x 4 threads: I/O-bound, 250m CPU")
# fastapi.tiangolo.com/deployment/docker/#replication-number-of-processes: one process a container where a cluster
# replicates containers.
EVENT_LOOP = Numbers(workers=1, threads=1, reason="one event loop a pod; replicas add more")
ONE_PROCESS = Numbers(workers=1, threads=4, reason="one process by design, with 4 threads")
