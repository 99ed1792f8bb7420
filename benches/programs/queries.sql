PRAGMA temp_store = memory;
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, kind INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO item SELECT i, 'item ' || (i * 7919 % 100003), (i % 97) * 1.25, i * 31 % 50 FROM n;
CREATE TABLE kind(id INTEGER PRIMARY KEY, label TEXT);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49)
INSERT INTO kind SELECT i, 'kind ' || i FROM n;
CREATE INDEX by_name ON item(name);
SELECT count(*), sum(price), min(name), max(name) FROM item;
SELECT k.label, count(*), round(avg(price), 3) FROM item i JOIN kind k ON k.id = i.kind GROUP BY k.label ORDER BY 3 DESC, 1 LIMIT 5;
SELECT count(*) FROM item a JOIN item b ON a.name = b.name AND a.id < b.id + 10;
SELECT count(*) FROM item WHERE name LIKE '%77%' OR price BETWEEN 10 AND 20;
UPDATE item SET price = price * 1.1 WHERE kind % 3 = 0;
DELETE FROM item WHERE id % 7 = 0;
SELECT substr(name, 1, 7), count(*), round(sum(price), 2) FROM item GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5;
