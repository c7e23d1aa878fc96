-- All values of a column have the same length, so that all responses of a scenario have the same length.
CREATE TABLE hasten_bench_users (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text,
  age integer NOT NULL,
  created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE hasten_bench_posts (
  id serial PRIMARY KEY,
  title text NOT NULL,
  body text NOT NULL,
  published boolean NOT NULL DEFAULT false,
  score numeric(65, 30),
  created_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  author_id integer NOT NULL REFERENCES hasten_bench_users (id)
);
CREATE INDEX ON hasten_bench_posts (author_id);
-- Ids from 1000 to 5999.
INSERT INTO hasten_bench_users
SELECT id, 'user' || id || '@example.com', 'Renamed ' || lpad(id::text, 18, '0'), 20 + id % 60, timestamp '2026-01-01' + id * interval '61 seconds'
FROM generate_series(1000, 5999) id;
-- Two per user.
INSERT INTO hasten_bench_posts
SELECT id, 'Post number ' || id, repeat('Lorem ipsum dolor sit amet. ', 4), true, 1.5, timestamp '2026-02-01' + id * interval '61 seconds', 1000 + id % 5000
FROM generate_series(10000, 19999) id;
SELECT setval('hasten_bench_users_id_seq', 100000), setval('hasten_bench_posts_id_seq', 100000);
ANALYZE hasten_bench_users, hasten_bench_posts;
