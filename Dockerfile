# One image for worker, desk and commands; what runs is said by whoever starts it (docker-compose.yml).

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
# Wheels only: nothing is compiled, here or in the image that runs.
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --no-create-home --home-dir /app --shell /usr/sbin/nologin bluepals
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER bluepals
# The worker's; the desk has one of its own in docker-compose.yml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/health', timeout=4)"]
CMD ["python", "worker.py"]
