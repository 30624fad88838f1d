//go:build tools

// Package traefik pins the ingress controller of the test stack: its go.mod is Traefik's own, which go install can't use.
package traefik

import _ "github.com/traefik/traefik/v3/cmd/traefik"
