//go:build tools

// Package kubesec pins the checker of manifests: go install asks for a list of versions that some module mirrors refuse.
package kubesec

import _ "github.com/controlplaneio/kubesec/v2"
