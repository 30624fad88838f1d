#!/bin/sh
PYTHON="python -O"
RUN="exec ${PYTHON} -m bot"
${PYTHON} -m bot.tools.wait
case "$1" in
  hook) ${RUN} hook ;;
  poll) ${RUN} poll ;;
esac
