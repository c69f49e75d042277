//go:build integration

package main

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// postgresListener speaks as much of PostgreSQL's protocol as it takes to be sent
// a password, and refuses it.
type postgresListener struct {
	address string
	mu      sync.Mutex
	sent    []string
}

func listenAsPostgres(t *testing.T) *postgresListener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &postgresListener{address: listener.Addr().String()}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { l.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		open.Wait()
	})
	return l
}

// attempts tells the passwords that were sent, with an empty one for a connection
// that came to none.
func (l *postgresListener) attempts() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sent)
}

func (l *postgresListener) serve(conn net.Conn) {
	defer conn.Close()
	password := readPassword(conn)
	l.mu.Lock()
	l.sent = append(l.sent, password)
	l.mu.Unlock()
	refusal := "SFATAL\x00C28P01\x00Mpassword authentication failed\x00\x00"
	_, _ = conn.Write(message('E', refusal))
}

func readPassword(conn net.Conn) string {
	const sslRequest, cleartext = 80877103, "\x00\x00\x00\x03"
	for {
		body, err := readBody(conn)
		if err != nil || len(body) < 4 {
			return ""
		}
		if binary.BigEndian.Uint32(body) != sslRequest {
			break
		}
		if _, err := conn.Write([]byte("N")); err != nil {
			return ""
		}
	}
	if _, err := conn.Write(message('R', cleartext)); err != nil {
		return ""
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		return ""
	}
	body, err := readBody(conn)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(body), "\x00")
}

// readBody reads a length, which counts itself, and what it is the length of.
func readBody(conn io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	if length < 4 || length > 1<<16 {
		return nil, io.ErrUnexpectedEOF
	}
	body := make([]byte, length-4)
	_, err := io.ReadFull(conn, body)
	return body, err
}

func message(kind byte, body string) []byte {
	out := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4))
	return append(out, body...)
}
