from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path

from status import views

urlpatterns = [
    path("health/", login_required(views.ok)),
    path("items/<int:pk>/ping", views.ok),
    path("status/", include("status.urls")),
]
