-- The rows that exist when a promise starts.
insert into author (id, name, email, born, meta) values
  (1, 'Ada', 'ada@example.org', '1815-12-10', '{"tags": ["math", "first"], "rank": 1}'),
  (2, 'Grace', 'grace@example.org', '1906-12-09', '{"tags": ["compiler"], "navy": true}'),
  (3, 'Ødegård "the" 漢字 \o/', null, null, null);
insert into book (id, author_id, title, price, tags, published) values
  (1, 1, 'Notes', 12.50, '{engine,"a, b"}', '1843-08-01 10:00:00'),
  (2, 2, 'A-0', 0.00, '{}', '1952-05-02 00:00:00.5'),
  (3, 2, 'Nanoseconds', null, '{"", NULL}', null);
insert into item (id, n, label) values (1, 0, 'zero'), (2, 20, 'twenty'), (3, 30, null);
insert into guarded values (1, 'nobody'), (2, 'hasten_guest');
insert into users (id, name, email, mood, invited_by) values
  (1, 'Ann', 'ann@example.org', 'very happy', null),
  (2, 'Bob', 'bob@example.org', 'ok', 1),
  (3, 'Cid', 'cid@example.org', null, 1);
insert into posts (id, author_id, title, body, views, published) values
  (1, 1, 'First', '{"blocks": [{"kind": "text", "text": "It''s \"on\""}]}', 9007199254740991, true),
  (2, 1, 'Second', null, 0, false),
  (3, 2, 'Third', '[1, 2.5, null, "x"]', 42, true);
insert into comments (id, post_id, author_id, text) values
  (1, 1, 2, 'nice'), (2, 1, 3, 'so so'), (3, 3, null, 'anonymous');
insert into labels (id, name) values (1, 'news'), (2, 'tech'), (3, 'unused');
insert into posts_labels values (1, 1), (1, 2), (3, 2);
