from django.contrib import admin
from stock.models import Item

admin.site.register(Item)
