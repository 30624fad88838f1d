#!/bin/sh
exec uwsgi --http :8000 --ini "$SETTINGS"
