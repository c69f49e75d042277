package azurekv

import (
	"bytes"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// ownBodies gives each try of a login a body of its own. azcore rewinds one body
// for all of them, while the transport may still be sending the try that was
// answered early, as busy servers do: two would read from one reader at once.
type ownBodies struct{ next policy.Transporter }

// Do implements [policy.Transporter].
func (t ownBodies) Do(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return t.next.Do(req)
	}
	data, err := io.ReadAll(req.Body) // a form of a few lines
	if err != nil {
		return nil, err
	}
	own := req.Clone(req.Context())
	own.Body = io.NopCloser(bytes.NewReader(data))
	own.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return t.next.Do(own)
}
