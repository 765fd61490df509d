#!/bin/sh
# The composed system's init job: both databases brought to the current schema, weights fetched, the first users made.
# Everything here may be run again: what is there is kept.
set -eu
secret() { cat "/run/secrets/$1"; }
airflow db check --retry 30 --retry-delay 2
airflow db migrate
airflow pools set media "${TRIVIEW_MEDIA_SLOTS:-2}" "Cores that may decode and run perception at a time"
airflow pools set judge "${TRIVIEW_JUDGE_SLOTS:-4}" "Calls the judge's provider takes at a time"
airflow sync-perm
users=$(airflow users list --output plain | awk '{print $2}')
if ! printf '%s\n' "$users" | grep -qx admin; then
  airflow users create --username admin --role Admin --firstname Triview --lastname Administrator \
    --email admin@localhost.localdomain --password "$(secret airflow_admin_password)"
fi
# The gateway triggers runs as a user of its own, which may do nothing an ordinary user may not.
if ! printf '%s\n' "$users" | grep -qx gateway; then
  airflow users create --username gateway --role User --firstname Triview --lastname Gateway \
    --email gateway@localhost.localdomain --password "$(secret airflow_gateway_password)"
fi
./triview db upgrade
./triview db grant triview
./triview accounts first
./triview models fetch
