package aws

import (
	"context"

	"om-secret-exec/internal/providers/rest"
)

// explainTransport gives the meaning of errors below HTTP: the run's deadline,
// names, connections and certificates.
func explainTransport(ctx context.Context, err error) (verdict, bool) {
	e, ok := rest.Explain(ctx, err, rest.Hints{Endpoint: "aws_endpoint_url", CA: "--ca-file or AWS_CA_BUNDLE"})
	if !ok {
		return verdict{}, false
	}
	return verdict{code: e.Code, message: e.Message, hint: e.Hint, retryable: e.Retryable, refused: e.Refused}, true
}
