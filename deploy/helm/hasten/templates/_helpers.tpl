{{- define "hasten.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "hasten.fullname" -}}
{{- $name := include "hasten.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "hasten.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hasten.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "hasten.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "hasten.selectorLabels" . }}
{{- end -}}

{{/* The Secret whose keys are the environment variables with secrets. */}}
{{- define "hasten.secretName" -}}
{{- if .Values.externalSecret.enabled -}}
{{- include "hasten.fullname" . -}}
{{- else -}}
{{- .Values.existingSecret -}}
{{- end -}}
{{- end -}}

{{/* After SIGTERM, Hasten serves for delaySeconds and then drains for at most timeoutSeconds. It may need six more seconds to
     cancel statements and send the last responses. */}}
{{- define "hasten.gracePeriod" -}}
{{- add .Values.drain.delaySeconds .Values.drain.timeoutSeconds 10 -}}
{{- end -}}

{{- define "hasten.scheme" -}}
{{- if .Values.tls.secretName }}HTTPS{{ else }}HTTP{{ end -}}
{{- end -}}
