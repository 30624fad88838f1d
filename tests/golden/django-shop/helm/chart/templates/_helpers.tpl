{{- /* What all containers have in common. */ -}}

{{- define "kubeship-app.image" -}}
{{ .Values.image.repository }}
{{- with .Values.image.tag }}:{{ . }}{{ end }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "kubeship-app.env" -}}
{{- if or .Values.variables .Values.secrets -}}
env:
  {{- range $name, $value := .Values.variables }}
  - name: {{ $name | quote }}
    value: {{ $value | quote }}
  {{- end }}
  {{- range $name, $secret := .Values.secrets }}
  - name: {{ $name | quote }}
    valueFrom:
      secretKeyRef:
        name: {{ $secret.name | quote }}
        key: {{ $secret.key | quote }}
  {{- end }}
{{- end }}
{{- end }}
