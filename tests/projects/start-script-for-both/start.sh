#!/bin/sh
if [ "$DEBUG" = true ]; then
    python index.py --debug
else
    gunicorn index:server -b :8050
fi
