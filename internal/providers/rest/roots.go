package rest

import (
	"crypto/x509"
	"os"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// systemRoots are the places where crypto/x509 looks on Linux; that one of them
// exists is all that is asked here.
func systemRoots() []string {
	return []string{
		"/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	}
}

// EnsureRoots gives the process roots of its own where the system has none at
// all, as in an image made from scratch, so that the clouds can be reached from
// there. What SSL_CERT_FILE, SSL_CERT_DIR or the system say is left alone. It is
// to be called once, before the first connection: the package fallback would
// parse all its certificates at every start of the program.
func EnsureRoots(env func(string) (string, bool)) {
	if pool := builtIn(env, systemRoots()); pool != nil {
		x509.SetFallbackRoots(pool)
	}
}

// builtIn returns the built-in roots if the system has none, else nil.
func builtIn(env func(string) (string, bool), places []string) *x509.CertPool {
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, _ := env(name); value != "" {
			return nil
		}
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return nil
		}
	}
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil: // a certificate of a form that this Go does not read
		case root.Constraint != nil:
			pool.AddCertWithConstraint(cert, root.Constraint)
		default:
			pool.AddCert(cert)
		}
	}
	return pool
}
