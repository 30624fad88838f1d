from fastapi import FastAPI


def make():
    return FastAPI()


def make_small():
    return FastAPI(docs_url=None)
