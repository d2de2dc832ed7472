# One image for pages, workers and jobs; compose.yaml says which part a container plays.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# pg_dump and pg_restore, for `manage.py backup` and `restore`: as new as the server of compose.yaml.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 desk
WORKDIR /app

COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt

COPY --chown=desk . .
# Static files need no secrets; the throwaway key only lets the settings load.
RUN mkdir -p var staticfiles /uploads && chown desk var staticfiles /uploads
USER desk
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity 0

EXPOSE 8000
CMD ["python", "-m", "gunicorn", "telecrm_admin.wsgi", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
