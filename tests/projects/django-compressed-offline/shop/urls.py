from django.http import HttpResponse
from django.urls import include, path, re_path


def ok(request):
    return HttpResponse("ok")


urlpatterns = [
    path("healthz/", ok),
]
