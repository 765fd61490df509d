# One image for every Triview and Airflow component; the composed system starts it with different commands.
# BASE_IMAGE is any Debian 12 with Python 3.11. UV_FIND_LINKS, while building only: a folder of wheels, as of torch for CPUs.
ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE}

ARG UV_FIND_LINKS=""

ENV PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    UV_COMPILE_BYTECODE=1 \
    PYTHONPATH=/opt/triview:/opt/triview/cli/local/airflow_config \
    PATH=/opt/triview/.venv/bin:$PATH \
    AIRFLOW_HOME=/var/lib/triview/airflow \
    TRIVIEW_HOME=/var/lib/triview \
    TRIVIEW_MODELS=/var/lib/triview/models \
    PYANNOTE_METRICS_ENABLED=0 \
    NUMBA_CACHE_DIR=/tmp/numba \
    MPLCONFIGDIR=/tmp/matplotlib

WORKDIR /opt/triview

# The same recipe as on a bare machine; in a layer of its own, because packages change more rarely than code.
COPY .ci/bootstrap.sh .ci/constraints.txt .ci/
COPY requirements.txt ./
RUN .ci/bootstrap.sh && rm -rf /var/lib/apt/lists/* /root/.cache

# Volumes take their owner from the image on first use. AIRFLOW_HOME is made by Airflow; the code is not writable.
RUN useradd --uid 50000 --create-home --shell /usr/sbin/nologin triview \
    && install -d -o triview -g triview -m 0750 /var/lib/triview \
       /var/lib/triview/machine /var/lib/triview/objects /var/lib/triview/models /var/lib/triview/logs /var/lib/chroma

# Compiled here, because the code is not writable later: otherwise each process would compile it anew.
COPY . .
RUN python -m compileall -q cli dags include live_gateway plugins tasks

USER triview

CMD ["airflow", "version"]
