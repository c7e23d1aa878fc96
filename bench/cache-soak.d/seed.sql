-- Documents of 200 bytes to 200 KB, with sizes distributed evenly on a logarithmic scale: 115 MB in total. The content is
-- hex digits, which compress to about half. A document's size depends on its id; load.mjs uses the same formula.
BEGIN;
CREATE TABLE hasten_bench_documents (
    id integer PRIMARY KEY,
    version integer NOT NULL DEFAULT 0,
    content text NOT NULL
);
INSERT INTO hasten_bench_documents (id, content)
SELECT id, left((SELECT string_agg(md5(id::text || ':' || n), '') FROM generate_series(0, size / 32) n), size)
FROM (SELECT id, floor(200 * power(1000, (id * 2654435761 % 4294967296) / 4294967296.0::float8))::integer AS size
      FROM generate_series(1::bigint, 4000) id) documents;
COMMIT;
ANALYZE hasten_bench_documents;
