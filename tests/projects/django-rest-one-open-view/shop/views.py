from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView


class Base(APIView):
    pass


class Health(Base):
    def get(self, request):
        return Response({})


@api_view(["GET"])
def ready(request):
    return Response({})


@api_view(["GET"])
@permission_classes([AllowAny])
def ping(request):
    return Response({})
