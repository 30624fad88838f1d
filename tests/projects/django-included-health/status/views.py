from django.http import HttpResponse


def ok(request):
    return HttpResponse("ok")
