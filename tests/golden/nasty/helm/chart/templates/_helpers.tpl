{{- /* What all containers have in common. */ -}}

{{- define "kubeship-app.image" -}}
{{ .Values.image.repository }}
{{- with .Values.image.tag }}:{{ . }}{{ end }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- /* A container's own variables win over those of all. */ -}}
{{- define "kubeship-app.env" -}}
{{- range $name, $value := merge (dict) (.own | default dict) (.chart.Values.variables | default dict) }}
- name: {{ $name | quote }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $secret := .chart.Values.secrets }}
- name: {{ $name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret.name | quote }}
      key: {{ $secret.key | quote }}
      {{- if $secret.optional }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}
