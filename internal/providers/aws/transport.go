package aws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"om-secret-exec/internal/providers"
)

// explainTransport gives the meaning of errors below HTTP: the run's deadline,
// names, connections and certificates. The texts are our own, because those of
// the standard library repeat the URL.
func explainTransport(ctx context.Context, err error) (verdict, bool) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return verdict{code: providers.Cancelled, message: "stopped before the answer came"}, true
	}
	var timeout net.Error
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return verdict{
			code: providers.Timeout, message: "no answer in time", retryable: true,
			hint: "check the network path (VPC endpoint, security group, proxy), or raise --timeout",
		}, true
	}
	if v, ok := explainCertificate(err); ok {
		return v, true
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return verdict{
			code: providers.Unavailable, message: fmt.Sprintf("the host %q has no address", dns.Name), retryable: !dns.IsNotFound,
			hint: "check aws_region and aws_endpoint_url for a misspelling, and the name server",
		}, true
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return verdict{
			code: providers.Unavailable, message: "the connection was refused", retryable: true, refused: true,
			hint: "check aws_endpoint_url and the proxy; something that starts later is waited for until the time-out",
		}, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return verdict{code: providers.Unavailable, message: "the connection was closed before the answer came", retryable: true}, true
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return verdict{
			code: providers.Unavailable, message: "there is no network path to the host", retryable: true,
			hint: "check the route, the VPC endpoint or the proxy",
		}, true
	}
	return verdict{}, false
}

// explainCertificate names what is wrong with the server's certificate.
func explainCertificate(err error) (verdict, bool) {
	const addRoot = "give the CA's certificate with --ca-file or AWS_CA_BUNDLE"
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	v := verdict{code: providers.TLS, hint: addRoot}
	switch {
	case errors.As(err, &unknown):
		v.message = "the server's certificate is signed by an authority that is not trusted"
		if unknown.Cert != nil {
			v.message += fmt.Sprintf(" (issuer %.80q)", unknown.Cert.Issuer.CommonName)
		}
	case errors.As(err, &host):
		v.message = fmt.Sprintf("the server's certificate is not for the host %q", host.Host)
		v.hint = "check aws_endpoint_url, and whether a proxy answers in the service's place"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		v.message = "the server's certificate has expired or is not valid yet"
		v.hint = "check this machine's clock, then the certificate"
	case errors.As(err, &invalid), errors.As(err, &verify):
		v.message = "the server's certificate is not valid for this use"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		v.message = "the server does not speak TLS on this port"
		v.hint = "check the scheme and port of aws_endpoint_url"
	default:
		return verdict{}, false
	}
	return v, true
}
