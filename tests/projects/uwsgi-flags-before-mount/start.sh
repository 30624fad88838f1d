#!/bin/sh
mountpoint=${SUBPATH:-/}
exec uwsgi \
    --strict \
    --http :8000 \
    --http-keepalive \
    --manage-script-name \
    --mount $mountpoint=shop.wsgi:application \
    --chdir src \
    --die-on-term
