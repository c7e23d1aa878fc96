CREATE TABLE users (
    id serial PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamp(3) NOT NULL DEFAULT now()
);
CREATE TABLE posts (
    id serial PRIMARY KEY,
    title text NOT NULL,
    published boolean NOT NULL DEFAULT false,
    views integer NOT NULL DEFAULT 0,
    created_at timestamp(3) NOT NULL DEFAULT now(),
    author_id integer NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_author_id_idx ON posts (author_id);
INSERT INTO users (email, name)
SELECT 'user' || n || '@example.com', 'User ' || n FROM generate_series(1, 1000) n;
INSERT INTO posts (title, published, views, author_id)
SELECT 'Post ' || n, n % 3 <> 0, n * 7 % 1000, 1 + n % 1000 FROM generate_series(1, 5000) n;
ANALYZE users, posts;
