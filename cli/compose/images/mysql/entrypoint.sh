#!/bin/sh
# As the official image: an empty folder is set up behind a socket only, then the scripts run, then the server opens.
set -eu
data=/var/lib/mysql socket=/run/mysqld/mysqld.sock
common="--no-defaults --datadir=$data --socket=$socket --pid-file=/run/mysqld/mysqld.pid --character-set-server=utf8mb4"
if [ ! -e "$data/ready" ]; then
  mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal >/dev/null
  mariadbd $common --skip-networking &
  server=$!
  until mysqladmin --socket="$socket" --user=root ping --silent; do
    kill -0 "$server"
    sleep 0.2
  done
  password=$(cat "$MYSQL_ROOT_PASSWORD_FILE")
  mysql --socket="$socket" --user=root -e "ALTER USER 'root'@'localhost' IDENTIFIED BY '$password'"
  for script in /docker-entrypoint-initdb.d/*.sh; do sh "$script"; done
  mysqladmin --socket="$socket" --user=root --password="$password" shutdown
  wait "$server"
  touch "$data/ready"
fi
exec mariadbd $common --bind-address=0.0.0.0
