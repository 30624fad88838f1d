import email
import logging

from flask import Flask


def create_app():
    logging.getLogger(__name__).info("%s", email.message_from_string(""))
    return Flask(__name__)
