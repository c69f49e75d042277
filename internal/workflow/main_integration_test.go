//go:build integration

package workflow_test

import (
	"testing"

	"om-secret-exec/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }
