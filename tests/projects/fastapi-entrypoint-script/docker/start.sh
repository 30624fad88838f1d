#!/bin/sh
set -eu

log() { echo "starting $1"; }
WORKERS="${WORKERS:-3}"

case "$1" in
  api)
    log api
    exec ddtrace-run uvicorn store.api:service --host 0.0.0.0 --port "$PORT" --workers $WORKERS
    ;;
  worker)
    exec celery -A store.jobs worker --loglevel info
    ;;
  tests)
    exec pytest
    ;;
esac
