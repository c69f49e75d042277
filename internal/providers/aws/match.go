package aws

import "strings"

// index finds the items of a batch's answer by the ids that were asked for: the
// answer is in no order, and gives names and ARNs whichever of them was asked.
type index struct{ byName, byARN map[string]int }

func (x *index) add(i int, name, arn string) {
	if x.byName == nil {
		x.byName, x.byARN = map[string]int{}, map[string]int{}
	}
	x.byName[name], x.byARN[arn] = i, i
}

// item finds an id by name or ARN.
func (x *index) item(id string) (int, bool) {
	if id == "" {
		return 0, false
	}
	if i, ok := x.byARN[id]; ok {
		return i, true
	}
	i, ok := x.byName[id]
	return i, ok
}

// secret finds an id as item does, or as an ARN without the hyphen and six
// characters that Secrets Manager appends to a secret's name. A whole ARN wins:
// a name may itself end like that.
func (x *index) secret(id string) (int, bool) {
	if i, ok := x.item(id); ok {
		return i, true
	}
	for arn, i := range x.byARN {
		if rest, ok := strings.CutPrefix(arn, id); ok && len(rest) == 7 && rest[0] == '-' && strings.HasPrefix(id, "arn:") {
			return i, true
		}
	}
	return 0, false
}
