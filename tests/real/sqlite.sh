#!/bin/sh
# The SQLite shell (wasi_unstable): SQL on standard input, in memory and in a file.
. "$(dirname "$0")/prepare.sh"
build sqlite sqlite --dir .

cat > expected <<'END'
20000|1199133.75|item 1|item 9999
item 1|11107|59.929
item 2|1122|59.573
item 3|1111|60.252
END
cat > queries.sql <<'END'
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, price REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO t SELECT i, 'item ' || (i * 7919 % 20011), (i % 97) * 1.25 FROM n;
CREATE INDEX by_name ON t(name);
SELECT count(*), sum(price), min(name), max(name) FROM t;
SELECT substr(name, 1, 6) AS p, count(*), round(avg(price), 3) FROM t GROUP BY p ORDER BY 2 DESC, 1 LIMIT 3;
END
# the shell takes any standard input for a terminal: its prompts go
./sqlite -batch < queries.sql | sed 's/^\(sqlite> \|   \.\.\.> \)*//' | grep '|' | expect "queries on standard input" expected

./sqlite -batch kept.db "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (39);"
echo 42 > expected
./sqlite -batch kept.db "SELECT sum(x) FROM t;" | grep '^[0-9]' | expect "a database in a file" expected
