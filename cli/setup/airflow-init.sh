#!/bin/sh
# The composed system's init job: both databases brought to the current schema, weights fetched, the first user made.
# Everything here may be run again: what is there is kept.
set -eu
airflow db check --retry 30 --retry-delay 2
airflow db migrate
airflow pools set media "${TRIVIEW_MEDIA_SLOTS:-2}" "Cores that may decode and run perception at a time"
airflow pools set judge "${TRIVIEW_JUDGE_SLOTS:-4}" "Calls the judge's provider takes at a time"
airflow sync-perm
if ! airflow users list --output plain | awk '{print $2}' | grep -qx admin; then
  airflow users create --username admin --role Admin --firstname Triview --lastname Administrator \
    --email admin@localhost.localdomain --password "$AIRFLOW_ADMIN_PASSWORD"
fi
# The gateway triggers runs as a user of its own, which may do nothing an ordinary user may not.
if ! airflow users list --output plain | awk '{print $2}' | grep -qx gateway; then
  airflow users create --username gateway --role User --firstname Triview --lastname Gateway \
    --email gateway@localhost.localdomain --password "$AIRFLOW_GATEWAY_PASSWORD"
fi
./triview db upgrade
./triview accounts first
./triview models fetch
