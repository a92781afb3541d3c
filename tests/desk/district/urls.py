"""The provider's own pages, and one to sign in."""

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # type: ignore[untyped-decorator]  # It ships no types.
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse("Who are you?")
    user = authenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user is None:
        return HttpResponse("No.", status=403)
    login(request, user)
    return HttpResponseRedirect(request.GET["next"])


urlpatterns = [
    path("login", sign_in),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
