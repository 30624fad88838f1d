from django.http import HttpResponse
from django.urls import path


def healthz(request):
    return HttpResponse("django serves")


urlpatterns = [path("healthz", healthz)]
