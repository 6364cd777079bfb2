# reconciler as a small image: no compiler, no package manager's caches, no root. Build it from a checkout:
#   docker build -t reconciler .
# The base is pinned by its tag. Whoever publishes images pins its digest too:
#   docker build --build-arg BASE=python:3.13-alpine3.23@sha256:... -t reconciler .
ARG BASE=python:3.13-alpine3.23

FROM ${BASE} AS build
WORKDIR /src
COPY . .
# The wheel and those of everything it needs; then an environment made of nothing but these wheels.
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels .
RUN python -m venv --without-pip /opt/reconciler \
    && python -m pip --python /opt/reconciler install --no-cache-dir --no-index --find-links /wheels reconciler

FROM ${BASE}
# Git tells commits and the policy of a base branch; a repository that is mounted belongs to another user.
# hadolint ignore=DL3018
RUN apk add --no-cache git \
    && git config --system --add safe.directory '*'
COPY --from=build /opt/reconciler /opt/reconciler
ENV PATH=/opt/reconciler/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["reconciler"]
CMD ["--help"]
