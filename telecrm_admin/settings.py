"""Settings, all from the environment (.env.example names every variable).

Without SECRET_KEY this is a development installation: DEBUG is on and keys are made in var/.
With SECRET_KEY it is production: DEBUG is off and every protection is on.
"""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

from telecrm_admin.keys import development_key

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEVELOPMENT = not env.str("SECRET_KEY", default="")
DEBUG = env.bool("DEBUG", default=DEVELOPMENT)


def _generated(name: str) -> str:
    from cryptography.fernet import Fernet

    return development_key(VAR_DIR / name, lambda: Fernet.generate_key().decode())


SECRET_KEY = env.str("SECRET_KEY", default="") or _generated("secret.key")
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
if not FIELD_ENCRYPTION_KEYS and DEVELOPMENT:
    FIELD_ENCRYPTION_KEYS = [_generated("encryption.key")]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Loopback and private provider addresses: only `make run`, --demo and the tests set this.
ALLOW_LOCAL_PROVIDERS = env.bool("TELECRM_ADMIN_ALLOW_LOCAL_PROVIDERS", default=False)
# Extra certificate authority for provider connections (a company proxy, or the TLS tests).
PROVIDER_CA_FILE = env.str("PROVIDER_CA_FILE", default="")
# Divides every waiting time of the ledger; only the crash and soak suites set it.
LEDGER_TIME_SCALE = env.float("LEDGER_TIME_SCALE", default=1.0)
# Requests and answers are kept word for word this long; what was sent, when, and the quote stay.
KEEP_BODIES_DAYS = env.int("KEEP_BODIES_DAYS", default=90)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")

INSTALLED_APPS = [
    "telecrm_admin.apps.SiteConfig",
    "access",
    "leads",
    "campaigns",
    "sync",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "heroicons",
    "csp",
    "axes",
    "django_otp",
]

MIDDLEWARE = [
    "telecrm_admin.middleware.without_nul",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers, so lengths tell nothing (BREACH)
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "telecrm_admin.middleware.private_pages",
    "django_otp.middleware.OTPMiddleware",
    "access.middleware.TeamMiddleware",
    "access.middleware.SecondStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "telecrm_admin.urls"
WSGI_APPLICATION = "telecrm_admin.wsgi.application"
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "access.lock_out.LockOutBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "access:sign_in"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "telecrm_admin.context.shell",
            ],
        },
    },
]

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'desk.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE + WAL + a long busy timeout end "database is locked"; FULL keeps the last commit
    # through a power cut (docs/decisions/0003).
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
        "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;",
    }
else:
    DATABASE["CONN_MAX_AGE"] = 600
    DATABASE["CONN_HEALTH_CHECKS"] = True
    # A frozen worker must not stop the others: see docs/decisions/0003.
    DATABASE["OPTIONS"] = {
        "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s "
        "-c statement_timeout=300s",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Whether administrators (of a team, and of Django's admin) must use an authenticator app.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
# After this long an administrator who does nothing is signed out; others after their team's time.
# At practice nobody has to fetch a new sign-in link after lunch.
ADMIN_IDLE_MINUTES = env.int("ADMIN_IDLE_MINUTES", default=8 * 60 if DEVELOPMENT else 60)
# How many proxies of one's own stand in front and add to X-Forwarded-For. None: nobody said.
PROXIES = env.int("PROXIES", default=None)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # 15 minutes is what the page says
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "access.lock_out.address_of"
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # what access.lock_out counts
AXES_LOCKOUT_TEMPLATE = "access/locked_out.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Kolkata")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "telecrm_admin.formats"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = DEBUG  # no collected files are needed until production
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = env.str("MEDIA_ROOT", default="") or str(VAR_DIR / "uploads")
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
UPLOAD_MAX_BYTES = 200 * 1024 * 1024

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "telecrm_admin.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEBUG:
    HTTPS = env.bool("HTTPS", default=True)  # off only behind a TLS proxy on a private network
    SECURE_SSL_REDIRECT = HTTPS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
    SECURE_HSTS_PRELOAD = HTTPS
    SESSION_COOKIE_SECURE = HTTPS
    CSRF_COOKIE_SECURE = HTTPS
    SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "class": "telecrm_admin.log_lines.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"class": "telecrm_admin.log_lines.OneObject"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="text"),
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # Django's own handler, taken off by this, would write every line a second time.
        "django": {"level": "NOTSET"},
        # The HTTP library logs full addresses at INFO; an address may carry a secret.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
