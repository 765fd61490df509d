#!/bin/sh
# Run once by the MySQL image when its data folder is empty: one server, two databases, and for each a user who
# reaches only it. Airflow's metadata and Triview's records never share a schema or a password.
set -eu
mysql --user=root --password="$MYSQL_ROOT_PASSWORD" <<SQL
CREATE DATABASE IF NOT EXISTS airflow CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE IF NOT EXISTS triview CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS 'airflow'@'%' IDENTIFIED BY '$AIRFLOW_DB_PASSWORD';
CREATE USER IF NOT EXISTS 'triview'@'%' IDENTIFIED BY '$TRIVIEW_DB_PASSWORD';
GRANT ALL PRIVILEGES ON airflow.* TO 'airflow'@'%';
GRANT ALL PRIVILEGES ON triview.* TO 'triview'@'%';
SQL
