from flask import Flask


def create_app(run_mode=None):
    return Flask(__name__)
