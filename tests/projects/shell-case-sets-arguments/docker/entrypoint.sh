#!/bin/sh
set -eu

case "${1:-api}" in
  api)
    set -- daphne --bind 0.0.0.0 --port 8000 shop.asgi:application
    ;;
  worker)
    set -- celery --app shop worker
    ;;
esac

exec "$@"
