-- Demo data: the tables of this Prisma schema, with 50 users, 400 posts and 12 tags. You can run it repeatedly.
--
--   model User { id Int @id @default(autoincrement())  email String @unique  name String?
--                createdAt DateTime @default(now())  posts Post[] }
--   model Post { id Int @id @default(autoincrement())  title String  content String?  published Boolean @default(false)
--                views BigInt @default(0)  rating Decimal? @db.Decimal(3, 1)  createdAt DateTime @default(now())
--                authorId Int  author User @relation(fields: [authorId], references: [id], onDelete: Cascade)
--                tags Tag[]  @@index([authorId]) }
--   model Tag  { id Int @id @default(autoincrement())  name String @unique  posts Post[] }

BEGIN;

CREATE TABLE IF NOT EXISTS "User" (
  "id"        SERIAL PRIMARY KEY,
  "email"     TEXT NOT NULL,
  "name"      TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX IF NOT EXISTS "User_email_key" ON "User" ("email");

CREATE TABLE IF NOT EXISTS "Post" (
  "id"        SERIAL PRIMARY KEY,
  "title"     TEXT NOT NULL,
  "content"   TEXT,
  "published" BOOLEAN NOT NULL DEFAULT false,
  "views"     BIGINT NOT NULL DEFAULT 0,
  "rating"    DECIMAL(3, 1),
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "authorId"  INTEGER NOT NULL,
  CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX IF NOT EXISTS "Post_authorId_idx" ON "Post" ("authorId");

CREATE TABLE IF NOT EXISTS "Tag" (
  "id"   SERIAL PRIMARY KEY,
  "name" TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "Tag_name_key" ON "Tag" ("name");

-- Prisma's table and column names for an implicit many-to-many relation: A is the Post, B the Tag.
CREATE TABLE IF NOT EXISTS "_PostToTag" (
  "A" INTEGER NOT NULL,
  "B" INTEGER NOT NULL,
  CONSTRAINT "_PostToTag_AB_pkey" PRIMARY KEY ("A", "B"),
  CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "Post" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "_PostToTag_B_fkey" FOREIGN KEY ("B") REFERENCES "Tag" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX IF NOT EXISTS "_PostToTag_B_index" ON "_PostToTag" ("B");

-- Every value is derived from the row number, so that the data is the same on every machine.
INSERT INTO "User" ("id", "email", "name", "createdAt")
SELECT n, 'user' || n || '@example.com',
       CASE WHEN n % 10 = 0 THEN NULL
            ELSE (ARRAY['Ada', 'Grace', 'Edgar', 'Barbara', 'Jim', 'Radia', 'Ken', 'Margaret', 'Leslie'])[n % 9 + 1]
                 || ' ' || n END,
       TIMESTAMP '2026-01-01 08:00' + n * INTERVAL '5 hours'
FROM generate_series(1, 50) AS n
ON CONFLICT DO NOTHING;

INSERT INTO "Post" ("id", "title", "content", "published", "views", "rating", "createdAt", "authorId")
SELECT n, 'Post ' || n,
       CASE WHEN n % 7 = 0 THEN NULL ELSE repeat('Text of post ' || n || '. ', n % 5 + 1) END,
       n % 3 <> 0, (n * 7919) % 100000,
       CASE WHEN n % 4 = 0 THEN NULL ELSE (n * 37 % 50)::numeric / 10 END,
       TIMESTAMP '2026-02-01 08:00' + n * INTERVAL '31 minutes', (n * 17) % 50 + 1
FROM generate_series(1, 400) AS n
WHERE EXISTS (SELECT FROM "User" WHERE "id" = (n * 17) % 50 + 1)
ON CONFLICT DO NOTHING;

INSERT INTO "Tag" ("id", "name")
SELECT n, name
FROM unnest(ARRAY['accelerate', 'cache', 'database', 'draft', 'edge', 'java', 'news', 'pool', 'postgres', 'prisma',
                  'query', 'release']) WITH ORDINALITY AS tag (name, n)
ON CONFLICT DO NOTHING;

-- Two tags per post.
INSERT INTO "_PostToTag" ("A", "B")
SELECT post."id", tag."id"
FROM "Post" AS post
JOIN "Tag" AS tag ON tag."id" IN (post."id" % 12 + 1, (post."id" + 5) % 12 + 1)
WHERE post."id" <= 400
ON CONFLICT DO NOTHING;

-- The rows above have explicit ids, so the sequences must continue after them.
SELECT setval(pg_get_serial_sequence('"User"', 'id'), (SELECT max("id") FROM "User")),
       setval(pg_get_serial_sequence('"Post"', 'id'), (SELECT max("id") FROM "Post")),
       setval(pg_get_serial_sequence('"Tag"', 'id'), (SELECT max("id") FROM "Tag"));

COMMIT;
