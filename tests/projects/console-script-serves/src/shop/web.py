from fastapi import FastAPI


def make(debug):
    return FastAPI(debug=debug)
