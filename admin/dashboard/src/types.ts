/** The responses of the admin API that the dashboard reads; /openapi.json describes all of them. */

export interface Point {
  at: string
  requests_per_second: number
  errors_per_second: number
  hits_per_second: number
  misses_per_second: number
  uncached_per_second: number
  hit_rate: number
  p50_ms: number
  p95_ms: number
  p99_ms: number
  running: number
  pool_size: number
  pool_total: number
  pool_active: number
  pool_waiting: number
  transactions: number
  cpu: number
  heap_bytes: number
}

export interface Status {
  version: string
  started: string
  uptime_ms: number
  region: string
  draining: boolean
  databases: { database: string; server: string }[]
}

export interface QueryShape {
  id: string
  database: string
  model: string | null
  operation: string
  label: string
  arguments: string | null
  sql: string | null
  calls: number
  hits: number
  stale_hits: number
  misses: number
  uncached: number
  hit_rate: number
  saved_ms: number
  mean_ms: number
  p50_ms: number
  p95_ms: number
  p99_ms: number
  total_ms: number
  database_mean_ms: number
  executions: number
  rows: number
  bytes: number
  errors: Record<string, number>
}

export interface Insights {
  since: string | null
  until: string | null
  shapes: number
  queries: QueryShape[]
}

export interface Advice {
  kind: 'cache' | 'wasted_ttl' | 'unused_tag'
  database: string
  shape: string | null
  label: string
  sql: string | null
  calls: number
  expected_hit_rate: number | null
  saved_ms: number
  text: string
  line: string | null
}

export interface CacheState {
  database: string
  enabled: boolean
  entries: number
  bytes: number
  limit_bytes: number
  invalidation: string
  stream: { phase: string; detail: string; confirmed_age_ms: number; lag_bytes: number } | null
  counts: {
    hits: number
    stale_hits: number
    misses: number
    coalesced: number
    bypassed: number
    evictions: number
  }
}

export interface Use {
  entries: number
  bytes: number
  hits: number
  saved_ms: number
}

export interface CacheUse {
  database: string
  models: Record<string, Use>
  tags: Record<string, Use>
  top: { signature: string; label: string | null; tags: string[]; bytes: number; hits: number; fill_ms: number; saved_ms: number }[]
  uncached: Record<string, number>
}

export interface Invalidation {
  database: string
  generation: number
  at: string
  kind: string
  detail: string
}

export interface Pool {
  database: string
  server: string
  size: number
  total: number
  active: number
  waiting: number
  paused: boolean
  last_error: string | null
}

export interface RunningRequest {
  id: string
  key_name: string
  database: string
  route: string
  query: string | null
  state: string
  age_ms: number
  sql: string | null
  backend_pid: number | null
}

export interface OpenTransaction {
  id: string
  key: string
  key_name: string
  age_ms: number
  timeout_ms: number
  busy: boolean
  backend_pid: number
}

export interface ApiKey {
  id: string
  name: string
  database: string
  scopes: string[]
  created: string | null
  expires: string | null
  expired: boolean
  source: string
  previous_token_until: string | null
  limit_states: { name: string; quota: number; unit: string; window_seconds: number; remaining: number }[]
  usage: {
    last_used: string | null
    requests_today: number
    bytes_today: number
    requests_this_month: number
    refused: number
    running: number
  }
}

export interface ConfigValue {
  key: string
  value: string | null
  origin: string
  pending: string | null
  applies_at_once: boolean
}

export interface AuditEvent {
  time: string
  action: string
  actor: string
  database: string | null
  details: Record<string, string>
}
