#!/bin/bash
cd "$(dirname "$0")"
exec uwsgi --ini deploy/uwsgi.ini
