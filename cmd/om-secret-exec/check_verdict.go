package main

import (
	"om-secret-exec/internal/check"
)

// verdict picks the exit code of a run whose report is printed.
func (c *checker) verdict() error {
	if len(c.failures) > 0 {
		return &failedError{failures: c.failures}
	}
	retry := false
	for _, f := range c.report.findings {
		if f.Severity == check.Warning && c.opts.failOn == "error" {
			continue
		}
		if !f.Retry {
			return &codedError{code: exitFindings}
		}
		retry = true
	}
	if retry {
		return &codedError{code: exitRetry}
	}
	return nil
}
