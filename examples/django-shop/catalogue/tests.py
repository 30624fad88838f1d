from django.test import TestCase, override_settings

from catalogue.models import Product


class CatalogueTests(TestCase):
    def test_posted_product_is_on_the_page(self) -> None:
        sent = {"name": "Tea", "price": "4.50"}

        answer = self.client.post("/products", sent, content_type="application/json", secure=True)

        assert answer.status_code == 201
        self.assertContains(self.client.get("/", secure=True), "Tea")

    def test_negative_price_is_refused(self) -> None:
        sent = {"name": "Tea", "price": -1}

        answer = self.client.post("/products", sent, content_type="application/json", secure=True)

        assert answer.status_code == 400
        assert not Product.objects.exists()

    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_plain_http_is_redirected(self) -> None:
        assert self.client.get("/").status_code == 301
