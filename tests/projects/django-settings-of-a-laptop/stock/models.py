from django.db import models


class Base(models.Model):
    class Meta:
        abstract = True


class Item(models.Model):
    name = models.CharField(max_length=50)
