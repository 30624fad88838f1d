import requests


def test_nothing():
    assert requests
