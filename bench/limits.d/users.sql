-- Adds rows to the table of `hasten bench`, up to the id :users.
INSERT INTO public.hasten_bench_user (email, name, age)
SELECT 'user' || n || '@example.com', rpad('User ' || n || ' ', 40, 'of the benchmark '), 20 + n % 60
FROM generate_series(1001, :users) n;
VACUUM ANALYZE public.hasten_bench_user;
