CREATE TABLE public.hasten_bench_user (
    id serial PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    age integer NOT NULL,
    created_at timestamp(3) NOT NULL DEFAULT now()
);
CREATE TABLE public.hasten_bench_post (
    id serial PRIMARY KEY,
    title text NOT NULL,
    body text NOT NULL,
    published boolean NOT NULL DEFAULT false,
    views integer NOT NULL DEFAULT 0,
    created_at timestamp(3) NOT NULL DEFAULT now(),
    author_id integer NOT NULL REFERENCES public.hasten_bench_user (id)
);
CREATE INDEX ON public.hasten_bench_post (author_id);
CREATE TABLE public.hasten_bench_event (
    id serial PRIMARY KEY,
    kind text NOT NULL,
    note text NOT NULL,
    created_at timestamp(3) NOT NULL DEFAULT now(),
    user_id integer NOT NULL REFERENCES public.hasten_bench_user (id)
);
COMMENT ON TABLE public.hasten_bench_user IS 'made by hasten bench';
COMMENT ON TABLE public.hasten_bench_post IS 'made by hasten bench';
COMMENT ON TABLE public.hasten_bench_event IS 'made by hasten bench';
INSERT INTO public.hasten_bench_user (email, name, age)
SELECT 'user' || n || '@example.com', rpad('User ' || n || ' ', 40, 'of the benchmark '), 20 + n % 60
FROM generate_series(1, 1000) n;
-- Ten posts for each user, next to each other: those of user u are 10 u - 9 to 10 u.
INSERT INTO public.hasten_bench_post (title, body, published, views, author_id)
SELECT 'Post ' || n || ' of ten thousand', rpad('Body ' || n || ' ', 48, 'of the benchmark '), n % 3 <> 0, n * 7 % 1000,
       (n + 9) / 10
FROM generate_series(1, 10000) n;
ANALYZE public.hasten_bench_user;
ANALYZE public.hasten_bench_post;
