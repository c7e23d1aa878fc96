-- The rows that small.json (a response of 186 bytes), large.json (9 KB) and unrepeated.json request.
BEGIN;
CREATE TABLE hasten_bench_users (
    id serial PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamp(3) NOT NULL DEFAULT now()
);
CREATE TABLE hasten_bench_posts (
    id serial PRIMARY KEY,
    title text NOT NULL,
    published boolean NOT NULL DEFAULT false,
    views integer NOT NULL DEFAULT 0,
    created_at timestamp(3) NOT NULL DEFAULT now(),
    author_id integer NOT NULL REFERENCES hasten_bench_users (id)
);
INSERT INTO hasten_bench_users (email, name)
SELECT 'user' || n || '@example.com', rpad('User ' || n || ' ', 61, 'of the benchmark ') FROM generate_series(1, 1000) n;
INSERT INTO hasten_bench_posts (title, published, views, author_id)
SELECT 'Post ' || n || ' of five thousand', n % 3 <> 0, n * 7 % 1000, 1 + n % 1000 FROM generate_series(1, 5000) n;
COMMIT;
ANALYZE hasten_bench_users, hasten_bench_posts;
