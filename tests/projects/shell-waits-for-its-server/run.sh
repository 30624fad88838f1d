#!/bin/bash
if ! python radio.py has-user "$ADMIN"; then
  python radio.py add-user "$ADMIN"
fi
trap 'kill "$child"' TERM
python radio.py serve &
child=$!
wait "$child"
