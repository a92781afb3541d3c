"""The provider's own pages, and one to sign in."""

import json

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import ConnectDiscoveryInfoView


@csrf_exempt  # type: ignore[untyped-decorator]  # It ships no types.
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse("Who are you?")
    user = authenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user is None:
        return HttpResponse("No.", status=403)
    login(request, user)
    return HttpResponseRedirect(request.GET["next"])


class Careless(ConnectDiscoveryInfoView):  # type: ignore[misc]  # It ships no types.
    """It offers tokens without a signature too, as OpenID Connect allows it to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        said = json.loads(super().get(request).content)
        said["id_token_signing_alg_values_supported"].append("none")
        return JsonResponse(said)


urlpatterns = [
    path("o/.well-known/openid-configuration", Careless.as_view()),
    path("login", sign_in),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
