"""django-oauth-toolkit as an OpenID provider on this machine: `python django_issuer.py REDIRECT_URIS SECRET PASSWORD` prints its issuer, and
goes on.  Its key comes from standard input, as PEM.

It has one person, alice, and one confidential client, web.  Its login and consent pages are Django's and the toolkit's own.
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

REDIRECT_URIS, SECRET, PASSWORD = sys.argv[1:]

settings.configure(
    SECRET_KEY="only for tests on this machine",
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"registration/login.html": '<form method="post">{% csrf_token %}{{ form }}<button>Log in</button></form>'},
                    ),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ],
    ROOT_URLCONF=__name__,
    LOGIN_URL="/login/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": sys.stdin.read(),
        "SCOPES": {"openid": "who you are", "read": "read", "introspection": "ask about tokens"},
        "PKCE_REQUIRED": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
    },
)
settings.TEMPLATES[0]["APP_DIRS"] = False
django.setup()

from django.contrib.auth.models import User  # noqa: E402  # Django must be set up first
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")), path("login/", LoginView.as_view())]


class Silent(WSGIRequestHandler):
    """Nothing is printed but the issuer."""

    def log_message(self, *args: object) -> None:
        pass


call_command("migrate", verbosity=0)
User.objects.create_user("alice", "alice@example.org", PASSWORD)
Application.objects.create(
    name="web",
    client_id="web",
    client_secret=SECRET,
    client_type=Application.CLIENT_CONFIDENTIAL,
    authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    redirect_uris=REDIRECT_URIS,
    algorithm=Application.RS256_ALGORITHM,
)
with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Silent) as server:
    print(f"http://127.0.0.1:{server.server_port}/o", flush=True)
    server.serve_forever()
