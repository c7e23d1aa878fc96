{{/* Refuses values that do not fit together. values.schema.json checks each value on its own. */}}
{{- define "hasten.validate" -}}
{{- $v := .Values -}}

{{- if $v.externalSecret.enabled -}}
  {{- if $v.existingSecret -}}
    {{- fail "existingSecret and externalSecret.enabled exclude each other: remove one of them" -}}
  {{- end -}}
  {{- if not $v.externalSecret.secretStoreRef.name -}}
    {{- fail "externalSecret.secretStoreRef.name is empty: set it to the name of a SecretStore" -}}
  {{- end -}}
  {{- if not $v.externalSecret.data -}}
    {{- fail "externalSecret.data is empty: add DATABASE_URL and HASTEN_API_KEY" -}}
  {{- end -}}
  {{- if and $v.serviceMonitor.enabled (not (hasKey $v.externalSecret.data $v.serviceMonitor.tokenKey)) -}}
    {{- fail (printf "serviceMonitor needs a token: add %s to externalSecret.data" $v.serviceMonitor.tokenKey) -}}
  {{- end -}}
{{- else if and (not $v.existingSecret) (not $v.existingConfigSecret) -}}
  {{- $secret := "set existingSecret to a Secret with DATABASE_URL and HASTEN_API_KEY" -}}
  {{- fail (printf "No secrets: %s, or use externalSecret or existingConfigSecret" $secret) -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled (not (include "hasten.secretName" .)) -}}
  {{- fail (printf "serviceMonitor needs a token: put %s into a Secret and set existingSecret" $v.serviceMonitor.tokenKey) -}}
{{- end -}}
{{- if and $v.serviceMonitor.enabled $v.tls.secretName (not $v.serviceMonitor.tlsConfig) -}}
  {{- fail "serviceMonitor.tlsConfig is empty: with tls.secretName, metrics use HTTPS, so Prometheus needs a ca and a serverName" -}}
{{- end -}}

{{- if and $v.config $v.existingConfigSecret -}}
  {{- fail "config and existingConfigSecret exclude each other: remove one of them" -}}
{{- end -}}
{{- range $key := list "port" "admin_host" "admin_port" "state_dir" "drain_delay" "drain_timeout" "public_url" "tls" -}}
  {{- if hasKey $v.config $key -}}
    {{- fail (printf "config.%s: the chart sets it; use the values drain, publicUrl, tls and serviceMonitor" $key) -}}
  {{- end -}}
{{- end -}}
{{- range $key := list "admin_token" "admin_read_token" -}}
  {{- if hasKey $v.config $key -}}
    {{- fail (printf "config.%s: config is not secret; put HASTEN_%s into the Secret" $key (upper $key)) -}}
  {{- end -}}
{{- end -}}
{{- range $name, $database := (default dict $v.config.databases) -}}
  {{- if regexMatch "(://[^/@]*:[^/]*@|[?&](password|sslpassword)=)" (default "" $database.url) -}}
    {{- $variable := printf "HASTEN_DATABASES_%s_URL" (upper (replace "-" "_" $name)) -}}
    {{- fail (printf "config.databases.%s.url has a password, and config is not secret: put %s into the Secret" $name $variable) -}}
  {{- end -}}
  {{- range $key := (default list $database.keys) -}}
    {{- if $key.secret -}}
      {{- fail (printf "config.databases.%s.keys: %s has a secret, and config is not secret: use sha256" $name $key.name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $own := list "PORT" "ADMIN_HOST" "ADMIN_PORT" "STATE_DIR" "CONFIG" "DRAIN_DELAY" "DRAIN_TIMEOUT" "PUBLIC_URL" "TLS_CERT" "TLS_KEY" -}}
{{- range $name := $own -}}
  {{- $name = printf "HASTEN_%s" $name -}}
  {{- if hasKey $v.env $name -}}
    {{- fail (printf "env.%s: the chart sets it; use the values drain, publicUrl, tls, config and serviceMonitor" $name) -}}
  {{- end -}}
{{- end -}}
{{- range $name := list "DATABASE_URL" "HASTEN_API_KEY" "HASTEN_ADMIN_TOKEN" "HASTEN_ADMIN_READ_TOKEN" -}}
  {{- if hasKey $v.env $name -}}
    {{- fail (printf "env.%s: env is not secret; put it into the Secret" $name) -}}
  {{- end -}}
{{- end -}}

{{- if and $v.persistence.enabled (gt (int $v.replicaCount) 1) -}}
  {{- $instead := "put API keys into the Secret or config, and set config.databases.<name>.schemas.store to table" -}}
  {{- fail (printf "persistence.enabled requires replicaCount 1: servers must not share a state directory; %s" $instead) -}}
{{- end -}}
{{- if and $v.networkPolicy.enabled $v.serviceMonitor.enabled (not $v.networkPolicy.metrics) -}}
  {{- fail "networkPolicy.metrics is empty, so Prometheus could not reach the admin port: add its namespace or pods" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) -}}
  {{- fail "ingress.host is empty: Hasten needs its own host name" -}}
{{- end -}}
{{- end -}}
