# The hub alone; PostgreSQL and Valkey run beside it (compose.yaml), or inside with `docker run ... up`.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements requirements
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.lock
COPY . .
RUN make assets && rm -rf .build node_modules

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data omnihub \
 && install -d -o omnihub -g omnihub -m 700 /data
COPY --from=build /app /app
WORKDIR /app
USER omnihub
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 HUB_HOST=0.0.0.0 HUB_DATA_DIR=/data
VOLUME /data
EXPOSE 8080 2525
ENTRYPOINT ["python", "-m", "hub"]
CMD ["serve"]
