from django.urls import re_path

from . import views

urlpatterns = [
    re_path(r"^ready-(\d+)$", views.ok),
]
urlpatterns += [re_path(r"^livez/?$", views.ok)]
