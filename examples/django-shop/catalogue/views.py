"""The page that lists products, and the JSON that other programs read and write."""

import json

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Product


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/index.html", {"products": Product.objects.all()})


@csrf_exempt  # no cookie identifies anybody here, so there is nothing to forge
@require_http_methods(["GET", "POST"])
def products(request: HttpRequest) -> JsonResponse:
    """GET lists all products; POST {"name": ..., "price": ...} adds one: 201, or 400 with what is wrong."""
    if request.method == "GET":
        return JsonResponse({"products": [as_json(each) for each in Product.objects.all()]})
    try:
        sent = json.loads(request.body)
        product = Product(name=sent["name"], price=str(sent["price"]))
        product.full_clean()
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"errors": "expected JSON with name and price"}, status=400)
    except ValidationError as error:
        return JsonResponse({"errors": error.message_dict}, status=400)
    product.save()
    return JsonResponse(as_json(product), status=201)


def as_json(product: Product) -> dict[str, str]:
    return {"name": product.name, "price": f"{product.price:.2f}"}
