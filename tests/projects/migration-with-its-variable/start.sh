#!/bin/sh
set -e
FLASK_APP=shop:create_app flask db upgrade
exec gunicorn --bind 0.0.0.0:8000 "shop:create_app()"
