from locust import HttpUser


class Buyer(HttpUser):
    pass
