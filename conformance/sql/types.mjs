// Every type of PostgreSQL with values as SQL writes them. A name with a `:` is a remark.

const many = (type, ...texts) => texts.map((text) => `'${text.replaceAll("'", "''")}'::${type}`)

/** Type to expressions. Types of scratch are made by TYPES_OF_SCRATCH. */
export const TYPES = {
  bool: ['true', 'false'],
  int2: many('int2', '0', '-32768', '32767'),
  int4: ['0', '-2147483648', '2147483647'],
  int8: ['0::int8', '-9223372036854775808', '9223372036854775807', '9007199254740993'],
  oid: ['0::oid', '4294967295::oid'],
  float4: many('float4', '0', '-0', '1.5', '-3.4028235e38', '1e-45', '1.1', '16777217', 'NaN', 'Infinity', '-Infinity'),
  float8: many('float8', '0', '-0', '0.1', '1e21', '1e-7', '5e-324', '1.7976931348623157e308', '123456789.123456789', 'NaN', 'Infinity', '-Infinity'),
  numeric: many('numeric', '0', '-0.00', '1.50', '12345678901234567890.123456789', '1e-30', '1e40', 'NaN', 'Infinity', '-Infinity'),
  'numeric(10,2)': many('numeric(10,2)', '1', '-99999999.99'),
  money: many('money', '0', '12.34', '-1234567.89', '92233720368547758.07'),
  text: many('text', '', ' ', 'NULL', 'null', 'ä漢字🎉', 'a"b', 'a\\b', "it's", '{1,2}', 'a,b', '\n\t'),
  varchar: many('varchar(5)', '', 'abc', 'ab   '),
  'char(n)': many('char(5)', '', 'abc', 'ab  ').concat(many('char(1)', 'x')),
  '"char"': many('"char"', 'a', '', '\\377'),
  name: many('name', 'author', 'Mixed "Case"'),
  bytea: many('bytea', '\\x', '\\x00ff', '\\xdeadbeef5c2227'),
  date: many('date', '2024-02-29', '1970-01-01', '0001-01-01', '9999-12-31', '10000-01-01', '5874897-12-31', '0044-03-15 BC', '4713-01-01 BC', 'infinity', '-infinity'),
  timestamp: many('timestamp', '2024-02-29 12:34:56', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.123456', '1900-01-01 00:00:00', '0099-12-31 23:59:59', '12345-06-07 08:09:10', '0044-03-15 12:00:00 BC', 'infinity', '-infinity'),
  timestamptz: many('timestamptz', '2024-02-29 12:34:56Z', '2024-02-29 12:34:56.789123+05:30', '1900-01-01 00:00:00-08', '0099-12-31 23:59:59Z', '12345-06-07 08:09:10Z', '0044-03-15 12:00:00Z BC', 'infinity', '-infinity'),
  'timestamptz: other time zones': ['2024-07-01 12:00:00+00', '1890-01-01 12:00:00+00'].map((text) => `timezone('Asia/Kolkata', '${text}'::timestamptz)`),
  time: many('time', '00:00:00', '12:34:56.789123', '24:00:00'),
  timetz: many('timetz', '00:00:00Z', '12:34:56.789+05:30', '23:59:59.999999-12'),
  interval: many('interval', '0', '1 day', '-1 day', '1 year 2 mons 3 days 04:05:06.789', '-1 year -2 mons +3 days -04:05:06.000001', '00:00:00.5', '100:00:00', '1 mon', '178000000 years'),
  uuid: many('uuid', '00000000-0000-0000-0000-000000000000', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
  json: many('json', 'null', 'true', '1', '1.50', '"x"', '"null"', '[1, [2, null]]', '{"b": 1, "a": {"c": "\\u00e4\\n"}, "b": 2}', '  {"k" :  1e2}  ', '12345678901234567890.5', '{}', '[]', '""'),
  jsonb: many('jsonb', 'null', 'true', '1', '1.50', '"x"', '"null"', '[1, [2, null]]', '{"b": 1, "a": {"c": "\\u00e4\\n"}}', '12345678901234567890.5', '{}', '[]', '""'),
  jsonpath: many('jsonpath', '$.a[*] ? (@ > 1)'),
  xml: many('xml', '<a b="c">d&amp;</a>', 'text only'),
  inet: many('inet', '192.168.0.1', '192.168.0.1/24', '::1', '2001:db8::/32'),
  cidr: many('cidr', '192.168.0.0/24', '10.0.0.1/32', '2001:db8::/32'),
  macaddr: many('macaddr', '08:00:2b:01:02:03'),
  macaddr8: many('macaddr8', '08:00:2b:01:02:03:04:05'),
  bit: many('bit(8)', '10101010').concat(many('bit(1)', '1')),
  varbit: many('varbit', '', '101', '1111111100000000'),
  point: many('point', '(1,2)', '(-1.5,1e30)', '(NaN,Infinity)'),
  line: many('line', '{1,2,3}'),
  lseg: many('lseg', '[(1,2),(3,4)]'),
  box: many('box', '(3,4),(1,2)'),
  path: many('path', '((1,2),(3,4))', '[(1,2),(3,4.5)]'),
  polygon: many('polygon', '((1,2),(3,4),(5,0))'),
  circle: many('circle', '<(1,2),3>', '<(0.5,-2),1e3>'),
  tsvector: many('tsvector', '', "'a':1A 'fat':2,4 'it''s':3"),
  tsquery: many('tsquery', "'fat' & ( 'rat' | !'cat' )", "'super':*A <-> 'star'"),
  int4range: many('int4range', 'empty', '[1,10)', '(,5]', '[3,)', '(,)'),
  int8range: many('int8range', '[1,9007199254740993)'),
  numrange: many('numrange', '[1.5,2.50]', '(,)', 'empty', '[-Infinity,Infinity]'),
  daterange: many('daterange', '[2024-01-01,2024-12-31]', '[-infinity,infinity]'),
  tsrange: many('tsrange', '[2024-01-01 00:00:00,2024-01-02 12:00:00.5)', '(,)'),
  tstzrange: many('tstzrange', '["2024-01-01 00:00:00+02","2024-01-02 12:00:00Z"]'),
  int4multirange: many('int4multirange', '{}', '{[1,3),[5,8)}'),
  int8multirange: many('int8multirange', '{[1,3)}'),
  nummultirange: many('nummultirange', '{[1.5,2],(3,4.5)}'),
  datemultirange: many('datemultirange', '{[2024-01-01,2024-02-01)}'),
  tsmultirange: many('tsmultirange', '{[2024-01-01 00:00:00,2024-01-02 00:00:00)}'),
  tstzmultirange: many('tstzmultirange', '{["2024-01-01 00:00:00Z","2024-01-02 00:00:00Z")}'),
  pg_lsn: many('pg_lsn', '0/0', '16/B374D848'),
  xid: many('xid', '0', '4294967295'),
  xid8: many('xid8', '18446744073709551615'),
  cid: many('cid', '7'),
  tid: many('tid', '(0,1)'),
  pg_snapshot: many('pg_snapshot', '10:20:10,14,15'),
  txid_snapshot: many('txid_snapshot', '10:20:10,14,15'),
  regclass: ["'pg_type'::regclass", "'author'::regclass", '0::regclass'],
  regtype: ["'int4'::regtype", "'timestamp with time zone'::regtype"],
  regproc: ["'now'::regproc", '0::regproc'],
  regprocedure: ["'sum(int4)'::regprocedure"],
  regoper: ["'||/'::regoper"],
  regoperator: ["'+(int4,int4)'::regoperator"],
  regnamespace: ["'public'::regnamespace"],
  regrole: ["'pg_monitor'::regrole"],
  regconfig: ["'english'::regconfig"],
  regdictionary: ["'simple'::regdictionary"],
  regcollation: [`'"C"'::regcollation`],
  refcursor: many('refcursor', 'a cursor'),
  int2vector: many('int2vector', '', '1 2 3'),
  oidvector: many('oidvector', '', '23 25'),
  aclitem: ["makeaclitem(10, 10, 'SELECT', false)"],
  void: ["pg_notify('nobody', '')"],
  unknown: ["'x'", 'null'],
  record: ["row(1, 'a b', null, row(2, '\"'))", 'row()'],
  composite: ["row('Main \"St\", 1', 5, null)::place", 'row(null, null, null)::place'],
  'composite: of a table': ['(select a from author a where id = 1)', '(select a from author a where id = 3)'],
  enum: many('mood', 'sad', 'very happy'),
  domain: ['5::positive', 'null::positive'],
  'domain of text': many('scratch.short', 'abc'),
  'range of the app': many('scratch.span', '[1.5,2.5)'),
  'composite of composites': [`row(row('a', 1, 'z'), array['ok', null]::mood[], 2.5)::scratch.nest`],
  citext: many('citext', 'MiXeD'),
  hstore: many('hstore', 'a=>1, "b c"=>NULL, d=>"x\\"y"'),
}

/** Types without arrays, or whose arrays SQL cannot make. */
export const WITHOUT_ARRAYS = new Set(['void', 'unknown', 'timestamptz: other time zones'])

/** Types that the server does not know. */
export const TYPES_OF_SCRATCH = `
  create domain scratch.short as varchar(5);
  create type scratch.span as range (subtype = float8);
  create type scratch.nest as (home place, moods mood[], n numeric);
  set search_path = scratch, public;
  create extension if not exists citext schema public;
  create extension if not exists hstore schema public;
  reset search_path`

/** Arrays that are special as such. */
export const ARRAYS = {
  'empty arrays': ["'{}'::int[]", "'{}'::text[]", "'{}'::jsonb[]", "'{}'::mood[]", "'{}'::date[]", "'{}'::point[]"],
  'arrays of arrays': [
    "'{{1,2},{3,4}}'::int[]",
    "'{{{1},{2}},{{3},{4}}}'::int8[]",
    "'{{a,NULL},{\"NULL\",\"\"}}'::text[]",
    "'{{t,f}}'::bool[]",
    "'{{1.5,NaN}}'::float8[]",
    "'{{2024-01-01,infinity}}'::date[]",
    `'{{"{\\"a\\": 1}"},{null}}'::jsonb[]`,
  ],
  'arrays whose indexes do not begin with 1': [
    "'[0:2]={1,2,3}'::int[]",
    "'[-2:-1][5:6]={{a,b},{c,d}}'::text[]",
    "'[3:3]={t}'::bool[]",
  ],
  'arrays of texts that arrays are written with': [
    `array['', ' ', ' a ', 'NULL', 'null', null, '{', '}', ',', '"', '\\', '\\"', E'\\n', '漢', '{1,2}', 'a;b', '(1,2)']`,
    "array['x']::varchar[]",
    "array['ab']::char(4)[]",
  ],
  'arrays with null in them': ['array[1, null]', 'array[null]::text[]', 'array[null, null]::date[]', "array[null, '{}']::jsonb[]"],
  'arrays of composites': [`array[row('a "b"', 1, 'x,y')::place, null, row(null, null, null)::place]`, `array(select i from item i order by id)`],
  'arrays of enums, domains and ranges': ["array['very happy', null, 'ok']::mood[]", 'array[1, 2]::positive[]', "array['[1,2)', 'empty']::int4range[]"],
  'a domain over an array': ["array[1, 2]::scratch.numbers"],
}
