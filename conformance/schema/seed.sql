-- The rows that exist when an operation starts. Generated ids start at 1000 (lib/databases.mjs).
INSERT INTO "User" (id, email, name, age, score, tags, "managerId") VALUES
  (1, 'ada@x.test', 'Ada', 36, 9.5, '{math,code}', NULL),
  (2, 'bob@x.test', 'Bob', 25, 7.25, '{}', 1),
  (3, 'cy@x.test', NULL, NULL, NULL, NULL, 1),
  (4, 'Dora@X.test', 'dora', 52, -1.5, '{code,"with,comma","quo\"te"}', 2),
  (5, 'eve@x.test', 'Eve 100%_\ 😀', 25, 0, '{a}', 2),
  (6, 'fay@x.test', 'Ada', 41, 1e100, '{code}', NULL);
INSERT INTO "Profile" (id, bio, meta, "userId") VALUES
  (1, 'first programmer', '{"langs":["en","fr"],"level":9}', 1), (2, NULL, NULL, 2), (3, '', 'null', 4);
INSERT INTO "Badge" (id, label, "profileId") VALUES (1, 'gold', 1), (2, 'loose', NULL);
INSERT INTO "Post" (id, title, body, published, views, rating, "createdAt", "authorId", "reviewerId") VALUES
  (1, 'Alpha', 'the first', true, 10, 4.5, '2024-01-01 10:00:00', 1, 2),
  (2, 'beta', NULL, false, 0, NULL, '2024-01-02 10:00:00.123', 1, NULL),
  (3, 'Gamma ray', 'third 50%', true, 300, 3.25, '2024-01-03 10:00:00', 1, 3),
  (4, 'delta', 'b_d', true, 10, 4.5, '2024-01-03 10:00:00', 2, 1),
  (5, 'Epsilon', '', false, 7, 0.000000000000000000000000000001, '2024-01-05 10:00:00', 2, 2),
  (6, 'Zeta', 'ünïcödé', true, 99, 99999999999999999999999999999999999, '2024-01-06 10:00:00', 4, NULL),
  (7, 'Eta', NULL, true, 10, 4.50, '2024-01-07 10:00:00', 4, 1);
INSERT INTO "Comment" (id, text, at, big, bytes, dec, "postId", "userId") VALUES
  (1, 'one', '2024-02-01 00:00:00', 9007199254740993, '\x00ff10', 1.10, 1, 1),
  (2, 'two', '2024-02-02 00:00:00.5', -9223372036854775808, '\x', 1e-30, 1, 2),
  (3, 'three', '2024-02-03 00:00:00', NULL, NULL, NULL, 1, NULL),
  (4, 'four', '2024-02-04 00:00:00', 9223372036854775807, '\x01', 12345678901234567890.5, 3, 2),
  (5, 'five', '2024-02-05 00:00:00', 0, '\x02', 0, 3, 5),
  (6, 'six', '2024-02-06 00:00:00', 1, '\x03', -1, 4, 1),
  (7, 'seven', '2024-02-07 00:00:00', 2, '\x04', 2, 6, 1),
  (8, 'eight', '2024-02-08 00:00:00', 3, '\x05', 3, 6, 5);
INSERT INTO "Category" (id, name, color, "parentId") VALUES
  (1, 'root', NULL, NULL), (2, 'tech', 'RED', 1), (3, 'art', 'BLUE', 1), (4, 'java', 'RED', 2), (5, 'empty', 'GREEN', 3);
INSERT INTO "_CategoryToPost" ("A", "B") VALUES (2, 1), (4, 1), (3, 2), (2, 3), (3, 4), (2, 6), (3, 6), (4, 6);
INSERT INTO "_follow" ("A", "B") VALUES (1, 2), (1, 4), (2, 1), (4, 5), (5, 1);
INSERT INTO "Team" (id, name) VALUES (1, 'core'), (2, 'docs'), (3, 'nobody');
INSERT INTO "Member" ("teamId", "userId", since, role) VALUES
  (1, 1, '2023-03-03 03:03:03.003', 'administrator'), (1, 2, '2023-04-01', 'the editor'), (2, 2, '2023-05-01', 'VISITOR!'), (2, 4, '2023-06-01', 'the editor');
INSERT INTO "the accounts" (account_id, "e-mail address", "full name", role) VALUES
  (1, 'a@acc.test', 'Acc One', 'administrator'), (2, 'b@acc.test', NULL, 'the editor'), (3, 'c@acc.test', 'Three', 'VISITOR!');
INSERT INTO invoices (no, yr, total_amount, account) VALUES (1, 2023, 10.50, 1), (2, 2023, 99.99, 1), (1, 2024, 0, 2);
INSERT INTO "Line" (id, year, number, text) VALUES (1, 2023, 1, 'l1'), (2, 2023, 1, 'l2'), (3, 2024, 1, 'l3');
INSERT INTO "Owner" (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three');
INSERT INTO "Needed" (id, "ownerId") VALUES (1, 1);
INSERT INTO "Thing" (id, code, "ownerName") VALUES (1, 'a', 'one'), (2, 'b', 'one'), (3, 'a', 'two'), (4, 'c', NULL);
INSERT INTO "Sale" (id, region, product, color, amount, price, cost, big, day, ok) VALUES
  (1, 'north', 'nut', 'RED', 10, 1.5, 1.10, 9007199254740993, '2024-01-01', true),
  (2, 'north', 'bolt', 'RED', 20, 2.25, 2.20, 9223372036854775000, '2024-01-01', false),
  (3, 'south', 'nut', 'BLUE', 30, 0.1, 0.000000000000000000000000000001, NULL, '2024-02-29', true),
  (4, 'south', NULL, NULL, 40, 0.2, 3, -5, '2024-12-31', NULL),
  (5, 'east', 'bolt', 'GREEN', -7, -0.0, -3.33, 0, '1999-12-31', true),
  (6, 'east', 'bolt', 'GREEN', 2147483647, 1e100, 99999999999999999999999999999999999, 1, '2024-01-01', NULL),
  (7, 'North', 'nut', 'RED', 10, 1.5, 1.1, 2, '2024-01-02', true);
INSERT INTO "Counter" (id, int, big, float, dec, nint, list, ints) VALUES
  (1, 10, 10, 10, 10, NULL, '{a}', '{1}'), (2, 2147483647, 9223372036854775807, 1.5, 0.1, 5, '{}', '{}'), (3, 0, 0, 0, 0, 0, NULL, NULL);
INSERT INTO "Bulk" (id, n, label) SELECT i, i % 10, 'row ' || i FROM generate_series(1, 100) i;
INSERT INTO "KeyedByBytes" (id, name) VALUES ('\x00', 'zero'), ('\xdeadbeef', 'beef'), ('\x', 'empty');
INSERT INTO "KeyedByDate" (id, name) VALUES ('2024-01-01', 'new year'), ('2024-01-01 00:00:00.001', 'a ms later'), ('1969-12-31 23:59:59.999', 'before 1970');
INSERT INTO "KeyedByBig" (id, name) VALUES (9007199254740992, 'even'), (9007199254740993, 'odd'), (-9223372036854775808, 'min');
INSERT INTO "BigItem" (id, "keyId") VALUES (1, 9007199254740992), (2, 9007199254740993), (3, 9007199254740993), (4, -9223372036854775808);
INSERT INTO "BigList" (id, "keyId", bigs) VALUES (1, 9007199254740993, '{9223372036854775807,-1}'), (2, 9007199254740993, '{}'), (3, -9223372036854775808, NULL);
INSERT INTO "KeyedByDec" (id, name) VALUES (1.10, 'one ten'), (12345678901234567890.123456789, 'long'), (0, 'zero');
INSERT INTO "DecItem" (id, "keyId") VALUES (1, 1.1), (2, 12345678901234567890.123456789), (3, 1.10), (4, 0);
INSERT INTO "Guarded" (id, amount, lo, hi, must) VALUES (1, 5, 1, 10, 'x');
INSERT INTO "Drifted" (id, number, color, need) VALUES (1, 'not a number', 'MAUVE', 'x'), (2, '12', 'RED', 'y');
INSERT INTO "Unsupported" (id, name, point, range) VALUES (1, 'p', '(1,2)', '[1,5)'), (2, NULL, NULL, NULL);
INSERT INTO "UuidKey" (id, name, "parentId") VALUES
  ('00000000-0000-7000-8000-000000000001', 'root', NULL),
  ('00000000-0000-7000-8000-000000000002', 'leaf', '00000000-0000-7000-8000-000000000001');
INSERT INTO "Article" (id, title, text) VALUES
  (1, 'Cats', 'the quick cat jumps over a dog'), (2, 'Dogs', 'dogs bark'), (3, 'Both', 'cats & dogs live together');
INSERT INTO "Scalar" (id, str, int, big, float, dec, bool, date, bytes, json, color, role, wide) VALUES
  (1, 'text', 1, 1, 1.5, 1.5, true, '2024-05-06 07:08:09.123', '\x0102', '{"a":1,"b":{"c":[1,2,3]},"s":"str","n":null,"t":true}', 'RED', 'administrator', 1.5),
  (2, '', 0, 0, 0, 0, false, '1970-01-01', '\x', '[]', 'GREEN', 'the editor', 0),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 'TEXT', -1, -1, -1.5, -1.5, true, '2024-05-06 07:08:09.124', '\xff', 'null', 'BLUE', 'VISITOR!', -1.5),
  (5, '100%_x\y''z"', 2147483647, 9223372036854775807, 1.7976931348623157e308, 99999999999999999999999999999999999.999999999999999999999999999999, false, '9999-12-31 23:59:59.999', '\x00', '{"a":2,"b":{"c":[]},"s":"STRing","arr":["x","y"]}', NULL, NULL, 1e40);
INSERT INTO "List" (id, str, int, big, float, dec, bool, date, bytes, json, color, role) VALUES
  (1, '{a,b,c}', '{1,2,3}', '{1,9007199254740993}', '{1.5,-0.5}', '{1.10,2}', '{t,f}', '{2024-01-01,"2024-01-02 03:04:05.678"}', '{"\\x01","\\x02ff"}', '{"{\"a\": 1}","[1]","null"}', '{RED,BLUE}', '{administrator,VISITOR!}'),
  (2, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, '{a}', '{3}', '{0}', '{NaN,Infinity}', '{0}', '{t}', '{1970-01-01}', '{""}', '{"1"}', '{GREEN}', '{"the editor"}');
