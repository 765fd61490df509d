#!/bin/sh
# Run once by the MySQL image when its data folder is empty: one server, three databases, each with a user who reaches
# only it. Triview's schema has an owner, who migrates; the application's own user gets its rights table by table from
# `./triview db grant`, after the tables are made.
set -eu
secret() { cat "/run/secrets/$1"; }
MYSQL_PWD=$(secret mysql_root_password)
export MYSQL_PWD
mysql --user=root <<SQL
CREATE DATABASE IF NOT EXISTS airflow CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE IF NOT EXISTS celery CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE IF NOT EXISTS triview CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS 'airflow'@'%' IDENTIFIED BY '$(secret airflow_db_password)';
CREATE USER IF NOT EXISTS 'celery'@'%' IDENTIFIED BY '$(secret celery_db_password)';
CREATE USER IF NOT EXISTS 'triview'@'%' IDENTIFIED BY '$(secret triview_db_password)';
CREATE USER IF NOT EXISTS 'triview_owner'@'%' IDENTIFIED BY '$(secret triview_owner_password)';
GRANT ALL PRIVILEGES ON airflow.* TO 'airflow'@'%';
GRANT ALL PRIVILEGES ON celery.* TO 'celery'@'%';
GRANT ALL PRIVILEGES ON triview.* TO 'triview_owner'@'%' WITH GRANT OPTION;
SQL
