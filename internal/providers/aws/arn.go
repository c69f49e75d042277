package aws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// regionOf returns the region that an id names, which is "" unless the id is an
// ARN of the service. The region becomes part of a host name, so that an ARN
// whose region is not shaped like one is left to the service as a plain name.
func (svc *service) regionOf(id string) string {
	a, err := arn.Parse(id)
	if err != nil || a.Service != svc.prefix || !isRegion(a.Region) {
		return ""
	}
	return a.Region
}

// isRegion tells whether s has the shape of a region: eu-west-1, us-gov-east-1,
// eusc-de-east-1. It is about the shape only, because new regions appear.
func isRegion(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) < 3 {
		return false
	}
	for i, p := range parts {
		set := lower
		if i == len(parts)-1 {
			set = digits
		}
		if p == "" || strings.Trim(p, set) != "" {
			return false
		}
	}
	return true
}

// isZone tells whether s has the shape of an availability zone, eu-west-1a.
func isZone(s string) bool {
	cut := strings.TrimRight(s, lower)
	return len(s)-len(cut) == 1 && isRegion(cut)
}

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// splitSelector cuts a parameter's id into its name and the selector after it,
// a version or a label. Names cannot hold a colon; an ARN has five of its own.
func splitSelector(id string) (name, selector string, has bool) {
	from := 0
	if a, err := arn.Parse(id); err == nil {
		from = len(id) - len(a.Resource)
	}
	if i := strings.IndexByte(id[from:], ':'); i >= 0 {
		return id[:from+i], id[from+i+1:], true
	}
	return id, "", false
}

// isUUID tells whether a version is the id that Secrets Manager gives one; every
// other text is a staging label. A stage may have any name, but none of this
// shape has been seen.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !strings.ContainsRune(digits+"abcdefABCDEF", rune(s[i])) {
			return false
		}
	}
	return true
}
