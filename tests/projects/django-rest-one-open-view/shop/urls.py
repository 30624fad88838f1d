from django.urls import path

from shop import views

urlpatterns = [
    path("healthz", views.Health.as_view()),
    path("readyz", views.ready),
    path("ping", views.ping),
]
