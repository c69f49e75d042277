package rest

import (
	"testing"
	"time"

	"om-secret-exec/internal/providers"
)

func TestClock(t *testing.T) {
	both := Clock{Warn: time.Minute, Fail: 5 * time.Minute, Hint: "why"}
	tests := []struct {
		clock  Clock
		off    time.Duration
		status providers.Status
		text   string
	}{
		{both, 400 * time.Millisecond, providers.OK, "differs from the server's by less than 1m"},
		{both, -time.Minute, providers.OK, "differs from the server's by less than 1m"},
		{both, 61 * time.Second, providers.Warn, "differs from the server's by 1m1s"},
		{both, -6 * time.Minute, providers.Fail, "differs from the server's by 6m0s"},
		{Clock{Warn: 30 * time.Second}, 0, providers.OK, "differs from the server's by less than 30s"},
		{Clock{Warn: 30 * time.Second}, time.Hour, providers.Warn, "differs from the server's by 1h0m0s"},
		{Clock{Fail: 5 * time.Minute}, time.Minute, providers.OK, "differs from the server's by less than 5m"},
	}
	for _, tt := range tests {
		got := tt.clock.Fact(tt.off)
		if got.Name != "clock" || got.Status != tt.status || got.Text != tt.text || (got.Hint != "") != (tt.status != providers.OK) {
			t.Errorf("%+v.Fact(%s) = %+v, want %s %q", tt.clock, tt.off, got, tt.status, tt.text)
		}
	}
}
