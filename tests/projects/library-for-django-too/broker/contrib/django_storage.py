from django.conf import settings
from django.db import models


class Message(models.Model):
    topic = models.CharField(max_length=settings.TOPIC_LENGTH)
